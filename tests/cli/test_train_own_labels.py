"""A team trains its own labels on top of a corpus, asks for suspects and a learning curve, and stops and goes on."""

import json

import pytest

QUICK = "folds = 2\n"


@pytest.fixture(scope="module")
def halves(small_corpus, tmp_path_factory):
    """The small corpus as a team's own file and as a corpus of three splits, no group in two of them."""
    folder = tmp_path_factory.mktemp("halves")
    parts = {"own": [], "train": [], "validation": [], "test": []}
    numbers: dict[str, int] = {}
    for line in small_corpus.read_bytes().splitlines():
        row = json.loads(line)
        number = numbers.setdefault(row["group"], len(numbers))
        name = "own" if number % 2 else ("train", "train", "train", "validation", "test")[number // 2 % 5]
        parts[name].append({**row, "labelled_by": "team a"} if name == "own" else row)
    (folder / "corpus" / "data").mkdir(parents=True)
    for name, rows in parts.items():
        path = folder / "own.jsonl" if name == "own" else folder / "corpus" / "data" / f"{name}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (folder / "quick.toml").write_text(QUICK)
    return folder, {name: len(rows) for name, rows in parts.items()}


def test_own_labels_on_top_of_a_corpus(adscreen, halves, tmp_path):
    folder, counts = halves
    model, doubted = tmp_path / "ours", tmp_path / "suspects.jsonl"
    options = ("--with", folder / "corpus", "--config", folder / "quick.toml", "--suspects", doubted, "--learning-curve", "12")
    result = adscreen("train", folder / "own.jsonl", "-o", model, *options)
    assert result.code == 0, result.err
    training = json.loads((model / "bundle.json").read_text("utf-8"))["training"]
    assert training["ads"] == counts["own"] + counts["train"] + counts["validation"]
    assert {row["file"]: row["labelled_by"] for row in training["provenance"]} == {"own.jsonl": "team a", "train.jsonl": "", "validation.jsonl": ""}
    assert "| own.jsonl |" in adscreen("models", "card", model).out
    rows = [json.loads(line) for line in doubted.read_bytes().splitlines()]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.keys() == {"rank", "id", "label", "probability", "taken_for"} and row["label"] != row["taken_for"] for row in rows)
    points = json.loads((tmp_path / "ours.curve.json").read_text("utf-8"))
    assert [(point["size"], point["with_corpora"]) for point in points] == [(12, False), (12, True)]
    assert "step 3 of 3: learning curve: done in" in result.err
    assert not (tmp_path / "ours.work").exists()


@pytest.mark.parametrize("sizes", ["many", "0,50", "-3", ","])
def test_sizes_that_are_none_are_refused_before_reading(adscreen, halves, tmp_path, sizes):
    result = adscreen("train", halves[0] / "own.jsonl", "-o", tmp_path / "m", "--learning-curve", sizes)
    assert result.code == 2
    assert "--learning-curve 50,100,200" in result.err


def test_an_unknown_choice_for_doubted_labels_is_refused(adscreen, halves, tmp_path):
    (tmp_path / "c.toml").write_text('noise = "ignore"\n')
    result = adscreen("train", halves[0] / "own.jsonl", "-o", tmp_path / "m", "--config", tmp_path / "c.toml")
    assert result.code == 2
    assert "noise = 'ignore' is none of keep, down_weight, drop" in result.err
