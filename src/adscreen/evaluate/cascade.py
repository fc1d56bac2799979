"""What the floors of the road lose against reading every ad by everything, at the bundle's own floors and at others.

Both floors are log-odds of lure at the prevalence that the bundle was calibrated at. The scores of `Scored.parts` are re-based to the policy's prevalence, so
the shift between the two is taken off before they are compared with a floor; that is what `Screener.triage_log_odds` gives, and what the road does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from adscreen.evaluate.metrics import BoolArray, FloatArray, Share, share_of
from adscreen.evaluate.scored import Scored
from adscreen.screen import Screener, prior_shift
from adscreen.settings import Policy

LOSSES: Final = (0.0, 0.005, 0.01, 0.02, 0.05, 0.1)
"""Shares of these lures that the tried floors keep back at most; training sets a floor in the same way, on lures that its models did not see."""
EVERYTHING: Final = "none: all is read"
OWN: Final = "the bundle's own"
SHIPPED: Final = "both, as shipped"
_CERTAIN: Final = 1e-15
"""Probabilities are cut at this distance from 0 and 1 before the log-odds, which stay finite; floors lie nowhere near."""


@dataclass(frozen=True, slots=True)
class AtFloor:
    """What a floor lets through to be read by more, and what comes of it. `floor`: log-odds; None where all is read, or more than one floor decides.

    `read_others`: of all ads that are no lures. `caught` and `false_look_alikes`: lures and look-alikes that reach the review threshold of their language's policy
    (bands from the job-scam probability are not counted). `lost`: of the lures that reach it when everything reads everything, those that do not here.
    """

    name: str
    floor: float | None
    read_lures: Share
    read_look_alikes: Share
    read_ordinary: Share
    read_others: Share
    caught: Share
    false_look_alikes: Share
    lost: Share
    lost_by_language: dict[str, Share]


@dataclass(frozen=True, slots=True)
class Cascade:
    """Each floor by itself, the other part of the road left open; and the road as it was run.

    `transformer`: every ad is read by signs and passages; one below the floor keeps their score, the rest are read by the transformer too. Empty for a bundle
    without one. `triage`: an ad below the floor keeps its triage score, the rest are read by everything. In the row OWN of both, what the road really let through
    beside its floor counts as read: short texts, unknown languages, likely job scams. (Of ads that triage kept back, nobody knows whether the transformer would
    have been asked for a job scam; they go by the floor alone.) `shipped`: the verdict; read by the transformer, without one by signs and passages.
    """

    transformer: tuple[AtFloor, ...]
    triage: tuple[AtFloor, ...]
    shipped: AtFloor


def cascade(ads: Scored, screener: Screener) -> Cascade:
    """Compare the floors on scored ads, at the policy's review thresholds."""
    facts, stages = screener.bundle.facts, _Stages(ads, screener.policy, prior_shift(screener.bundle.facts, screener.policy))
    triage = stages.tried("triage", float(facts["floor"]["score"]), ads.examined)
    if screener.bundle.transformer is None:
        return Cascade((), triage, stages.at(SHIPPED, None, ads.lure, ads.examined))
    own = float(facts["transformer"]["floor"]["score"])
    transformer = stages.tried("features", own, ads.transformed | (stages.levels("features") >= own))
    return Cascade(transformer, triage, stages.at(SHIPPED, None, ads.lure, ads.transformed))


class _Stages:
    """Scored ads, the review threshold of each, and the lures that are flagged when everything reads everything."""

    def __init__(self, ads: Scored, policy: Policy, shift: float) -> None:
        self._ads, self._shift = ads, shift
        self._review = np.array([policy.of(language).review for language in ads.languages], np.float64)
        self._lure, self._look_alike, self._ordinary = ads.is_lure, ads.look_alike, ads.ordinary
        self._whole = ads.part("examined")
        self._due = self._lure & (self._whole >= self._review)

    def levels(self, part: str) -> FloatArray:
        """Log-odds by a part alone, as floors are compared with them, shape (ads,)."""
        score = np.clip(self._ads.part(part), _CERTAIN, 1 - _CERTAIN)
        return np.asarray(np.log(score) - np.log1p(-score) - self._shift)

    def tried(self, part: str, own: float, own_read: BoolArray) -> tuple[AtFloor, ...]:
        """Floors on the score of a part, an ad below keeping it: none, those of LOSSES, and the bundle's own, which lets `own_read` through."""
        levels, below = self.levels(part), self._ads.part(part)
        reads: list[tuple[str, float | None, BoolArray]] = [(EVERYTHING, None, np.ones(len(levels), bool))]
        for loss in LOSSES if self._lure.any() else ():
            floor = float(np.quantile(levels[self._lure], loss, method="lower"))
            reads.append((f"{100 * loss:g}% kept back", floor, levels >= floor))
        reads.append((OWN, own, own_read))
        return tuple(self.at(name, floor, np.where(read, self._whole, below), read) for name, floor, read in reads)

    def at(self, name: str, floor: float | None, scores: FloatArray, read: BoolArray) -> AtFloor:
        """What comes of lure probabilities, when these ads were `read`."""
        flagged = scores >= self._review
        lost = ~flagged
        languages = sorted(set(map(str, self._ads.languages[self._lure])))
        return AtFloor(
            name,
            floor,
            self._share(read, self._lure),
            self._share(read, self._look_alike),
            self._share(read, self._ordinary),
            self._share(read, ~self._lure),
            self._share(flagged, self._lure),
            self._share(flagged, self._look_alike),
            self._share(lost, self._due),
            {language: self._share(lost, self._due & (self._ads.languages == language)) for language in languages},
        )

    def _share(self, found: BoolArray, among: BoolArray) -> Share:
        return share_of(found[among], self._ads.groups[among])
