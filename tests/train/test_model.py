"""One road from labelled rows to calibrated log-odds, whatever it is used for."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from adscreen.classifiers.ngram import CLASSES
from adscreen.classifiers.passages import COLUMNS
from adscreen.train.config import TrainConfig
from adscreen.train.model import RowWeights, fit_model

CONFIG = TrainConfig(folds=3)
OF_TRIAGE = slice(len(COLUMNS), len(COLUMNS) + len(CLASSES))


def test_other_rows_are_scored_by_what_was_learnt(invent):
    known, other = invent(40), invent(30, seed=1)
    scores = fit_model(known.ads, known.readings, CONFIG).model.probability_of("lure", other.readings)
    assert roc_auc_score(other.ads.labels == "lure", scores) > 0.95


def test_held_out_scores_of_labels_without_a_cause_are_chance(invent):
    noise = invent(60, clear=0.0)
    ads = replace(noise.ads, groups=np.array([f"g{n}" for n in range(120)], dtype=object))
    fitted = fit_model(ads, noise.readings, CONFIG)
    assert 0.3 < roc_auc_score(ads.labels == "lure", fitted.held_out[:, 0]) < 0.7


def test_triage_scores_enter_only_with_a_scale(invent):
    known = invent(40, clear=0.7)
    without, with_scale = (fit_model(known.ads, known.readings, replace(CONFIG, triage_scale=scale)).model for scale in (0.0, 2.0))
    assert not without.combined[0].weights[OF_TRIAGE].any()
    assert with_scale.combined[0].weights[OF_TRIAGE][0] > 0


def test_selected_readings_score_as_in_the_whole(invent):
    known = invent(30)
    model = fit_model(known.ads, known.readings, CONFIG).model
    where = np.array([7, 3, 20])
    assert model.log_odds(known.readings.select(where)) == pytest.approx(model.log_odds(known.readings)[where])


def test_doubted_rows_weigh_less_everywhere(invent):
    ads, trust = invent(20).ads, np.ones(40)
    trust[5] = 0.0
    weights = RowWeights.of(ads, trust, CONFIG)
    for column in (weights.triage, weights.passages, weights.careful):
        assert column[5] == 0
        assert np.delete(column, 5).min() > 0
