"""`adscreen ingest` end to end, by itself: ads, rejects, the summary, and the lists of kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from typer.testing import CliRunner

from adscreen.cli.ingest import ingest
from adscreen.errors import InputError
from adscreen.ingest.readers.catalogue import OWN
from adscreen.records import AD_COLUMNS

POST = """Hiring in Dubai, flights paid

1. Customer service agent
Salary 1,800 USD per month

2. Driver
Salary 900 USD per month

Contact @dubai_jobs_hr"""


@dataclass
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def run() -> Any:
    app = typer.Typer()
    app.command()(ingest)

    def _run(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Result(result.exit_code, result.stdout, result.stderr)

    return _run


@pytest.fixture
def export(tmp_path: Path) -> Path:
    messages: list[dict[str, Any]] = [
        {"id": 1, "type": "message", "date_unixtime": "1709287200", "text": POST},
        {"id": 2, "type": "service", "action": "pin_message"},
        {"id": 3, "type": "message", "text": ""},
        {"id": 4, "type": "message", "text": "Cook wanted,  700 USD"},
        {"id": 5, "type": "message", "text": "Cook wanted, 700 USD\u200b"},
    ]
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"name": "Jobs", "type": "public_channel", "id": 77, "messages": messages}), "utf-8")
    return path


def test_ads_rejects_and_summary(run: Any, export: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(export.read_bytes())
    result = run("telegram", export, other, "-o", tmp_path / "ads.jsonl", "--rejects", tmp_path / "bad.jsonl")
    ads = [json.loads(line) for line in (tmp_path / "ads.jsonl").read_bytes().splitlines()]
    assert all(list(ad) == [*AD_COLUMNS, "parent"] for ad in ads)
    assert [(ad["id"], ad["parent"]) for ad in ads[:4]] == [("77/1#1", "77/1"), ("77/1#2", "77/1"), ("77/4", ""), ("77/5", "")]
    bad = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_bytes().splitlines()]
    assert [(row["file"], row["line"], row["reason"]) for row in bad] == [(str(export), 3, "empty_text"), (str(other), 3, "empty_text")]
    assert result.out == ""
    for words in (
        "8 items: 6 ads, 2 rejects",
        "of several vacancies each: 2 posts, cut into 4 ads",
        "2 service_message",
        "the same words as an ad before: 2 within a source, 4 in an earlier source",
        "wrote 8 ads to",
        "2 items rejected: 2 empty_text",
    ):
        assert words in result.err


def test_posts_stay_whole_on_request(run: Any, export: Path, tmp_path: Path) -> None:
    run("telegram", export, "-o", tmp_path / "ads.parquet", "--no-split")
    table = pq.read_table(tmp_path / "ads.parquet")
    assert table.column("id").to_pylist() == ["77/1", "77/4", "77/5"]
    assert set(table.column("parent").to_pylist()) == {""}


def test_a_pipe_gets_jsonl(run: Any, export: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    ingest(kind="telegram", sources=[str(export)], out=None, option=None, rejects=None, split=None, list_kinds=False)
    out, err = capfdbinary.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["77/1#1", "77/1#2", "77/4", "77/5"]
    assert b"to standard output" in err


def test_options_of_a_kind(run: Any, export: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'cooks'"):
        run("telegram", export, "-o", tmp_path / "a.csv", "--option", "chat=cooks")
    assert not (tmp_path / "a.csv").exists()  # whole or not at all


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name a kind"),
        (["telegram"], "name a kind"),
        (["telegran", "x"], "did you mean 'telegram'"),
        (["telegram", "x", "--option", "chat"], "not of the form"),
        (["telegram", "x", "--option", "chat=a", "--option", "chat=b"], "twice"),
        (["telegram", "x", "--option", "colour=red"], "no option 'colour'"),
        (["telegram", "nowhere.json"], "nowhere.json"),
        (["telegram", "x", "-o", "ads.docx"], "cannot tell the format"),
    ],
)
def test_wrong_usage_is_told(arguments: list[str], says: str, run: Any) -> None:
    with pytest.raises(InputError, match=says):
        run(*arguments)


def test_the_output_is_no_source(run: Any, export: Path) -> None:
    with pytest.raises(InputError, match="also an input"):
        run("telegram", export.parent, "-o", export.rename(export.with_suffix(".jsonl")))


def test_lists(run: Any) -> None:
    listed = run("--list").out
    assert all(kind in listed for kind in OWN)
    told = run("telegram", "--list").out
    assert "chat: only chats" in told
    assert "cut_off" in told
    assert "adscreen ingest telegram" in told
