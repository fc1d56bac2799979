"""`adscreen score` end to end: rows in are verdicts plus rejects, evidence is in the ad, errors say what to do."""

import csv
import gzip
import json

import pyarrow.parquet as pq
import pytest

from adscreen.outputs.schema import VERDICT_COLUMNS

AD_FIELDS = ("title", "company", "location", "salary", "contact", "text")


@pytest.fixture
def ads(own_ads, tmp_path):
    path = tmp_path / "ads.jsonl"
    path.write_text("".join(json.dumps(ad, ensure_ascii=False) + "\n" for ad in own_ads[::12]), "utf-8")
    return path


def _read(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_one_verdict_for_each_ad_in_order(adscreen, ads, small_bundle, tmp_path):
    out = tmp_path / "verdicts.jsonl"
    assert adscreen("score", ads, "-o", out, "--model", small_bundle).code == 0
    verdicts = _read(out)
    assert [verdict["id"] for verdict in verdicts] == [ad["id"] for ad in _read(ads)]
    for verdict in verdicts:
        assert list(verdict) == list(VERDICT_COLUMNS)
        assert 0 <= verdict["lure_probability"] <= 1
        assert verdict["lure_probability"] + verdict["scam_probability"] <= 1 + 1e-6
        assert verdict["band"] in ("low", "review", "urgent")
        assert verdict["reason"]
    assert any(verdict["examined"] for verdict in verdicts)


def test_every_quote_is_literally_in_the_ad(adscreen, ads, small_bundle, tmp_path):
    out = tmp_path / "verdicts.jsonl"
    adscreen("score", ads, "-o", out, "--model", small_bundle)
    quotes = 0
    for ad, verdict in zip(_read(ads), _read(out), strict=True):
        for item in verdict["evidence"]:
            assert ad[item["field"]][item["start"] : item["end"]] == item["quote"] != ""
            quotes += 1
    assert quotes > len(_read(ads))


def test_workers_do_not_change_a_byte(adscreen, own_ads, small_bundle, tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({**ad, "id": f"{ad['id']}-{n}"}) + "\n" for n in range(8) for ad in own_ads[::10]), "utf-8")
    for workers in (1, 2):
        assert adscreen("score", path, "-o", tmp_path / f"{workers}.parquet", "--model", small_bundle, "--workers", workers).code == 0
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "2.parquet").read_bytes()
    assert pq.read_metadata(tmp_path / "1.parquet").num_rows == 8 * len(own_ads[::10])


def test_a_pipe_gets_jsonl_and_nothing_else(adscreen, ads, small_bundle):
    result = adscreen("score", ads, "--model", small_bundle)
    assert [json.loads(line)["id"] for line in result.out.splitlines()] == [ad["id"] for ad in _read(ads)]
    assert result.err == ""


def test_own_columns_and_kept_columns(adscreen, small_bundle, tmp_path):
    with gzip.open(tmp_path / "in.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["body", "team"], ["Hiring chat clerks, ticket paid, salary 2000 USD", "=red()"]])
    out = tmp_path / "out.csv"
    assert adscreen("score", tmp_path / "in.csv.gz", "-o", out, "--map", "text=body", "--keep", "team", "--model", small_bundle).code == 0
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["team"] == "'=red()"  # a spreadsheet must not run it
    assert len(row["id"]) == 16
    assert isinstance(json.loads(row["evidence"]), list)


def test_bad_rows_become_rejects_and_the_rest_is_scored(adscreen, small_bundle, tmp_path):
    (tmp_path / "in.jsonl").write_text('{"text": "one"}\nnot json\n{"text": ""}\n["list"]\n{"text": "two"}\n')
    result = adscreen("score", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--rejects", tmp_path / "bad.jsonl", "--model", small_bundle)
    assert result.code == 0
    assert len(_read(tmp_path / "out.jsonl")) == 2
    assert [(row["line"], row["reason"]) for row in _read(tmp_path / "bad.jsonl")] == [(2, "bad_json"), (3, "empty_text"), (4, "not_an_object")]
    assert "3 rows rejected" in result.err


def test_the_table_ranks_and_says_what_to_do_next(adscreen, ads, small_bundle):
    result = adscreen("score", ads, "--table", "--top", 5, "--model", small_bundle)
    ranked = [float(line.split()[0]) for line in result.out.splitlines() if line[:2] in ("0.", "1.")]
    assert len(ranked) == 5
    assert ranked == sorted(ranked, reverse=True)
    assert f"adscreen explain {ads} --id" in result.out


def test_a_policy_changes_bands_not_probabilities(adscreen, ads, small_bundle, tmp_path):
    (tmp_path / "all.toml").write_text("review = 0.000001\nurgent = 0.000002\n")
    adscreen("score", ads, "-o", tmp_path / "a.jsonl", "--model", small_bundle)
    adscreen("score", ads, "-o", tmp_path / "b.jsonl", "--model", small_bundle, "--policy", tmp_path / "all.toml")
    before, after = _read(tmp_path / "a.jsonl"), _read(tmp_path / "b.jsonl")
    assert [row["lure_probability"] for row in before] == [row["lure_probability"] for row in after]
    assert {row["band"] for row in after} == {"urgent"}
    assert {row["made_by"]["policy"] for row in after} == {"all"}


def test_a_lower_prevalence_lowers_every_probability(adscreen, ads, small_bundle, tmp_path):
    (tmp_path / "rare.toml").write_text("prevalence = 0.001\n")
    adscreen("score", ads, "-o", tmp_path / "a.jsonl", "--model", small_bundle)
    adscreen("score", ads, "-o", tmp_path / "b.jsonl", "--model", small_bundle, "--policy", tmp_path / "rare.toml")
    pairs = list(zip(_read(tmp_path / "a.jsonl"), _read(tmp_path / "b.jsonl"), strict=True))
    assert all(rare["lure_probability"] <= usual["lure_probability"] for usual, rare in pairs)
    assert any(rare["lure_probability"] < usual["lure_probability"] for usual, rare in pairs)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("missing.csv", "-o", "x.jsonl"), 2, "missing.csv"),
        (("{ads}", "-o", "x.docx"), 2, "x.docx"),
        (("{ads}", "-o", "x.jsonl", "--map", "text:body"), 2, "A=B"),
        (("{ads}", "-o", "x.jsonl", "--map", "tex=body"), 2, "did you mean 'text'"),
        (("{ads}", "-o", "x.jsonl", "--keep", "reason"), 2, "reason"),
        (("{ads}", "-o", "x.jsonl", "--model", "nowhere"), 2, "bundle"),
        (("{ads}", "-o", "x.jsonl", "--policy", "nowhere.toml"), 2, "nowhere.toml"),
        (("{ads}", "-o", "{ads}"), 2, "input"),
    ],
)
def test_usage_errors_are_one_line_that_helps(adscreen, ads, small_bundle, tmp_path, monkeypatch, arguments, code, words):
    monkeypatch.chdir(tmp_path)
    filled = [argument.format(ads=ads) for argument in arguments]
    before = ads.read_bytes()
    model = () if "--model" in filled else ("--model", small_bundle)
    result = adscreen("score", *filled, *model)
    assert result.code == code
    assert words in result.err
    assert len(result.err.strip().splitlines()) == 1
    assert ads.read_bytes() == before
    assert not (tmp_path / "x.jsonl").exists()


def test_a_kept_column_that_no_row_has_is_told(adscreen, ads, small_bundle, tmp_path):
    result = adscreen("score", ads, "-o", tmp_path / "out.jsonl", "--keep", "chanel", "--keep", "channel", "--model", small_bundle)
    assert "--keep chanel: no row has it" in result.err


def test_whatever_is_flagged_was_examined_and_has_evidence(adscreen, own_ads, small_bundle, tmp_path):
    (tmp_path / "eager.toml").write_text("review = 0.3\nscam_review = 0.3\n")
    path = tmp_path / "all.jsonl"
    path.write_text("".join(json.dumps(ad, ensure_ascii=False) + "\n" for ad in own_ads[::6]), "utf-8")
    adscreen("score", path, "-o", tmp_path / "out.jsonl", "--policy", tmp_path / "eager.toml", "--model", small_bundle)
    flagged = [row for row in _read(tmp_path / "out.jsonl") if row["band"] != "low"]
    assert len(flagged) > 20
    assert all(row["examined"] and row["evidence"] for row in flagged)


def test_a_policy_prevalence_does_not_decide_what_is_examined(adscreen, ads, small_bundle, tmp_path):
    (tmp_path / "rare.toml").write_text("prevalence = 0.0001\n")
    adscreen("score", ads, "-o", tmp_path / "a.jsonl", "--model", small_bundle)
    adscreen("score", ads, "-o", tmp_path / "b.jsonl", "--model", small_bundle, "--policy", tmp_path / "rare.toml")
    assert [row["examined"] for row in _read(tmp_path / "a.jsonl")] == [row["examined"] for row in _read(tmp_path / "b.jsonl")]


def test_language_codes_are_reduced_and_anything_else_is_guessed(adscreen, small_bundle, tmp_path):
    text = "We are hiring clerks for our office in the city centre, apply with your papers"
    rows = [{"id": code, "text": text, "language": code} for code in ("EN", "en-GB", "English", "")]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    verdicts = [json.loads(line) for line in adscreen("score", tmp_path / "in.jsonl", "--model", small_bundle).out.splitlines()]
    assert {verdict["language"] for verdict in verdicts} == {"en"}
    assert len({verdict["lure_probability"] for verdict in verdicts}) == 1


def test_an_ad_cannot_steer_the_terminal(adscreen, small_bundle, tmp_path):
    row = {"id": "[/x]", "title": "\x1b]0;owned\x07", "text": "Hi\r\n\u202eSihanoukville chat, flight paid [bold]", "language": "[/b]"}
    (tmp_path / "in.jsonl").write_text(json.dumps(row) + "\n")
    for result in (
        adscreen("score", tmp_path / "in.jsonl", "--table", "--model", small_bundle),
        adscreen("explain", tmp_path / "in.jsonl", "--id", "[/x]", "--model", small_bundle),
    ):
        assert result.code == 0
        assert not set(result.out) & {"\x1b", "\x07", "\u202e"}
        assert "[/x]" in result.out


def test_a_column_kept_twice_stands_once(adscreen, ads, small_bundle, tmp_path):
    out = tmp_path / "out.jsonl"
    assert adscreen("score", ads, "-o", out, "--keep", "channel", "--keep", "channel", "--model", small_bundle).code == 0
    assert list(_read(out)[0]) == [*VERDICT_COLUMNS, "channel"]


def test_workers_tell_a_bad_bundle_as_one_process_does(adscreen, ads, tmp_path):
    result = adscreen("score", ads, "-o", tmp_path / "o.jsonl", "--model", tmp_path / "none", "--workers", 2)
    assert (result.code, len(result.err.splitlines())) == (2, 1)


def test_pasted_text_instead_of_a_file_is_a_usage_error(adscreen, small_bundle):
    result = adscreen("score", "We are hiring " * 40, "--model", small_bundle)
    assert result.code == 2
    assert "explain --text" in result.err
