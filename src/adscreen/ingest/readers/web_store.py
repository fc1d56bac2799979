"""Answers of web servers kept in WARC files, so that nothing is fetched twice and everything can be read again."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adscreen.errors import InputError, OutsideError
from adscreen.ingest.readers.http_message import HttpMessage, parse_message
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.warc_files import WarcFile, warc_files
from adscreen.ingest.readers.warc_records import RecordWalk, StoredRecord

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the last answer of an address is stored, and when the server last confirmed it (Unix time)."""

    file: Path
    offset: int
    confirmed: float


class AnswerStore:
    """A folder of WARC files. Each run writes a file of its own and never touches older ones, so that a crash damages no more than its last record.

    Its index in memory grows with the addresses stored. Raises InputError when the folder cannot be used.
    """

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)
        self._places: dict[str, Place] = {}
        self._writing: Path | None = None
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be used as a store ({error.strerror}); name a folder that may be written") from error
        for path in sorted(self._folder.glob("*.warc.gz")):
            self._index(path)

    def find(self, url: str) -> Place | None:
        """The place of an address's answer, None when there is none."""
        return self._places.get(url)

    def load(self, place: Place) -> HttpMessage | None:
        """The stored answer, None when its record is damaged."""
        for record in _records(place.file, place.offset, loads=True):
            return parse_message(record.block) if record.block else None
        return None

    def add(self, url: str, block: bytes, now: float) -> None:
        """Keep a new answer. Raises OutsideError when it cannot be written."""
        headers = [("Content-Type", "application/http; msgtype=response"), ("Content-Length", str(len(block)))]
        self._places[url] = self._written("response", url, headers, block, now)

    def confirm(self, url: str, now: float) -> None:
        """Note that the server called the stored answer still good."""
        self._written("revisit", url, [("WARC-Profile", NOT_MODIFIED), ("Content-Length", "0")], b"", now)
        place = self._places[url]
        self._places[url] = Place(place.file, place.offset, now)

    def _written(self, kind: str, url: str, headers: list[tuple[str, str]], block: bytes, now: float) -> Place:
        date = datetime.fromtimestamp(now, UTC)
        if self._writing is None:
            self._writing = self._folder / f"adscreen-{date:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}.warc.gz"
        first = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid4()}>"),
            ("WARC-Date", f"{date:%Y-%m-%dT%H:%M:%SZ}"),
            ("WARC-Target-URI", url),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in [*first, *headers])
        try:
            with self._writing.open("ab") as file:
                offset = file.tell()
                file.write(gzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n", mtime=0))
        except OSError as error:
            raise OutsideError(f"{self._writing}: cannot be written ({error.strerror}); free some room or choose another store") from error
        return Place(self._writing, offset, now)

    def _index(self, path: Path) -> None:
        for record in _records(path, 0, loads=False):
            date = _unix_time(record.date)
            known = self._places.get(record.url)
            if record.kind == "response":
                self._places[record.url] = Place(path, record.offset, date)
            elif record.kind == "revisit" and known:
                self._places[record.url] = Place(known.file, known.offset, date)


def _records(path: Path, start: int, loads: bool) -> Iterator[StoredRecord]:
    """Records of a stored file; broken ones count as not stored and are fetched again."""
    with suppress(InputError):
        for file in warc_files(str(path), _silent(path)):
            yield from _walk(file, start, loads)


def _walk(file: WarcFile, start: int, loads: bool) -> Iterator[StoredRecord]:
    return RecordWalk(file, start, _silent(Path(file.label)), lambda _: loads).records()


def _silent(path: Path) -> SourceLog:
    return SourceLog(str(path), lambda _: None)


def _unix_time(date: str) -> float:
    try:
        return datetime.fromisoformat(date).timestamp()
    except ValueError:
        return 0.0
