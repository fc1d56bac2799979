"""Walks over the records of one WARC file and past what is broken in it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from adscreen.errors import OutsideError
from adscreen.ingest.readers import warc_files
from adscreen.ingest.readers.pagefiles import ZIP_FAULTS
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.warc_files import WarcFile

if TYPE_CHECKING:
    from fastwarc.warc import ArchiveIterator, WarcRecord

MAX_BLOCK_BYTES = 16 * 1024 * 1024
"""A longer record is no page: Common Crawl cuts pages at 5 MiB; the page reader's own cap is the same."""

MAX_RESTARTS = 200
"""Times that reading is taken up again in one file; a file of lies about lengths would otherwise be read once per record."""

SEARCH_BYTES = 1024 * 1024
"""Bytes searched at a time for the next record."""

NO_RECORD = "Invalid WARC header"
"""What FastWARC says when something else stands where a record should begin; a test holds it to that."""

_MARKS = {
    warc_files.PLAIN: re.compile(rb"(?<=\n)WARC/1\.[01]\r?\n"),
    warc_files.GZIP: re.compile(re.escape(warc_files.GZIP)),
    warc_files.ZSTD: re.compile(re.escape(warc_files.ZSTD)),
}
_LONGEST_MARK = 64


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """One record. `offset`: byte at which reading can start again; `kind`: its WARC type; `block`: its content when it was wanted, at most MAX_BLOCK_BYTES."""

    position: int
    offset: int
    kind: str
    url: str
    content_type: str
    payload_type: str
    date: str
    length: int
    block: bytes | None


class RecordWalk:
    """The records of one file from a byte offset on; `wanted` tells from a record's headers whether its content is needed. Needs FastWARC."""

    def __init__(self, file: WarcFile, start: int, log: SourceLog, wanted: Callable[[StoredRecord], bool]) -> None:
        self._file = file
        self._log = log
        self._wanted = wanted
        self._position = 0
        self._at = start
        self._gap: tuple[int, str] | None = None
        self._mark = next((mark for magic, mark in _MARKS.items() if file.head.startswith(magic)), None)

    def records(self) -> Iterator[StoredRecord]:
        """Whole records in the file's order; broken ones are rejected, and reading goes on at the next that can be found."""
        for _ in range(MAX_RESTARTS):
            yield from self._run()
            if self._at < 0:
                self._close_gap(self._file.size)
                return
        self._log.reject(self._position, "damaged", f"reading was taken up {MAX_RESTARTS} times; the rest of the file was left", file=self._file.name)

    def _run(self) -> Iterator[StoredRecord]:
        """Records up to the next damage; sets where to go on, -1 at the end.

        Each record waits until its successor was found: when there is none at its end, its length was wrong and its content is not to be trusted.
        """
        held: StoredRecord | None = None
        last = self._at
        try:
            self._file.stream.seek(self._at)
            for record in _records(self._file.stream):
                if held:
                    yield held
                self._close_gap(record.stream_pos)
                held = self._taken(record)
                last = max(last, record.stream_pos)
                if held is None:
                    self._at = self._next_start(last + 1)
                    return
        except ZIP_FAULTS as error:
            yield from self._broken(held, last, str(error))
            self._at = self._next_start(last + 1)
            return
        self._at = -1
        if held:
            yield held

    def _taken(self, record: WarcRecord) -> StoredRecord | None:
        """The record with its content; None after rejecting one that ends early."""
        self._position += 1
        head = _head(record, self._position)
        if head.length <= MAX_BLOCK_BYTES and self._wanted(head):
            block = record.reader.read(head.length)
            found = len(block)
        else:
            block = None
            found = record.reader.consume()
        if found < head.length:
            detail = f"the record at byte {head.offset:,} should have {head.length:,} bytes of content, but has {found:,}: it is cut off, or its length is wrong"
            self._log.reject(self._position, "cut_off", detail, head.url, self._file.name)
            return None
        return StoredRecord(self._position, head.offset, head.kind, head.url, head.content_type, head.payload_type, head.date, head.length, block)

    def _broken(self, held: StoredRecord | None, last: int, problem: str) -> Iterator[StoredRecord]:
        if held and problem == NO_RECORD:
            detail = f"no record begins where the one at byte {held.offset:,} should end: its length ({held.length:,}) is wrong"
            self._log.reject(held.position, "wrong_length", detail, held.url, self._file.name)
            return
        if self._gap is None:
            self._gap = (last, problem)
        if held:
            yield held

    def _close_gap(self, found: int) -> None:
        """Reject the part of the file that could not be read, once it is known how far it goes."""
        if self._gap is None:
            return
        after, problem = self._gap
        self._gap = None
        rest = f"reading went on at byte {found:,}" if found < self._file.size else "nothing behind it could be read"
        self._log.reject(
            self._position, "damaged", f"the file is damaged from some byte after {after:,} on ({problem}); {rest}", file=self._file.name
        )

    def _next_start(self, start: int) -> int:
        """Offset of the next byte at which a record seems to begin, -1 when there is none."""
        if self._mark is None:
            return -1
        at = start
        before = max(0, start - 1)  # a mark may need to see the line end before it
        while True:
            try:
                self._file.stream.seek(before)
                piece = self._file.stream.read(SEARCH_BYTES + _LONGEST_MARK)
            except ZIP_FAULTS:
                return -1
            for found in self._mark.finditer(piece, at - before):
                if found.start() < SEARCH_BYTES and _begins_record(piece[found.start() :]):
                    return before + found.start()
            if len(piece) < SEARCH_BYTES + _LONGEST_MARK:
                return -1
            at = before + SEARCH_BYTES
            before = at - 1


def _records(stream: IO[bytes]) -> ArchiveIterator:
    try:
        from fastwarc.warc import ArchiveIterator
    except ImportError as error:
        raise OutsideError(f"reading WARC files needs a package that is not installed ({error.name}); pip install 'adscreen[warc]'") from error
    return ArchiveIterator(stream, parse_http=False)


def _head(record: WarcRecord, position: int) -> StoredRecord:
    headers = record.headers
    return StoredRecord(
        position=position,
        offset=record.stream_pos,
        kind=str(record.record_type),
        url=(headers.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">"),
        content_type=(headers.get("Content-Type") or "").partition(";")[0].strip().casefold(),
        payload_type=(headers.get("WARC-Identified-Payload-Type") or "").strip().casefold(),
        date=headers.get("WARC-Date") or "",
        length=record.content_length,
        block=None,
    )


def _begins_record(piece: bytes) -> bool:
    """Whether bytes that begin with a mark are a record's; a gzip member must hold one."""
    if not piece.startswith(warc_files.GZIP):
        return True
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(piece[:512], len(warc_files.PLAIN)) == warc_files.PLAIN
    except zlib.error:
        return False
