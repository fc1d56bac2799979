"""Turns scores and signs into probabilities, and takes a probability apart into named terms that add up to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.bundle import Combination
from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import CLASSES
from adscreen.classifiers.passages import COLUMNS, PassageModel, Passages
from adscreen.classifiers.segments import Segments
from adscreen.errors import BundleError
from adscreen.indicators.catalogue import Catalogue
from adscreen.indicators.matcher import Hit

FloatArray = npt.NDArray[np.float64]

SCORE_LIMIT = 12.0
"""Scores are cut at ± this many log-odds: beyond e^12 to 1 a linear model's confidence means nothing."""


SCAM_EXAMINED_FROM = 0.2
"""Job-scam probability by triage from which an ad is examined: about twice the share of job scams among the ads that calibrate."""


def probability(log_odds: FloatArray) -> FloatArray:
    """The logistic function, without overflow."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -700, 700)))


def chain(lure: FloatArray, scam_among_rest: FloatArray) -> FloatArray:
    """P(job scam) from P(lure) and P(job scam | not lure), so that both never add up to more than one."""
    return (1.0 - lure) * scam_among_rest


@dataclass(frozen=True, slots=True)
class Terms:
    """How log-odds come about: `prior` + `passages` + `wording` + `transformer` + sum(`signs`) = `log_odds`. `wording` is what the triage scores add."""

    prior: float
    passages: float
    wording: float
    transformer: float
    signs: dict[str, float]
    log_odds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One examined ad: the terms of lure, those of job scam among the rest, and what they rest on.

    `scores`: those of passages and triage, and of the transformer if it `was_transformed`; `features`: as in `FeatureSpace`; `segments`: what the
    transformer reads, or would.
    """

    lure: Terms
    scam: Terms
    hits: tuple[Hit, ...]
    passages: Passages
    segments: Segments
    scores: FloatArray
    features: FloatArray

    @property
    def was_transformed(self) -> bool:
        return len(self.scores) > len(COLUMNS) + len(CLASSES)


class Combiner:
    """The combination of a bundle, ready to score; `prior_shift` (log-odds) re-bases to another prevalence.

    Raises BundleError when the bundle was made for other features than this version of adscreen computes.
    """

    def __init__(self, combination: Combination, passages: PassageModel, catalogue: Catalogue, prior_shift: float = 0.0) -> None:
        self.space = FeatureSpace.of(catalogue)
        if self.space.names != combination.names:
            raise BundleError("the bundle's features are not those of this version of adscreen; train it again, or install the version that made it")
        self._passages = passages
        shift = np.array([prior_shift, 0.0])
        self._without = combination.weights, combination.bias + shift
        self._with = None
        if combination.whole_weights is not None and combination.whole_bias is not None:
            self._with = combination.whole_weights, combination.whole_bias + shift
        self._triage_only = combination.triage_only
        self.prior_shift = prior_shift
        self._carriers = [sorted(self.space.carriers(name)) for name in self.space.names]

    def triage_log_odds(self, scores: FloatArray) -> FloatArray:
        """Log-odds of lure and of scam among the rest, from triage scores alone, at the bundle's own prevalence; (n, 2) to (n, 2)."""
        cut = np.clip(scores, -SCORE_LIMIT, SCORE_LIMIT)
        return np.asarray(cut * self._triage_only[:, 0] + self._triage_only[:, 1])

    def passage_terms(self, reading: Reading, target: int) -> list[tuple[int, int, float]]:
        """Start, end and weight of each passage: what the passage model's part in the log-odds of lure (0) or of scam among the rest (1) would lose."""
        weights = self._weights_of(reading.scores)[0][target, : len(COLUMNS)] @ self._passages.shares(reading.passages)
        return _weighed(reading.passages.spans, weights)

    def segment_terms(self, reading: Reading, shares: FloatArray, target: int) -> list[tuple[int, int, float]]:
        """The same for the segments of a transformed ad, from `Transformer.shares`."""
        start = len(COLUMNS) + len(CLASSES)
        return _weighed(reading.segments.spans, self._weights_of(reading.scores)[0][target, start : start + len(COLUMNS)] @ shares)

    def read(self, passages: Passages, segments: Segments, hits: Sequence[Hit], triage: FloatArray) -> Reading:
        """Score one ad from its passages, its hits and its triage scores, shape (len(CLASSES),); `segments` are kept for the transformer."""
        scores = np.clip(np.concatenate((self._passages.scores(passages), triage)), -SCORE_LIMIT, SCORE_LIMIT)
        return self._scored(tuple(hits), passages, segments, scores, self.space.vector(hits))

    def reread(self, reading: Reading, transformer: FloatArray) -> Reading:
        """The same ad with the scores of the transformer, shape (len(COLUMNS),)."""
        scores = np.concatenate((reading.scores, np.clip(transformer, -SCORE_LIMIT, SCORE_LIMIT)))
        return self._scored(reading.hits, reading.passages, reading.segments, scores, reading.features)

    def _scored(self, hits: tuple[Hit, ...], passages: Passages, segments: Segments, scores: FloatArray, features: FloatArray) -> Reading:
        weights, bias = self._weights_of(scores)
        present = {hit.indicator for hit in hits}
        lure, scam = (self._terms(weights[target], float(bias[target]), scores, features, present) for target in (0, 1))
        return Reading(lure, scam, hits, passages, segments, scores, features)

    def _weights_of(self, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Weights and bias for ads with these scores: with those of the transformer, or without."""
        if len(scores) == len(COLUMNS) + len(CLASSES):
            return self._without
        assert self._with is not None, "a bundle without a transformer has no weights for its scores"
        return self._with

    def _terms(self, weights: FloatArray, prior: float, scores: FloatArray, features: FloatArray, present: set[str]) -> Terms:
        of_scores, of_features = np.split(weights, [len(scores)])
        passages, wording, transformer = (float(part.sum()) for part in np.split(scores * of_scores, [len(COLUMNS), len(COLUMNS) + len(CLASSES)]))
        log_odds = prior + passages + wording + transformer + float(features @ of_features)
        return Terms(prior, passages, wording, transformer, self._sign_terms(of_features, features, present), log_odds)

    def _sign_terms(self, weights: FloatArray, vector: FloatArray, present: set[str]) -> dict[str, float]:
        """The weight of every feature that is on, shared evenly among the signs in this ad that switch it on."""
        terms: dict[str, float] = defaultdict(float)
        for position in np.flatnonzero(vector):
            sharers = [sign for sign in self._carriers[position] if sign in present]
            for sign in sharers:
                terms[sign] += float(weights[position]) / len(sharers)
        return dict(terms)


def _weighed(spans: npt.NDArray[np.int64], weights: FloatArray) -> list[tuple[int, int, float]]:
    return [(int(start), int(end), float(weight)) for (start, end), weight in zip(spans, weights, strict=True)]
