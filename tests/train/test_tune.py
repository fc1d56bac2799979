"""Settings move for a reason only, and every try is told."""

import numpy as np

from adscreen.train.config import TrainConfig
from adscreen.train.tune import GRID, _better, tune


def test_a_setting_moves_only_for_more_than_chance():
    now = np.array([0.80, 0.82, 0.78, 0.81])
    assert _better({1.0: now, 2.0: now + 0.02}, 1.0) == 2.0
    assert _better({1.0: now, 2.0: now + np.array([0.03, -0.03, 0.03, -0.02])}, 1.0) == 1.0
    assert _better({1.0: now, 2.0: now - 0.02}, 1.0) == 1.0
    assert _better({1.0: now[:1], 2.0: now[:1] + 0.1}, 1.0) == 1.0  # one fold says nothing about chance


def test_every_try_is_told_and_one_of_each_setting_taken(invent):
    known = invent(40, clear=0.8)
    config = TrainConfig(folds=3, triage_c=5.0)
    best, tries = tune(known.ads, known.readings, config)
    for setting, values in GRID.items():
        own = [one for one in tries if one.setting == setting]
        assert {one.value for one in own} == {*values, getattr(config, setting)}
        assert [one.value for one in own if one.taken] == [getattr(best, setting)]
    assert {one.against for one in tries} == {"all else", "look-alikes"}
    assert tune(known.ads, known.readings, config) == (best, tries)
