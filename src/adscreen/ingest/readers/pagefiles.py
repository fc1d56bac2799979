"""Files of a source by suffix, and their bytes up to a cap."""

from __future__ import annotations

import difflib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from adscreen.errors import InputError
from adscreen.ingest.readers.protocol import SourceLog

ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError)
"""What the standard library raises on archives that are damaged or use what it does not know; found by feeding it such."""


def is_folder(source: str) -> bool:
    """Whether a source names a folder; False too for what no file can be called."""
    try:
        return Path(source).is_dir()
    except OSError:
        return False


def is_there(source: str) -> bool:
    """Whether a source names a file or folder; False too for what no file can be called."""
    try:
        return Path(source).exists()
    except OSError:
        return False


def files_below(folder: Path, fits: Callable[[Path], bool], log: SourceLog) -> list[Path]:
    """The files in a folder and the folders in it that fit, by name; others are skipped with a count, hidden ones and hidden folders passed over."""
    found = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    chosen = list(filter(fits, found))
    if chosen and len(found) > len(chosen):
        log.skip("other_file", len(found) - len(chosen))
    return chosen


def page_files(source: str, suffixes: tuple[str, ...], log: SourceLog) -> Iterator[Path]:
    """The file named, or all files with one of the suffixes below the folder named.

    Raises InputError when there is none.
    """
    path = Path(source)
    if not is_there(source):
        raise InputError(f"{source}: there is no such file or folder{_near(path)}")
    if not is_folder(source):
        yield path
        return
    found = files_below(path, lambda entry: entry.suffix.casefold() in suffixes, log)
    if not found:
        raise InputError(f"{source}: no file in this folder ends in {', '.join(suffixes)}; check the folder, or name the files")
    yield from found


def read_capped(path: Path, cap: int, log: SourceLog, position: int, name: str) -> bytes | None:
    """The bytes of a file; None after rejecting one that is unreadable or longer than `cap` bytes."""
    try:
        with path.open("rb") as file:
            data = file.read(cap + 1)
    except OSError as error:
        log.reject(position, "unreadable_file", f"the file cannot be read ({error.strerror})", "", name)
        return None
    if len(data) > cap:
        log.reject(position, "too_long", f"the file is longer than {cap:,} bytes", data[:200].decode("utf-8", "replace"), name)
        return None
    return data


def _near(path: Path) -> str:
    try:
        close = difflib.get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1)
    except OSError:
        close = []
    return f"; did you mean {close[0]!r}?" if close else "; check the path"
