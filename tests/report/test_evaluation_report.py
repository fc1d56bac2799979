"""An evaluation becomes sections: nothing measured is lost, nothing unmeasured is pretended, texts stay hidden."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from adscreen.evaluate.histogram import score_histogram
from adscreen.evaluate.run import summarise
from adscreen.evaluate.scored import PARTS, DataFile, Scored, Scoring
from adscreen.report.evaluation import Extras, evaluation_report
from adscreen.report.formats import RENDERERS
from adscreen.report.model import Note, Table
from adscreen.settings import Policy

SECRET = "Call Zebulon at the quay"
OPTIONAL = {"robustness", "shortcuts", "leak"}


def _column(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@pytest.fixture(scope="module")
def scoring():
    """240 invented ads: lures and look-alikes of one source, ordinary ads of another; Thai has one lure only."""
    draw = np.random.default_rng(11)
    labels = ["lure"] * 60 + ["legitimate"] * 160 + ["other"] * 20
    scores = np.clip(np.concatenate([draw.beta(4, 2, 60), draw.beta(1, 5, 160), draw.beta(1, 9, 20)]), 0.001, 0.999)
    count = len(labels)
    languages = ["th"] + ["en"] * (count - 1)
    pairs = [f"p{row}" if row < 30 else f"p{row - 60}" if 60 <= row < 90 else "" for row in range(count)]
    ads = Scored(
        ids=_column([f"a{row}" for row in range(count)]),
        texts=_column([f"{SECRET} {row} " + "word " * (row % 50) for row in range(count)]),
        labels=_column(labels),
        groups=_column([f"g{row // 2}" for row in range(count)]),
        languages=_column(languages),
        sources=_column(["ours"] * 120 + ["board"] * (count - 120)),
        channels=_column(["chat", "board"] * (count // 2)),
        destinations=_column(["KH", ""] * (count // 2)),
        pairs=_column(pairs),
        reasons=_column(["Examined."] * count),
        hits=_column([frozenset({("role_cook_kitchen", "")})] * count),
        lure=scores,
        scam=np.full(count, 0.1),
        flagged=scores >= 0.5,
        examined=scores >= 0.01,
        transformed=scores >= 0.1,
        parts=np.tile(scores, (len(PARTS), 1)),
    )
    return Scoring(ads, (DataFile("held_out.csv", "ab" * 32, count),), rejects=2, unsure=1)


def _screener(transformer=None):
    """A bundle with floors, and if given a transformer, that was never asked."""
    facts = {"floor": {"score": -4.6}, "transformer": {"floor": {"score": -2.2}}}
    return SimpleNamespace(bundle=SimpleNamespace(label="ours@1234", facts=facts, transformer=transformer), policy=Policy())


@pytest.fixture(scope="module")
def found(scoring):
    return summarise(_screener(), scoring, prevalence=0.002, budget=25)


@pytest.fixture(scope="module")
def report(found, scoring):
    return evaluation_report(found, "2001-02-03", Extras(score_histogram(scoring.ads), card="# Card\n\nTrained on ads."))


def _tables(report, section):
    return {block.caption: block for part in report.sections if part.id == section for block in part.blocks if isinstance(block, Table)}


def test_everything_measured_has_its_section(report):
    names = [section.id for section in report.sections]
    assert len(names) == len(set(names))
    assert {
        "overview",
        "ranking",
        "thresholds",
        "calibration",
        "slices",
        "triage",
        "cascade",
        "parts",
        "pairs",
        "mistakes",
        "limits",
        "card",
    } | OPTIONAL == set(names)


def test_what_was_not_measured_is_said(report):
    said = {section.id: section.blocks for section in report.sections if section.id in OPTIONAL}
    assert all(isinstance(block, Note) and "Not measured" in block.text for (block,) in said.values())


def test_facts_tell_the_data_by_hash_and_what_was_left_out(report):
    facts = dict(report.facts)
    assert "ab" * 32 in facts["Data"]
    assert facts["Date"] == "2001-02-03"
    assert "1 labelled unsure, 2 rejected" in facts["Ads"]


def test_figures_are_those_of_the_evaluation(report, found):
    whole = json.loads(RENDERERS[".json"](report))
    blocks = {section["id"]: section["blocks"] for section in whole["sections"]}
    row = blocks["ranking"][0]["rows"][0]
    assert (row["positive"], row["ads"], row["PR-AUC"]) == (60, 240, found.lure.pr_auc)
    assert row["recall at 3.0%"]["value"] == found.lure.recall_at_fpr["3.0%"]
    budget = blocks["thresholds"][0]["rows"][-1]
    assert budget["ads flagged"] <= 25
    assert budget["precision at 0.20% lures"] == found.points[-1].corrected


def test_slices_of_few_lures_are_greyed(report):
    rows = {row.cells[0].text: row.muted for row in _tables(report, "slices")["By language"].rows}
    assert rows == {"en": False, "th": True}


@pytest.mark.parametrize("suffix", RENDERERS)
def test_texts_are_hidden_unless_asked_for(report, found, suffix):
    assert SECRET not in RENDERERS[suffix](report)
    assert SECRET in RENDERERS[suffix](evaluation_report(found, "2001-02-03", show_text=True))


def test_a_set_that_looks_alone_tell_apart_is_warned_of(found):
    from dataclasses import replace

    calm, loud = (evaluation_report(replace(found, style_auc=area), "2001-02-03") for area in (0.5, 0.93))
    assert "0.930" not in str(calm.sections[0])
    assert "Length and style alone" in str(loud.sections[0])


def test_an_evaluation_without_lures_still_has_a_report(scoring):
    nobody = Scoring(scoring.ads.select(~scoring.ads.is_lure), scoring.files, 0, 0)
    report = evaluation_report(summarise(_screener(), nobody), "2001-02-03", Extras(score_histogram(nobody.ads)))
    for render in RENDERERS.values():
        assert "adscreen evaluation" in render(report)


def test_what_the_floors_lose_is_shown_by_stage_and_language(found, scoring):
    without, both = (evaluation_report(one, "2001-02-03") for one in (found, summarise(_screener(transformer=object()), scoring)))
    triage = {"The triage floor", "The triage floor: lures lost, by language"}
    assert set(_tables(without, "cascade")) == triage
    assert set(_tables(both, "cascade")) == triage | {"The transformer's floor", "The transformer's floor: lures lost, by language"}
    names = [[row.cells[0].text for row in _tables(one, "cascade")["The triage floor"].rows] for one in (without, both)]
    assert names[1] == [*names[0], "both, as shipped"]
    own = _tables(without, "cascade")["The triage floor"].rows[-1]
    assert (own.cells[0].text, own.cells[1].value) == ("the bundle's own", -4.6)
    languages = _tables(both, "cascade")["The transformer's floor: lures lost, by language"].rows
    assert {row.cells[0].text: row.muted for row in languages} == {"en": False, "th": True}


def test_each_part_has_its_row_and_the_whole_is_behind_nobody(found, report):
    table = _tables(report, "parts")["Each part alone, against look-alikes"]
    named = {row.cells[0].text: dict(zip([column.name for column in table.columns], row.cells, strict=True)) for row in table.rows}
    assert list(named) == ["triage", "signs", "passages", "features", "examined", "verdict"]
    assert named["examined"]["ROC-AUC behind the whole"].text == "–"
    assert named["signs"]["ROC-AUC behind the whole"].value == 0
    assert named["signs"]["pairs ranked"].value == found.parts[1].pairs_ranked.value == pytest.approx(found.pairs_ranked)
    assert named["signs"]["recall at 3.0%"].value == found.parts[1].against_look_alikes.recall_at_fpr["3.0%"]


def test_a_language_with_few_lures_has_no_area_of_its_own(report):
    table = _tables(report, "parts")["Each part alone, ROC-AUC against look-alikes, by language"]
    assert [row.cells[0].text for row in table.rows] == ["en"]
