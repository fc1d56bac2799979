"""`adscreen score KIND:SOURCE`: chats and web archives scored in one step, and what is told when an extra is absent."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parent.parent.parent / "corpora" / "samples" / "telegram.json"
WORDS = "Chat support for our office abroad. No experience, flight and room arranged by the company, tourist visa first. Write on Telegram @amy_hr."

BOARD_JOB = {
    "id": 1,
    "title": "Cook",
    "location": {"name": "Lisbon"},
    "content": f"&lt;p&gt;{WORDS}&lt;/p&gt;",
    "absolute_url": "https://boards.greenhouse.io/acme/jobs/1",
}


def _warc(pages: dict[str, str]) -> bytes:
    records = []
    for number, (url, text) in enumerate(pages.items()):
        page = f"<html><head><title>Job</title></head><body><main><h1>Job</h1><p>{text}</p><p>{text}</p></main></body></html>"
        http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}".encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-03-01T10:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        records.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(records)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "result.json"
    path.write_bytes(SAMPLE.read_bytes())
    return path


def test_a_chat_is_scored_ranked_and_explained(adscreen: Any, small_bundle: Path, export: Path, tmp_path: Path) -> None:
    out, rejects = tmp_path / "verdicts.jsonl", tmp_path / "rejects.jsonl"
    chat, common = f"telegram:{export}", ("--model", small_bundle)
    result = adscreen("score", chat, "-o", out, "--rejects", rejects, "--table", "--keep", "parent", *common)
    assert result.code == 0
    assert [(row["id"], row["parent"]) for row in _rows(out)][4:6] == [("2000000001/6#1", "2000000001/6"), ("2000000001/6#2", "2000000001/6")]
    assert [(row["file"], row["reason"]) for row in _rows(rejects)] == [(str(export), "empty_text")]
    assert "13 ads:" in result.out
    assert f"adscreen explain {chat} --id 2000000001/" in result.out
    assert "1 item rejected" in result.err
    explained = adscreen("explain", chat, "--id", "2000000001/3", *common)
    assert explained.code == 0
    assert "night manager" in explained.out


def test_a_web_archive_and_a_table_in_one_run(adscreen: Any, small_bundle: Path, tmp_path: Path) -> None:
    pytest.importorskip("fastwarc")
    pytest.importorskip("trafilatura")
    (tmp_path / "crawl.warc").write_bytes(_warc({"https://example.org/jobs/1": WORDS, "https://example.org/jobs/2": WORDS.replace("Chat", "Phone")}))
    (tmp_path / "ads.csv").write_text(f'id,text\nA,"{WORDS}"\n', "utf-8")
    out = tmp_path / "verdicts.jsonl"
    result = adscreen(
        "score",
        tmp_path / "ads.csv",
        f"warc:{tmp_path / 'crawl.warc'}",
        "--option",
        "url=*/jobs/2",
        "-o",
        out,
        "--keep",
        "url",
        "--model",
        small_bundle,
    )
    assert result.code == 0, result.err
    assert [row["url"] for row in _rows(out)] == ["", "https://example.org/jobs/2"]


def test_wrong_usage_is_told(adscreen: Any, small_bundle: Path, export: Path, tmp_path: Path) -> None:
    (tmp_path / "ads.csv").write_text("id,text\nA,cook\n", "utf-8")
    link = tmp_path / "out.jsonl"
    link.symlink_to(export)
    for arguments, says in (
        (["-o", link], "is also an input"),
        (["--encoding", "cp1252"], "can be said of tables"),
        (["--option", "colour=red"], "no option 'colour'"),
    ):
        result = adscreen("score", f"telegram:{export}", *arguments, "--model", small_bundle)
        assert (result.code, says in result.err) == (2, True), result.err
    for source, says in (("page.html", "write html:"), ("crawl.warc.gz", "write warc:")):
        (tmp_path / source).write_bytes(b"x")
        result = adscreen("score", tmp_path / source, "--model", small_bundle)
        assert (result.code, says in result.err) == (2, True), result.err
    result = adscreen("score", export, "--model", small_bundle)
    assert (result.code, "adscreen ingest --list" in result.err) == (2, True), result.err


_WITHOUT_EXTRAS = """
import sys
for name in ("lxml", "lxml_html_clean", "trafilatura", "fastwarc", "httpcore2", "protego", "rapidocr", "PIL", "cv2"):
    sys.modules[name] = None
from adscreen.cli.main import main
for arguments in sys.argv[1:]:
    sys.argv = ["adscreen", *arguments.split()]
    try:
        main()
    except SystemExit as stop:
        print(arguments.split()[1], stop.code, file=sys.stderr)
"""


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    page = "<html><body><p>cook</p></body></html>"
    sources = {
        "html": ("page.html", page.encode()),
        "feed": ("feed.xml", b"<rss version='2.0'><channel><item><title>Cook</title></item></channel></rss>"),
        "warc": ("crawl.warc", _warc({"https://example.org/jobs/1": WORDS})),
        "web": ("addresses.txt", b"https://example.org/jobs/1\n"),
        "image": ("flyer.png", b"\x89PNG\r\n\x1a\n"),
        "mail": ("report.eml", f"Subject: Job\r\nContent-Type: text/html\r\n\r\n{page}".encode()),
        "boards": ("board.json", json.dumps({"jobs": [BOARD_JOB]}).encode()),
    }
    for name, content in sources.values():
        (tmp_path / name).write_bytes(content)
    commands = [
        f"ingest {kind} {name} --option engine=rapidocr" if kind == "image" else f"ingest {kind} {name}" for kind, (name, _) in sources.items()
    ]
    run = subprocess.run([sys.executable, "-c", _WITHOUT_EXTRAS, *commands], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Traceback" not in run.stderr
    said = run.stderr.splitlines()
    assert said[1::2] == [f"{command.split()[1]} 3" for command in commands], run.stderr
    extras = ["html", "html", "warc", "web", "ocr", "html", "html"]
    assert [f"pip install 'adscreen[{extra}]'" in line for extra, line in zip(extras, said[::2], strict=True)] == [True] * len(extras), run.stderr
