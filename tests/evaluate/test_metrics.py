"""Figures on imbalanced data, against cases that can be worked out by hand."""

import numpy as np
import pytest

from adscreen.evaluate.metrics import calibration_error, figures, recall_at, threshold_at

POSITIVE = np.array([True] * 2 + [False] * 200)


def test_ties_at_the_threshold_count_as_flagged():
    scores = np.concatenate(([0.9, 0.5], [0.5] * 4, np.linspace(0, 0.4, 196)))
    assert recall_at(POSITIVE, scores, 0.01) == 0.5  # 2 of 200 may be flagged, but four share 0.5: the threshold must lie above it


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
    assert calibration_error(positive, np.full(1000, 0.1)) == pytest.approx(0.0, abs=1e-9)
    assert calibration_error(positive, np.full(1000, 0.9)) == pytest.approx(0.8)
