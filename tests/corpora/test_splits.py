"""Nothing stands on both sides of a split, and a split that leaks is refused with the pairs."""

import json

import numpy as np
import pytest

from adscreen.corpora.splits import Split, by_group, by_source, by_time, leaks, refuse_leaks
from adscreen.errors import InputError

ADS = [
    "A lighthouse on the northern island seeks a keeper for the winter months, lodging in the tower.",
    "The town library needs somebody who sorts returned books in the morning hours of the week.",
    "Our bakery in the market street looks for a hand at the oven, start at four in the morning.",
    "Ferry company hires two deck hands with papers, rotation of two weeks, apply at the pier office.",
]


def _objects(values):
    return np.array(values, dtype=object)


def test_group_folds_part_no_group_and_judge_every_row_once():
    groups = _objects([f"g{n // 3}" for n in range(60)])
    labels = _objects(["lure" if n % 2 else "legitimate" for n in range(60)])
    folds = by_group(labels, groups, 5)
    assert sorted(np.concatenate([fold.test for fold in folds])) == list(range(60))
    assert all(not set(groups[fold.train]) & set(groups[fold.test]) for fold in folds)


def test_leaving_a_source_out_also_leaves_out_its_campaigns_elsewhere():
    splits = by_source(_objects(["x", "x", "y", "y"]), _objects(["a", "b", "b", "c"]))
    assert [split.name for split in splits] == ["x", "y"]
    assert list(splits[0].train) == [3]
    with pytest.raises(InputError, match="2 to"):
        by_source(_objects(["x", "x"]), _objects(["a", "b"]))


def test_the_latest_are_judged_and_no_campaign_reaches_back():
    dates = _objects(["2026-01-01", "2026-02-01", "", "2026-03-01", "2026-04-01"])
    split = by_time(dates, _objects(["a", "b", "c", "d", "a"]), 0.25)
    assert list(split.test) == [4]
    assert list(split.train) == [1, 3]
    with pytest.raises(InputError, match="posted_at"):
        by_time(_objects(["", "2026-01-01"]), _objects(["a", "b"]), 0.5)


def test_a_leaking_split_is_refused_with_the_offending_pairs():
    texts = [*ADS, ADS[0] + " Call now!"]
    groups = _objects(["a", "b", "c", "c", "e"])
    split = Split("mine", np.array([0, 1, 2]), np.array([3, 4]))
    found = list(leaks(split, texts, groups))
    assert {(leak.train, leak.test) for leak in found} == {(2, 3), (0, 4)}
    with pytest.raises(InputError, match=r"'mine' leaks: 2 pairs.*id2 and id3.*id0 and id4") as error:
        refuse_leaks(split, texts, groups, [f"id{n}" for n in range(5)])
    assert "one `group`" in str(error.value)
    refuse_leaks(Split("fine", np.array([0, 4]), np.array([1])), texts, groups, list("01234"))


@pytest.mark.parametrize("by", ["group", "company", "source", "time"])
def test_corpus_split_writes_two_files_that_evaluate_accepts_as_clean(adscreen, tmp_path, by):
    rows = [
        {
            "id": f"r{n}",
            "text": f"{ADS[n % 4]} {' '.join(chr(97 + (n * k) % 26) * 5 for k in range(1, 30))}",
            "label": "lure" if n % 3 == 0 else "legitimate",
            "group": f"g{n}",
            "company": f"firm {n // 4}",
            "source": f"s{n % 3}",
            "posted_at": f"2026-{1 + n % 12:02}-01",
        }
        for n in range(48)
    ]
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    hold = ("--hold-out", "s1") if by == "source" else ()
    result = adscreen("corpus", "split", path, "--by", by, *hold, "--train", tmp_path / "train.jsonl", "--test", tmp_path / "test.jsonl")
    assert result.code == 0, result.err
    sides = [[json.loads(line) for line in (tmp_path / name).read_text().splitlines()] for name in ("train.jsonl", "test.jsonl")]
    assert all(sides)
    field = {"group": "group", "company": "company", "source": "source", "time": "id"}[by]
    assert not {row[field] for row in sides[0]} & {row[field] for row in sides[1]}
    if by == "time":
        assert max(row["posted_at"] for row in sides[0]) < min(row["posted_at"] for row in sides[1])


def test_an_unknown_source_to_hold_out_names_those_there_are(adscreen, small_corpus, tmp_path):
    result = adscreen(
        "corpus", "split", small_corpus, "--by", "source", "--hold-out", "nope", "--train", tmp_path / "a.jsonl", "--test", tmp_path / "b.jsonl"
    )
    assert result.code == 2
    assert "adscreen-lures" in result.err


def test_evaluation_on_ads_that_were_trained_on_is_refused(adscreen, small_corpus, small_bundle):
    result = adscreen("evaluate", small_corpus, "--model", small_bundle, "--trained-on", small_corpus)
    assert result.code == 2
    assert "stand on both sides" in result.err
