"""The whole examined road, fitted on some rows and able to score others: training, leak audit and learning curve all fit here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass

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
    out_of_fold_combination,
    out_of_fold_ngrams,
    source_weights,
)
from adscreen.train.noise import trust_in
from adscreen.train.passages import PassageCorpus, passage_scores
from adscreen.train.readings import Readings
from adscreen.verdict.combine import chain, probability


@dataclass(frozen=True, slots=True)
class Model:
    """Fitted and calibrated: `combined` over [passage scores, triage scores, features], `triage_only` (slope, offset) for what is not examined."""

    triage: tuple[Linear, Linear]
    passages: PassageModel
    combined: tuple[Linear, Linear]
    triage_only: FloatArray

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

    Columns: lure, scam among the rest. `held_out` is what examination gives, `held_out_triage` what triage alone gives.
    """

    model: Model
    held_out: FloatArray
    held_out_triage: FloatArray


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


def label_probability(label: str, log_odds: FloatArray) -> FloatArray:
    """Probability of `lure` or `job_scam` from log-odds of shape (n, 2)."""
    lure = probability(log_odds[:, 0])
    return lure if label == "lure" else chain(lure, probability(log_odds[:, 1]))


def judges(ads: LabelledAds) -> BoolArray:
    """Rows of full weight: only they calibrate and measure. Rows of less weight may teach, but are known too well to judge."""
    return np.asarray(ads.weights >= min(1.0, ads.weights.max()), bool)


def examined_weights(ads: LabelledAds, config: TrainConfig) -> FloatArray:
    """Weights for what is read in full: sources without lures count little there, as triage has told most of their ads from lures already."""
    capped = source_weights(ads.sources, ads.labels, config.examined_source_cap)
    return ads.weights * np.where(mixed_sources(ads.sources, ads.labels), 1.0, capped)


def fit_model(ads: LabelledAds, readings: Readings, config: TrainConfig) -> Fitted:
    """Fit on these rows and no others, in group folds over `ads.groups`; `readings` are of the same rows.

    With `config.noise` other than "keep", a first fit tells which labels to doubt and a second trusts them less; the held-out log-odds of the second
    are then not quite nested, as the doubts rest on models that saw the fold.
    """
    fitted = _fit(ads, readings, np.ones(len(ads)), config)
    if config.noise == "keep":
        return fitted
    return _fit(ads, readings, trust_in(ads, fitted.held_out, config.noise), config)


def out_of_fold_triage(readings: Readings, targets: Targets, weights: RowWeights, folds: Folds, config: TrainConfig) -> FloatArray:
    """Triage scores of every row from the other folds, shape (n, 2)."""
    return out_of_fold_ngrams(readings.ngrams, targets, weights.triage, folds, config.triage_c, config.lure_share, config.triage_rarity)


def passage_corpus(ads: LabelledAds, readings: Readings, weights: RowWeights, config: TrainConfig) -> PassageCorpus:
    return PassageCorpus(readings.passages, ads.labels, _twins(ads), weights.passages, config)


def _fit(ads: LabelledAds, readings: Readings, trust: FloatArray, config: TrainConfig) -> Fitted:
    targets, weights = Targets.of(ads.labels), RowWeights.of(ads, trust, config)
    folds, mixed = folds_of(ads.labels, ads.groups, config), mixed_sources(ads.sources, ads.labels)
    triage = out_of_fold_triage(readings, targets, weights, folds, config)
    corpus = passage_corpus(ads, readings, weights, config)
    design = np.hstack((cut(corpus.out_of_fold(folds, mixed)), cut(triage), readings.features))
    log_odds = out_of_fold_combination(design, targets, weights.careful, weights.gentle, folds, config)
    scales, triage_only = (_calibrations(scores, targets, weights.careful, judges(ads)) for scores in (log_odds, cut(triage)))
    whole = fit_combination(design, targets, weights.careful, weights.gentle, config)
    model = Model(
        fit_ngrams(readings.ngrams, targets, weights.triage, config.triage_c, config.lure_share, config.triage_rarity),
        corpus.fit(mixed),
        (whole.lure.rescaled(*scales[0]), whole.scam.rescaled(*scales[1])),
        triage_only,
    )
    return Fitted(model, log_odds * scales[:, 0] + scales[:, 1], cut(triage) * triage_only[:, 0] + triage_only[:, 1])


def _twins(ads: LabelledAds) -> npt.NDArray[np.object_]:
    """Pair and group of each row, "" without a pair: rows of two groups are no twins, since folds may part them."""
    return np.array([f"{group}\t{pair}" if pair else "" for group, pair in zip(ads.groups, ads.pairs, strict=True)], dtype=object)


def _calibrations(scores: FloatArray, targets: Targets, weights: FloatArray, where: BoolArray) -> FloatArray:
    """Slope and offset for the lure column, and for the scam column among the rows that are no lure; shape (2, 2)."""
    rest = where & ~targets.lure
    return np.array([calibrate(scores[where, 0], targets.lure[where], weights[where]), calibrate(scores[rest, 1], targets.scam[rest], weights[rest])])
