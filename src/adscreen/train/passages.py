"""Fits the passage model: which clauses decide, learnt from pairs of ads that differ only where the label flips."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from adscreen.classifiers.passages import BITS, COLUMNS, HEADS, PassageModel, Passages
from adscreen.train.config import TrainConfig
from adscreen.train.fit import BoolArray, FloatArray, Folds, fit_linear

MIN_ADS = 2
"""Ads in which a gloss or pair must occur; what one ad alone says teaches that ad."""

Objects = npt.NDArray[np.object_]


class PassageCorpus:
    """The passages of labelled ads, ready to fit on any part of them."""

    def __init__(self, passages: Sequence[Passages], labels: Objects, pairs: Objects, weights: FloatArray, config: TrainConfig) -> None:
        self._passages = passages
        self._config = config
        self._ad = np.repeat(np.arange(len(passages)), [len(one) for one in passages])
        shared = _shared_with_twin(passages, labels, pairs)
        paired = np.array([bool(pair) for pair in pairs])[self._ad]
        self._heads = np.array([[label == head for head in HEADS] for label in labels[self._ad]]).T & ~shared
        self._weights = weights[self._ad] * np.where(paired, 1.0, config.unpaired_weight)
        self._matrix = _matrix(passages)

    def fit(self, ads: BoolArray) -> PassageModel:
        """A model fitted on the ads of a mask."""
        where = np.flatnonzero(ads[self._ad])
        matrix = self._matrix[where]
        known = _columns_of_several(matrix, self._ad[where])
        matrix = matrix[:, known]
        models = [
            fit_linear(matrix, head[where], self._weights[where], self._config.passages_c, _share(head[where], self._weights[where]))
            for head in self._heads
        ]
        weights = np.zeros((len(HEADS), 1 << BITS))
        weights[:, known] = [model.weights for model in models]
        return PassageModel.from_coefficients(weights, np.array([model.bias for model in models]))

    def scores(self, model: PassageModel, ads: npt.NDArray[np.int64]) -> FloatArray:
        """Scores of the ads with these numbers, shape (len(ads), len(COLUMNS))."""
        return passage_scores(model, [self._passages[ad] for ad in ads])

    def out_of_fold(self, folds: Folds, where: BoolArray) -> FloatArray:
        """Scores that ads get from models fitted on the ads `where` of the other folds, shape (n, len(COLUMNS))."""
        scores = np.zeros((len(self._passages), len(COLUMNS)))
        for train, test in folds:
            ads = np.zeros(len(self._passages), bool)
            ads[train] = where[train]
            scores[test] = self.scores(self.fit(ads), test)
        return scores


def passage_scores(model: PassageModel, passages: Sequence[Passages]) -> FloatArray:
    """Scores of ads by their passages, shape (len(passages), len(COLUMNS))."""
    return np.array([model.scores(one) for one in passages]).reshape(-1, len(COLUMNS))


def _share(head: BoolArray, weights: FloatArray) -> float:
    """The share that a head has anyway: no class weights."""
    return float(weights[head].sum() / weights.sum())


def _shared_with_twin(passages: Sequence[Passages], labels: Objects, pairs: Objects) -> BoolArray:
    """For each passage, whether the other ad of the pair, which bears another label, holds it too."""
    members: dict[str, list[int]] = defaultdict(list)
    for ad, pair in enumerate(pairs):
        if pair:
            members[pair].append(ad)
    shared = []
    for ad, one in enumerate(passages):
        twins = [twin for twin in members.get(pairs[ad], ()) if labels[twin] != labels[ad]]
        known = set().union(*(passages[twin].keys.tolist() for twin in twins))
        shared += [key in known for key in one.keys.tolist()]
    return np.array(shared, bool)


def _matrix(passages: Sequence[Passages]) -> sp.csr_matrix:
    first = np.cumsum([0, *(len(one) for one in passages)])
    owner = np.concatenate([one.owner + start for one, start in zip(passages, first[:-1], strict=True)])
    bucket = np.concatenate([one.bucket for one in passages])
    value = np.concatenate([one.value for one in passages]).astype(np.float32)
    return sp.csr_matrix((value, (owner, bucket)), shape=(int(first[-1]), 1 << BITS))


def _columns_of_several(matrix: sp.csr_matrix, ads: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The columns that at least MIN_ADS ads fill."""
    _, number = np.unique(ads, return_inverse=True)
    by_ad = sp.csr_matrix((np.ones(len(number), np.float32), (number, np.arange(len(number)))), shape=(int(number.max(initial=0)) + 1, len(number)))
    seen_in = np.bincount((by_ad @ (matrix != 0)).tocoo().col, minlength=matrix.shape[1])
    return np.flatnonzero(seen_in >= MIN_ADS)
