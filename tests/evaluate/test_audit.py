"""The audit finds looks that give labels away, and the check finds what makes a corpus unfit."""

import json

import numpy as np
import pytest

from adscreen.corpora.duplicates import near_duplicates
from adscreen.evaluate.audit import LIMIT, audit
from adscreen.evaluate.check import check_corpus
from adscreen.ingest.options import ReadOptions
from adscreen.records import AD_COLUMNS

RNG = np.random.default_rng(5)
WORDS = [
    "harbour",
    "night",
    "crane",
    "pay",
    "month",
    "shift",
    "office",
    "visa",
    "lodging",
    "cook",
    "driver",
    "market",
    "river",
    "ticket",
    "phone",
    "family",
    "school",
    "sugar",
    "bridge",
    "train",
]


def _ad(number: int, **changes: str) -> dict[str, str]:
    text = " ".join(RNG.choice(WORDS, 30))
    return {**dict.fromkeys(AD_COLUMNS, ""), "id": f"r{number}", "text": text, "channel": "board", "pair_id": "", **changes}


def _rows(style: bool) -> list[dict[str, str]]:
    labels = ["lure", "legitimate"] * 80
    rows = [_ad(number, label=label, group=f"g{number}", language="en") for number, label in enumerate(labels)]
    return [{**row, "text": row["text"] + "!!!"} if style and row["label"] == "lure" else row for row in rows]


def test_exclamation_marks_in_lures_only_are_a_leak():
    found = audit(_rows(style=True))
    assert not found.passed
    assert {finding.view for finding in found.findings if finding.leaks} == {"style"}
    assert found.strongest[0][2] == 1.0


def test_equal_looks_pass():
    found = audit(_rows(style=False))
    assert found.passed
    assert {finding.channel for finding in found.findings} == {"", "board"}
    assert all(0.3 < finding.roc_auc <= LIMIT for finding in found.findings)


def test_a_field_filled_for_one_label_is_a_leak():
    rows = [{**row, "company": "Harbour" if row["label"] == "legitimate" else ""} for row in _rows(style=False)]
    assert "filled fields" in {finding.view for finding in audit(rows).findings if finding.leaks}


@pytest.mark.parametrize("edit", ["", " today", " +855 20 123 456 t.me/x__y"])
def test_near_duplicates_are_found_whatever_contact_they_carry(edit):
    texts = [
        "We hire cooks for a hotel at the river, lodging and meals, apply at the desk.",
        "Garment line leaders wanted, two shifts, bus from the market.",
    ]
    [pair] = near_duplicates([*texts, texts[0] + edit])
    assert (pair.first, pair.second) == (0, 2)


def test_texts_without_letters_are_like_no_other():
    assert near_duplicates(["+1 555 1234", "3000-5000", ""]) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "r1"}, "id 'r1' stands 2 times"),
        ({"label": ""}, "has no label"),
        ({"pair_id": "p"}, "pair 'p' has 1 rows"),
        ({"group": "g1", "split": "test"}, "group 'g1' stands in several splits"),
    ],
)
def test_what_makes_a_corpus_unfit_is_named(tmp_path, changes, words):
    rows = [*_rows(style=False), {**_ad(999, label="lure", group="g999", language="en"), **changes}]
    path = tmp_path / "ads.jsonl"
    path.write_text("".join(json.dumps({**row, "split": row.get("split", "train")}) + "\n" for row in rows))
    found = check_corpus([str(path)], ReadOptions(), lambda reject: None)
    assert any(words in problem for problem in found.problems), found.problems


def test_files_of_a_folder_are_splits(tmp_path):
    row = _ad(1, label="lure", group="same", language="en")
    for name in ("train", "test"):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({**row, "id": name}) + "\n")
    found = check_corpus([str(tmp_path)], ReadOptions(), lambda reject: None)
    assert any("near-duplicates in two splits" in problem for problem in found.problems)
