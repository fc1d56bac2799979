"""Public sets come into the ad columns by recipe; bad rows are rejected, the rest import."""

import json

import pytest

from adscreen.corpora.public import import_source, load_sources, sources_file
from adscreen.errors import InputError
from adscreen.records import LABELS

EMSCAD = "job_id,title,location,salary_range,company_profile,description,requirements,benefits,fraudulent\n"


def _import(name, path):
    rejects = []
    rows = [row for batch in import_source(load_sources(sources_file())[name], [str(path)], rejects.append) for row in batch.to_pylist()]
    return rows, rejects


def test_every_recipe_maps_to_our_labels():
    for source in load_sources(sources_file()).values():
        assert set(source.labels.values()) <= set(LABELS)
        assert source.licence
        assert source.caution


def test_emscad_imports_with_provenance_and_without_its_leaking_profile(tmp_path):
    path = tmp_path / "fake_job_postings.csv"
    path.write_text(EMSCAD + '1,Cook,"US, NY",,We are great,Cook food,Two years,Meals,0\n2,Clerk,,,,Wire money,,,1\n3,Odd,,,,Text,,,maybe\n')
    rows, rejects = _import("emscad", path)
    assert [(row["id"], row["label"], row["source"]) for row in rows] == [("emscad-1", "legitimate", "emscad"), ("emscad-2", "job_scam", "emscad")]
    assert rows[0]["text"] == "Cook food\nTwo years\nMeals"
    [reject] = rejects
    assert reject.reason == "bad_label"
    assert "'maybe'" in reject.detail


def test_a_broken_line_is_rejected_and_the_rest_imports(tmp_path):
    path = tmp_path / "job_scams.jsonl"
    path.write_text('{"text": "Earn at home", "label": 1}\n{"text": "Bro\n{"text": "Driver wanted", "label": 0}\n')
    rows, rejects = _import("difraud", path)
    assert [row["label"] for row in rows] == ["job_scam", "legitimate"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(2, "bad_json")]


def test_lines_of_label_and_text_without_header_import(tmp_path):
    path = tmp_path / "sms.csv"
    path.write_text("spam|win a prize now\nham|see you at noon\n")
    rows, rejects = _import("thai-sms", path)
    assert [(row["text"], row["label"]) for row in rows] == [("win a prize now", "other"), ("see you at noon", "other")]
    assert rejects == []


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ("x = 1", "not a table"),
        ("[x]\nrows = 3", "labels is missing"),
        ('[x]\nlabel_column = "y"\nlabels = { 1 = "fraud" }', "labels.1 = 'fraud' is none of"),
        ('[x]\nlabels = { 1 = "other" }', "label_column is missing"),
        ('[x]\ncolumns = "text"\nlabels = { "*" = "other" }', "columns = 'text' is no dict"),
        ('[x]\ncolour = "red"\nlabels = { "*" = "other" }', "unknown key 'colour'"),
        ("[x", "is not TOML"),
    ],
)
def test_a_bad_recipe_is_one_clear_error(tmp_path, recipe, words):
    path = tmp_path / "own.toml"
    path.write_text(recipe)
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        load_sources(path)


def test_the_command_imports_and_says_what_to_beware_of(adscreen, tmp_path):
    path = tmp_path / "job_scams.jsonl"
    path.write_text('{"text": "Earn at home", "label": 1}\n{"text": "x", "label": 7}\n')
    result = adscreen("corpus", "import", "difraud", path, "-o", tmp_path / "out.jsonl")
    assert result.code == 0
    assert "beware" in result.err
    assert "1 bad_label" in result.err
    [row] = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert row["label"] == "job_scam"


def test_an_unknown_set_names_those_that_are_known(adscreen, tmp_path):
    result = adscreen("corpus", "import", "emscat", tmp_path / "x.csv", "-o", tmp_path / "out.jsonl")
    assert result.code == 2
    assert "emscad, difraud" in result.err


def test_the_list_shows_every_set(adscreen):
    result = adscreen("corpus", "list")
    assert result.code == 0
    assert all(name in result.out for name in load_sources(sources_file()))
