"""Own labels beside a corpus: its test split is never trained on, and who labelled what is counted."""

import json

import numpy as np
import pytest

from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions
from adscreen.train.sources import read_rows

OPTIONS = ReadOptions(check_labels=True)
WORDS = [
    "harbour",
    "kitchen",
    "ledger",
    "orchard",
    "printer",
    "quarry",
    "sailor",
    "tannery",
    "umbrella",
    "village",
    "weaver",
    "yard",
    "anchor",
    "barrel",
    "candle",
    "dairy",
    "engine",
    "furnace",
]


def _text(seed: int) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, 14))


def _write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def corpus(tmp_path):
    for number, name in enumerate(("train", "validation", "test")):
        rows = [
            {"id": f"{name}-{n}", "text": _text(100 * number + n), "label": "lure" if n % 2 else "legitimate", "source": "made"} for n in range(4)
        ]
        _write(tmp_path / "made" / "data" / f"{name}.jsonl", rows)
    return tmp_path / "made"


@pytest.fixture
def own(tmp_path):
    rows = [
        {"id": "u1", "text": _text(900), "label": "lure", "labelled_by": "ana", "weight": 1},
        {"id": "u2", "text": _text(901), "label": "unsure", "labelled_by": "ana", "weight": 1},
        {"id": "u3", "text": _text(902), "label": "legitimate", "labelled_by": "rule 7", "weight": 0.5},
        {"id": "u4", "text": f"{_text(201)} 2025", "label": "lure", "labelled_by": "ana", "weight": 1},  # as test-1, but for a number
        {"id": "u5", "text": f"{_text(1)} 2025", "label": "lure", "labelled_by": "ana", "weight": 1},  # as train-1
    ]
    return _write(tmp_path / "own.jsonl", rows)


def test_the_test_split_is_never_trained_on(own, corpus):
    rows = read_rows([str(own)], [corpus], OPTIONS, lambda reject: None)
    assert rows.ads.ids.tolist() == ["u1", "u3", "u4", "u5", *(f"{name}-{n}" for name in ("train", "validation") for n in range(4))]
    assert rows.own.tolist() == [True] * 4 + [False] * 8


def test_own_copies_of_test_rows_are_named_and_of_train_rows_grouped(own, corpus):
    rows = read_rows([str(own)], [corpus], OPTIONS, lambda reject: None)
    assert rows.near_test == ("u4",)
    groups = dict(zip(rows.ads.ids, rows.ads.groups, strict=True))
    assert groups["u5"] == groups["train-1"]
    assert groups["u1"] != groups["train-0"]


def test_provenance_counts_labels_as_given(own, corpus):
    counts = read_rows([str(own)], [corpus], OPTIONS, lambda reject: None).provenance
    assert {"file": "own.jsonl", "source": "", "labelled_by": "ana", "labels": {"lure": 3, "unsure": 1}, "weight": 4.0} in counts
    assert {"file": "own.jsonl", "source": "", "labelled_by": "rule 7", "labels": {"legitimate": 1}, "weight": 0.5} in counts
    assert [(row["file"], row["source"]) for row in counts][2:] == [("train.jsonl", "made"), ("validation.jsonl", "made")]


def test_own_labels_alone_need_no_corpus(own):
    rows = read_rows([str(own)], [], OPTIONS, lambda reject: None)
    assert rows.own.tolist() == [True] * 4
    assert rows.near_test == ()
    assert {row["file"] for row in rows.provenance} == {"own.jsonl"}


def test_a_folder_that_is_no_corpus_says_what_is_missing(own, corpus):
    (corpus / "data" / "test.jsonl").unlink()
    with pytest.raises(InputError, match=r"test\.jsonl is missing"):
        read_rows([str(own)], [corpus], OPTIONS, lambda reject: None)
