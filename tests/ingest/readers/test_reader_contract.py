"""What every kind of source must do, adscreen's own and those of other packages. A new kind adds a row to EXAMPLES."""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from adscreen.errors import InputError, OutsideError
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.readers import catalogue
from adscreen.ingest.readers.catalogue import OWN, kinds, make_reader, reader_class
from adscreen.ingest.readers.opening import kind_of, open_ads
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.rejects import REJECT_CODES
from adscreen.records import JobAd, Reject

AD = "Cook wanted in a small hotel by the sea, 700 USD a month, meals and a room are included. Experience of one year is enough."
PAGE = f"<html><head><title>Cook</title></head><body><main><h1>Cook</h1><p>{AD}</p><p>{AD.replace('Cook', 'Waiter')}</p></main></body></html>"
FEED = f"<rss version='2.0'><channel><title>Jobs</title><item><title>Cook</title><guid>1</guid><description>{AD}</description></item></channel></rss>"
BOARD = {"jobs": [{"id": 1, "title": "Cook", "location": {"name": "Lisbon"}, "content": AD, "absolute_url": "https://example.org/jobs/1"}]}
CHAT = {
    "name": "Jobs",
    "type": "public_channel",
    "id": 7,
    "messages": [{"id": 1, "type": "message", "text": AD}, {"id": 2, "type": "message", "text": ""}],
}


def warc() -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/jobs/1\r\nWARC-Date: 2026-03-01T10:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\nContent-Type: application/http; msgtype=response\r\n"
    )
    return f"{head}Content-Length: {len(http)}\r\n\r\n".encode() + http + b"\r\n\r\n"


@dataclass(frozen=True)
class Example:
    """A tiny source: its file name, its bytes, and how many of its items become ads at least."""

    name: str
    content: bytes
    ads: int = 1


EXAMPLES = {
    "telegram": Example("result.json", json.dumps(CHAT).encode()),
    "whatsapp": Example("_chat.txt", f"[01.03.24, 10:00:00] Ann: {AD}\n[13.03.24, 10:01:00] Ann: {AD}\n".encode(), 2),
    "html": Example("page.html", PAGE.encode()),
    "feed": Example("feed.xml", FEED.encode()),
    "boards": Example("greenhouse.json", json.dumps(BOARD).encode()),
    "warc": Example("crawl.warc", warc()),
    "mail": Example("report.eml", f"From: a@example.org\r\nSubject: Cook\r\nContent-Type: text/plain\r\n\r\n{AD}\r\n".encode()),
}
"""`web` needs a network and `image` an engine and a picture: what they do with a source is tested in their own files."""


def _class_of(kind: str) -> Any:
    try:
        return reader_class(kind)
    except ModuleNotFoundError as error:
        pytest.skip(f"{kind}: {error.name} is absent")


@pytest.fixture(params=kinds())
def kind(request: pytest.FixtureRequest) -> str:
    _class_of(request.param)
    return str(request.param)


def _read(kind: str, source: str) -> tuple[list[JobAd], list[Reject], SourceLog]:
    rejects: list[Reject] = []
    log = SourceLog(source, rejects.append)
    try:
        return list(make_reader(kind, {}).read(source, log)), rejects, log
    except OutsideError as error:
        pytest.skip(f"{kind}: {error}")


def test_it_says_what_it_is(kind: str) -> None:
    found = _class_of(kind)
    assert found.kind == kind
    assert re.fullmatch(r"[a-z][a-z0-9_]*", kind)
    assert found.about
    assert "\n" not in found.about
    assert found.example.startswith(f"adscreen ingest {kind} ")
    assert found.extra is None or re.fullmatch(r"[a-z]+", found.extra)


def test_its_options_are_its_fields(kind: str) -> None:
    found = _class_of(kind)
    assert is_dataclass(found)
    assert set(found.options) == {field.name for field in fields(found)}
    for field in fields(found):
        assert field.default is None or isinstance(field.default, str | int | float), field.name
    with pytest.raises(AttributeError):
        setattr(found(), next(iter(found.options), "anything"), 1)  # frozen


def test_its_rejects_are_explained_and_take_no_code_of_others(kind: str) -> None:
    for code, meaning in _class_of(kind).rejects.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
        assert meaning
        assert code not in REJECT_CODES


def test_a_missing_source_is_named(kind: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        _read(kind, str(tmp_path / "nowhere.xyz"))


def test_an_option_it_does_not_have_is_told(kind: str) -> None:
    with pytest.raises(InputError, match="no option 'colour'"):
        make_reader(kind, {"colour": "red"})


@pytest.mark.parametrize("kind", [kind for kind in OWN if kind in EXAMPLES])
def test_items_are_ads_or_rejects(kind: str, tmp_path: Path) -> None:
    _class_of(kind)
    example = EXAMPLES[kind]
    source = tmp_path / example.name
    source.write_bytes(example.content)
    ads, rejects, log = _read(kind, str(source))
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    assert log.items == len(ads) + len(rejects)
    assert len(ads) >= example.ads
    assert len({ad.id for ad in ads}) == len(ads)
    for ad in ads:
        assert re.match(r"[a-z]\w*:.", ad.source)
        assert "".join((ad.title, ad.text)).strip()
        assert re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)?", ad.posted_at)
        assert (ad.group, ad.label) == ("", "")
    assert all(reject.reason in {**REJECT_CODES, **_class_of(kind).rejects} for reject in rejects)
    assert [ad.id for ad in _read(kind, str(source))[0]] == [ad.id for ad in ads]  # the same when read again


@dataclass(frozen=True)
class LinesReader:
    """A reader as another package may bring it."""

    kind: ClassVar = "lines"
    about: ClassVar = "one ad per line"
    example: ClassVar = "adscreen ingest lines ads.txt"
    extra: ClassVar[str | None] = None
    options: ClassVar = {"least": "characters of the shortest ad"}
    rejects: ClassVar = {"short": "the line is shorter than asked for"}

    least: int = 1

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        for number, line in enumerate(Path(source).read_text("utf-8").splitlines(), start=1):
            if len(line) < self.least:
                log.reject(number, "short", "too short", line)
                continue
            log.ads += 1
            yield JobAd(id=str(number), text=line, source=f"lines:{source}/{number}")


@pytest.fixture
def third_party(monkeypatch: pytest.MonkeyPatch) -> None:
    point = importlib.metadata.EntryPoint("lines", f"{__name__}:LinesReader", catalogue.GROUP)
    monkeypatch.setattr(importlib.metadata.EntryPoint, "load", lambda self: LinesReader)
    monkeypatch.setattr(catalogue, "entry_points", lambda group: [point] if group == catalogue.GROUP else [])


@pytest.mark.usefixtures("third_party")
def test_readers_of_other_packages(tmp_path: Path) -> None:
    (tmp_path / "ads.txt").write_text("cook wanted\nx\n")
    assert kinds()[-1] == "lines"
    rejects: list[Reject] = []
    log = SourceLog("ads.txt", rejects.append)
    ads = list(make_reader("lines", {"least": "3"}).read(str(tmp_path / "ads.txt"), log))
    assert [ad.text for ad in ads] == ["cook wanted"]
    assert [reject.reason for reject in rejects] == ["short"]
    with pytest.raises(InputError, match="not a whole number"):
        make_reader("lines", {"least": "many"})


@pytest.mark.usefixtures("third_party")
def test_tables_and_other_sources_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ads.csv").write_text("id,text\nA,driver\n")
    Path("ads.txt").write_text("cook\nguard\n")
    Path("result.json").write_text(json.dumps(CHAT))
    rejects: list[Reject] = []
    batches = list(open_ads(["lines:ads.txt", "ads.csv", "telegram:result.json", "lines:ads.txt"], ReadOptions(keep=("parent",)), rejects.append))
    assert [text[:6] for batch in batches for text in batch.column("text").to_pylist()] == ["cook", "guard", "driver", "Cook w", "cook", "guard"]
    assert {tuple(batch.schema.names) for batch in batches} == {(*batches[0].schema.names,)}
    assert [reject.reason for reject in rejects] == ["empty_text"]
    assert kind_of("ads.csv") is None
    assert kind_of("nokind:ads.csv") is None
    Path("lines:ads.txt").write_text("a file of that name")
    assert kind_of("lines:ads.txt") is None
    with pytest.raises(InputError, match="KIND:SOURCE"):
        open_ads(["ads.csv"], ReadOptions(), rejects.append, {"least": "3"})
