"""What floors lose: an ad below a floor keeps the score it has by then, and each lost lure is counted in its language."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from adscreen.classifiers.bundle import load_bundle, save_bundle
from adscreen.classifiers.passages import COLUMNS
from adscreen.classifiers.transformer import Transformer
from adscreen.evaluate.cascade import EVERYTHING, OWN, cascade
from adscreen.evaluate.scored import PARTS, score_ads
from adscreen.ingest.options import ReadOptions
from adscreen.screen import Screener, prior_shift
from adscreen.settings import Policy
from adscreen.verdict.combine import probability

DEFAULT = Policy()


def _screener(triage=-9.0, transformer=None, policy=DEFAULT):
    facts = {"floor": {"score": triage}, "calibration": {"prevalence": 0.5}}
    if transformer is not None:
        facts["transformer"] = {"floor": {"score": transformer, "scam_probability": 0.2}}
    return SimpleNamespace(bundle=SimpleNamespace(facts=facts, transformer=None if transformer is None else object()), policy=policy)


def _ads(scored, lures, lawful, languages=None, **parts):
    """Ads with these log-odds when all is read, lures first; and by these parts."""
    ads = scored(probability(np.array(lures, float)), probability(np.array(lawful, float)), languages=languages)
    table = ads.parts.copy()
    for name, values in parts.items():
        table[PARTS.index(name)] = probability(np.array(values, float))
    return replace(ads, parts=table)


def _counts(*shares):
    return [(share.count, share.of) for share in shares]


def test_an_ad_below_the_floor_keeps_the_score_of_its_features(scored):
    ads = _ads(scored, [2, 2, 2, -2], [2, -2], features=[1, -1, -3, 1, -3, -1])
    own = cascade(ads, _screener(transformer=0.0)).transformer[-1]
    assert (own.name, own.floor) == (OWN, 0.0)
    assert _counts(own.read_lures, own.read_look_alikes, own.read_others) == [(2, 4), (0, 2), (0, 2)]
    assert _counts(own.caught) == [(1, 4)]  # one is read and flagged, two are kept back, one is read and let go
    assert _counts(own.false_look_alikes) == [(0, 2)]  # its features spare the one that everything would flag
    assert _counts(own.lost) == [(2, 3)]


def test_nothing_is_lost_where_everything_is_read(scored):
    ads = _ads(scored, [2, -2], [2, -2], features=[-3] * 4, triage=[-5] * 4)
    found = cascade(ads, _screener(transformer=0.0))
    for floors in (found.transformer, found.triage):
        assert (floors[0].name, floors[0].floor) == (EVERYTHING, None)
        assert _counts(floors[0].read_lures, floors[0].caught, floors[0].false_look_alikes, floors[0].lost) == [(2, 2), (1, 2), (1, 2), (0, 1)]


def test_lost_lures_are_counted_in_their_language_and_languages_without_lures_left_out(scored):
    ads = _ads(scored, [2, 2, 2, -2], [2], ["en", "en", "th", "th", "fr"], features=[-1, 1, -1, -1, 1])
    own = cascade(ads, _screener(transformer=0.0)).transformer[-1]
    assert {language: (share.count, share.of) for language, share in own.lost_by_language.items()} == {"en": (1, 2), "th": (1, 1)}


def test_tried_floors_keep_back_no_more_lures_than_they_say(scored):
    levels = np.linspace(-5, 5, 201)
    ads = _ads(scored, levels, [0.0] * 20, features=[*levels, *[-4.9] * 20], triage=[*levels[::-1], *[-4.9] * 20])
    found = cascade(ads, _screener(transformer=0.0))
    for floors in (found.transformer, found.triage):
        tried = floors[1:-1]
        assert [one.name.split()[0] for one in tried] == ["0%", "0.5%", "1%", "2%", "5%", "10%"]
        assert [one.read_lures.of - one.read_lures.count for one in tried] == [0, 1, 2, 4, 10, 20]
        assert [one.read_others.count for one in tried] == [20, 20, 20, 0, 0, 0]


def test_below_the_triage_floor_the_triage_score_stays_and_above_it_everything_reads(scored):
    ads = _ads(scored, [2, 2], [2, -2], triage=[-3, 1, -3, 1], features=[-9] * 4)
    ads = replace(ads, examined=np.array([False, True, False, True]))
    found = cascade(ads, _screener(triage=0.0))
    own = found.triage[-1]
    assert _counts(own.read_lures, own.caught, own.false_look_alikes, own.lost) == [(1, 2), (1, 2), (0, 2), (1, 2)]
    assert found.transformer == ()


def test_what_the_road_reads_beside_its_floor_counts_as_read(scored):
    ads = _ads(scored, [2, 2], [2], triage=[-3, -3, -3], features=[-3, -3, -3])
    road = replace(ads, examined=np.array([True, False, False]), transformed=np.array([True, False, False]))  # a text too short for triage
    found = cascade(road, _screener(0.0, 0.0))
    assert found.triage[-1].read_lures.count == found.transformer[-1].read_lures.count == 1
    assert found.triage[-1].lost.count == 1


def test_the_road_as_shipped_is_the_verdict(scored):
    ads = _ads(scored, [2, 2], [2])
    verdict = replace(ads, lure=np.array([0.9, 0.1, 0.2]), transformed=np.array([True, False, False]))
    shipped = cascade(verdict, _screener(0.0, 0.0)).shipped
    assert _counts(shipped.read_lures, shipped.caught, shipped.false_look_alikes, shipped.lost) == [(1, 2), (1, 2), (0, 1), (1, 2)]


def test_each_language_has_its_own_threshold(scored):
    ads = _ads(scored, [0.5, 0.5], [0.5, 0.5], ["en", "th", "en", "th"])
    strict = Policy(by_language={"th": Policy(review=0.9)})
    whole = cascade(ads, _screener(policy=strict)).triage[0]
    assert _counts(whole.caught, whole.false_look_alikes, whole.lost_by_language["en"], whole.lost_by_language["th"]) == [
        (1, 2),
        (1, 2),
        (0, 1),
        (0, 0),
    ]


def test_floors_hold_at_the_prevalence_of_the_bundle_whatever_that_of_the_policy(scored):
    rare = _screener(transformer=0.0, policy=Policy(prevalence=0.01))
    shift = prior_shift(rare.bundle.facts, rare.policy)
    features = np.array([1.0, -1.0, 0.5])
    ads = _ads(scored, [2, 2], [2], features=features + shift)  # parts are re-based, as Screener.parts gives them
    assert shift == pytest.approx(np.log(0.01 / 0.99))
    own = cascade(ads, rare).transformer[-1]
    assert _counts(own.read_lures, own.read_look_alikes) == [(1, 2), (1, 1)]


def test_on_a_real_bundle_floors_are_compared_in_the_unit_of_the_road(small_bundle, small_corpus):
    screener = Screener(load_bundle(small_bundle), Policy(prevalence=0.01))
    ads = score_ads(screener, [str(small_corpus)], ReadOptions(check_labels=True), lambda reject: None).ads
    shift = prior_shift(screener.bundle.facts, screener.policy)
    triage = ads.part("triage")
    assert np.log(triage / (1 - triage)) - shift == pytest.approx(screener.triage_log_odds(list(ads.texts)), abs=1e-6)
    assert not ads.transformed.any()
    own = cascade(ads, screener).triage[-1]
    assert own.read_lures.count == (ads.examined & ads.is_lure).sum()
    assert own.caught.count == cascade(ads, screener).shipped.caught.count


@pytest.fixture
def with_transformer(small_bundle, tiny_exports, tmp_path):
    """The small bundle with a transformer of random weights, asked for the ads above the middle."""
    old = load_bundle(small_bundle)
    weights = np.insert(old.combination.weights, [old.combination.weights.shape[1] - len(old.combination.names)] * len(COLUMNS), 0.5, axis=1)
    facts = {**old.facts, "transformer": {"floor": {"score": -0.5, "scam_probability": 0.9}}}
    whole = replace(old.combination, whole_weights=weights, whole_bias=old.combination.bias)
    save_bundle(tmp_path / "with", replace(old, combination=whole, facts=facts, transformer=Transformer(tiny_exports["fp32"])), "a card")
    return tmp_path / "with"


def test_who_was_read_by_a_real_transformer_is_known(with_transformer, small_corpus):
    screener = Screener(load_bundle(with_transformer), Policy(prevalence=0.1))
    ads = score_ads(screener, [str(small_corpus)], ReadOptions(check_labels=True), lambda reject: None).ads
    shift = prior_shift(screener.bundle.facts, screener.policy)
    features = ads.part("features")
    above = np.log(features / (1 - features)) - shift >= -0.5
    assert ads.transformed[above & ads.examined].all()
    assert 0 < ads.transformed.sum() < len(ads)
    found = cascade(ads, screener)
    assert found.transformer[-1].read_lures.count == ((ads.transformed | above) & ads.is_lure).sum()
    assert found.shipped.read_others.count == (ads.transformed & ~ads.is_lure).sum()
    assert ads.lure[ads.transformed] == pytest.approx(ads.part("examined")[ads.transformed], abs=1e-6)
    kept = ads.examined & ~ads.transformed
    assert ads.lure[kept] == pytest.approx(features[kept], abs=1e-6)


def test_the_command_line_shows_floors_and_parts_that_the_bundle_has(adscreen, with_transformer, small_bundle, small_corpus):
    both, one = (adscreen("evaluate", small_corpus, "--model", bundle).out for bundle in (with_transformer, small_bundle))
    for line in ("floor of triage", "plain pairs ranked", OWN):
        assert line in both
        assert line in one
    assert "floor of the transformer" in both
    assert "both, as shipped" in both
    assert "transformer" not in one
