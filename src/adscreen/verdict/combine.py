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
    """How log-odds come about: `prior` + `passages` + `wording` + sum(`signs`) = `log_odds`. `wording` is what the triage scores add."""

    prior: float
    passages: float
    wording: float
    signs: dict[str, float]
    log_odds: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One examined ad: the terms of lure, those of job scam among the rest, and the hits and passages that they rest on."""

    lure: Terms
    scam: Terms
    hits: tuple[Hit, ...]
    passages: Passages


class Combiner:
    """The combination of a bundle, ready to score; `prior_shift` (log-odds) re-bases to another prevalence.

    Raises BundleError when the bundle was made for other features than this version of adscreen computes.
    """

    def __init__(self, combination: Combination, passages: PassageModel, catalogue: Catalogue, prior_shift: float = 0.0) -> None:
        self.space = FeatureSpace.of(catalogue)
        if self.space.names != combination.names:
            raise BundleError("the bundle's features are not those of this version of adscreen; train it again, or install the version that made it")
        self._passages = passages
        self._weights = combination.weights
        self._bias = combination.bias + np.array([prior_shift, 0.0])
        self._triage_only = combination.triage_only
        self.prior_shift = prior_shift
        self._carriers = [sorted(self.space.carriers(name)) for name in self.space.names]

    def triage_log_odds(self, scores: FloatArray) -> FloatArray:
        """Log-odds of lure and of scam among the rest, from triage scores alone, at the bundle's own prevalence; (n, 2) to (n, 2)."""
        cut = np.clip(scores, -SCORE_LIMIT, SCORE_LIMIT)
        return np.asarray(cut * self._triage_only[:, 0] + self._triage_only[:, 1])

    def passage_terms(self, passages: Passages, target: int) -> list[tuple[int, int, float]]:
        """Start, end and weight of each passage: what the log-odds of lure (0) or of scam among the rest (1) would lose without it."""
        weights = self._weights[target, : len(COLUMNS)] @ self._passages.shares(passages)
        return [(int(start), int(end), float(weight)) for (start, end), weight in zip(passages.spans, weights, strict=True)]

    def read(self, passages: Passages, hits: Sequence[Hit], triage: FloatArray) -> Reading:
        """Score one ad from its passages, its hits and its triage scores, shape (len(CLASSES),)."""
        cut = np.clip(np.concatenate((self._passages.scores(passages), triage)), -SCORE_LIMIT, SCORE_LIMIT)
        vector = self.space.vector(hits)
        present = {hit.indicator for hit in hits}
        lure, scam = (self._terms(target, cut, vector, present) for target in (0, 1))
        return Reading(lure, scam, tuple(hits), passages)

    def _terms(self, target: int, scores: FloatArray, vector: FloatArray, present: set[str]) -> Terms:
        of_passages, of_triage, of_features = np.split(self._weights[target], [len(COLUMNS), len(COLUMNS) + len(CLASSES)])
        prior, passages, wording = float(self._bias[target]), float(scores[: len(COLUMNS)] @ of_passages), float(scores[len(COLUMNS) :] @ of_triage)
        log_odds = prior + passages + wording + float(vector @ of_features)
        return Terms(prior, passages, wording, self._sign_terms(of_features, vector, present), log_odds)

    def _sign_terms(self, weights: FloatArray, vector: FloatArray, present: set[str]) -> dict[str, float]:
        """The weight of every feature that is on, shared evenly among the signs in this ad that switch it on."""
        terms: dict[str, float] = defaultdict(float)
        for position in np.flatnonzero(vector):
            sharers = [sign for sign in self._carriers[position] if sign in present]
            for sign in sharers:
                terms[sign] += float(weights[position]) / len(sharers)
        return dict(terms)
