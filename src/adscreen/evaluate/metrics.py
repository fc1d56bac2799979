"""Figures that say how good scores are, on imbalanced data: nothing here depends on accuracy or on a balanced sample."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

FALSE_POSITIVE_RATES = (0.001, 0.01, 0.03)
"""Rates at which recall is reported: what a team can afford on a stream of ordinary ads, on mixed ads, and on look-alikes alone."""
CALIBRATION_BINS = 10


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

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def figures(positive: BoolArray, probability: FloatArray) -> Figures:
    """All figures of one set; arrays of equal length."""
    count, positives = len(positive), int(positive.sum())
    if not 0 < positives < count:
        return Figures(count, positives, None, None, dict.fromkeys(map(_rate_name, FALSE_POSITIVE_RATES)), None, None)
    return Figures(
        count,
        positives,
        float(average_precision_score(positive, probability)),
        float(roc_auc_score(positive, probability)),
        {_rate_name(rate): recall_at(positive, probability, rate) for rate in FALSE_POSITIVE_RATES},
        float(brier_score_loss(positive, probability)),
        calibration_error(positive, probability),
    )


def _rate_name(rate: float) -> str:
    return f"{rate:.1%}"


def threshold_at(negatives: FloatArray, rate: float) -> float:
    """The smallest threshold t at which at most `rate` of the negatives have a score >= t (ties count as flagged)."""
    allowed = int(np.floor(rate * len(negatives)))
    ordered = np.sort(negatives)[::-1]
    return float(np.nextafter(ordered[allowed], np.inf)) if allowed < len(ordered) else 0.0


def recall_at(positive: BoolArray, probability: FloatArray, rate: float) -> float | None:
    """Share of positives at or above the threshold that flags at most `rate` of the negatives; None below 1/rate negatives."""
    negatives = probability[~positive]
    if len(negatives) * rate < 1:
        return None
    return float(np.mean(probability[positive] >= threshold_at(negatives, rate)))


def calibration_error(positive: BoolArray, probability: FloatArray) -> float:
    """Expected calibration error over bins of equal count (Nixon et al. 2019, adaptive ECE): robust where most scores are near zero."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, min(CALIBRATION_BINS, len(order)))
    return float(sum(len(part) * abs(probability[part].mean() - positive[part].mean()) for part in parts) / len(order))
