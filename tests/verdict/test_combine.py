"""A reading's terms add up to its log-odds, and probabilities of lure and scam never exceed one together."""

from dataclasses import replace

import numpy as np
import pytest

from adscreen.classifiers.bundle import load_bundle
from adscreen.classifiers.passages import passages_of
from adscreen.classifiers.segments import Segments
from adscreen.errors import BundleError
from adscreen.indicators.matcher import Hit
from adscreen.text.gloss import Gloss
from adscreen.verdict.combine import SCORE_LIMIT, Combiner, chain, probability

PASSAGES = passages_of(
    [
        Gloss(word, at, at + 1, at // 8, word)
        for at, word in enumerate(["work", "chat", "custom", "abroad", "flight", "paid", "no", "fee", "sign", "contract", "offic", "day"])
    ]
)
SEGMENTS = Segments(("work chat custom abroad flight paid no fee", "sign contract offic day"), PASSAGES.spans)
NONE = passages_of([])
TRIAGE = np.array([1.5, -0.5])
HITS = [Hit("travel_paid", 0, 5), Hit("place_hot_spot", 6, 9), Hit("contact_telegram", 10, 20), Hit("specific_duties", 21, 30)]


@pytest.fixture(scope="module")
def model(small_bundle):
    bundle = load_bundle(small_bundle)
    return bundle.combination, bundle.passages, bundle.catalogue


@pytest.mark.parametrize("hits", [[], HITS[:1], HITS], ids=["none", "one", "several"])
def test_terms_add_up_to_the_log_odds(model, hits):
    reading = Combiner(*model).read(PASSAGES, SEGMENTS, hits, TRIAGE)
    for terms in (reading.lure, reading.scam):
        assert terms.prior + terms.passages + terms.wording + terms.transformer + sum(terms.signs.values()) == pytest.approx(terms.log_odds, abs=1e-9)
        assert set(terms.signs) == {hit.indicator for hit in hits}


def test_triage_scores_weigh_as_the_combination_says(model):
    combination, *rest = model
    weights = combination.weights.copy()
    weights[:, 3:5] = (0.5, 0.25), (0.0, 0.0)
    reading = Combiner(replace(combination, weights=weights), *rest).read(PASSAGES, SEGMENTS, HITS, TRIAGE)
    assert reading.lure.wording == pytest.approx(0.5 * 1.5 - 0.25 * 0.5)
    assert reading.scam.wording == 0.0


def test_a_prior_shift_moves_the_log_odds_by_as_much(model):
    before, after = Combiner(*model), Combiner(*model, -2.0)
    assert after.read(PASSAGES, SEGMENTS, HITS, TRIAGE).lure.log_odds == pytest.approx(
        before.read(PASSAGES, SEGMENTS, HITS, TRIAGE).lure.log_odds - 2.0
    )
    scores = np.array([[1.0, 0.0]])
    assert np.array_equal(after.triage_log_odds(scores), before.triage_log_odds(scores))  # the floor is not moved by a policy


def test_extreme_triage_scores_are_cut(model):
    combiner = Combiner(*model)
    assert np.array_equal(combiner.triage_log_odds(np.array([[1e9, 0.0]])), combiner.triage_log_odds(np.array([[SCORE_LIMIT, 0.0]])))


def test_an_ad_without_a_passage_has_no_passage_term(model):
    combiner = Combiner(*model)
    reading = combiner.read(NONE, Segments((), NONE.spans), HITS, TRIAGE)
    assert reading.lure.passages == 0.0
    assert combiner.passage_terms(reading, 0) == []


def test_passage_terms_name_spans_of_the_text(model):
    combiner = Combiner(*model)
    terms = combiner.passage_terms(combiner.read(PASSAGES, SEGMENTS, HITS, TRIAGE), 0)
    assert [(start, end) for start, end, _ in terms] == [(0, 8), (8, 12)]


def test_probability_is_stable_at_the_ends():
    assert probability(np.array([-1e5, 0.0, 1e5])).tolist() == pytest.approx([0.0, 0.5, 1.0])


def test_lure_and_scam_share_one_unit():
    lure, scam = np.array([0.9, 0.2]), np.array([0.9, 0.9])
    assert (lure + chain(lure, scam) <= 1).all()


def test_a_bundle_for_other_features_is_refused(model):
    combination, passages, catalogue = model
    with pytest.raises(BundleError, match="train it again"):
        Combiner(combination, passages, replace(catalogue, indicators=catalogue.indicators[1:]))
