"""Figures on imbalanced data, against cases that can be worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from adscreen.evaluate.bootstrap import group_weights
from adscreen.evaluate.metrics import Share, figures, precision_at_prevalence, replicates, threshold_at

POSITIVE = np.array([True] * 2 + [False] * 200)


def test_ties_at_the_threshold_count_as_flagged():
    scores = np.concatenate(([0.9, 0.5], [0.5] * 4, np.linspace(0, 0.4, 196)))
    assert figures(POSITIVE, scores).recall_at_fpr["1.0%"] == 0.5  # 2 of 200 may be flagged, but four share 0.5: the threshold must lie above it


def test_the_threshold_flags_no_more_than_allowed():
    negatives = np.random.default_rng(1).random(1000)
    assert np.mean(negatives >= threshold_at(negatives, 0.03)) == pytest.approx(0.03)


def test_too_few_negatives_for_a_rate_is_said_not_guessed():
    result = figures(POSITIVE, np.linspace(1, 0, 202))
    assert result.recall_at_fpr["0.1%"] is None
    assert result.recall_at_fpr["1.0%"] == 1.0


def test_one_class_alone_gives_no_figures():
    result = figures(np.zeros(5, bool), np.linspace(0, 1, 5))
    assert (result.ads, result.positives, result.pr_auc, result.brier) == (5, 0, None, None)


def test_calibration_error_of_honest_and_of_boastful_scores():
    positive = np.arange(1000) % 10 == 0
    assert figures(positive, np.full(1000, 0.1)).calibration_error == pytest.approx(0.0, abs=1e-9)
    assert figures(positive, np.full(1000, 0.9)).calibration_error == pytest.approx(0.8)


def test_figures_are_those_of_scikit_learn_ties_and_weights_included():
    random = np.random.default_rng(0)
    positive, weights = random.random(400) < 0.2, random.integers(0, 4, (3, 400)).astype(float)
    scores = np.round(np.clip(random.random(400) + 0.2 * positive, 0, 1), 2)
    found = replicates(positive, scores, weights)
    for row, weight in enumerate(weights):
        assert found["pr_auc"][row] == pytest.approx(average_precision_score(positive, scores, sample_weight=weight))
        assert found["roc_auc"][row] == pytest.approx(roc_auc_score(positive, scores, sample_weight=weight))
        assert found["brier"][row] == pytest.approx(brier_score_loss(positive, scores, sample_weight=weight))


def test_a_replicate_without_a_class_is_no_figure():
    weights = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    found = replicates(np.array([True, False, False]), np.array([0.9, 0.1, 0.2]), weights)
    assert found["roc_auc"][0] == 1
    assert np.isnan(found["roc_auc"][1])
    assert np.isnan(found["pr_auc"][1])


def test_copies_do_not_narrow_the_interval():
    random = np.random.default_rng(0)
    positive, scores = random.random(60) < 0.4, random.random(60)
    groups = np.array([f"g{n}" for n in range(60)], dtype=object)

    def width(copies: int) -> float:
        weights = group_weights(np.repeat(groups, copies))
        low, high = figures(np.repeat(positive, copies), np.repeat(scores, copies), weights).bounds["roc_auc"]
        return high - low

    assert width(10) == pytest.approx(width(1), rel=0.01)
    assert width(1) > 0.2


def test_wilson_bounds_of_a_share_rest_on_groups():
    assert Share(0, 100, 100).bounds == pytest.approx((0, 0.037), abs=1e-3)
    assert Share(50, 100, 100).bounds == pytest.approx((0.404, 0.596), abs=1e-3)
    assert Share(50, 100, 4).bounds[0] < 0.2
    assert Share(0, 0, 0).bounds == (0, 1)


def test_precision_falls_with_prevalence():
    assert precision_at_prevalence(0.5, 0.01, 0.5) == pytest.approx(0.980, abs=1e-3)
    assert precision_at_prevalence(0.5, 0.01, 0.001) == pytest.approx(0.0477, abs=1e-3)
    assert precision_at_prevalence(0.0, 0.0, 0.1) == 0
