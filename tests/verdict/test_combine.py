"""A reading's terms add up to its log-odds, and probabilities of lure and scam never exceed one together."""

import numpy as np
import pytest

from adscreen.classifiers.bundle import load_bundle
from adscreen.indicators.matcher import Hit
from adscreen.verdict.combine import SCORE_LIMIT, Combiner, chain, probability

HITS = [Hit("travel_paid", 0, 5), Hit("place_hot_spot", 6, 9), Hit("contact_telegram", 10, 20), Hit("specific_duties", 21, 30)]


@pytest.fixture(scope="module")
def combination(small_bundle):
    return load_bundle(small_bundle).combination


@pytest.mark.parametrize("hits", [[], HITS[:1], HITS], ids=["none", "one", "several"])
def test_terms_add_up_to_the_log_odds(combination, hits):
    reading = Combiner(combination).read(np.array([1.5, -0.5]), hits)
    assert reading.prior + reading.wording + sum(reading.signs.values()) == pytest.approx(reading.log_odds, abs=1e-9)
    assert set(reading.signs) == {hit.indicator for hit in hits}


def test_a_prior_shift_moves_every_log_odds_by_as_much(combination):
    scores = np.array([1.0, 0.0])
    before, after = Combiner(combination), Combiner(combination, -2.0)
    assert after.read(scores, HITS).log_odds == pytest.approx(before.read(scores, HITS).log_odds - 2.0)
    assert after.triage_log_odds(scores[None])[0, 0] == pytest.approx(before.triage_log_odds(scores[None])[0, 0] - 2.0)


def test_extreme_triage_scores_are_cut(combination):
    combiner = Combiner(combination)
    assert combiner.read(np.array([1e9, 0.0]), []).log_odds == combiner.read(np.array([SCORE_LIMIT, 0.0]), []).log_odds


def test_probability_is_stable_at_the_ends():
    assert probability(np.array([-1e5, 0.0, 1e5])).tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_lure_and_scam_share_one_unit():
    lure, scam = np.array([0.9, 0.2]), np.array([0.9, 0.9])
    assert (lure + chain(lure, scam) <= 1).all()
