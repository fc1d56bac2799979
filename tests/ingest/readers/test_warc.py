"""Web archives give every page as an ad or a reject; what is broken in them does not hide what follows."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from local_site import job_page

from adscreen.errors import InputError, OutsideError
from adscreen.ingest.readers import warc_records
from adscreen.ingest.readers.catalogue import make_reader
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.warc import WarcReader
from adscreen.records import JobAd, Reject

URL = "http://example.com/"


@dataclass
class Result:
    ads: list[JobAd]
    log: SourceLog
    rejects: list[Reject] = field(default_factory=list)

    @property
    def titles(self) -> list[str]:
        return [ad.title for ad in self.ads]

    @property
    def reasons(self) -> list[str]:
        return [reject.reason for reject in self.rejects]


def read(path: Path, **options: object) -> Result:
    rejects: list[Reject] = []
    log = SourceLog(str(path), rejects.append)
    ads = list(WarcReader(**options).read(str(path), log))  # type: ignore[arg-type]
    assert log.ads == len(ads) == len({ad.id for ad in ads})
    assert log.rejects == len(rejects)
    assert {reject.reason for reject in rejects} <= {*WarcReader.rejects, "too_long", "no_job_text", "empty_text"}
    return Result(ads, log, rejects)


def record(block: bytes, url: str = URL, kind: str = "response", length: object = None, **headers: str) -> bytes:
    named = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": "2026-01-02T03:04:05Z", "WARC-Record-ID": f"<urn:uuid:{zlib.crc32(block)}>"}
    named |= {"Content-Type": "application/http; msgtype=response"} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/1.0\r\n{head}Content-Length: {len(block) if length is None else length}\r\n\r\n".encode() + block + b"\r\n\r\n"


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    named = {"Content-Type": "text/html; charset=utf-8"} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def page(title: str, url: str = "", **more: object) -> bytes:
    return record(answer(job_page(title)), url or f"{URL}{title}", **more)  # type: ignore[arg-type]


def write(path: Path, *records: bytes, packed: bool = True) -> Path:
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return path


INFO = record(b"software: test\r\n", kind="warcinfo", Content_Type="application/warc-fields")


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_pages_become_ads_with_the_place_of_their_record(tmp_path: Path, packed: bool) -> None:
    request = record(b"GET / HTTP/1.1\r\n\r\n", kind="request", Content_Type="application/http; msgtype=request")
    path = write(tmp_path / "a.warc", INFO, request, page("Cook"), page("Driver"), packed=packed)
    result = read(path)
    offset = len(gzip.compress(INFO) + gzip.compress(request)) if packed else len(INFO + request)
    assert result.ads[0].source == f"warc:a.warc@{offset}"
    assert [ad.url for ad in result.ads] == [f"{URL}Cook", f"{URL}Driver"]
    assert "+1 202 555 0143" in result.ads[0].text
    assert dict(result.log.skipped) == {"warcinfo": 1, "request": 1}
    assert read(path, start=int(result.ads[1].source.split("@")[1])).titles == result.titles[1:]


def test_a_file_compressed_in_one_piece_still_has_unique_places(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(page("Cook") + page("Driver") + page("Nurse")))
    assert len(read(path).ads) == 3


def test_what_is_no_page_is_counted_not_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.warc.gz",
        record(answer(b"\x89PNG", Content_Type="image/png")),
        record(answer(b"{}", Content_Type="")),
        record(answer(job_page("Gone"), "404 Not Found")),
        record(answer(b"")),
        record(answer(job_page("Typed")), WARC_Identified_Payload_Type="application/pdf"),
        record(b"1 2", "dns:example.com", Content_Type="text/dns"),
        record(b"plain", kind="conversion", Content_Type="text/plain"),
        record(b"", kind="revisit"),
        record(job_page("Saved"), kind="resource", Content_Type="text/html"),
        record(answer(job_page("Untyped"), Content_Type="")),
    )
    result = read(path)
    assert result.titles == ["Saved", "Untyped"]
    assert not result.rejects
    assert dict(result.log.skipped) == {"not_html": 3, "not_ok": 1, "empty_page": 1, "not_http": 1, "conversion": 1, "revisit": 1}


def test_pages_are_chosen_by_address_and_by_signs_of_jobs(tmp_path: Path) -> None:
    posting = (
        b'<html><script type="application/ld+json">{"@type": "JobPosting", "title": "Cleaner", "description": "Clean our house."}</script></html>'
    )
    path = write(
        tmp_path / "a.warc.gz",
        page("Cook", "https://www.example.com/jobs/1"),
        page("Recipe", "https://www.example.com/blog/jobsworth"),
        page("Fahrer", "https://example.org/stellenangebote/2"),
        page("Waiter", "https://example.org/%E6%8B%9B%E8%81%98/3"),
        record(answer(posting), "https://example.org/x"),
    )
    assert read(path, jobs_only=True).titles == ["Cook", "Fahrer", "Waiter", "Cleaner"]
    chosen = read(path, url="*://*.example.com/*")
    assert chosen.titles == ["Cook", "Recipe"]
    assert dict(chosen.log.skipped) == {"url": 3}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(job_page("Cook")), {"Content_Encoding": "gzip"}),
        (zlib.compress(job_page("Cook")), {"Content_Encoding": "deflate"}),
        (zlib.compress(job_page("Cook"), wbits=-15), {"Content_Encoding": "deflate"}),
        (job_page("Cook"), {"Content_Encoding": "gzip"}),
        (job_page("Cook"), {"Content_Encoding": "br"}),
        (
            b"5\r\n" + job_page("Cook")[:5] + b"\r\n%x;x=y\r\n" % (len(job_page("Cook")) - 5) + job_page("Cook")[5:] + b"\r\n0\r\n\r\n",
            {"Transfer_Encoding": "chunked"},
        ),
        (job_page("Cook"), {"Transfer_Encoding": "chunked", "Content_Length": "9"}),
    ],
    ids=["gzip", "deflate", "raw deflate", "gzip no more", "br no more", "chunked", "chunked no more"],
)
def test_codings_are_undone(tmp_path: Path, body: bytes, headers: dict[str, str]) -> None:
    assert read(write(tmp_path / "a.warc.gz", record(answer(body, **headers)))).titles == ["Cook"]


def test_br_and_zstd_are_undone(tmp_path: Path) -> None:
    from fastwarc.stream_io import BrotliWriter, ZstdWriter

    bodies = {}
    for name, writer in {"br": BrotliWriter, "zstd": ZstdWriter}.items():
        packed = io.BytesIO()
        stream = writer(packed)
        stream.write(job_page(f"Cook{name}"))
        stream.close()
        bodies[name] = packed.getvalue()
    whole = [record(answer(body, Content_Encoding=name)) for name, body in bodies.items()]
    cut = [record(answer(body[:-8], Content_Encoding=name)) for name, body in bodies.items()]
    result = read(write(tmp_path / "a.warc.gz", *whole, *cut))
    assert result.titles == ["Cookbr", "Cookzstd"]
    assert result.reasons == ["bad_coding", "bad_coding"]


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (answer(gzip.compress(job_page("Cook"))[:-30], Content_Encoding="gzip"), "bad_coding"),
        (answer(b"5\r\nabcde\r\nzz\r\n", Transfer_Encoding="chunked"), "bad_coding"),
        (answer(b"ff\r\nabcde\r\n", Transfer_Encoding="chunked"), "bad_coding"),
        (answer(b"x", Content_Encoding="rot13"), "bad_coding"),
        (answer(gzip.compress(b"<html>" + b"\0" * 20_000_000), Content_Encoding="gzip"), "too_long"),
        (b"<html>no HTTP at all", "bad_http"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000, "bad_http"),
        (b"HTTP/1.1 2000 OK\r\n\r\n<html>", "bad_http"),
        (answer(b"<html></html>"), "no_job_text"),
    ],
    ids=["cut gzip", "bad chunk", "short chunk", "unknown coding", "gzip bomb", "no http", "endless head", "bad status", "no text"],
)
def test_a_broken_answer_is_one_reject_and_reading_goes_on(tmp_path: Path, block: bytes, reason: str) -> None:
    result = read(write(tmp_path / "a.warc.gz", page("Cook"), record(block), page("Driver")))
    assert result.titles == ["Cook", "Driver"]
    assert [(reject.line, reject.reason) for reject in result.rejects] == [(2, reason)]


def _flipped(packed: bytes) -> bytes:
    middle = len(packed) // 2
    return packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]


GOOD = [gzip.compress(page(title)) for title in ("Cook", "Driver", "Nurse", "Waiter")]


@pytest.mark.parametrize(
    ("data", "titles", "reasons"),
    [
        (GOOD[0] + _flipped(GOOD[1]) + GOOD[2] + GOOD[3], ["Cook", "Nurse", "Waiter"], ["damaged"]),
        (GOOD[0] + GOOD[1][:-40] + GOOD[2] + GOOD[3], ["Cook", "Nurse", "Waiter"], ["damaged"]),
        (_flipped(GOOD[0]) + GOOD[1], ["Driver"], ["damaged"]),
        (GOOD[0] + b"garbage" * 40 + GOOD[1], ["Cook", "Driver"], ["damaged"]),
        (GOOD[0] + GOOD[1][:-60], ["Cook"], ["cut_off"]),
        (GOOD[0] + b"\0" * 512, ["Cook"], ["damaged"]),
        (GOOD[0] + gzip.compress(page("Driver", length=10**18)) + GOOD[2], ["Cook", "Nurse"], ["cut_off"]),
        (GOOD[0] + gzip.compress(page("Driver", length=100)) + GOOD[2], ["Cook", "Nurse"], ["wrong_length"]),
        (GOOD[0] + gzip.compress(page("Driver", length=1500)) + GOOD[2] + GOOD[3], ["Cook", "Nurse", "Waiter"], ["wrong_length"]),
        (GOOD[0] + gzip.compress(page("Driver", length=-5)) + GOOD[2], ["Cook", "Nurse"], ["wrong_length"]),
        (GOOD[0] + gzip.compress(page("Driver", length="many")) + GOOD[2], ["Cook", "Nurse"], ["wrong_length"]),
        (page("Cook") + page("Driver", length=1500) + page("Nurse") + page("Waiter"), ["Cook", "Nurse", "Waiter"], ["wrong_length"]),
        (page("Cook") + page("Driver", length=100) + page("Nurse"), ["Cook", "Nurse"], ["wrong_length"]),
        (page("Cook") + page("Driver", length=10**18) + page("Nurse"), ["Cook", "Nurse"], ["cut_off"]),
        (page("Cook") + page("Driver")[:-100], ["Cook"], ["cut_off"]),
        (GOOD[0] + gzip.compress(b"WARC/1.0\r\nX: " + b"a" * 1_000_000) + GOOD[2], ["Cook", "Nurse"], ["damaged"]),
    ],
    ids=["flip", "cut inside", "flip first", "garbage", "cut at end", "zeros", "long lie", "short lie", "next swallowed", "negative", "no number",
         "plain swallowed", "plain short", "plain long lie", "plain cut", "endless header"],
)  # fmt: skip
def test_damage_costs_the_damaged_records_only(tmp_path: Path, data: bytes, titles: list[str], reasons: list[str]) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    result = read(path)
    assert (result.titles, result.reasons) == (titles, reasons)


def test_a_wacz_is_read_without_unpacking_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", "{}")
        archive.writestr("archive/data.warc.gz", GOOD[0] + _flipped(GOOD[1]) + GOOD[2])
        archive.writestr("archive/../../evil.warc", page("Evil"))
        archive.writestr("archive/bad.warc.gz", b"nothing")
        archive.writestr("archive/empty.warc.gz", b"")
    result = read(path)
    assert result.ads[0].source == "warc:a.wacz/archive/data.warc.gz@0"
    assert result.titles == ["Cook", "Nurse", "Evil"]
    assert [(reject.file, reject.reason) for reject in result.rejects] == [
        ("archive/data.warc.gz", "damaged"),
        ("archive/bad.warc.gz", "not_a_warc"),
        ("archive/empty.warc.gz", "not_a_warc"),
    ]
    assert [inner.name for inner in tmp_path.iterdir()] == ["a.wacz"]
    with pytest.raises(InputError, match="one WARC file only"):
        read(path, start=5)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.warc", b"WARC/1.0\r\n" + b"\0" * 5_000_000)
    with pytest.raises(InputError, match="far more than a WACZ"):
        read(path)


def test_folders_are_read_by_name_and_broken_files_rejected(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    write(tmp_path / "b" / "1.warc.gz", page("Driver"))
    write(tmp_path / "a.warc.gz", page("Cook"))
    (tmp_path / "c.warc.gz").write_bytes(b"no")
    result = read(tmp_path)
    assert [ad.source for ad in result.ads] == ["warc:a.warc.gz@0", "warc:b/1.warc.gz@0"]
    assert [(reject.file, reject.reason) for reject in result.rejects] == [("c.warc.gz", "not_a_warc")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"text\nhello\n", "first bytes are not WARC"),
        (gzip.compress(b"filedesc://x 0.0.0.0", mtime=0), "ARC file"),
        (b"\x1f\x8b\x08broken", "first bytes are not"),
        (b"<html>", "ingest html"),
        (b"PK\x03\x04broken", "damaged zip"),
    ],
)
def test_other_files_are_told_apart_at_once(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    with pytest.raises(InputError, match=says):
        read(path)


def test_what_is_missing_or_outside_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.warc.gz")
    with pytest.raises(InputError, match="no WARC file in this folder"):
        read(tmp_path)
    path = write(tmp_path / "a.warc.gz", page("Cook"))
    for start in (-1, 10**9):
        with pytest.raises(InputError, match="lies outside"):
            read(path, start=start)


def test_options_come_from_the_command_line_as_text() -> None:
    assert make_reader("warc", {"jobs_only": "yes", "start": "12", "url": "*"}) == WarcReader("*", True, 12)


def test_without_fastwarc_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    with pytest.raises(OutsideError, match=r"adscreen\[warc\]"):
        read(write(tmp_path / "a.warc.gz", page("Cook")))


def test_a_file_of_lies_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warc_records, "MAX_RESTARTS", 5)
    result = read(write(tmp_path / "a.warc", *[page("Cook", length=10**12)] * 20, packed=False))
    assert result.reasons == ["cut_off"] * 5 + ["damaged"]


def test_memory_stays_flat_on_records_too_long_to_be_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(record(answer(b"<html>" + b"a" * 40_000_000)), 1) + gzip.compress(record(answer(b""))))
    tracemalloc.start()
    result = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (result.reasons, dict(result.log.skipped)) == (["too_long"], {"empty_page": 1})
    assert peak < 20_000_000
