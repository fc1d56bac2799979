"""Labels turned on purpose are found, and what training does with them is what the config says."""

from dataclasses import replace

import numpy as np
import pytest

from adscreen.train.config import NOISE, TrainConfig
from adscreen.train.model import fit_model
from adscreen.train.noise import DOUBTED_WEIGHT, kinds_of, rows_of, suspects, trust_in

FLIPPED = (4, 9, 30, 51)


@pytest.fixture(scope="module")
def turned(invent):
    """Clear ads, each in a group of its own, four with the wrong label."""
    known = invent(40, clear=1.0)
    labels = known.ads.labels.copy()
    labels[list(FLIPPED)] = ["legitimate" if labels[row] == "lure" else "lure" for row in FLIPPED]
    return replace(known, ads=replace(known.ads, labels=labels, groups=np.array([f"g{n}" for n in range(80)], dtype=object)))


def test_flipped_labels_lead_the_suspects(turned):
    found = suspects(turned.ads, fit_model(turned.ads, turned.readings, TrainConfig(folds=4)).held_out)
    assert set(rows_of(found[:4]).tolist()) == set(FLIPPED)
    assert all(one.probability < 0.5 for one in found[:4])
    assert {one.taken_for for one in found[:4]} == {"lure", "neither"}


def test_sure_and_right_rows_are_not_doubted(labelled):
    ads = labelled(list("abcd"), ["lure", "job_scam", "legitimate", "other"], list("abcd"))
    log_odds = np.array([[5.0, 0.0], [-5.0, 5.0], [-5.0, -5.0], [-5.0, -5.0]])
    assert suspects(ads, log_odds) == ()
    assert kinds_of(ads.labels).tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize(("noise", "weight"), list(zip(NOISE, (1.0, DOUBTED_WEIGHT, 0.0), strict=True)))
def test_each_choice_weighs_doubted_rows_as_it_says(labelled, noise, weight):
    ads = labelled(list("abcd"), ["lure", "lure", "legitimate", "lure"], list("abcd"))
    log_odds = np.array([[4.0, -9.0], [5.0, -9.0], [-5.0, -9.0], [-6.0, -9.0]])
    assert trust_in(ads, log_odds, noise).tolist() == [1.0, 1.0, 1.0, weight]
