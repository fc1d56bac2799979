"""The fits: the n-gram models of triage, the combination of passages and signs, calibration on held-out groups. scikit-learn fits, numpy scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from adscreen.classifiers.ngram import CLASSES
from adscreen.classifiers.passages import COLUMNS
from adscreen.corpora.splits import by_group
from adscreen.train.config import TrainConfig
from adscreen.verdict.combine import SCORE_LIMIT

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Folds = list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]
"""Row numbers to fit on and to score, for each fold."""

_ITERATIONS = 500
"""lbfgs steps; the fits here converge within 200."""
MIN_ROWS = 2
"""Rows in which an n-gram must occur where rarity counts: what one row alone holds would be the rarest and teach that row."""


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted log-odds model: `weights` of shape (features,) and `bias`."""

    weights: FloatArray
    bias: float

    def log_odds(self, matrix: sp.csr_matrix | FloatArray) -> FloatArray:
        return np.asarray(matrix @ self.weights + self.bias)

    def rescaled(self, slope: float, offset: float) -> Linear:
        return Linear(self.weights * slope, self.bias * slope + offset)


@dataclass(frozen=True, slots=True)
class Targets:
    """What is predicted: lure against all else (`lure`), and job scam (`scam`) among the rows that are no lure; and which are `lawful` ads."""

    lure: BoolArray
    scam: BoolArray
    lawful: BoolArray

    @classmethod
    def of(cls, labels: npt.NDArray[np.object_]) -> Targets:
        return cls(labels == "lure", labels == "job_scam", labels == "legitimate")

    def select(self, where: npt.NDArray[np.int64]) -> Targets:
        return Targets(self.lure[where], self.scam[where], self.lawful[where])


def source_weights(sources: npt.NDArray[np.object_], labels: npt.NDArray[np.object_], cap: int) -> FloatArray:
    """Row weights that let no source count for more than `cap` rows of one label."""
    keys = np.array([f"{source}\t{label}" for source, label in zip(sources, labels, strict=True)], dtype=object)
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return np.asarray(np.minimum(1.0, cap / counts)[inverse], np.float64)


def class_weights(positive: BoolArray, weights: FloatArray, share: float) -> FloatArray:
    """Weights re-scaled so that positives carry `share` of the total (instead of resampling, which would break calibration)."""
    total, own = weights.sum(), weights[positive].sum()
    rest = total - own
    scaled = np.where(positive, weights * share / max(own, 1e-9), weights * (1 - share) / max(rest, 1e-9))
    return np.asarray(scaled * total, np.float64)


def fit_linear(matrix: sp.csr_matrix | FloatArray, positive: BoolArray, weights: FloatArray, c: float, share: float) -> Linear:
    """Logistic regression with class weights; when one class is absent, a constant that says so."""
    if positive.all() or not positive.any():
        return Linear(np.zeros(matrix.shape[1]), SCORE_LIMIT if positive.all() else -SCORE_LIMIT)
    model = LogisticRegression(C=c, max_iter=_ITERATIONS).fit(matrix, positive, sample_weight=class_weights(positive, weights, share))
    return Linear(model.coef_[0].astype(np.float64), float(model.intercept_[0]))


def folds_of(labels: npt.NDArray[np.object_], groups: npt.NDArray[np.object_], config: TrainConfig) -> Folds:
    """Group folds with about equal shares of every label."""
    return [(split.train, split.test) for split in by_group(labels, groups, config.folds, config.seed)]


def rarities(matrix: sp.csr_matrix, power: float) -> FloatArray:
    """Inverse document frequency of each column (Spärck Jones 1972, smoothed) to a power, 0 for what one row alone holds; all 1 for the power 0."""
    if not power:
        return np.ones(matrix.shape[1])
    seen_in = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return np.asarray(np.where(seen_in >= MIN_ROWS, (np.log((1 + matrix.shape[0]) / (1 + seen_in)) + 1) ** power, 0.0))


def fit_ngrams(matrix: sp.csr_matrix, targets: Targets, weights: FloatArray, c: float, share: float, rarity: float = 0.0) -> tuple[Linear, Linear]:
    """The two heads of an n-gram model: lure against all else, job scam against all else.

    Columns are fitted times their rarity, so that rare n-grams may weigh more; the weights given back are for the matrix as it is.
    """
    scale = rarities(matrix, rarity)
    scaled = matrix @ sp.diags(scale.astype(np.float32))
    lure, scam = (fit_linear(scaled, positive, weights, c, share) for positive in (targets.lure, targets.scam))
    return Linear(lure.weights * scale, lure.bias), Linear(scam.weights * scale, scam.bias)


def out_of_fold_ngrams(
    matrix: sp.csr_matrix, targets: Targets, weights: FloatArray, folds: Folds, c: float, share: float, rarity: float = 0.0
) -> FloatArray:
    """Scores that rows get from models fitted on the other folds; shape (n, 2)."""
    scores = np.zeros((matrix.shape[0], 2))
    for train, test in folds:
        lure, scam = fit_ngrams(matrix[train], targets.select(train), weights[train], c, share, rarity)
        scores[test] = np.column_stack((lure.log_odds(matrix[test]), scam.log_odds(matrix[test])))
    return scores


@dataclass(frozen=True, slots=True)
class CombinedFit:
    """Lure model on all rows, scam model on rows that are no lure, over [passage scores, triage scores, transformer scores if any, features]."""

    lure: Linear
    scam: Linear

    def log_odds(self, design: FloatArray) -> FloatArray:
        return np.column_stack((self.lure.log_odds(design), self.scam.log_odds(design)))


def freedom(design: FloatArray, features: int, config: TrainConfig) -> FloatArray:
    """How freely each column of a design may weigh against the features: passage scores, triage scores and, if there are more columns, the transformer's."""
    scale = np.ones(design.shape[1])
    scale[: -features or None] = config.passages_scale
    scale[len(COLUMNS) : len(COLUMNS) + len(CLASSES)] = config.triage_scale
    return scale


def fit_combination(
    design: FloatArray, targets: Targets, weights: FloatArray, gentle: FloatArray, scale: FloatArray, config: TrainConfig
) -> CombinedFit:
    """Fit both heads on a design matrix; `scale`: see `freedom`; `gentle` scales the rows' weights in the lure head."""
    rest = ~targets.lure
    lure = fit_linear(design * scale, targets.lure, weights * gentle, config.features_c, config.lure_share)
    scam = fit_linear(design[rest] * scale, targets.scam[rest], weights[rest], config.features_c, config.lure_share)
    return CombinedFit(Linear(lure.weights * scale, lure.bias), Linear(scam.weights * scale, scam.bias))


def calibrate(log_odds: FloatArray, positive: BoolArray, weights: FloatArray) -> tuple[float, float]:
    """Platt scaling (1999) on held-out log-odds: slope and offset, so that terms stay additive. No class weights: the mix is the reference."""
    if positive.all() or not positive.any():
        return 1.0, 0.0
    model = LogisticRegression(C=1e6, max_iter=_ITERATIONS).fit(log_odds[:, None], positive, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def cut(scores: FloatArray) -> FloatArray:
    """Scores within ± SCORE_LIMIT, as in scoring."""
    return np.clip(scores, -SCORE_LIMIT, SCORE_LIMIT)


def out_of_fold_combination(
    design: FloatArray, targets: Targets, weights: FloatArray, gentle: FloatArray, scale: FloatArray, folds: Folds, config: TrainConfig
) -> FloatArray:
    """Combined log-odds that rows get from fits on the other folds; shape (n, 2).

    The scores in `design` are out-of-fold too, but not nested: those of the other folds come from models that saw this one.
    """
    log_odds = np.zeros((len(design), 2))
    for train, test in folds:
        fitted = fit_combination(design[train], targets.select(train), weights[train], gentle[train], scale, config)
        log_odds[test] = fitted.log_odds(design[test])
    return log_odds
