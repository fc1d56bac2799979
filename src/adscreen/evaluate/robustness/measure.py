"""How recall, false positives and scores change when ads are mutated, with intervals.

Everything is paired: an ad is compared with its own mutant, at a threshold fixed beforehand. Intervals are percentile bootstraps (Efron 1979) over groups of ads, since
copies and twins of one campaign are not independent; rows without a group stand for themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from adscreen.errors import InputError
from adscreen.evaluate.robustness.mutator import Mutator, Row
from adscreen.evaluate.robustness.sample import key_of, stratified
from adscreen.evaluate.robustness.shortcuts import SHORTCUTS
from adscreen.evaluate.robustness.suites import MUTATORS
from adscreen.ingest.tables import ad_schema
from adscreen.records import AD_COLUMNS
from adscreen.screen import Screener

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Score = Callable[[Sequence[Row]], FloatArray]
"""Lure probabilities of rows, shape (rows,)."""
Progress = Callable[[str], object]

RESAMPLES = 500
"""Bootstrap draws: the 2.5th percentile of 500 rests on a dozen of them, enough for two digits."""
INTERVAL = (2.5, 97.5)
CERTAIN = 5e-7
"""Probabilities are cut at this distance from 0 and 1 before the log-odds: half of the last digit that a verdict gives."""
BATCH = 512


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change did to `ads` of one class: shares at or above the threshold before and after, mean and median change of the log-odds, and shares that crossed
    the threshold upwards and downwards."""

    ads: int
    flagged_before: Estimate
    flagged_after: Estimate
    shift_mean: Estimate
    shift_median: Estimate
    raised: Estimate
    lowered: Estimate

    @property
    def flipped(self) -> float:
        """Share of ads whose side of the threshold changed."""
        return self.raised.value + self.lowered.value


@dataclass(frozen=True, slots=True)
class MutatorResult:
    """Effect on lures (`flagged_*` is recall) and on lawful ads (`flagged_*` is the false-positive rate); None where no ad of the class could be mutated."""

    name: str
    about: str
    lures: Effect | None
    lawful: Effect | None


@dataclass(frozen=True, slots=True)
class ShortcutResult:
    """Effect of one edit on the ads of one label."""

    name: str
    about: str
    label: str
    effect: Effect


def measure_robustness(
    score: Score,
    rows: Sequence[Row],
    positive: BoolArray,
    threshold: float,
    mutators: Sequence[Mutator] = MUTATORS,
    seed: int = 0,
    sample: int = 300,
    progress: Progress = lambda step: None,
) -> tuple[MutatorResult, ...]:
    """Mutate at most `sample` lures (`positive`) and as many other ads, stratified by language, and compare scores at `threshold`.

    `rows` hold ad columns as strings, `positive` has shape (rows,). The same rows, seed and mutators give the same result in any order.
    Raises InputError when there are no rows or the lengths differ.
    """
    labels = np.where(positive, "lure", "lawful")
    effects = _effects(score, rows, labels, threshold, mutators, seed, sample, progress)
    return tuple(MutatorResult(one.name, one.about, effects.get((one.name, "lure")), effects.get((one.name, "lawful"))) for one in mutators)


def measure_shortcuts(
    score: Score,
    rows: Sequence[Row],
    threshold: float,
    edits: Sequence[Mutator] = SHORTCUTS,
    seed: int = 0,
    sample: int = 300,
    progress: Progress = lambda step: None,
) -> tuple[ShortcutResult, ...]:
    """The same for edits that should not matter, for each label of the rows (column `label`); edits that fit no ad of a label are left out.

    Raises InputError when there are no rows.
    """
    labels = np.array([row["label"] for row in rows])
    effects = _effects(score, rows, labels, threshold, edits, seed, sample, progress)
    found = [(edit, label) for edit in edits for label in sorted(set(labels)) if (edit.name, label) in effects]
    return tuple(ShortcutResult(edit.name, edit.about, str(label), effects[edit.name, label]) for edit, label in found)


def screener_scores(screener: Screener) -> Score:
    """Rows to lure probabilities on the road that scoring takes, in batches."""

    def score(rows: Sequence[Row]) -> FloatArray:
        schema = ad_schema()
        found: list[float] = []
        for start in range(0, len(rows), BATCH):
            part = rows[start : start + BATCH]
            columns = [pa.array([row.get(name, "") for row in part], pa.string()) for name in AD_COLUMNS]
            found += [judged.lure for judged in screener.judge(pa.RecordBatch.from_arrays(columns, schema=schema))]
        return np.array(found, np.float64)

    return score


def _effects(
    score: Score,
    rows: Sequence[Row],
    labels: npt.NDArray[np.str_],
    threshold: float,
    mutators: Sequence[Mutator],
    seed: int,
    size: int,
    progress: Progress,
) -> dict[tuple[str, str], Effect]:
    """(name of the mutator, label) to its effect."""
    if not len(rows) or len(rows) != len(labels):
        raise InputError(f"robustness: {len(rows)} rows and {len(labels)} labels; give at least one row and a label for each")
    numbers = stratified(rows, [str(label) for label in labels], size, seed)
    ads, kept = [rows[number] for number in numbers], labels[numbers]
    groups = np.array([row.get("group") or f"row:{number}" for number, row in zip(numbers, ads, strict=True)])
    progress(f"scoring {len(ads)} ads as they are")
    before = score(ads)
    effects = {}
    for one in mutators:
        mutants = [one.mutate(ad, Random(f"{one.name}:{key_of(ad, seed)}")) for ad in ads]  # noqa: S311 (draws of a measurement, no secret)
        where = np.flatnonzero([mutant is not None for mutant in mutants])
        progress(f"scoring {len(where)} ads after {one.name}")
        after = score([mutant for mutant in mutants if mutant is not None]) if len(where) else np.array([])
        for label in sorted(set(kept[where])):
            of = kept[where] == label
            effects[one.name, str(label)] = _effect(before[where][of], after[of], groups[where][of], threshold, seed)
    return effects


def _effect(before: FloatArray, after: FloatArray, groups: npt.NDArray[np.str_], threshold: float, seed: int) -> Effect:
    was, now = before >= threshold, after >= threshold
    shift = _log_odds(after) - _log_odds(before)
    draws = _resamples(groups, seed)

    def estimate(values: npt.NDArray[np.generic], statistic: Callable[..., np.generic] = np.mean) -> Estimate:
        low, high = np.percentile([statistic(values[draw]) for draw in draws], INTERVAL)
        return Estimate(float(statistic(values)), float(low), float(high))

    return Effect(len(before), estimate(was), estimate(now), estimate(shift), estimate(shift, np.median), estimate(now & ~was), estimate(was & ~now))


def _resamples(groups: npt.NDArray[np.str_], seed: int) -> list[npt.NDArray[np.int64]]:
    """Row numbers of RESAMPLES draws of as many groups as there are, with replacement."""
    _, inverse = np.unique(groups, return_inverse=True)
    members = np.split(np.argsort(inverse, kind="stable"), np.cumsum(np.bincount(inverse))[:-1])
    rng = np.random.default_rng(seed)
    return [np.concatenate([members[group] for group in rng.integers(len(members), size=len(members))]) for _ in range(RESAMPLES)]


def _log_odds(probability: FloatArray) -> FloatArray:
    cut = np.clip(probability, CERTAIN, 1 - CERTAIN)
    return np.asarray(np.log(cut) - np.log1p(-cut))
