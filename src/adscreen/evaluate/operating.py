"""What happens at a threshold: lures caught, lawful ads flagged, and how pure the review queue is in a stream where lures are rare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adscreen.evaluate.metrics import BoolArray, Share, precision_at_prevalence, share_of
from adscreen.evaluate.scored import Scored


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """One threshold on the lure probability, and what it flags.

    `precision`: lures among what is flagged of this set, whose share of lures is no stream's. `corrected`: precision at `prevalence`, from the recall and from the
    false-positive rate among all that are no lures; `corrected_low` from the lower bound of the one and the upper bound of the other.
    """

    name: str
    threshold: float
    flagged: int
    caught: Share
    false_look_alikes: Share
    false_ordinary: Share
    false_all: Share
    precision: Share
    prevalence: float
    corrected: float
    corrected_low: float


def operating_point(name: str, ads: Scored, threshold: float, prevalence: float) -> OperatingPoint:
    """What a threshold does to scored ads."""
    lure, above = ads.is_lure, ads.lure >= threshold

    def share(found: BoolArray, among: BoolArray) -> Share:
        return share_of(found[among], ads.groups[among])

    caught, false_all = share(above, lure), share(above, ~lure)
    return OperatingPoint(
        name,
        threshold,
        int(above.sum()),
        caught,
        share(above, ads.look_alike),
        share(above, ads.ordinary),
        false_all,
        share(lure, above),
        prevalence,
        precision_at_prevalence(caught.value or 0.0, false_all.value or 0.0, prevalence),
        precision_at_prevalence(caught.bounds[0], false_all.bounds[1], prevalence),
    )


def threshold_of_budget(ads: Scored, budget: int) -> float:
    """The threshold that leaves at most `budget` ads to review; ads that tie with the first one too many are left out."""
    ordered = np.sort(ads.lure)[::-1]
    return float(np.nextafter(ordered[budget], np.inf)) if budget < len(ordered) else 0.0
