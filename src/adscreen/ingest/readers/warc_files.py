"""The WARC files of a source: a file, those of a folder, those inside a WACZ; opened, and checked to be what they claim."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers.pagefiles import ZIP_FAULTS, files_below, is_folder
from adscreen.ingest.readers.protocol import SourceLog

SUFFIXES = (".warc", ".warc.gz", ".warc.zst", ".warc.lz4", ".wacz")
MAX_WACZ_FILES = 10_000
"""WARC files in one WACZ; real ones have one to some hundred."""

MAX_WACZ_RATIO = 100
"""A WACZ whose WARCs unfold to more than this multiple of its own size is a bomb: the format stores them as they are."""

PLAIN = b"WARC/"
GZIP = b"\x1f\x8b\x08"
ZSTD = b"\x28\xb5\x2f\xfd"
ZSTD_DICTIONARY = b"\x5d\x2a\x4d\x18"
LZ4 = b"\x04\x22\x4d\x18"
ZIP = b"PK\x03\x04"
_OTHER = {
    b"filedesc:": "looks like an ARC file, the forerunner of WARC; convert it with: warcio recompress IN.arc.gz OUT.warc.gz",
    b"%PDF": "looks like a PDF",
    b"<": "looks like a web page; use: adscreen ingest html",
}


@dataclass(frozen=True, slots=True)
class WarcFile:
    """One open WARC file. `name`: inside the source, "" when it is the source; `label`: what an ad's source calls it."""

    label: str
    name: str
    stream: IO[bytes]
    size: int
    head: bytes


def warc_files(source: str, log: SourceLog) -> Iterator[WarcFile]:
    """Each WARC file of the source, open until the next is asked for; raises InputError when there is none or it is of another kind."""
    path = Path(source)
    if is_folder(source):
        paths = files_below(path, lambda inner: inner.name.casefold().endswith(SUFFIXES), log)
        if not paths:
            raise InputError(f"{source}: no WARC file in this folder; looked for {', '.join(SUFFIXES)}")
        for inner in paths:
            name = inner.relative_to(path).as_posix()
            try:
                yield from _opened(inner, name, name, log)
            except InputError as error:
                log.reject(0, "not_a_warc", str(error), file=name)
    else:
        yield from _opened(path, path.name, "", log)


def _opened(path: Path, label: str, name: str, log: SourceLog) -> Iterator[WarcFile]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    with stream:
        head = stream.read(limits.HEAD_BYTES)
        size = path.stat().st_size
        if head.startswith(ZIP):
            yield from _inside_wacz(path, label, name, size, log)
        else:
            _refuse_others(str(path), head)
            yield WarcFile(label, name, stream, size, head)


def _inside_wacz(path: Path, label: str, name: str, size: int, log: SourceLog) -> Iterator[WarcFile]:
    try:
        archive = zipfile.ZipFile(path)
    except ZIP_FAULTS as error:
        raise InputError(f"{path}: is a damaged zip file ({error}); fetch or make it again") from error
    with archive:
        members = [member for member in archive.infolist() if member.filename.casefold().endswith(SUFFIXES[:-1]) and not member.is_dir()]
        if not members:
            raise InputError(f"{path}: no WARC file in this zip; a WACZ has them under archive/")
        if len(members) > MAX_WACZ_FILES or sum(member.file_size for member in members) > MAX_WACZ_RATIO * size:
            raise InputError(f"{path}: unfolds to far more than a WACZ does ({len(members):,} files); it is not read")
        for member in members:
            inner = f"{name}/{member.filename}".lstrip("/")
            with _member(archive, member, inner, log) as stream:
                if stream:
                    yield WarcFile(f"{label}/{member.filename}", inner, stream, member.file_size, stream.read(limits.HEAD_BYTES))


@contextmanager
def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, log: SourceLog) -> Iterator[IO[bytes] | None]:
    """One file of a zip, None after rejecting what is no WARC file; nothing is ever written to disk."""
    try:
        with archive.open(member) as stream:
            _refuse_others(name, stream.read(limits.HEAD_BYTES))
    except (InputError, *ZIP_FAULTS) as error:
        log.reject(0, "not_a_warc", f"the file in the zip cannot be read ({error})", file=name)
        yield None
        return
    with archive.open(member) as stream:
        yield stream


def _refuse_others(name: str, head: bytes) -> None:
    """Raises InputError unless the first bytes are those of a WARC file, bare or compressed."""
    if not head:
        raise InputError(f"{name}: the file is empty (0 bytes); check how it was made")
    first = _gzip_start(head) if head.startswith(GZIP) else head
    if first.startswith((PLAIN, ZSTD, ZSTD_DICTIONARY, LZ4)):
        return
    other = next((what for magic, what in _OTHER.items() if first.startswith(magic)), "its first bytes are not WARC/")
    raise InputError(f"{name}: is no WARC file: {other}")


def _gzip_start(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(head, 64)
    except zlib.error:
        return b""
