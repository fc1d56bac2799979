"""Triage is exact: batches, attribution and the training rows all describe the same sum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.classifiers.ngram import BITS, CLASSES, MAX_BYTES, WEIGHT_LIMIT, NgramModel, bucket_counts

RNG = np.random.default_rng(7)
MODEL = NgramModel.from_weights(RNG.integers(-WEIGHT_LIMIT, WEIGHT_LIMIT + 1, (2, 1 << BITS)).astype(np.int16), 0.001, np.array([0.25, -1.5]))
TEXTS = ["", "a", "招", "客服 高薪 包机票", "We pay the ticket, 1,500 USD", "ต้องการพนักงาน", "🎰" * 3, "x" * 70_000, "línea\r\nnueva\ttab"]


def test_a_batch_scores_like_one_by_one():
    together = MODEL.scores(TEXTS)
    assert np.array_equal(together, np.vstack([MODEL.scores([text]) for text in TEXTS]))
    assert np.array_equal(together[::-1], MODEL.scores(TEXTS[::-1]))


def test_scores_do_not_depend_on_the_block_a_text_falls_into():
    padding = ["filler " * 900] * 40
    assert np.array_equal(MODEL.scores([*padding, *TEXTS])[-len(TEXTS) :], MODEL.scores(TEXTS))


@pytest.mark.parametrize("target", range(len(CLASSES)))
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_character_shares_add_up_to_the_score(target, text):
    shares = MODEL.character_shares(text, target)
    assert shares.shape == (len(text),)
    if text:
        assert shares.sum() + MODEL.bias[target] == pytest.approx(MODEL.scores([text])[0, target], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_training_rows_give_the_same_score_as_scoring(text):
    buckets, values = bucket_counts(text)
    for target in range(len(CLASSES)):
        expected = MODEL.weights[target].astype(float)[buckets] @ values * MODEL.scale + MODEL.bias[target]
        assert MODEL.scores([text])[0, target] == pytest.approx(expected, abs=1e-9)


def test_case_and_digits_do_not_matter_but_words_do():
    first, second, third = MODEL.scores(["Pay 1500 usd", "PAY 2999 USD", "fly 2999 usd"])
    assert np.array_equal(first, second)
    assert not np.array_equal(first, third)


def test_packed_sums_cannot_overflow_at_the_limits():
    weights = np.full((2, 1 << BITS), WEIGHT_LIMIT, np.int16)
    weights[1] = -WEIGHT_LIMIT
    model = NgramModel.from_weights(weights, 1.0, np.zeros(2))
    lure, scam = model.scores(["ab c" * MAX_BYTES])[0]
    assert lure == -scam
    assert lure > 0


@pytest.mark.parametrize("weights", [np.zeros((2, 8), np.int16), np.full((2, 1 << BITS), WEIGHT_LIMIT + 1, np.int16)])
def test_unfit_weights_are_refused(weights):
    with pytest.raises(ValueError, match="triage weights"):
        NgramModel.from_weights(weights, 1.0, np.zeros(2))
