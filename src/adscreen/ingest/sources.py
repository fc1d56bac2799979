"""Which files the named sources are, and their bytes: decompressed, bounded and checked to be a table."""

from __future__ import annotations

import difflib
import glob
import gzip
import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa

from adscreen.errors import InputError
from adscreen.ingest import limits

STDIN = "-"
LONGEST_NAME = 255
"""Bytes of a file name on common file systems."""
SUFFIXES = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
READER_OF = {
    **dict.fromkeys((".html", ".htm", ".mhtml", ".mht"), "html"),
    **dict.fromkeys((".warc", ".wacz"), "warc"),
    **dict.fromkeys((".eml", ".mbox"), "mail"),
    **dict.fromkeys((".rss", ".atom", ".xml"), "feed"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"), "image"),
}
"""Suffix -> kind of the reader to point to when such a file is given as a table."""
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file of a source. `format` None: to be told from the first byte (stdin only)."""

    name: str
    format: str | None
    compression: str | None

    @property
    def is_stdin(self) -> bool:
        return self.name == STDIN


class DamagedStreamError(Exception):
    """A stream broke after it began; the reader of tables turns it into an InputError that says how far it got."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class ByteStream:
    """The decompressed bytes of one file; `head` (at most HEAD_BYTES) is looked at before it is read."""

    def __init__(self, name: str, reader: _Readable) -> None:
        self.name = name
        self._reader = reader
        self.head = self._fill(limits.HEAD_BYTES)
        self._unread = self.head

    def read(self, size: int) -> bytes:
        """At most `size` bytes, none at the end. Raises DamagedStreamError when the file is cut off or corrupt."""
        if self._unread:
            taken, self._unread = self._unread[:size], self._unread[size:]
            return taken
        return self._read(size)

    def _read(self, size: int) -> bytes:
        try:
            return self._reader.read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise DamagedStreamError(str(error)) from error

    def _fill(self, size: int) -> bytes:
        filled = b""
        while len(filled) < size and (more := self._read(size - len(filled))):
            filled += more
        return filled


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were taken to look at them, whole again."""

    def __init__(self, first: bytes, rest: BinaryIO) -> None:
        self._first = first
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            taken = self._first if size < 0 else self._first[:size]
            self._first = self._first[len(taken) :]
            return taken
        return self._rest.read(size)


def expand(sources: Sequence[str], declared_format: str | None = None) -> list[TableFile]:
    """The files that the sources name, in the order named; globs and folders sorted by name.

    Folders are searched through, hidden entries and names starting with `_` left out.
    Raises InputError for anything missing, empty or of unknown form, before any work begins.
    """
    if not sources:
        raise InputError("no input was named; name a file, a folder, a glob or - for stdin")
    if list(sources).count(STDIN) > 1:
        raise InputError("stdin (-) was named more than once; it can be read once")
    return [_table_file(path, declared_format) for source in sources for path in _paths(source)]


def _paths(source: str) -> list[str]:
    path = Path(source)
    if source == STDIN:
        return [STDIN]
    if len(path.name.encode(errors="replace")) > LONGEST_NAME:
        raise InputError(f"{source[:60]}...: is too long for a file name; to read one ad's text use: adscreen explain --text")
    if path.is_dir():
        return _folder(path)
    if path.exists():
        return [source]
    if not glob.has_magic(source):
        raise InputError(f"{source}: there is no such file{_near(path)}")
    matches = sorted(match for match in glob.glob(source, recursive=True) if Path(match).is_file())  # noqa: PTH207 - patterns may be absolute
    if not matches:
        raise InputError(f"{source}: no file matches; check the pattern and the folder you are in ({Path.cwd()})")
    return matches


def _folder(folder: Path) -> list[str]:
    found = [
        str(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _kind(path.name)[0] and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    ]
    if not found:
        raise InputError(f"{folder}: no table in this folder; looked for {', '.join(SUFFIXES)}, also with .gz or .zst")
    return found


def _near(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f", nor a folder {str(path.parent)!r}; check the path"
    close = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; check the path"


def _kind(name: str) -> tuple[str | None, str | None]:
    suffixes = Path(name.casefold()).suffixes
    compression = COMPRESSIONS.get(suffixes[-1]) if suffixes else None
    if compression:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None, compression


def _table_file(name: str, declared_format: str | None) -> TableFile:
    if name == STDIN:
        return TableFile(name, declared_format, None)
    by_suffix, compression = _kind(name)
    table_format = declared_format or by_suffix
    reader = next((READER_OF[suffix] for suffix in Path(name.casefold()).suffixes if suffix in READER_OF), None)
    if table_format is None and reader:
        raise InputError(f"{name}: is no table; to read it with the reader {reader!r} write {reader}:{name}")
    if table_format is None:
        known = ", ".join(SUFFIXES)
        raise InputError(f"{name}: cannot tell the format from the name; rename it ({known}, also with .gz or .zst) or pass --format")
    if table_format == "parquet" and compression:
        raise InputError(f"{name}: Parquet is compressed inside; decompress the file first")
    return TableFile(name, table_format, compression)


@contextmanager
def open_bytes(table: TableFile) -> Iterator[ByteStream]:
    """Open one file for reading, decompressed by its first bytes.

    Raises InputError when it is unreadable, empty or not what its name says.
    """
    try:
        raw: BinaryIO = sys.stdin.buffer if table.is_stdin else Path(table.name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{table.name}: cannot be read ({error.strerror}); check its permissions") from error
    try:
        yield _checked_stream(table, raw)
    finally:
        if not table.is_stdin:
            raw.close()


def _checked_stream(table: TableFile, raw: BinaryIO) -> ByteStream:
    first = ByteStream(table.name, raw).head
    compression = next((kind for kind, magic in _MAGIC.items() if first.startswith(magic)), None)
    if not first:
        raise InputError(f"{table.name}: the file is empty (0 bytes); check how it was exported")
    if table.compression and compression != table.compression:
        raise InputError(f"{table.name}: named as {table.compression}, but its bytes are not; rename it or compress it again")
    try:
        stream = ByteStream(table.name, _decompressed(_Rejoined(first, raw), compression))
    except DamagedStreamError as error:
        raise InputError(f"{table.name}: the {compression} stream is damaged from the start ({error}); fetch or compress it again") from error
    if not stream.head:
        raise InputError(f"{table.name}: the {compression} stream holds nothing (0 bytes); check how it was exported")
    return stream


def _decompressed(raw: _Rejoined, compression: str | None) -> _Readable:
    if compression == "gzip":
        return gzip.GzipFile(fileobj=raw, mode="rb")
    if compression == "zstd":
        stream: _Readable = pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd")
        return stream
    return raw
