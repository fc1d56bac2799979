"""The chats that a source holds: text files, those in a zip archive or a folder, read in blocks of lines and never unpacked to disk."""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.encoding import open_text
from adscreen.ingest.lines import OversizedLine, line_blocks
from adscreen.ingest.readers.pagefiles import ZIP_FAULTS, files_below, is_folder
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.sources import STDIN, ByteStream, expand, open_bytes

MAX_CHAT_BYTES = 256 * 1024 * 1024
"""Bytes that the chats of one archive may unpack to. WhatsApp exports at most 40,000 messages, some 5 MB; an archive with more than this is a bomb."""

MAX_CHATS = 50
"""Text files read of one archive. WhatsApp puts one chat into each; attached text files come with it."""


@dataclass(frozen=True, slots=True)
class ChatFile:
    """One text file: `path` names it in messages to people, `name` in the sources of ads."""

    path: str
    name: str
    open: Callable[[], AbstractContextManager[ByteStream]]
    encoding: str | None

    def blocks(self) -> Iterator[tuple[int, str]]:
        """Line number and text of each run of whole lines. Raises InputError when the file is no text, DamagedStreamError where it breaks off."""
        line = 1
        with self.open() as stream:
            text = open_text(stream, self.encoding)
            for block in line_blocks(text.read):
                if isinstance(block, OversizedLine):
                    head = block.head.decode("utf-8", "replace").replace("\n", " ")
                    yield line, f"{head}{'.' * 2 * limits.MAX_TEXT_CHARS}\n"  # as long, for the cap on an ad's text, as the line itself
                    line += 1
                    continue
                decoded = text.decoder.block(block)[0]
                yield line, decoded
                line += decoded.count("\n")


class _Member:
    """Bytes of a file in an archive, never more than the archive declares; what may go wrong becomes OSError, as ByteStream expects."""

    def __init__(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        try:
            self._stream = archive.open(entry)
        except ZIP_FAULTS as error:
            raise InputError(f"{archive.filename}: {entry.filename[:80]!r} cannot be read ({error}); unpack it and read the .txt file") from error

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except ZIP_FAULTS as error:
            raise OSError(str(error)) from error

    def close(self) -> None:
        self._stream.close()


@contextmanager
def chat_files(source: str, encoding: str | None, log: SourceLog) -> Iterator[tuple[list[ChatFile], bool]]:
    """The text files of a source, and whether it is a single one, which then has to be a chat; archives in a folder that cannot be read are rejected.

    Raises InputError when there is none.
    """
    path = Path(source)
    if source == STDIN:
        raise InputError("-: a chat is read twice, first for its layout, so it cannot come from stdin; save it to a file")
    if is_folder(source):
        yield list(_in_folder(path, encoding, log)), False
        return
    chats = [chat for table in expand([source], "csv") for chat in _of_file(table.name, _stem(Path(Path(table.name).name)), encoding)]
    yield chats, len(chats) == 1


def _in_folder(folder: Path, encoding: str | None, log: SourceLog) -> Iterator[ChatFile]:
    found = files_below(folder, lambda path: path.suffix.casefold() in (".txt", ".zip"), log)
    if not found:
        raise InputError(f"{folder}: no .txt or .zip file in this folder; name the folder with the exported chats")
    names = Counter(_stem(path.relative_to(folder)) for path in found)
    for path in found:
        name = path.relative_to(folder)
        try:
            yield from _of_file(str(path), _stem(name) if names[_stem(name)] == 1 else name.as_posix(), encoding)
        except InputError as error:
            log.reject(0, "not_a_chat", str(error), file=str(path))


def _stem(path: Path) -> str:
    return str(PurePosixPath(path.with_suffix("") if path.suffix.casefold() in (".txt", ".zip") else path))


def _of_file(path: str, name: str, encoding: str | None) -> list[ChatFile]:
    if zipfile.is_zipfile(path):
        return _in_archive(path, name, encoding)
    (table,) = expand([path], "csv")
    return [ChatFile(path, name, lambda: open_bytes(table), encoding)]


def _in_archive(path: str, name: str, encoding: str | None) -> list[ChatFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and entry.filename.casefold().endswith(".txt")]
    except ZIP_FAULTS as error:
        raise InputError(f"{path}: is a damaged zip file ({error}); export or fetch it again") from error
    entries = [entry for entry in entries if not entry.filename.startswith("__MACOSX/")]
    if not entries:
        raise InputError(f"{path}: no .txt file in this archive; an exported chat has one")
    if len(entries) > MAX_CHATS:
        raise InputError(f"{path}: {len(entries):,} .txt files in one archive, at most {MAX_CHATS} are read; unpack it and name the folder")
    if (size := sum(entry.file_size for entry in entries)) > MAX_CHAT_BYTES:
        raise InputError(f"{path}: its .txt files unpack to {size:,} bytes, at most {MAX_CHAT_BYTES:,} are read; this is no exported chat")
    names = [name if len(entries) == 1 else f"{name}:{_stem(Path(entry.filename))}" for entry in entries]
    return [ChatFile(f"{path}:{entry.filename}", own, _opener(path, entry), encoding) for entry, own in zip(entries, names, strict=True)]


def _opener(path: str, entry: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[ByteStream]]:
    @contextmanager
    def opened() -> Iterator[ByteStream]:
        with zipfile.ZipFile(path) as archive:
            member = _Member(archive, entry)
            try:
                yield ByteStream(f"{path}:{entry.filename}", member)
            finally:
                member.close()

    return opened
