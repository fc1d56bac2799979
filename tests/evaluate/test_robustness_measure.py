"""Paired measurement: exact figures on scores that are known, whatever the order of the rows."""

from types import SimpleNamespace

import numpy as np
import pytest

from adscreen.errors import InputError
from adscreen.evaluate.robustness.measure import BATCH, measure_robustness, measure_shortcuts, screener_scores
from adscreen.evaluate.robustness.mutator import Mutator
from adscreen.evaluate.robustness.sample import stratified
from adscreen.ingest.tables import ad_schema

EVEN = Mutator("even_cleared", "takes the mark out of ads with an even number", lambda row, rng: _without_mark(row))
HIGH, LOW = 0.9, 0.2


def _without_mark(row):
    return {**row, "text": row["text"].replace("!", ".")} if int(row["id"]) % 2 == 0 else None


def _score(rows):
    return np.array([HIGH if "!" in row["text"] else LOW for row in rows])


def _ads(count: int) -> list[dict[str, str]]:
    """Of each four: lures 0 and 1 with the mark, lawful 2 with it and 3 without."""
    return [
        {
            "id": str(number),
            "language": "en",
            "text": f"Cook {number} wanted{'.' if number % 4 == 3 else '!'}",
            "label": "lure" if number % 4 < 2 else "legitimate",
        }
        for number in range(count)
    ]


def _measured(rows, **options):
    positive = np.array([row["label"] == "lure" for row in rows])
    [result] = measure_robustness(_score, rows, positive, 0.5, [EVEN], **options)
    return result


def test_effects_are_those_of_the_mutated_ads():
    result = _measured(_ads(80))
    drop = np.log(LOW / (1 - LOW)) - np.log(HIGH / (1 - HIGH))
    for effect in (result.lures, result.lawful):  # even numbers only, all of which bear the mark
        assert effect.ads == 20
        assert (effect.flagged_before.value, effect.flagged_after.value) == (1.0, 0.0)
        assert effect.shift_mean.value == effect.shift_median.value == pytest.approx(drop)
        assert (effect.raised.value, effect.lowered.value, effect.flipped) == (0.0, 1.0, 1.0)


def test_a_mutator_that_fits_no_ad_of_a_class_gives_no_figure():
    rows = [row for row in _ads(80) if row["label"] == "lure" or int(row["id"]) % 2]
    assert _measured(rows).lawful is None


def test_figures_do_not_depend_on_the_order_of_the_rows():
    rows = _ads(200)
    assert _measured(rows, sample=30) == _measured(rows[::-1], sample=30)


def test_copies_in_one_group_do_not_narrow_the_interval():
    shaky = Mutator(
        "shaky",
        "clears the mark in half of the groups",
        lambda row, rng: {**row, "text": row["text"].replace("!", ".", int(row["group"]) % 2)} | {"salary": "1"},
    )
    rows = [{**row, "group": str(int(row["id"]) // 20), "label": "lure", "text": f"Cook {row['id']}!"} for row in _ads(160)]
    apart = [{**row, "group": str(int(row["id"]))} for row in rows]
    lures = np.ones(len(rows), bool)
    grouped, single = (measure_robustness(_score, ads, lures, 0.5, [shaky])[0].lures.flagged_after for ads in (rows, apart))
    assert grouped.value == single.value == 0.5
    assert grouped.low <= grouped.value <= grouped.high
    assert grouped.high - grouped.low > 2 * (single.high - single.low)


def test_shortcuts_are_told_apart_by_label():
    results = measure_shortcuts(_score, _ads(40), 0.5, [EVEN])
    assert [(result.name, result.label, result.effect.ads) for result in results] == [
        ("even_cleared", "legitimate", 10),
        ("even_cleared", "lure", 10),
    ]


def test_rows_and_labels_must_fit():
    with pytest.raises(InputError, match="0 rows"):
        measure_robustness(_score, [], np.array([], bool), 0.5)
    with pytest.raises(InputError, match="4 rows and 3 labels"):
        measure_robustness(_score, _ads(4), np.ones(3, bool), 0.5)


def test_samples_hold_every_language_in_its_share():
    rows = [
        {"id": str(number), "text": f"Cook {number}", "language": language} for number, language in enumerate(["zh"] * 60 + ["th"] * 30 + ["sw"] * 10)
    ]
    picked = stratified(rows, ["one"] * 100, 20, seed=0)
    languages = [rows[number]["language"] for number in picked]
    assert [languages.count(language) for language in ("zh", "th", "sw")] == [12, 6, 2]
    assert {rows[number]["id"] for number in picked} == {rows[::-1][number]["id"] for number in stratified(rows[::-1], ["one"] * 100, 20, seed=0)}
    assert set(picked) != set(stratified(rows, ["one"] * 100, 20, seed=1))
    assert len(stratified(rows, ["one"] * 50 + ["two"] * 50, 20, seed=0)) == 40


class _Stub:
    """Answers with the length of the text, and remembers the batches."""

    def __init__(self):
        self.batches = []

    def judge(self, batch):
        self.batches.append(batch)
        return [SimpleNamespace(lure=len(text) / 1000) for text in batch.column("text").to_pylist()]


def test_screener_scores_come_back_in_order_from_batches_of_the_ad_schema():
    stub = _Stub()
    rows = [{"text": "x" * (number % 700), "id": str(number)} for number in range(BATCH + 5)]
    scores = screener_scores(stub)(rows)
    assert [batch.num_rows for batch in stub.batches] == [BATCH, 5]
    assert all(batch.schema == ad_schema() for batch in stub.batches)
    assert scores.tolist() == [len(row["text"]) / 1000 for row in rows]
