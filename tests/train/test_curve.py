"""The learning curve samples by group, judges every size on the same rows, and keeps corpus rows of judged groups out."""

from dataclasses import replace

import numpy as np
import pytest

from adscreen.errors import InputError
from adscreen.train import curve
from adscreen.train.config import TrainConfig
from adscreen.train.curve import learning_curve

CONFIG = TrainConfig(folds=3)


@pytest.fixture(scope="module")
def known(invent):
    return invent(60, clear=0.9)


def test_every_size_is_judged_on_the_same_held_out_rows(known):
    points = learning_curve(known.ads, known.readings, np.ones(120, bool), (12, 30), CONFIG)
    assert [(point.size, point.positives, point.with_corpora) for point in points] == [(12, 12, False), (30, 30, False)]
    assert points[0].ads == 24  # a lure brings its twin of the same group
    assert points[0].all_others.ads == points[1].all_others.ads == 30


def test_corpus_rows_of_judged_groups_are_never_fitted_on(known, monkeypatch):
    ads = replace(known.ads, groups=np.array([f"g{n // 2 % 40}" for n in range(120)], dtype=object))  # the last 40 rows share groups with the first
    seen = []

    def judged(ads, readings, rows, held, config):
        seen.append((set(ads.groups[rows]), set(ads.groups[held]), set(rows.tolist())))
        return None, None

    monkeypatch.setattr(curve, "_judged", judged)
    own = np.arange(120) < 80
    points = learning_curve(ads, known.readings, own, (10, 20), CONFIG)
    assert [point.with_corpora for point in points] == [False, True, False, True]
    for fitted, held, _ in seen:
        assert not fitted & held
    assert seen[0][2] < seen[2][2]  # a larger sample holds the smaller one
    assert seen[0][2] < seen[1][2]


def test_more_lures_than_there_are_is_said(known):
    with pytest.raises(InputError, match=r"500 lures asked for, 45 are there"):
        learning_curve(known.ads, known.readings, np.ones(120, bool), (500,), CONFIG)
