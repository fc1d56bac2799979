"""The gate lets an equal bundle pass, and refuses what is worse anywhere that hurts, with the reason."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest

from adscreen.classifiers.bundle import load_bundle, save_bundle
from adscreen.evaluate.floors import Floors
from adscreen.evaluate.gate import Measure, limits
from adscreen.evaluate.gate import gate as gate_of
from adscreen.evaluate.scored import Scoring

KNOWN = {"languages": {"en": 100, "th": 100}}


@pytest.fixture
def champion(scored):
    """500 ads, of which those with a probability p are lures p times in one: well calibrated."""
    random = np.random.default_rng(0)
    probability = random.beta(0.8, 1.2, 4000)
    lure = random.random(4000) < probability
    lures, lawful = probability[lure][:200], probability[~lure][:300]
    languages = ["en"] * 100 + ["th"] * 100 + ["en"] * 150 + ["th"] * 150
    return scored(lures, lawful, languages=languages)


def with_scores(ads, lure):
    return replace(ads, lure=lure, flagged=lure >= 0.5)


def gate(new, old, *arguments, known=0):
    return gate_of(Scoring(new, (), 0, 0, known), Scoring(old, (), 0, 0, 0), *arguments)


def failed(findings):
    return [finding.check for finding in findings if not finding.passed]


def test_the_same_bundle_passes(champion):
    findings = gate(champion, champion, KNOWN, KNOWN, {}, None)
    assert findings
    assert not failed(findings)


def test_a_challenger_that_knows_the_answers_fails(champion):
    assert failed(gate(champion, champion, KNOWN, KNOWN, {}, None, known=7)) == ["ads not trained on"]


def test_shuffled_scores_fail(champion):
    shuffled = with_scores(champion, np.random.default_rng(1).permutation(champion.lure))
    assert "lures against all others, pr auc" in failed(gate(shuffled, champion, KNOWN, KNOWN, {}, None))


def test_boastful_probabilities_fail_on_calibration_though_the_order_is_the_same(champion):
    boastful = with_scores(champion, 1 / (1 + ((1 - champion.lure) / champion.lure) ** 4))
    assert any("calibration" in check for check in failed(gate(boastful, champion, KNOWN, KNOWN, {}, None)))


def test_one_language_lost_fails_there(champion):
    deaf = champion.lure.copy()
    deaf[100:200] = 0.01
    assert "recall in th" in failed(gate(with_scores(champion, deaf), champion, KNOWN, KNOWN, {}, None))


def test_a_language_that_is_not_taught_any_more_fails(champion):
    findings = gate(champion, champion, {"languages": {"en": 100, "th": 3}}, KNOWN, {}, None)
    assert failed(findings) == ["language th"]
    assert "trained on 3 ads, the champion on 100" in next(finding.detail for finding in findings if not finding.passed)


def test_lawful_ads_of_one_trade_that_are_flagged_fail(champion):
    hits = champion.hits.copy()
    hits[200:260] = frozenset({("role_casino_dealer_or_host", "")})
    champion = replace(champion, hits=hits)
    hard = champion.lure.copy()
    hard[200:260] = 0.9
    assert "lawful ads flagged, casino dealer or host" in failed(gate(with_scores(champion, hard), champion, KNOWN, KNOWN, {}, None))


def test_floors_hold_and_what_is_not_measured_does_not_pass(champion):
    floors = Floors((), {"pairs.ranked": 0.8, "all.pr_auc": 0.5}, {"triage.lost": 0.02})
    findings = gate(champion, champion, KNOWN, KNOWN, {"all.pr_auc": Measure(0.51, 0.5), "triage.lost": Measure(0.03, 0.04)}, floors)
    assert failed(findings) == ["floor pairs.ranked", "ceiling triage.lost"]


def test_limits_are_the_lenient_ends_of_what_was_measured():
    least, most = limits({"all.pr_auc": Measure(0.5, 0.4567), "triage.lost": Measure(0.02, 0.0412), "shortcuts.x.lure.shift": Measure(0.1, 0.2)})
    assert least == {"all.pr_auc": 0.456}
    assert most == {"triage.lost": 0.042, "shortcuts.x.lure.shift": 0.2}


@pytest.fixture
def models(small_bundle, tmp_path):
    """A folder with the champion, and a challenger that is the same bundle but sees a lure everywhere."""
    shutil.copytree(small_bundle, tmp_path / "champion")
    old = load_bundle(small_bundle)
    sure = replace(old.combination, bias=old.combination.bias + 3)
    save_bundle(tmp_path / "boastful", replace(old, combination=sure), "a card")
    return tmp_path


def test_from_the_command_line_the_gate_exits_one_with_the_reasons(adscreen, small_corpus, models):
    same = adscreen("evaluate", small_corpus, models / "champion", "--against", models / "champion")
    assert same.code == 0, same.err
    assert "FAIL" not in same.out
    boastful = adscreen("evaluate", small_corpus, models / "boastful", "--against", models / "champion")
    assert boastful.code == 1
    assert "may not replace" in boastful.err
    assert "calibration" in boastful.err


def test_pinned_floors_are_used_without_naming_their_data(adscreen, small_corpus, models):
    shutil.copy(small_corpus, models / "frozen.jsonl")
    pinned = adscreen("evaluate", models / "frozen.jsonl", "--model", models / "champion", "--pin-floors", models / "floors.toml")
    assert pinned.code == 0, pinned.err
    passed = adscreen("evaluate", models / "champion", "--against", models / "champion")
    assert passed.code == 0, passed.err
    assert "floor look_alikes.roc_auc" in passed.out
    rows = [json.loads(line) for line in (models / "frozen.jsonl").read_bytes().splitlines()]
    (models / "frozen.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[1:]))
    changed = adscreen("evaluate", models / "champion", "--against", models / "champion")
    assert changed.code == 2
    assert "has changed since" in changed.err


def test_floors_of_other_ads_are_refused(adscreen, small_corpus, models):
    shutil.copy(small_corpus, models / "frozen.jsonl")
    assert adscreen("evaluate", models / "frozen.jsonl", "--model", models / "champion", "--pin-floors", models / "floors.toml").code == 0
    other = adscreen("evaluate", small_corpus, "--model", models / "champion", "--floors", models / "floors.toml")
    assert other.code == 2
    assert "holds for" in other.err


def test_lowering_needs_a_file_to_lower(adscreen, small_corpus, small_bundle):
    result = adscreen("evaluate", small_corpus, "--model", small_bundle, "--lower-floors", "because")
    assert result.code == 2
    assert "--pin-floors" in result.err
