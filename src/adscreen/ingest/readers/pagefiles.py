"""Files of a source by suffix, and their bytes up to a cap."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from adscreen.errors import InputError
from adscreen.ingest.readers.protocol import SourceLog


def page_files(source: str, suffixes: tuple[str, ...]) -> Iterator[Path]:
    """The file named, or all files with one of the suffixes below the folder named, by name, hidden ones left out.

    Raises InputError when there is none.
    """
    path = Path(source)
    if not path.exists():
        raise InputError(f"{source}: there is no such file or folder{_near(path)}")
    if not path.is_dir():
        yield path
        return
    found = [
        entry
        for entry in sorted(path.rglob("*"))
        if entry.suffix.casefold() in suffixes and entry.is_file() and not any(part.startswith(".") for part in entry.relative_to(path).parts)
    ]
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
