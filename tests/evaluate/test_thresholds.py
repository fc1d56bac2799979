"""Thresholds keep their promise on ads that did not choose them, and say so when they cannot promise."""

import numpy as np
import pytest

from adscreen.errors import InputError
from adscreen.evaluate.thresholds import for_budget, for_false_positives, for_precision, lower_bound, upper_bound


def test_exact_bounds_agree_with_the_rule_of_three_and_with_each_other():
    assert upper_bound(0, 299, 0.05) == pytest.approx(3 / 300, rel=0.01)
    assert lower_bound(0, 50, 0.05) == 0
    assert upper_bound(50, 50, 0.05) == 1
    assert lower_bound(20, 50, 0.05) < 0.4 < upper_bound(20, 50, 0.05)


def test_the_limit_holds_on_fresh_ads_as_often_as_promised(scored):
    random = np.random.default_rng(0)
    kept = 0
    for _ in range(200):
        sample = scored(random.random(20), random.random(400))
        kept += 1 - for_false_positives(sample, 0.05, 0.9).everywhere.threshold <= 0.05  # uniform scores: the true rate is 1 - threshold
    assert kept / 200 >= 0.85  # promised .9


def test_a_naive_threshold_would_break_the_promise():
    random = np.random.default_rng(0)
    broken = sum(1 - np.quantile(random.random(400), 0.95) > 0.05 for _ in range(200))
    assert broken > 60


def test_copies_of_one_campaign_are_no_independent_trials(scored):
    lawful = np.linspace(0, 0.5, 300)
    with pytest.raises(InputError, match=r"0\.01 cannot be shown with 3 independent lawful ads: 299 are needed"):
        for_false_positives(scored([0.9], lawful, groups=["l", *(f"firm {n % 3}" for n in range(300))]), 0.01)
    assert for_false_positives(scored([0.9], lawful), 0.01).everywhere.false == 0


def test_precision_is_that_of_the_stream_not_of_the_sample(scored):
    random = np.random.default_rng(1)
    ads = scored(random.beta(8, 2, 500), random.beta(2, 8, 5000))
    rare, common = for_precision(ads, 0.2, 0.01), for_precision(ads, 0.2, 0.1)
    assert rare.everywhere.threshold > common.everywhere.threshold
    with pytest.raises(InputError, match="the best that holds is"):
        for_precision(ads, 0.9, 0.0001)


def test_a_budget_is_never_overrun_even_by_ties(scored):
    assert for_budget(scored([0.9, 0.8, 0.8, 0.8], [0.1, 0.2]), 2).everywhere.caught == 1
    with pytest.raises(InputError, match="none"):
        for_budget(scored([0.9], [0.1]), 0)


def test_only_languages_with_enough_lures_get_thresholds_of_their_own(scored):
    random = np.random.default_rng(2)
    languages = ["th"] * 40 + ["lo"] * 5 + ["th"] * 400 + ["lo"] * 400
    found = for_false_positives(scored(random.random(45), random.random(800), languages=languages), 0.05, languages=True)
    assert set(found.by_language) == {"th"}


def test_the_policy_file_is_read_back_with_its_thresholds_and_carries_its_evidence(adscreen, small_corpus, small_bundle, tmp_path):
    made = adscreen("threshold", small_corpus, "--model", small_bundle, "--max-fpr", "0.2", "-o", tmp_path / "p.toml")
    assert made.code == 0, made.err
    text = (tmp_path / "p.toml").read_text("utf-8")
    assert "sha256:" in text
    assert "false_rate_high" in text
    measured = adscreen("evaluate", small_corpus, "--model", small_bundle, "--policy", tmp_path / "p.toml")
    assert measured.code == 0, measured.err
    assert text.split("review = ")[1].split("\n")[0][:6] in measured.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "exactly one of"),
        (("--max-fpr", "0.1", "--budget", "5"), "exactly one of"),
        (("--precision", "0.5"), "needs --prevalence"),
        (("--max-fpr", "3"), "between 0 and 1"),
    ],
)
def test_unclear_wishes_are_refused(adscreen, small_corpus, small_bundle, tmp_path, arguments, said):
    result = adscreen("threshold", small_corpus, "--model", small_bundle, "-o", tmp_path / "p.toml", *arguments)
    assert result.code == 2
    assert said in result.err
    assert not (tmp_path / "p.toml").exists()
