"""A training run that tells where it is and, when stopped, goes on from there: what was read is kept in a work folder until the bundle stands."""

from __future__ import annotations

import hashlib
import io
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from adscreen.train.readings import Arrays

CODE = ("classifiers", "indicators", "text")
"""Rooms whose code decides what is read of an ad."""
_PACKAGE = Path(__file__).parents[1]


@dataclass(slots=True)
class Work:
    """The steps of one run. `folder`: where arrays are kept, None for nowhere; `say` receives a line as each of `steps` steps begins and ends."""

    folder: Path | None = None
    say: Callable[[str], object] = lambda line: None
    steps: int = 1
    _at: int = field(default=0, init=False)

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Count a step, and say how long it took."""
        self._at += 1
        named, started = f"step {self._at} of {self.steps}: {what}", time.perf_counter()
        self.say(named)
        yield
        self.say(f"{named}: done in {time.perf_counter() - started:.1f} s")

    def keep(self, key: str, make: Callable[[], Arrays]) -> Arrays:
        """The arrays kept under `key`, or those made now and kept; a file that cannot be read counts as absent."""
        if self.folder is None:
            return make()
        path = self.folder / f"{key}.npz"
        try:
            with path.open("rb") as file, np.load(file) as found:
                return dict(found)
        except (OSError, ValueError, zipfile.BadZipFile, EOFError):
            made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **made)
        part = path.with_suffix(".part")
        part.write_bytes(buffer.getvalue())
        part.replace(path)
        return made

    def done(self) -> None:
        """Remove the work folder."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def code_digest() -> str:
    """A hash over the code that reads ads: what another version read is not taken over."""
    digest = hashlib.sha256()
    for path in sorted(path for room in CODE for path in (_PACKAGE / room).rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
