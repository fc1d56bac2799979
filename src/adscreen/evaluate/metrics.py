"""Figures that say how good scores are, on imbalanced data: nothing here depends on accuracy or on a balanced sample.

Every figure is computed for many weightings of the rows at once, so that a bootstrap over groups costs little more than the figure itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Bounds = Mapping[str, tuple[float, float]]
"""Lower and upper end of the 95 % interval of each figure, by its name."""

FALSE_POSITIVE_RATES: Final = (0.001, 0.01, 0.03)
"""Rates at which recall is reported: what a team can afford on a stream of ordinary ads, on mixed ads, and on look-alikes alone."""
CALIBRATION_BINS: Final = 10
RATES: Final = tuple(f"{rate:.1%}" for rate in FALSE_POSITIVE_RATES)


@dataclass(frozen=True, slots=True)
class Figures:
    """Quality on one set of ads. None where the set cannot tell (one class only, or too few negatives for a rate)."""

    ads: int
    positives: int
    pr_auc: float | None
    roc_auc: float | None
    recall_at_fpr: dict[str, float | None]
    brier: float | None
    calibration_error: float | None
    bounds: Bounds = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def figures(positive: BoolArray, probability: FloatArray, weights: FloatArray | None = None) -> Figures:
    """All figures of one set; arrays of equal length. With `weights` of shape (replicates, n), bounds too: their middle 95 %."""
    count, positives = len(positive), int(positive.sum())
    if not 0 < positives < count:
        return Figures(count, positives, None, None, dict.fromkeys(RATES), None, None)
    values = {name: float(value[0]) for name, value in _all(positive, probability, np.ones((1, count))).items()}
    able = {rate: value * (count - positives) >= 1 for rate, value in zip(RATES, FALSE_POSITIVE_RATES, strict=True)}
    bounds: Bounds = {}
    if weights is not None:
        bounds = {name: middle(found) for name, found in _all(positive, probability, weights).items() if able.get(name, True)}
    return Figures(
        count,
        positives,
        values["pr_auc"],
        values["roc_auc"],
        {rate: values[rate] if able[rate] else None for rate in RATES},
        values["brier"],
        values["calibration_error"],
        bounds,
    )


def replicates(positive: BoolArray, probability: FloatArray, weights: FloatArray) -> dict[str, FloatArray]:
    """Every figure under every weighting of the rows: name (a field of Figures, or a rate) -> shape (replicates,). NaN where a class has no weight."""
    return _all(positive, probability, weights)


def middle(values: FloatArray, share: float = 0.95) -> tuple[float, float]:
    """The ends of the middle `share` of bootstrap values (percentile interval); NaN, of replicates that lack a class, is left out."""
    found = values[~np.isnan(values)]
    if not len(found):
        return (float("nan"), float("nan"))
    low, high = np.quantile(found, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)


def _all(positive: BoolArray, probability: FloatArray, weights: FloatArray) -> dict[str, FloatArray]:
    hits, false = cumulative(positive, probability, weights)
    with np.errstate(invalid="ignore", divide="ignore"):
        recall, false_rate = hits / hits[:, -1:], false / false[:, -1:]
        precision = hits / (hits + false)
        total = weights.sum(axis=1)
        return {
            "pr_auc": (np.diff(recall, axis=1, prepend=0) * np.nan_to_num(precision)).sum(axis=1) + 0 * recall[:, -1],
            "roc_auc": np.trapezoid(np.pad(recall, ((0, 0), (1, 0))), np.pad(false_rate, ((0, 0), (1, 0))), axis=1),
            **{name: _recall_within(recall, false_rate, rate) for name, rate in zip(RATES, FALSE_POSITIVE_RATES, strict=True)},
            "brier": (weights * np.square(probability - positive)).sum(axis=1) / total,
            "calibration_error": _calibration_errors(positive, probability, weights),
        }


def cumulative(positive: BoolArray, probability: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weight of positives and of negatives at or above each distinct score, the highest first; shapes (replicates, distinct scores)."""
    order = np.argsort(-probability, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)
    sorted_weights, sorted_positive = weights[:, order], positive[order]
    hits = np.cumsum(sorted_weights * sorted_positive, axis=1)[:, ends]
    return hits, np.cumsum(sorted_weights * ~sorted_positive, axis=1)[:, ends]


def _recall_within(recall: FloatArray, false_rate: FloatArray, rate: float) -> FloatArray:
    """The highest recall of a threshold that flags at most `rate` of the negatives; no interpolation."""
    found = np.where(false_rate <= rate + 1e-12, recall, 0.0).max(axis=1)
    return np.asarray(np.where(np.isnan(recall[:, -1]) | np.isnan(false_rate[:, -1]), np.nan, found))


def threshold_at(negatives: FloatArray, rate: float) -> float:
    """The smallest threshold t at which at most `rate` of the negatives have a score >= t (ties count as flagged)."""
    allowed = int(np.floor(rate * len(negatives)))
    ordered = np.sort(negatives)[::-1]
    return float(np.nextafter(ordered[allowed], np.inf)) if allowed < len(ordered) else 0.0


def calibration_bins(probability: FloatArray) -> list[npt.NDArray[np.int64]]:
    """Row numbers of each bin of equal count, the lowest scores first."""
    order = np.argsort(probability, kind="stable")
    return list(np.array_split(order, min(CALIBRATION_BINS, len(order))))


def _calibration_errors(positive: BoolArray, probability: FloatArray, weights: FloatArray) -> FloatArray:
    """Expected calibration error over bins of equal count (Nixon et al. 2019, adaptive ECE): robust where most scores are near zero."""
    gaps = [np.abs((weights[:, rows] * (probability[rows] - positive[rows])).sum(axis=1)) for rows in calibration_bins(probability)]
    return np.asarray(np.sum(gaps, axis=0) / weights.sum(axis=1))


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of` ads, in `groups` independent groups, with the 95 % Wilson interval of the share.

    The interval is that of as many trials as there are groups (ads of a campaign stand or fall together), so it errs to the wide side.
    """

    count: int
    of: int
    groups: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson (1927) score interval; (0, 1) without ads."""
        if not self.of:
            return (0.0, 1.0)
        z, trials, share = 1.96, self.groups, self.count / self.of
        centre, spread = share + z * z / (2 * trials), z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
        scale = 1 + z * z / trials
        return (float(max((centre - spread) / scale, 0.0)), float(min((centre + spread) / scale, 1.0)))

    def as_dict(self) -> dict[str, Any]:
        return {"count": self.count, "of": self.of, "groups": self.groups, "value": self.value, "bounds": list(self.bounds)}


def share_of(found: BoolArray, groups: npt.NDArray[np.object_]) -> Share:
    """The share of True, with the number of distinct groups behind it."""
    return Share(int(found.sum()), len(found), len(set(groups)))


def precision_at_prevalence(recall: float, false_rate: float, prevalence: float) -> float:
    """Share of lures among what is flagged in a stream of which `prevalence` are lures (Bayes); 0 where nothing is flagged."""
    caught, false = recall * prevalence, false_rate * (1 - prevalence)
    return caught / (caught + false) if caught + false else 0.0
