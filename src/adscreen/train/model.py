"""The whole examined road, fitted on some rows and able to score others: training, leak audit and learning curve all fit here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.passages import PassageModel
from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.train.config import TrainConfig
from adscreen.train.fit import (
    BoolArray,
    FloatArray,
    Folds,
    Linear,
    Targets,
    calibrate,
    cut,
    fit_combination,
    fit_ngrams,
    folds_of,
    freedom,
    out_of_fold_combination,
    out_of_fold_ngrams,
    source_weights,
)
from adscreen.train.noise import trust_in
from adscreen.train.passages import PassageCorpus, passage_scores
from adscreen.train.readings import Readings
from adscreen.verdict.combine import SCAM_EXAMINED_FROM, chain, probability

HIGHEST_FLOOR = -1.4
"""Log-odds (a probability of 0.2) that no floor exceeds: what a policy is likely to flag must have been read, and have its evidence."""

Transforms = Callable[[BoolArray], FloatArray]
"""Given a mask of rows, the scores that a transformer which did not see their group gives them; shape (n, len(COLUMNS)), 0 elsewhere."""


@dataclass(frozen=True, slots=True)
class Model:
    """Fitted and calibrated: `combined` over [passage scores, triage scores, features], `triage_only` (slope, offset) for what is not examined.

    `whole`: over [passage scores, triage scores, transformer scores, features], for what the transformer reads; None without one.
    """

    triage: tuple[Linear, Linear]
    passages: PassageModel
    combined: tuple[Linear, Linear]
    triage_only: FloatArray
    whole: tuple[Linear, Linear] | None = None

    def log_odds(self, readings: Readings) -> FloatArray:
        """Examined log-odds of lure, and of job scam among the rest; shape (n, 2)."""
        triage = np.column_stack([head.log_odds(readings.ngrams) for head in self.triage])
        design = np.hstack((cut(passage_scores(self.passages, readings.passages)), cut(triage), readings.features))
        return np.column_stack([head.log_odds(design) for head in self.combined])

    def probability_of(self, label: str, readings: Readings) -> FloatArray:
        """Probability of `lure` or `job_scam`, shape (n,)."""
        return label_probability(label, self.log_odds(readings))


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model fitted on all rows, and calibrated log-odds that the same rows get from models which did not see their group.

    Columns: lure, scam among the rest. `held_out` is what examination gives, `held_out_triage` what triage alone gives; `scores`: of passages and triage;
    `transformed`: which rows the transformer read, those whose log-odds of lure without it are at least `floor` or that may be job scams.
    """

    model: Model
    held_out: FloatArray
    held_out_triage: FloatArray
    transformed: BoolArray
    scores: FloatArray
    floor: float = -np.inf


@dataclass(frozen=True, slots=True)
class RowWeights:
    """How much each row counts: for `triage`, for `passages`, for the combination (`careful`), there times `gentle` in the lure head."""

    triage: FloatArray
    passages: FloatArray
    careful: FloatArray
    gentle: FloatArray

    @classmethod
    def of(cls, ads: LabelledAds, trust: FloatArray, config: TrainConfig) -> RowWeights:
        mixed, own = mixed_sources(ads.sources, ads.labels), ads.weights * trust
        not_lawful = mixed & ~np.isin(ads.labels.astype(str), ("lure", "legitimate"))
        return cls(
            own * source_weights(ads.sources, ads.labels, config.source_cap),
            own,
            examined_weights(ads, config) * trust,
            np.where(not_lawful, config.not_lawful_weight, 1.0),
        )

    def select(self, rows: npt.NDArray[np.int64]) -> RowWeights:
        """The weights of these row numbers."""
        return RowWeights(*(getattr(self, field.name)[rows] for field in fields(self)))


def label_probability(label: str, log_odds: FloatArray) -> FloatArray:
    """Probability of `lure` or `job_scam` from log-odds of shape (n, 2)."""
    lure = probability(log_odds[:, 0])
    return lure if label == "lure" else chain(lure, probability(log_odds[:, 1]))


def judges(ads: LabelledAds) -> BoolArray:
    """Rows of full weight: only they calibrate and measure. Rows of less weight may teach, but are known too well to judge."""
    return np.asarray(ads.weights >= min(1.0, ads.weights.max()), bool)


def floor_at(lures: FloatArray, loss: float) -> float:
    """Log-odds that at most the share `loss` of these held-out lures fall below, but no more than HIGHEST_FLOOR."""
    return min(float(np.quantile(lures, loss, method="lower")), HIGHEST_FLOOR) if len(lures) else HIGHEST_FLOOR


def examined_weights(ads: LabelledAds, config: TrainConfig) -> FloatArray:
    """Weights for what is read in full: sources without lures count little there, as triage has told most of their ads from lures already."""
    capped = source_weights(ads.sources, ads.labels, config.examined_source_cap)
    return ads.weights * np.where(mixed_sources(ads.sources, ads.labels), 1.0, capped)


def fit_model(ads: LabelledAds, readings: Readings, config: TrainConfig, transformer: Transforms | None = None) -> Fitted:
    """Fit on these rows and no others, in group folds over `ads.groups`; `readings` are of the same rows.

    `transformer` gives its out-of-fold scores of the rows asked for. With `config.noise` other than "keep", a first fit, without it, tells which labels to
    doubt and a second trusts them less; the held-out log-odds of the second are then not quite nested, as the doubts rest on models that saw the fold.
    """
    everyone = np.ones(len(ads))
    trust = everyone if config.noise == "keep" else trust_in(ads, _fit(ads, readings, everyone, config).held_out, config.noise)
    fitted = _fit(ads, readings, trust, config)
    return fitted if transformer is None else _with_transformer(fitted, ads, readings, trust, config, transformer)


def out_of_fold_triage(readings: Readings, targets: Targets, weights: RowWeights, folds: Folds, config: TrainConfig) -> FloatArray:
    """Triage scores of every row from the other folds, shape (n, 2)."""
    return out_of_fold_ngrams(readings.ngrams, targets, weights.triage, folds, config.triage_c, config.lure_share, config.triage_rarity)


def passage_corpus(ads: LabelledAds, readings: Readings, weights: RowWeights, config: TrainConfig) -> PassageCorpus:
    return PassageCorpus(readings.passages, ads.labels, twins_of(ads), weights.passages, config)


def _fit(ads: LabelledAds, readings: Readings, trust: FloatArray, config: TrainConfig) -> Fitted:
    targets, weights = Targets.of(ads.labels), RowWeights.of(ads, trust, config)
    folds, mixed = folds_of(ads.labels, ads.groups, config), mixed_sources(ads.sources, ads.labels)
    triage = out_of_fold_triage(readings, targets, weights, folds, config)
    corpus = passage_corpus(ads, readings, weights, config)
    scores = np.hstack((cut(corpus.out_of_fold(folds, mixed)), cut(triage)))
    combined, log_odds = _combined(ads, scores, readings.features, weights, config)
    triage_only = _calibrations(cut(triage), targets, weights.careful, judges(ads))
    model = Model(
        fit_ngrams(readings.ngrams, targets, weights.triage, config.triage_c, config.lure_share, config.triage_rarity),
        corpus.fit(mixed),
        combined,
        triage_only,
    )
    held_out_triage = cut(triage) * triage_only[:, 0] + triage_only[:, 1]
    return Fitted(model, log_odds, held_out_triage, np.zeros(len(ads), bool), scores)


def _with_transformer(
    fitted: Fitted, ads: LabelledAds, readings: Readings, trust: FloatArray, config: TrainConfig, transformer: Transforms
) -> Fitted:
    """The same with a combination for the rows that signs and passages leave open, fitted and calibrated on just those."""
    floor = floor_at(fitted.held_out[(ads.labels == "lure") & judges(ads), 0], config.transformer.floor_loss)
    asked = (fitted.held_out[:, 0] >= floor) | (label_probability("job_scam", fitted.held_out) >= SCAM_EXAMINED_FROM)
    rows = np.flatnonzero(asked)
    scores = np.hstack((fitted.scores, cut(transformer(asked))))[rows]
    held_out = fitted.held_out.copy()
    weights = RowWeights.of(ads, trust, config).select(rows)
    whole, held_out[rows] = _combined(ads.select(rows), scores, readings.features[rows], weights, config)
    return replace(fitted, model=replace(fitted.model, whole=whole), held_out=held_out, transformed=asked, floor=floor)


def _combined(
    ads: LabelledAds, scores: FloatArray, features: FloatArray, weights: RowWeights, config: TrainConfig
) -> tuple[tuple[Linear, Linear], FloatArray]:
    """Both calibrated heads over [scores, features], and the calibrated log-odds that the rows get from the other folds."""
    targets, folds, design = Targets.of(ads.labels), folds_of(ads.labels, ads.groups, config), np.hstack((scores, features))
    scale = freedom(design, features.shape[1], config)
    log_odds = out_of_fold_combination(design, targets, weights.careful, weights.gentle, scale, folds, config)
    slopes = _calibrations(log_odds, targets, weights.careful, judges(ads))
    fit = fit_combination(design, targets, weights.careful, weights.gentle, scale, config)
    return (fit.lure.rescaled(*slopes[0]), fit.scam.rescaled(*slopes[1])), log_odds * slopes[:, 0] + slopes[:, 1]


def twins_of(ads: LabelledAds) -> npt.NDArray[np.object_]:
    """Pair and group of each row, "" without a pair: rows of two groups are no twins, since folds may part them."""
    return np.array([f"{group}\t{pair}" if pair else "" for group, pair in zip(ads.groups, ads.pairs, strict=True)], dtype=object)


def _calibrations(scores: FloatArray, targets: Targets, weights: FloatArray, where: BoolArray) -> FloatArray:
    """Slope and offset for the lure column, and for the scam column among the rows that are no lure; shape (2, 2)."""
    rest = where & ~targets.lure
    return np.array([calibrate(scores[where, 0], targets.lure[where], weights[where]), calibrate(scores[rest, 1], targets.scam[rest], weights[rest])])
