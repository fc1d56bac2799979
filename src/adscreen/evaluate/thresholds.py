"""From what a team can afford to a policy: thresholds whose risk is bounded, with the evidence for them.

A threshold chosen because it looks good on a sample is too low for the stream. So each is chosen such that an upper confidence bound, not the observed rate, keeps
within the limit (risk control: Learn then Test, Angelopoulos et al. 2021; exact binomial bounds: Clopper & Pearson 1934). A campaign counts once, flagged if any
of its ads is: copies are no independent trials.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from adscreen.errors import InputError
from adscreen.evaluate.metrics import FloatArray, precision_at_prevalence
from adscreen.evaluate.operating import threshold_of_budget
from adscreen.evaluate.scored import Scored

CONFIDENCE: Final = 0.95
CANDIDATES: Final = 40
"""Thresholds tried where the risk does not fall steadily with the threshold; the confidence is shared among them (Bonferroni)."""
MIN_LURES: Final = 20
"""Groups of lures that a language needs for a threshold of its own: with fewer, nobody knows what it catches."""

Masks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A threshold with what was measured at it: groups of lures caught, groups of lawful ads flagged, and their exact bounds."""

    threshold: float
    goal: str
    lures: int
    caught: int
    lawful: int
    false: int
    recall_low: float
    false_rate_high: float


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The threshold for all ads, and those of languages with enough groups."""

    everywhere: Chosen
    by_language: dict[str, Chosen]


@dataclass(frozen=True, slots=True)
class _Tops:
    """The highest score of each group, of lures and of lawful ads."""

    lures: FloatArray
    lawful: FloatArray

    @classmethod
    def of(cls, ads: Scored) -> _Tops:
        return cls(_tops(ads, ads.is_lure), _tops(ads, ads.is_lawful))

    def at(self, threshold: float, goal: str, risk: float) -> Chosen:
        caught, false = int((self.lures >= threshold).sum()), int((self.lawful >= threshold).sum())
        return Chosen(
            threshold,
            goal,
            len(self.lures),
            caught,
            len(self.lawful),
            false,
            lower_bound(caught, len(self.lures), risk),
            upper_bound(false, len(self.lawful), risk),
        )


def upper_bound(count: int, of: int, risk: float) -> float:
    """The largest share that is not refuted by `count` of `of` at error `risk` (one-sided, exact)."""
    return 1.0 if count >= of else float(beta.ppf(1 - risk, count + 1, of - count))


def lower_bound(count: int, of: int, risk: float) -> float:
    """The smallest share that is not refuted by `count` of `of` at error `risk` (one-sided, exact)."""
    return 0.0 if not count else float(beta.ppf(risk, count, of - count + 1))


def for_false_positives(ads: Scored, rate: float, confidence: float = CONFIDENCE, languages: bool = False) -> Thresholds:
    """The lowest threshold at which at most `rate` of lawful campaigns are flagged, with `confidence`.

    Raises InputError when even a threshold that flags none cannot be shown to keep within the rate: log(1 - confidence) / log(1 - rate) lawful groups are needed.
    """
    _check_share("maximum false-positive rate", rate)
    return _chosen(ads, 1 - confidence, languages, lambda tops, risk: _lowest_safe(tops, rate, risk))


def for_precision(ads: Scored, precision: float, prevalence: float, confidence: float = CONFIDENCE, languages: bool = False) -> Thresholds:
    """The lowest threshold at which at least `precision` of what is flagged are lures in a stream with `prevalence` of them, with `confidence`.

    Lures are compared with lawful campaigns. Raises InputError when the ads cannot show it at any threshold.
    """
    _check_share("precision", precision)
    _check_share("prevalence", prevalence)
    return _chosen(ads, 1 - confidence, languages, lambda tops, risk: _lowest_precise(tops, precision, prevalence, risk))


def for_budget(ads: Scored, budget: int) -> Thresholds:
    """The threshold that leaves at most `budget` of these ads to review; they should be a random part of the stream."""
    if budget < 1:
        raise InputError(f"a review budget of {budget} ads is none; give 1 or more")
    threshold = threshold_of_budget(ads, budget)
    return Thresholds(_Tops.of(ads).at(threshold, f"at most {budget} of {len(ads)} ads to review", 1 - CONFIDENCE), {})


Choice = Callable[["_Tops", float], Chosen]


def _chosen(ads: Scored, risk: float, languages: bool, choose: Choice) -> Thresholds:
    everywhere = choose(_Tops.of(ads), risk)
    if not languages:
        return Thresholds(everywhere, {})
    parts = {language: _Tops.of(ads.select(ads.languages == language)) for language in sorted(set(ads.languages))}
    enough = {language: tops for language, tops in parts.items() if len(tops.lures) >= MIN_LURES}
    found = {}
    for language, tops in enough.items():
        try:
            found[language] = choose(tops, risk / len(enough))
        except InputError:
            continue  # too few lawful ads of this language to show anything: the threshold for all ads holds there
    return Thresholds(everywhere, found)


def _lowest_safe(tops: _Tops, rate: float, risk: float) -> Chosen:
    count = len(tops.lawful)
    allowed = max((k for k in range(count) if upper_bound(k, count, risk) <= rate), default=None)
    if allowed is None:
        needed = math.ceil(math.log(risk) / math.log(1 - rate))
        raise InputError(
            f"a false-positive rate of {rate:g} cannot be shown with {count} independent lawful ads: {needed} are needed, even if none is flagged; "
            "add lawful ads of other employers, or allow a higher rate"
        )
    threshold = float(np.nextafter(np.sort(tops.lawful)[::-1][allowed], 1.0))
    return tops.at(threshold, f"at most {rate:g} of lawful campaigns flagged, with {1 - risk:.4g} confidence", risk)


def _lowest_precise(tops: _Tops, precision: float, prevalence: float, risk: float) -> Chosen:
    tried = np.unique(np.quantile(tops.lures, np.linspace(0, 1, CANDIDATES), method="lower")) if len(tops.lures) else np.array([])
    goal = f"precision of at least {precision:g} where {prevalence:g} are lures, with {1 - risk:.4g} confidence"
    share = risk / (2 * max(len(tried), 1))  # of the error: for each of two bounds at each threshold
    best = 0.0
    for threshold in tried:
        found = tops.at(float(threshold), goal, share)
        shown = precision_at_prevalence(found.recall_low, found.false_rate_high, prevalence)
        if shown >= precision:
            return found
        best = max(best, shown)
    raise InputError(
        f"a precision of {precision:g} at a prevalence of {prevalence:g} cannot be shown with {len(tops.lures)} groups of lures and {len(tops.lawful)} of lawful ads: "
        f"the best that holds is {best:.3g}; add labelled ads, lawful ones first, or ask for less"
    )


def _tops(ads: Scored, where: Masks) -> FloatArray:
    """The highest lure probability in each group of the ads of a mask."""
    _, inverse = np.unique(ads.groups[where].astype(str), return_inverse=True)
    tops = np.zeros(int(inverse.max(initial=-1)) + 1)
    np.maximum.at(tops, inverse, ads.lure[where])
    return tops


def _check_share(what: str, value: float) -> None:
    if not 0 < value < 1:
        raise InputError(f"{what} {value:g} is not between 0 and 1; write 1 % as 0.01")


def at_or_above(chosen: Chosen, urgent: float) -> float:
    """The `urgent` threshold beside a chosen `review`: never below it."""
    return max(urgent, round_up(chosen.threshold))


def round_up(threshold: float) -> float:
    """Four digits, upwards: a policy file should not flag more than was measured."""
    return min(math.ceil(threshold * 1e4) / 1e4, 1.0)


def rounded(thresholds: Thresholds) -> Thresholds:
    """The same with thresholds as a policy file holds them."""

    def one(chosen: Chosen) -> Chosen:
        return replace(chosen, threshold=round_up(chosen.threshold))

    return Thresholds(one(thresholds.everywhere), {language: one(chosen) for language, chosen in thresholds.by_language.items()})
