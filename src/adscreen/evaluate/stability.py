"""Has a distribution moved between two streams of ads, by more than chance alone would move it?

Ads come in campaigns, and reposts are no independent observations. Counts are therefore kept by *slot*: near-duplicates fall into one slot, unlike ads
into random ones, so that the spread between slots shows how much chance there is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, norm

SLOTS = 256
"""Slots of near-duplicate ads: the relative error of a variance from them is sqrt(2 / 255), 9 %."""
SMALL_SHIFT, LARGE_SHIFT = 0.1, 0.25
"""Population stability index below which a shift is called little, and above which large (Siddiqi, Credit Risk Scorecards, 2006, ch. 9)."""
CONFIDENCE = 0.95
BINS = 10
"""Bins of equal count in OLD, as is usual for the index."""
LEAST_EXPECTED = 5
"""Ads that each bin must expect in both streams; sparser ones are joined (Cochran 1954), or the chi-square law does not hold."""
SMOOTHING = 0.5
"""Added to every count, so that a bin which is empty in one stream gives a finite index (Jeffreys)."""

Counts = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Reading = Literal["too few ads", "within noise", "little", "some", "large"]
Category = TypeVar("Category", int, str)


def _no_counts() -> Counts:
    return np.zeros(SLOTS, np.int64)


@dataclass(frozen=True, slots=True)
class Tally(Generic[Category]):
    """Counts of categories by slot. Memory grows with the categories, never with the ads."""

    columns: defaultdict[Category, Counts] = field(default_factory=lambda: defaultdict(_no_counts))

    def add(self, slot: int, category: Category) -> None:
        self.columns[category][slot] += 1

    def categories(self) -> set[Category]:
        return set(self.columns)

    def matrix(self, categories: Sequence[Category]) -> Counts:
        """Counts of the given categories, shape (SLOTS, categories)."""
        return np.stack([self.columns.get(category, _no_counts()) for category in categories], axis=1)

    def total(self, category: Category) -> int:
        return int(self.columns[category].sum()) if category in self.columns else 0


@dataclass(frozen=True, slots=True)
class Shift:
    """The population stability index of a distribution, and the index that `CONFIDENCE` of pairs of streams of this size stay below without any drift."""

    index: float
    noise: float
    bins: int

    @property
    def reading(self) -> Reading:
        if self.bins < 2:
            return "too few ads"
        if self.index <= self.noise:
            return "within noise"
        return "little" if self.index < SMALL_SHIFT else "some" if self.index < LARGE_SHIFT else "large"


@dataclass(frozen=True, slots=True)
class Change:
    """A share in OLD and in NEW, their difference, and its CONFIDENCE interval; `telling` when chance does not explain it, however many were compared."""

    name: str
    old: float
    new: float
    low: float
    high: float
    telling: bool

    @property
    def difference(self) -> float:
        return self.new - self.old


def shift(old: Counts, new: Counts) -> Shift:
    """The shift between two matrices of counts, shape (SLOTS, bins), whose bins are already joined.

    Noise: the index follows (1/n + 1/m) chi-square with bins - 1 degrees of freedom (Yurdakul 2018, Statistical Properties of Population Stability Index),
    each size divided by its design effect (Rao & Scott 1984, first order).
    """
    bins = old.shape[1]
    if bins < 2 or not old.sum() or not new.sum():
        return Shift(0.0, 0.0, 0)
    one, two = (_smoothed(counts.sum(axis=0)) for counts in (old, new))
    index = float(np.sum((two - one) * np.log(two / one)))
    spread = design_effect(old) / old.sum() + design_effect(new) / new.sum()
    return Shift(index, float(spread * chi2.ppf(CONFIDENCE, bins - 1)), bins)


def _smoothed(counts: Counts) -> FloatArray:
    raised = counts + SMOOTHING
    return np.asarray(raised / raised.sum(), np.float64)


def design_effect(counts: Counts) -> float:
    """How many times more the shares of the columns vary than among independent ads; at least 1."""
    total = counts.sum()
    shares = counts.sum(axis=0) / total
    present = shares > 0
    if present.sum() < 2:
        return 1.0
    variance = _variance(counts, counts.sum(axis=1))
    return max(float(total / (present.sum() - 1) * np.sum(variance[present] / shares[present])), 1.0)


def _variance(counts: Counts, sizes: Counts) -> FloatArray:
    """Variance of each column's share of `sizes`, from the residuals of the slots (the linearised ratio estimator)."""
    total = sizes.sum()
    residuals = counts - np.outer(sizes, counts.sum(axis=0) / total)
    return np.asarray(SLOTS / (SLOTS - 1) * np.sum(residuals**2, axis=0) / total**2, np.float64)


def changes(names: Sequence[str], old: Counts, new: Counts, old_sizes: Counts, new_sizes: Counts) -> tuple[Change, ...]:
    """The change of each column's share of its stream's sizes; matrices of shape (SLOTS, names), sizes of shape (SLOTS,). The most telling first."""
    if not names or not old_sizes.sum() or not new_sizes.sum():
        return ()
    before, after = old.sum(axis=0) / old_sizes.sum(), new.sum(axis=0) / new_sizes.sum()
    error = np.sqrt(_careful_variance(old, old_sizes) + _careful_variance(new, new_sizes))
    margin = norm.ppf((1 + CONFIDENCE) / 2) * error
    low, high = after - before - margin, after - before + margin
    scores = np.abs(after - before) / error
    telling = scores > norm.isf((1 - CONFIDENCE) / 2 / len(names))  # Bonferroni: among two hundred indicators ten move by chance
    order = np.argsort(-scores, kind="stable")
    return tuple(Change(names[i], float(before[i]), float(after[i]), float(low[i]), float(high[i]), bool(telling[i])) for i in order)


def _careful_variance(counts: Counts, sizes: Counts) -> FloatArray:
    """Not below that of independent ads with one more hit and one more miss (Agresti & Caffo 2000): a share of zero is not known exactly."""
    total = sizes.sum()
    raised = (counts.sum(axis=0) + 1) / (total + 2)
    return np.asarray(np.maximum(_variance(counts, sizes), raised * (1 - raised) / total), np.float64)


def equal_bins(old: Counts, new: Counts) -> tuple[Counts, Counts]:
    """Join neighbouring fine bins, the columns in order, into at most BINS of about equal count in OLD."""
    counts, others = old.sum(axis=0), new.sum(axis=0)
    starts, wanted = [0], max(counts.sum() / BINS, LEAST_EXPECTED)
    for column in range(1, len(counts)):
        here = slice(starts[-1], column)
        rest = counts[column:].sum(), others.sum() * counts[column:].sum() / max(counts.sum(), 1)
        if counts[here].sum() >= wanted and min(rest) >= LEAST_EXPECTED and _expected(counts[here], counts, others) >= LEAST_EXPECTED:
            starts.append(column)
    return np.add.reduceat(old, starts, axis=1), np.add.reduceat(new, starts, axis=1)


def _expected(some: Counts, counts: Counts, others: Counts) -> float:
    return float(others.sum() * some.sum() / max(counts.sum(), 1))


def common_bins(old: Counts, new: Counts) -> tuple[Counts, Counts]:
    """Join the columns that are too rare in either stream, were both alike, into a last one, left out when it is empty."""
    pooled = old.sum(axis=0) + new.sum(axis=0)
    smaller = min(old.sum(), new.sum())
    common = pooled * smaller / max(pooled.sum(), 1) >= LEAST_EXPECTED
    joined = tuple(np.column_stack([counts[:, common], counts[:, ~common].sum(axis=1)]) for counts in (old, new))
    some_rare = bool(pooled[~common].sum())
    return (joined[0], joined[1]) if some_rare else (joined[0][:, :-1], joined[1][:, :-1])
