"""A file that appears under its name when it is whole, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from adscreen.errors import InputError


class AtomicFile:
    """Writes beside the target (`.{name}.{pid}.part`) and takes its place at the end.

    A link is followed, so that the file it points to is replaced. Whoever may read the old file may read the new one.
    Raises InputError when the target cannot be written, before anything is.
    """

    def __init__(self, target: str, inputs: Sequence[str] = ()) -> None:
        self.path = Path(os.path.realpath(target))
        _check_target(target, self.path, inputs)
        self._part = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")

    def open(self) -> BinaryIO:
        """Create the temporary file. Raises InputError when the folder does not allow it."""
        try:
            self.file = open(self._part, "xb")  # noqa: SIM115 - commit and discard close it
        except FileExistsError as error:
            raise InputError(
                f"{self.path}: another output is being written to it ({self._part.name}); choose another name"
            ) from error
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written ({error.strerror}); choose another folder") from error
        return self.file

    def commit(self) -> None:
        """Make the flushed file durable and give it its name. Raises OSError, after which `discard` cleans up."""
        os.fsync(self.file.fileno())
        self.file.close()
        if self.path.exists():
            shutil.copymode(self.path, self._part)
        os.replace(self._part, self.path)

    def discard(self) -> None:
        """Remove the temporary file; what stood under the target's name stays."""
        with suppress(OSError):  # closing flushes, and the disk may be full
            self.file.close()
        self._part.unlink(missing_ok=True)


def _check_target(target: str, path: Path, inputs: Sequence[str]) -> None:
    if path.is_dir():
        raise InputError(f"{target}: is a folder; name a file in it")
    if not path.parent.is_dir():
        raise InputError(f"{target}: there is no folder {str(path.parent)!r}; create it first")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"{target}: the folder {str(path.parent)!r} cannot be written to; choose another")
    if any(os.path.realpath(name) == str(path) or _is_same(name, path) for name in inputs):
        raise InputError(f"{target}: is also an input; choose another name for the output")


def _is_same(name: str, path: Path) -> bool:
    try:
        return os.path.samefile(name, path)
    except OSError:
        return False
