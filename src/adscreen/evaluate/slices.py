"""Figures by language, source, channel, length, destination and kind of work: a good average can hide a language or a trade that pays for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from adscreen.evaluate.bootstrap import group_weights
from adscreen.evaluate.metrics import BoolArray, Figures, Share, figures, share_of
from adscreen.evaluate.scored import Scored

LENGTHS: Final = (150, 500, 1500)
"""Characters of the clean ad at which length slices begin: a text too short for triage, a message, a post, a board ad."""
SLICE_REPLICATES: Final = 100
"""Bootstrap replicates in a slice; its interval is wide anyway."""
UNKNOWN: Final = "(none)"


@dataclass(frozen=True, slots=True)
class Slice:
    """One value of a dimension: figures of lures against all others there, and shares.

    `caught`: lures that the policy flags; `strict`: lures above the whole set's strict threshold; `false_lawful`, `false_others`: lawful ads, and scams and non-ads,
    that the policy flags; `lost`: lures that triage kept from examination.
    """

    name: str
    figures: Figures
    caught: Share
    strict: Share
    false_lawful: Share
    false_others: Share
    lost: Share


def slices(ads: Scored, strict_threshold: float | None) -> dict[str, tuple[Slice, ...]]:
    """Slices by dimension; an ad may stand in several destinations and kinds of work, or in none."""
    strict = ads.lure >= (2.0 if strict_threshold is None else strict_threshold)
    return {dimension: _slices(ads, strict, [values(ads, row) for row in range(len(ads))]) for dimension, values in DIMENSIONS.items()}


def _slices(ads: Scored, strict: BoolArray, values: Sequence[tuple[str, ...]]) -> tuple[Slice, ...]:
    rows: dict[str, list[int]] = {}
    for row, names in enumerate(values):
        for name in names:
            rows.setdefault(name, []).append(row)
    return tuple(_slice(name, ads, strict, np.isin(np.arange(len(ads)), rows[name])) for name in sorted(rows))


def _slice(name: str, ads: Scored, strict: BoolArray, here: BoolArray) -> Slice:
    lure, lawful = ads.is_lure, ads.is_lawful

    def share(mask: BoolArray, among: BoolArray) -> Share:
        return share_of(mask[here & among], ads.groups[here & among])

    return Slice(
        name,
        figures(lure[here], ads.lure[here], group_weights(ads.groups[here], SLICE_REPLICATES)),
        share(ads.flagged, lure),
        share(strict, lure),
        share(ads.flagged, lawful),
        share(ads.flagged, ~lure & ~lawful),
        share(~ads.examined, lure),
    )


def _length(ads: Scored, row: int) -> tuple[str, ...]:
    size = len(ads.texts[row])
    place = sum(size >= start for start in LENGTHS)
    names = [f"under {LENGTHS[0]}", *(f"{low} to {high - 1}" for low, high in pairwise(LENGTHS)), f"{LENGTHS[-1]} and more"]
    return (f"{place + 1}: {names[place]} characters",)


def _destination(ads: Scored, row: int) -> tuple[str, ...]:
    """The destination that the row names, else how its place names are known (compound, hot spot, transit, ordinary)."""
    if ads.destinations[row]:
        return (str(ads.destinations[row]),)
    return tuple(sorted({indicator.replace("_", " ") for indicator, _ in ads.hits[row] if indicator.startswith("place_")})) or (UNKNOWN,)


def _work(ads: Scored, row: int) -> tuple[str, ...]:
    return tuple(sorted({indicator.removeprefix("role_").replace("_", " ") for indicator, _ in ads.hits[row] if indicator.startswith("role_")})) or (
        UNKNOWN,
    )


DIMENSIONS: Final[dict[str, Callable[[Scored, int], tuple[str, ...]]]] = {
    "language": lambda ads, row: (ads.languages[row] or UNKNOWN,),
    "source": lambda ads, row: (ads.sources[row] or UNKNOWN,),
    "channel": lambda ads, row: (ads.channels[row] or UNKNOWN,),
    "length": _length,
    "destination": _destination,
    "work": _work,
}
"""Name -> the slices in which a row stands. `work` is what the ad offers by its words, lawful or not."""
