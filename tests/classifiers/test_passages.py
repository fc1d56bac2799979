"""Passages: cut at clauses, scored without knowing the language, and their shares are what the score would lose."""

import numpy as np
import pytest

from adscreen.classifiers.passages import BITS, COLUMNS, HEADS, MIN_GLOSSES, PassageModel, passages_of
from adscreen.text.gloss import Gloss

RNG = np.random.default_rng(0)


def _glosses(*clauses: str) -> list[Gloss]:
    found: list[Gloss] = []
    for number, clause in enumerate(clauses):
        found += [Gloss(stem, 10 * len(found), 10 * len(found) + 5, number, stem) for stem in clause.split()]
    return [gloss._replace(start=at * 10, end=at * 10 + 5) for at, gloss in enumerate(found)]


@pytest.fixture(scope="module")
def model() -> PassageModel:
    return PassageModel.from_coefficients(RNG.normal(size=(len(HEADS), 1 << BITS)), np.full(len(HEADS), -2.0))


def test_short_clauses_are_joined_and_long_ones_stand_alone():
    passages = passages_of(_glosses("a b", "c d", "e f g", "h i j k l m n", "o"))
    assert passages.spans.tolist() == [[0, 65], [70, 135], [140, 145]]
    assert MIN_GLOSSES == 6


def test_every_passage_has_length_one():
    passages = passages_of(_glosses("a b a c d e", "f g h a b c d"))
    assert np.bincount(passages.owner, weights=passages.value**2) == pytest.approx([1.0, 1.0])


def test_equal_glosses_have_equal_keys_wherever_they_stand():
    one, two = passages_of(_glosses("a b c d e f", "x y z u v w")), passages_of(_glosses("x y z u v w"))
    assert two.keys[0] == one.keys[1] != one.keys[0]


def test_pairs_do_not_cross_a_clause(model):
    together, apart = passages_of(_glosses("a b c d e f")), passages_of(_glosses("a b c", "d e f"))
    assert len(together) == len(apart) == 1
    assert len(apart.bucket) < len(together.bucket)


def test_shares_are_what_the_scores_lose(model):
    whole, rest = passages_of(_glosses("a b c d e f", "x y z u v w")), passages_of(_glosses("a b c d e f"))
    assert model.shares(whole)[:, 1] == pytest.approx(model.scores(whole) - model.scores(rest), abs=1e-9)


def test_no_gloss_is_no_evidence(model):
    assert model.scores(passages_of([])).tolist() == [0.0] * len(COLUMNS)
    assert model.shares(passages_of([])).shape == (len(COLUMNS), 0)
