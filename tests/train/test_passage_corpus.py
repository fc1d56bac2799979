"""What the passage model is taught: passages that twins share say nothing, and what one ad alone says is not learnt."""

import numpy as np
import pytest

from adscreen.classifiers.passages import COLUMNS, passages_of
from adscreen.text.gloss import Gloss
from adscreen.train.config import TrainConfig
from adscreen.train.passages import PassageCorpus

NEUTRAL = "cook work hotel river kitchen night shift"
GUILTY = "driver wait airport boss keep phone gate"
LAWFUL = "interview offic sign contract before fly permit"


def _passages(*clauses):
    found = []
    for number, clause in enumerate(clauses):
        for stem in clause.split():
            found.append(Gloss(stem, len(found), len(found) + 1, number, stem))
    return passages_of(found)


@pytest.fixture(scope="module")
def corpus():
    rows = [
        (_passages(NEUTRAL, decisive), label, f"p{number}") for number in range(12) for decisive, label in ((GUILTY, "lure"), (LAWFUL, "legitimate"))
    ]
    passages, labels, pairs = zip(*rows, strict=True)
    columns = (np.array(column, dtype=object) for column in (labels, pairs))
    return PassageCorpus(list(passages), *columns, np.ones(len(rows)), TrainConfig())


def test_what_twins_share_says_nothing_and_what_differs_decides(corpus):
    model = corpus.fit(np.ones(24, bool))
    lure = COLUMNS.index("lure")
    neutral, guilty, lawful = (model.scores(_passages(clause))[lure] for clause in (NEUTRAL, GUILTY, LAWFUL))
    assert guilty > 1 > abs(neutral)
    assert lawful < -1


def test_out_of_fold_scores_come_from_other_folds(corpus):
    everywhere = np.ones(24, bool)
    folds = [(np.arange(12, 24), np.arange(12)), (np.arange(12), np.arange(12, 24))]
    scores = corpus.out_of_fold(folds, everywhere)
    half = np.zeros(24, bool)
    half[12:] = True
    assert scores[:12] == pytest.approx(corpus.scores(corpus.fit(half), np.arange(12)))


def test_what_one_ad_alone_says_is_not_learnt():
    rows = [_passages(NEUTRAL), _passages(NEUTRAL), _passages(GUILTY)]
    corpus = PassageCorpus(rows, np.array(["legitimate", "other", "lure"], dtype=object), np.array([""] * 3, dtype=object), np.ones(3), TrainConfig())
    model = corpus.fit(np.ones(3, bool))
    assert not model.weights[:, rows[2].bucket].any()
