"""Ways to part labelled ads into what is fitted and what is judged, and the check that nothing stands on both sides."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedGroupKFold

from adscreen.corpora.duplicates import near_duplicates
from adscreen.errors import InputError

MAX_SHOWN = 10
"""Offending pairs that an error names."""
MAX_SOURCES = 200
"""Leaving one source out at a time means one fit for each; with more, `source` is probably something else (a message id)."""

Rows = npt.NDArray[np.int64]
Strings = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Split:
    """Row numbers to fit on and to judge; `name` says what was left out."""

    name: str
    train: Rows
    test: Rows


def by_group(labels: Strings, groups: Strings, folds: int, seed: int = 0) -> list[Split]:
    """Folds with about equal shares of every label; a group (campaign, company) stands in one of them only."""
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a label with fewer rows than folds is missing from some: nothing to be done about it
        parts = list(splitter.split(np.zeros(len(labels)), labels.astype(str), groups.astype(str)))
    return [Split(f"fold {number}", train, test) for number, (train, test) in enumerate(parts, 1)]


def by_source(sources: Strings, groups: Strings) -> list[Split]:
    """Each source judged by a fit on all others. Rows elsewhere of a group that the source holds are not fitted on."""
    names = sorted(set(sources))
    if not 1 < len(names) <= MAX_SOURCES:
        raise InputError(
            f"leaving one source out needs 2 to {MAX_SOURCES} sources, got {len(names)}; fill the `source` column, or map it (--map source=COLUMN)"
        )
    return [_without_groups(name or "(none)", sources == name, groups) for name in names]


def by_time(posted_at: Strings, groups: Strings, test_share: float) -> Split:
    """The latest `test_share` of dated rows judged by a fit on the earlier ones; rows without a date are not used.

    `posted_at`: ISO 8601. Earlier rows of a group that goes on later are not fitted on: a campaign is judged whole. Raises InputError when fewer
    than two dates are there.
    """
    dated = np.array([bool(value) for value in posted_at])
    dates = sorted(posted_at[dated])
    if len(set(dates)) < 2:
        raise InputError(
            f"a split by time needs rows of different dates, got {len(set(dates))}; fill `posted_at` (2026-03-01), or map it (--map posted_at=COLUMN)"
        )
    first_judged = dates[min(int(len(dates) * (1 - test_share)), len(dates) - 1)]
    split = _without_groups(f"from {first_judged}", dated & (posted_at >= first_judged), groups)
    return Split(split.name, split.train[dated[split.train]], split.test)


def _without_groups(name: str, test: npt.NDArray[np.bool_], groups: Strings) -> Split:
    """Rows of a mask judged by a fit on all rows whose groups are not among them."""
    held = set(groups[test])
    train = np.array([not judged and group not in held for judged, group in zip(test, groups, strict=True)], bool)
    return Split(name, np.flatnonzero(train), np.flatnonzero(test))


@dataclass(frozen=True, slots=True)
class Leak:
    """A row that is fitted on and a row that is judged which belong together, and why."""

    train: int
    test: int
    why: str


def leaks(split: Split, texts: Sequence[str], groups: Strings) -> Iterator[Leak]:
    """Pairs of rows that a split parts although they share a group (campaign, company) or nearly all of their clean text."""
    first_of: dict[str, int] = {}
    for row in map(int, split.train):
        first_of.setdefault(groups[row], row)
    told: set[str] = set()
    for row in map(int, split.test):
        if groups[row] in first_of and groups[row] not in told:
            told.add(groups[row])
            yield Leak(first_of[groups[row]], row, f"both of group {groups[row]!r}")
    side = defaultdict(str, {**dict.fromkeys(map(int, split.train), "train"), **dict.fromkeys(map(int, split.test), "test")})
    for pair in near_duplicates(texts):
        if {side[pair.first], side[pair.second]} == {"train", "test"} and groups[pair.first] != groups[pair.second]:
            train, test = (pair.first, pair.second) if side[pair.first] == "train" else (pair.second, pair.first)
            yield Leak(train, test, f"texts {pair.similarity:.2f} alike")


def refuse_leaks(split: Split, texts: Sequence[str], groups: Strings, ids: Sequence[str]) -> None:
    """Raises InputError that names the offending pairs when a split leaks."""
    found = list(leaks(split, texts, groups))
    if found:
        shown = "; ".join(f"{ids[leak.train]} and {ids[leak.test]}: {leak.why}" for leak in found[:MAX_SHOWN])
        more = f"; and {len(found) - MAX_SHOWN} more" if len(found) > MAX_SHOWN else ""
        raise InputError(
            f"split {split.name!r} leaks: {len(found)} pairs stand on both sides ({shown}{more}); give such rows one `group`, or leave one side out"
        )
