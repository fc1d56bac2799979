"""`adscreen drift` end to end."""

import json

import pytest


@pytest.fixture(scope="module")
def streams(own_ads, tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams")
    for name, rows in (("old", own_ads[:40]), ("new", own_ads[40:80])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(ad, ensure_ascii=False) + "\n" for ad in rows), "utf-8")
    return folder / "old.jsonl", folder / "new.jsonl"


def test_a_report_of_two_streams(adscreen, streams, small_bundle, tmp_path):
    path = tmp_path / "drift.json"
    result = adscreen("drift", *streams, "--model", small_bundle, "--report", path, "--date", "2001-02-03")
    assert result.code == 0, result.err
    assert "lure scores" in result.out
    facts = json.loads(path.read_bytes())["facts"]
    assert facts["Date"] == "2001-02-03"
    assert "40 ads" in facts["OLD"]
    assert facts["Bundle"] in result.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--report", "drift.docx"), ".html, .md, .json"),
        (("--report", "nowhere/drift.html"), "nowhere"),
        (("--contact-key", "nowhere.key"), "nowhere.key"),
        (("--contact-key", "short.key"), "at least 16"),
    ],
)
def test_usage_errors_come_before_the_work(adscreen, streams, small_bundle, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "short.key").write_text("abc")
    result = adscreen("drift", *streams, "--model", small_bundle, *arguments)
    assert result.code == 2
    assert words in result.err
    assert len(result.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "short.key"]


def test_a_stream_without_ads_is_told(adscreen, streams, small_bundle, tmp_path):
    (tmp_path / "none.jsonl").write_text('{"text": ""}\n')
    result = adscreen("drift", tmp_path / "none.jsonl", streams[0], "--model", small_bundle)
    assert result.code == 2
    assert "none.jsonl: no ad was read" in result.err
