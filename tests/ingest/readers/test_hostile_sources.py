"""What broken or hostile sources must not do to any reader: crash it, hold it up, fill the memory, or lose the items beside them."""

from __future__ import annotations

import gzip
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import pytest

from adscreen.errors import InputError
from adscreen.ingest.readers import feed
from adscreen.ingest.readers.catalogue import OWN, make_reader
from adscreen.ingest.readers.charsets import codec_of, decode_markup
from adscreen.ingest.readers.job_signs import url_looks_like_job
from adscreen.ingest.readers.jobposting import postings_of
from adscreen.ingest.readers.mail_parts import decoded
from adscreen.ingest.readers.posted import utc
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd, Reject

AD = "Cook wanted in a small hotel by the sea, 700 USD a month, meals and a room are included."
CHAT = f"[01.03.24, 10:00:00] Ann: {AD}\n[13.03.24, 10:01:00] Ann: {AD}\n"
JOB = {"hostedUrl": "https://example.org/1", "text": "Cook", "id": "1", "descriptionPlain": AD}


def read(kind: str, path: Path | str, **options: str) -> tuple[list[JobAd], list[Reject]]:
    rejects: list[Reject] = []
    log = SourceLog(str(path), rejects.append)
    ads = list(make_reader(kind, options).read(str(path), log))
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    return ads, rejects


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return path


@pytest.mark.parametrize("kind", OWN)
def test_a_name_too_long_for_a_file(kind: str) -> None:
    with pytest.raises(InputError):
        read(kind, "x" * 300)


@pytest.mark.parametrize(
    "date", ["Mon, 02 Mar 2026 10:00:00 +9999999999999", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "9" * 13, -5, 10**30]
)
def test_dates_that_no_calendar_has(date: Any) -> None:
    assert utc(date) == ""


def test_a_table_that_comes_by_mail_labels_nothing(tmp_path: Path) -> None:
    table = f"id,text,label,group\n1,{AD.replace(',', '')},legitimate,g\n"
    mail = "From: a@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    mail += f"Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\n{table}\n--b--\n"
    (tmp_path / "a.eml").write_text(mail)
    ((ad,), _) = read("mail", tmp_path / "a.eml")
    assert (ad.label, ad.group) == ("", "")


@pytest.mark.parametrize("charset", [b"a\0b", b"punycode", b"idna", b"unicode_escape"])
def test_charsets_that_are_none(charset: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"Subject: x\nContent-Type: text/plain; charset=" + charset + b"\n\nCook wanted \xff\n")
    ((ad,), _) = read("mail", tmp_path / "a.eml")
    assert ad.text.startswith("Cook wanted")
    assert decode_markup(b"<meta charset=" + charset + b"><p>caf\xe9 \xff\xfe\xfd" * 9, charset.decode()).startswith("<meta")


def test_thai_under_the_name_that_windows_gives_it() -> None:
    text = "รับสมัครงาน เงินเดือนสูง"
    assert codec_of("windows-874") == "cp874"
    assert decoded(text.encode("cp874"), "windows-874") == decode_markup(text.encode("cp874"), "windows-874") == text


def test_one_bad_archive_in_a_folder_costs_itself_only(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CHAT)
    zipped(tmp_path / "a.zip", a__txt=CHAT)
    zipped(tmp_path / "photos.zip", a__jpg="x")
    ads, rejects = read("whatsapp", tmp_path)
    assert [ad.id for ad in ads] == ["a.txt/1", "a.txt/2", "a.zip/1", "a.zip/2"]
    assert [reject.reason for reject in rejects] == ["not_a_chat"]


@pytest.mark.parametrize(("kind", "name"), [("whatsapp", "a.zip"), ("warc", "a.wacz")])
def test_damaged_archives_never_raise_anything_else(kind: str, name: str, tmp_path: Path) -> None:
    record = "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<p>Cook</p\r\n\r\n"
    pytest.importorskip("fastwarc") if kind == "warc" else None
    whole = zipped(tmp_path / name, chat__txt=CHAT * 40, a__warc=record * 40).read_bytes()
    chance = random.Random(3)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 2, 6))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        (tmp_path / name).write_bytes(damaged)
        try:
            read(kind, tmp_path / name, **({"url": "nothing"} if kind == "warc" else {}))
        except InputError:
            continue


def test_a_json_feed_that_unfolds_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MAX_JSON_BYTES", 100_000)
    (tmp_path / "f.json.gz").write_bytes(gzip.compress(b'{"items": [' + b" " * 20_000_000))
    with pytest.raises(InputError, match="more than 100,000 bytes"):
        read("feed", tmp_path / "f.json.gz")


def test_every_line_and_element_of_a_board_is_an_ad_or_a_reject(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([JOB, {"foo": 1}, "x", None, []]))
    ads, rejects = read("boards", tmp_path / "a.json")
    assert (len(ads), [reject.reason for reject in rejects]) == (1, ["unknown_board"] * 3)
    (tmp_path / "a.jsonl").write_text("\n".join([json.dumps(JOB), "{broken", json.dumps({**JOB, "id": "2"})]))
    ads, rejects = read("boards", tmp_path / "a.jsonl")
    assert ([ad.id.rpartition("/")[2] for ad in ads], [(reject.line, reject.reason) for reject in rejects]) == (["1", "2"], [(2, "bad_json")])


def test_references_cannot_multiply_a_page() -> None:
    big = {"@id": "w", "name": "n " * 50_000, "x": 1}
    jobs = [{"@type": "JobPosting", "title": {"@id": "w"}, "description": AD} for _ in range(2000)]
    found = [posting.fields()["title"] for posting in postings_of([big, *jobs])]
    assert 0 < sum(map(len, found)) < 3_000_000


def test_a_saved_page_nested_without_end(tmp_path: Path) -> None:
    pytest.importorskip("lxml")
    parts = [b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (at, at + 1) for at in range(1500)]
    (tmp_path / "a.mhtml").write_bytes(b"Content-Type: multipart/related; boundary=b0\n\n" + b"".join(parts))
    assert [reject.reason for reject in read("html", tmp_path / "a.mhtml")[1]] == ["no_job_text"]


def test_an_unknown_encoding_is_told() -> None:
    with pytest.raises(InputError, match="unknown"):
        make_reader("html", {"encoding": "utf-9"})


@pytest.mark.parametrize(
    ("url", "is_job"),
    [
        ("https://example.org/viewjob?jk=1", True),
        ("https://example.org/jobdetail/7", True),
        ("https://example.org/open-positions/", True),
        ("https://example.org/shop?position=3", False),
        ("https://example.org/jobless-claims", False),
    ],
)
def test_addresses_of_job_pages(url: str, is_job: bool) -> None:
    assert url_looks_like_job(url) == is_job
