"""The leak audit: how much of a figure is owed to ads that stand, copied or nearly so, on both sides of the split.

The same rows are judged three times: split by row, split by row without exact copies, and split by group, where near-duplicates, given groups
(companies) and contacts stay together. What the first two are better by is not skill. Rows are chosen and split before anything is fitted (Kaufman
et al. 2012, "Leakage in Data Mining").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from adscreen.corpora.duplicates import NearPair, near_duplicates
from adscreen.corpora.groups import campaigns
from adscreen.corpora.labelled import LabelledAds
from adscreen.corpora.splits import by_group
from adscreen.errors import InputError
from adscreen.text.fingerprint import content_id
from adscreen.train.config import TrainConfig
from adscreen.train.fit import BoolArray, FloatArray, Folds
from adscreen.train.model import fit_model
from adscreen.train.readings import Readings, read_ads

IntArray = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]
POSITIVES = ("lure", "job_scam")

Scorer = Callable[[LabelledAds, IntArray, IntArray], FloatArray]
"""Fit on the ads with the first numbers, score those with the second. `groups` of the ads are those of the split: inner folds must respect them."""


@dataclass(frozen=True, slots=True)
class Split:
    """One way to cut rows into folds: `rows` (numbers in the whole set), the groups kept together, and folds over positions in `rows`."""

    name: str
    rows: IntArray
    groups: Objects
    folds: Folds


@dataclass(frozen=True, slots=True)
class LeakRow:
    """What one split says: mean and standard deviation of the figures over all folds of all repeats.

    `exact_twins`, `near_twins`: share of test rows that have an exact copy, or any near-duplicate, among the rows fitted on. `prevalence`: share of
    positives, which is the PR-AUC of guessing.
    """

    split: str
    rows: int
    groups: int
    prevalence: float
    pr_auc: float
    pr_auc_spread: float
    roc_auc: float
    roc_auc_spread: float
    exact_twins: float
    near_twins: float


def leak_audit(ads: LabelledAds, positive: str, config: TrainConfig, folds: int = 5, repeats: int = 1) -> tuple[LeakRow, ...]:
    """Cross-validate the whole road under the three splits; raises InputError when `positive` has fewer groups than folds."""
    pairs = near_duplicates(list(ads.texts))
    splits = audit_splits(ads, positive, config.seed, folds, repeats)
    scorer = road(read_ads(ads, config.training_characters), positive, config)
    return tuple(judge(split, ads, positive, pairs, scorer) for split in splits)


def road(readings: Readings, positive: str, config: TrainConfig) -> Scorer:
    """adscreen itself as a Scorer of ads that were read before."""

    def score(ads: LabelledAds, train: IntArray, test: IntArray) -> FloatArray:
        fitted = fit_model(ads.select(train), readings.select(train), config)
        return fitted.model.probability_of(positive, readings.select(test))

    return score


def audit_splits(ads: LabelledAds, positive: str, seed: int, folds: int, repeats: int) -> tuple[Split, ...]:
    """The three splits of these ads, each with `folds` * `repeats` folds."""
    if positive not in POSITIVES:
        raise InputError(f"leak audit: positive label {positive!r} is none of {', '.join(POSITIVES)}")
    everything = np.arange(len(ads))
    _, firsts = np.unique([content_id(text) for text in ads.texts], return_index=True)
    of_rows = np.array([f"row:{row}" for row in everything], dtype=object)
    cuts = (
        ("random rows", everything, of_rows),
        ("no exact duplicates, random", np.sort(firsts), of_rows),
        ("group-safe", everything, np.array(campaigns(list(ads.texts), list(ads.groups)), dtype=object)),
    )
    is_positive = ads.labels == positive
    return tuple(Split(name, rows, groups[rows], _folds(name, is_positive[rows], groups[rows], seed, folds, repeats)) for name, rows, groups in cuts)


def _folds(name: str, positive: BoolArray, groups: Objects, seed: int, folds: int, repeats: int) -> Folds:
    fewest = min(len(set(groups[positive])), len(set(groups[~positive])))
    if fewest < folds:
        raise InputError(f"leak audit, split {name!r}: {folds} folds need as many groups of each label, got {fewest}; use fewer folds or more ads")
    return [(split.train, split.test) for repeat in range(repeats) for split in by_group(positive.astype(object), groups, folds, seed + repeat)]


def judge(split: Split, ads: LabelledAds, positive: str, pairs: Sequence[NearPair], scorer: Scorer) -> LeakRow:
    """Fit and score every fold of a split with one contender."""
    grouped = _regrouped(ads, split)
    target = ads.labels == positive
    figures, twins = [], []
    for train, test in split.folds:
        rows = split.rows[test]
        if not 0 < target[rows].sum() < len(rows):
            continue  # a fold without positives has no figure
        scores = scorer(grouped, split.rows[train], rows)
        figures.append((average_precision_score(target[rows], scores), roc_auc_score(target[rows], scores)))
        twins.append(_twin_shares(ads, split.rows[train], rows, pairs))
    means, spreads, shares = np.mean(figures, axis=0), np.std(figures, axis=0), np.mean(twins, axis=0)
    (pr_auc, roc_auc), (pr_spread, roc_spread) = map(float, means), map(float, spreads)
    prevalence = float(target[split.rows].mean())
    return LeakRow(
        split.name, len(split.rows), len(set(split.groups)), prevalence, pr_auc, pr_spread, roc_auc, roc_spread, float(shares[0]), float(shares[1])
    )


def _regrouped(ads: LabelledAds, split: Split) -> LabelledAds:
    groups = ads.groups.copy()
    groups[split.rows] = split.groups
    return replace(ads, groups=groups)


def _twin_shares(ads: LabelledAds, train: IntArray, test: IntArray, pairs: Sequence[NearPair]) -> tuple[float, float]:
    """Share of test rows with an exact, and with an exact or near, twin in train."""
    seen = {content_id(ads.texts[row]) for row in train}
    exact = np.array([content_id(ads.texts[row]) in seen for row in test])
    fitted = set(train.tolist())
    links = ((one, two) for pair in pairs for one, two in ((pair.first, pair.second), (pair.second, pair.first)))
    near = {one for one, two in links if two in fitted}
    return float(exact.mean()), float(np.mean([row in near for row in test.tolist()] | exact))
