"""The messages of a source as bytes: single files, Unix mailboxes read as streams, folders of either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.lines import OversizedLine, line_blocks
from adscreen.ingest.readers.pagefiles import is_folder
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.sources import ByteStream, DamagedStreamError, TableFile, expand, open_bytes

MAX_MESSAGE_BYTES = 48 * 1024 * 1024
"""A longer message is no report. Mail services take 25 to 36 MB of attachments, which base64 makes a third longer."""

MAIL_SUFFIXES = (".eml", ".emlx", ".mbox", ".mbx", ".mht", ".mail")
UNREAD_SUFFIXES = (".msg", ".pst", ".ost")
"""Outlook's own formats."""

_MAILBOX_LINE = re.compile(rb"From .*\d{1,2}:\d\d")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_MAILDIR = ("cur", "new")


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message: the file it stands in, `name` for the sources of ads, its 1-based position there, its bytes (the first ones, if it is too long)."""

    path: str
    name: str
    position: int
    data: bytes
    is_too_long: bool = False


def raw_messages(source: str, log: SourceLog) -> Iterator[RawMessage]:
    """The messages of a file, mailbox or folder in order. Raises InputError when the source is missing or is no mail."""
    folder = Path(source)
    if not is_folder(source):
        for table in expand([source], "csv"):
            yield from _in_file(table, _stem(Path(Path(table.name).name)), log)
        return
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    if not any(_is_mail(path) for path in files):
        raise InputError(f"{source}: no mail in this folder; looked for {', '.join(MAIL_SUFFIXES)} and Maildir's cur and new")
    for path in files:
        yield from _in_folder(path, _stem(path.relative_to(folder)), log)


def _in_folder(path: Path, name: str, log: SourceLog) -> Iterator[RawMessage]:
    if path.suffix.casefold() in UNREAD_SUFFIXES:
        log.reject(0, "not_mail", "a file of Outlook's own format; save the message as .eml", file=str(path))
    elif not _is_mail(path):
        log.skip("other_file")
    else:
        try:
            yield from _in_file(expand([str(path)], "csv")[0], name, log)
        except InputError as error:
            log.reject(0, "not_mail", str(error), file=str(path))


def _is_mail(path: Path) -> bool:
    return any(suffix.casefold() in MAIL_SUFFIXES for suffix in path.suffixes[-2:]) or path.parent.name in _MAILDIR


def _stem(path: Path) -> str:
    return path.as_posix().removesuffix(path.suffix if path.suffix.casefold() in MAIL_SUFFIXES else "")


def _in_file(table: TableFile, name: str, log: SourceLog) -> Iterator[RawMessage]:
    try:
        with open_bytes(table) as stream:
            _refuse_other_files(stream)
            found = _in_mailbox(stream) if _MAILBOX_LINE.match(stream.head) else _alone(stream)
            for position, (data, is_too_long) in enumerate(found, start=1):
                yield RawMessage(table.name, name, position, data, is_too_long)
    except DamagedStreamError as error:
        log.reject(0, "damaged_file", f"the file breaks off ({error}); what stood before was read", file=table.name)


def _refuse_other_files(stream: ByteStream) -> None:
    if stream.head.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{stream.name}: a file of Outlook's own format (.msg); save the message as .eml")
    lines = stream.head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines() or [b""]
    if lines[0].strip().isdigit():  # .emlx of Apple Mail starts with a count of bytes
        lines = lines[1:] or [b""]
    if not _HEADER.match(lines[0]) and not lines[0].startswith((b"From ", b">From ")):
        raise InputError(f"{stream.name}: is no mail: it starts with {lines[0][:40]!r} and not with a header such as From: or Subject:")


def _alone(stream: ByteStream) -> Iterator[tuple[bytes, bool]]:
    data = bytearray()
    while (taken := stream.read(limits.BLOCK_BYTES)) and len(data) <= MAX_MESSAGE_BYTES:
        data += taken
    count, _, rest = bytes(data).lstrip().partition(b"\n")
    if count.strip().isdigit():
        data = bytearray(rest[: int(count[:12])])
    yield bytes(data[:MAX_MESSAGE_BYTES]), len(data) > MAX_MESSAGE_BYTES


def _in_mailbox(stream: ByteStream) -> Iterator[tuple[bytes, bool]]:
    """Messages between `From ` lines, each after an empty line; `>From ` in a text is unquoted."""
    lines: list[bytes] = []
    size, is_after_blank, is_begun = 0, True, False
    for line in _lines(stream):
        if is_after_blank and line.startswith(b"From ") and _MAILBOX_LINE.match(line):
            if is_begun:
                yield _joined(lines), size > MAX_MESSAGE_BYTES
            lines, size, is_begun = [], 0, True
        else:
            if size <= MAX_MESSAGE_BYTES:
                lines.append(line)
            size += len(line)
        is_after_blank = line in (b"\n", b"\r\n")
    yield _joined(lines), size > MAX_MESSAGE_BYTES


def _joined(lines: list[bytes]) -> bytes:
    return _QUOTED_FROM.sub(rb"\1", b"".join(lines))


def _lines(stream: ByteStream) -> Iterator[bytes]:
    for block in line_blocks(stream.read):
        if isinstance(block, OversizedLine):
            yield b"." * (MAX_MESSAGE_BYTES + 1)
        else:
            yield from block.splitlines(keepends=True) if b"\r" not in block.replace(b"\r\n", b"") else _split(block)


def _split(block: bytes) -> Iterator[bytes]:
    """Lines ended by line feeds only: a lone carriage return is part of a text."""
    start = 0
    while end := block.find(b"\n", start) + 1:
        yield block[start:end]
        start = end
    if start < len(block):
        yield block[start:]
