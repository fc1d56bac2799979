"""Pinned floors: what a bundle must reach on frozen data before it may replace another, in a file that cannot drift unnoticed.

The file holds the sha256 of its data and of itself. Floors rise freely; lowering one takes a reason, which stays in the file (the idea is trafilatura's quality gate).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adscreen.errors import InputError
from adscreen.settings import read_toml

FLOORS = "floors.toml"
"""Name of the file; it lies beside the bundles that it guards."""
_HEAD = """# What a bundle must reach on this data before it may replace the one beside this file. Written by `adscreen evaluate --pin-floors`; do not edit by hand:
# the digest would not fit. `least` are lower and `most` are upper limits. Lowering a floor or raising a ceiling takes --lower-floors REASON and leaves a line under `change`.
"""


@dataclass(frozen=True, slots=True)
class PinnedFile:
    """A frozen data file: path relative to the floors file, and sha256."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Change:
    """A limit that was loosened: when, which, from and to, and why."""

    date: str
    name: str
    before: float
    after: float
    reason: str


@dataclass(frozen=True, slots=True)
class Floors:
    """Limits by the name of the measure (see `gate.measures`), the data they hold for, and what was ever loosened."""

    data: tuple[PinnedFile, ...]
    least: Mapping[str, float]
    most: Mapping[str, float]
    changes: tuple[Change, ...] = ()

    def files(self, path: Path) -> list[str]:
        """The data files as found from the floors file at `path`. Raises InputError when one is missing or is no longer what was pinned."""
        names = []
        for file in self.data:
            found = path.parent / file.path
            if not found.is_file():
                raise InputError(f"floors {path}: their data file {found} is missing; restore it, or name other ads and do without floors")
            seen = hashlib.sha256(found.read_bytes()).hexdigest()
            if seen != file.sha256:
                raise InputError(
                    f"floors {path}: {found} has changed since the floors were pinned (sha256 {seen[:12]}, pinned {file.sha256[:12]}); restore it, or pin floors anew with --pin-floors"
                )
            names.append(str(found))
        return names


def load_floors(path: Path) -> Floors:
    """Read a floors file; raises InputError when it was edited by hand or is none."""
    values = read_toml(path, "floors", '"look_alikes.roc_auc" = 0.8')
    try:
        floors = Floors(
            tuple(PinnedFile(**file) for file in values.get("data", ())),
            values["least"],
            values["most"],
            tuple(Change(**change) for change in values.get("change", ())),
        )
        claimed = values["digest"]
    except (KeyError, TypeError) as error:
        raise InputError(f"floors {path}: is not a floors file ({error}); make one with adscreen evaluate --pin-floors {path}") from error
    if claimed != _digest(floors):
        raise InputError(
            f"floors {path}: was edited by hand; undo that, and change floors with adscreen evaluate --pin-floors (and --lower-floors REASON)"
        )
    return floors


def tightened(old: Floors | None, new: Floors, measured: Mapping[str, float], reason: str | None, today: str) -> Floors:
    """`new` limits, where they are stricter than the `old`; with a `reason` also where what was `measured` misses the old one, which is then put on record.

    Limits that the figures keep are never loosened, whatever the reason.
    """
    if old is None:
        return new
    missed = {name for name, value in old.least.items() if name in new.least and measured[name] < value}
    missed |= {name for name, value in old.most.items() if name in new.most and measured[name] > value}
    loosened = missed if reason is not None else set()
    least = {**new.least, **{name: max(value, new.least.get(name, value)) for name, value in old.least.items() if name not in loosened}}
    most = {**new.most, **{name: min(value, new.most.get(name, value)) for name, value in old.most.items() if name not in loosened}}
    changes = tuple(Change(today, name, {**old.least, **old.most}[name], {**least, **most}[name], reason or "") for name in sorted(loosened))
    return replace(new, least=dict(sorted(least.items())), most=dict(sorted(most.items())), changes=(*old.changes, *changes))


def dump_floors(floors: Floors) -> str:
    """The text of a floors file."""
    parts = [_HEAD, f'digest = "{_digest(floors)}"\n']
    parts += [f"\n[[data]]\n{_lines({'path': file.path, 'sha256': file.sha256})}" for file in floors.data]
    parts += [f"\n[least]\n{_lines(floors.least)}", f"\n[most]\n{_lines(floors.most)}"]
    parts += [f"\n[[change]]\n{_lines(_as_dict(change))}" for change in floors.changes]
    return "".join(parts)


def _lines(values: Mapping[str, Any]) -> str:
    return "".join(f"{json.dumps(name, ensure_ascii=False)} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())


def _as_dict(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__slots__}


def _digest(floors: Floors) -> str:
    content: Sequence[Any] = (
        [_as_dict(file) for file in floors.data],
        sorted(floors.least.items()),
        sorted(floors.most.items()),
        [_as_dict(change) for change in floors.changes],
    )
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
