"""The pieces of training keep their promises: no leak between groups, weights instead of resampling, honest calibration."""

import numpy as np
import pytest
import scipy.sparse as sp

from adscreen.corpora.labelled import mixed_sources
from adscreen.train.config import TrainConfig
from adscreen.train.fit import Targets, calibrate, class_weights, fit_linear, fit_ngrams, folds_of, out_of_fold_ngrams, source_weights

RNG = np.random.default_rng(3)


def test_no_group_stands_on_both_sides_of_a_fold():
    labels = np.array(["lure", "legitimate"] * 60, dtype=object)
    groups = np.array([f"g{n // 4}" for n in range(120)], dtype=object)
    for train, test in folds_of(labels, groups, TrainConfig(folds=4)):
        assert not set(groups[train]) & set(groups[test])
        assert {"lure", "legitimate"} == set(labels[test])


def test_class_weights_set_the_share_and_keep_the_total():
    positive = np.array([True] * 2 + [False] * 8)
    weights = class_weights(positive, np.ones(10), 0.3)
    assert weights.sum() == pytest.approx(10)
    assert weights[positive].sum() == pytest.approx(3)


def test_rare_ngrams_may_weigh_more_and_those_of_one_row_nothing():
    """Two columns tell the label equally well where they occur; the weights are for the matrix as given."""
    common, rare = np.tile([1.0, 0.0], 50), np.zeros(100)
    rare[:20:2] = 1.0
    once = np.zeros(100)
    once[0] = 1.0
    matrix = sp.csr_matrix(np.column_stack((common, rare, once)).astype(np.float32))
    positive = common.astype(bool)
    targets = Targets(positive, ~positive, ~positive)
    plain, scaled = (fit_ngrams(matrix, targets, np.ones(100), 1.0, 0.5, rarity)[0] for rarity in (0.0, 1.0))
    assert scaled.weights[1] / scaled.weights[0] > 1.5 * plain.weights[1] / plain.weights[0]
    assert plain.weights[2] > 0 == scaled.weights[2]
    assert scaled.log_odds(matrix)[0] > 1


def test_no_source_counts_for_more_than_the_cap():
    sources = np.array(["big"] * 50 + ["small"] * 5, dtype=object)
    weights = source_weights(sources, np.array(["legitimate"] * 55, dtype=object), 10)
    assert weights[:50].sum() == pytest.approx(10)
    assert weights[50:].sum() == pytest.approx(5)


def test_only_sources_with_both_kinds_teach_passages():
    sources = np.array(["a", "a", "b", "c", "c"], dtype=object)
    labels = np.array(["lure", "legitimate", "legitimate", "lure", "other"], dtype=object)
    assert mixed_sources(sources, labels).tolist() == [True, True, False, False, False]


def test_out_of_fold_scores_of_memorised_rows_are_no_better_than_chance():
    """Every row has a feature of its own, which a model can memorise: scores that saw their own row would be perfect."""
    count = 200
    matrix = sp.identity(count, format="csr")
    positive = RNG.random(count) < 0.5
    groups = np.array([f"g{n}" for n in range(count)], dtype=object)
    labels = np.where(positive, "lure", "legitimate").astype(object)
    folds = folds_of(labels, groups, TrainConfig())
    scores = out_of_fold_ngrams(matrix, Targets.of(labels), np.ones(count), folds, 100.0, 0.5)[:, 0]
    assert np.std(scores) < 0.2  # nothing but each fold's intercept


def test_calibration_undoes_class_weights_and_boasting():
    truth = RNG.normal(-2, 1.5, 20_000)
    positive = RNG.random(20_000) < 1 / (1 + np.exp(-truth))
    slope, offset = calibrate(3 * truth + 4, positive, np.ones(20_000))
    assert slope == pytest.approx(1 / 3, rel=0.05)
    assert offset == pytest.approx(-4 / 3, rel=0.08)


def test_one_class_gives_a_constant_that_says_so():
    model = fit_linear(np.zeros((4, 2)), np.zeros(4, bool), np.ones(4), 1.0, 0.3)
    assert (model.log_odds(np.ones((3, 2))) < -5).all()
