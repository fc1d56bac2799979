"""A file that appears under its name when it is whole, or not at all."""

from __future__ import annotations

import glob
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
            self.file = self._part.open("xb")
        except FileExistsError as error:
            raise InputError(f"{self.path}: another output is being written to it ({self._part.name}); choose another name") from error
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written ({error.strerror}); choose another folder") from error
        return self.file

    def commit(self) -> None:
        """Make the flushed file durable and give it its name. Raises OSError, after which `discard` cleans up."""
        os.fsync(self.file.fileno())
        self.file.close()
        if self.path.exists():
            shutil.copymode(self.path, self._part)
        self._part.replace(self.path)

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
    if any(_reads(source, path) for source in inputs):
        raise InputError(f"{target}: is also an input; choose another name for the output")


def _reads(source: str, path: Path) -> bool:
    """Whether a source (a file, a folder or a glob) takes the target in as it stands now; stdin and missing files take in nothing."""
    if not path.exists():
        return False
    if Path(source).is_dir():
        return path.is_relative_to(os.path.realpath(source))
    names = (source, *glob.glob(source, recursive=True))  # noqa: PTH207 - patterns may be absolute
    return any(path.samefile(name) for name in names if Path(name).exists())
