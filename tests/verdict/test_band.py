"""Bands follow the policy, and the sentence says what the score is about; it never judges people."""

import pytest

from adscreen.records import Evidence
from adscreen.settings import Policy
from adscreen.verdict.band import band_of, reason_of

POLICY = Policy(review=0.5, urgent=0.9, scam_review=0.8)
EVIDENCE = (
    Evidence("travel_paid", "text", 0, 4, "free", 1.2),
    Evidence("passage", "text", 0, 4, "free", 0.9),
    Evidence("specific_duties", "text", 5, 9, "weld", -0.7),
)


@pytest.mark.parametrize(
    ("lure", "scam", "band"), [(0.49, 0.1, "low"), (0.5, 0.0, "review"), (0.9, 0.0, "urgent"), (0.1, 0.8, "review"), (0.95, 0.04, "urgent")]
)
def test_bands_begin_at_their_thresholds(lure, scam, band):
    assert band_of(POLICY, lure, scam) == band


@pytest.mark.parametrize(
    ("lure", "scam", "words"),
    [(0.7, 0.0, "known lures, warrants review"), (0.1, 0.85, "job scams"), (0.3, 0.1, "less than the policy's review threshold")],
)
def test_the_sentence_names_what_speaks_for_and_against(lure, scam, words):
    reason = reason_of(POLICY, lure, scam, EVIDENCE, True)
    assert words in reason
    assert "for: travel paid; against: specific duties." in reason


def test_an_ad_that_was_not_read_in_full_says_so():
    assert "not examined" in reason_of(POLICY, 0.01, 0.0, (), False)
    assert "wording alone" in reason_of(Policy(review=0.005), 0.01, 0.0, (), False)
