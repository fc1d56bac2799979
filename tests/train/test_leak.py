"""The leak audit tells memory from skill: a contender that only remembers copies is good on random rows and worthless on groups."""

from dataclasses import replace

import numpy as np
import pytest

from adscreen.corpora.duplicates import near_duplicates
from adscreen.errors import InputError
from adscreen.train.config import TrainConfig
from adscreen.train.leak import audit_splits, judge, road

RANDOM = np.random.default_rng(1)
CONSONANTS, VOWELS = list("bdfgklmnprstvz"), list("aeiou")


def _word() -> str:
    return "".join(RANDOM.choice(letters) for letters in (CONSONANTS, VOWELS) * 3)


def _campaign(copies: int) -> list[str]:
    words = [_word() for _ in range(30)]
    return [" ".join([*words, _word()]) for _ in range(copies - 1)] + [" ".join(words)] * 2


@pytest.fixture(scope="module")
def copied(labelled):
    """Twenty campaigns of three near copies and one exact one, each with words of its own and a label that no word tells."""
    campaigns = [_campaign(3) for _ in range(20)]
    texts = [text for campaign in campaigns for text in campaign]
    labels = [label for number in range(20) for label in ["job_scam" if number % 2 else "legitimate"] * 4]
    return labelled(texts, labels, [f"row {n}" for n in range(len(texts))])


def _memory(ads, train, test):
    """One nearest neighbour by common words."""
    words = [set(text.split()) for text in ads.texts]
    nearest = [max(train, key=lambda known: len(words[row] & words[known])) for row in test]
    return np.array(
        [len(words[row] & words[near]) * (1.0 if ads.labels[near] == "job_scam" else -1.0) for row, near in zip(test, nearest, strict=True)]
    )


@pytest.fixture(scope="module")
def rows(copied):
    pairs = near_duplicates(list(copied.texts))
    return {split.name: judge(split, copied, "job_scam", pairs, _memory) for split in audit_splits(copied, "job_scam", 0, 4, 2)}


def test_memory_shines_on_random_rows_and_fails_on_groups(rows):
    assert rows["random rows"].roc_auc > 0.95
    assert rows["no exact duplicates, random"].roc_auc > 0.9
    assert rows["group-safe"].roc_auc < 0.7


def test_the_audit_counts_twins_on_both_sides(rows):
    assert rows["random rows"].exact_twins > 0.3
    assert rows["no exact duplicates, random"].exact_twins == 0
    assert rows["no exact duplicates, random"].near_twins > 0.8
    assert (rows["group-safe"].exact_twins, rows["group-safe"].near_twins) == (0, 0)
    assert rows["no exact duplicates, random"].rows == 60
    assert rows["group-safe"].groups == 20


def test_ads_of_one_given_group_or_contact_stay_on_one_side(labelled):
    texts = [f"{_word()} {_word()} {_word()} {_word()} {_word()}" + (" telegram @quiet_harbour_hr" if n in (3, 10) else "") for n in range(24)]
    ads = labelled(texts, ["job_scam", "legitimate"] * 12, [f"company {n // 2}" for n in range(24)])
    safe = audit_splits(ads, "job_scam", 0, 3, 1)[2]
    assert safe.groups[2] == safe.groups[3] == safe.groups[10] == safe.groups[11]
    for train, test in safe.folds:
        assert not set(safe.groups[train]) & set(safe.groups[test])


def test_the_road_is_fitted_on_train_rows_only(invent):
    """A label that the readings do not tell cannot be scored rightly, unless the fit saw it."""
    noise = invent(40, clear=0.0)
    ads = replace(noise.ads, groups=np.array([f"g{n}" for n in range(80)], dtype=object))
    train, test = np.arange(60), np.arange(60, 80)
    scores = road(noise.readings, "lure", TrainConfig(folds=3))(ads, train, test)
    flipped = replace(ads, labels=np.where(np.arange(80) < 60, ads.labels, "lure").astype(object))
    assert np.array_equal(scores, road(noise.readings, "lure", TrainConfig(folds=3))(flipped, train, test))


@pytest.mark.parametrize(("positive", "message"), [("legitimate", "none of lure, job_scam"), ("lure", "got 0")])
def test_a_set_that_cannot_be_audited_is_refused(copied, positive, message):
    with pytest.raises(InputError, match=message):
        audit_splits(copied, positive, 0, 4, 1)
