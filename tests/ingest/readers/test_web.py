"""Collecting is polite, bounded and repeatable; every address becomes ads or a reject."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from local_site import Request, Site, job_page, local_site

from adscreen.errors import InputError, OutsideError
from adscreen.ingest.readers import web, web_hosts
from adscreen.ingest.readers.catalogue import make_reader
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.warc import WarcReader
from adscreen.ingest.readers.web import WebReader
from adscreen.ingest.readers.web_hosts import Clock
from adscreen.ingest.readers.web_targets import sitemap_urls
from adscreen.records import JobAd, Reject

ROBOTS = "/robots.txt"


@dataclass
class Run:
    """One run on a clock that only waiting moves."""

    ads: list[JobAd] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    log: SourceLog | None = None

    @property
    def titles(self) -> list[str]:
        return [ad.title for ad in self.ads]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(reject.line, reject.reason) for reject in self.rejects]


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as running:
        yield running


def collect(source: object, now: float = 1_800_000_000.0, **options: object) -> Run:
    run = Run()
    time = [now]

    def sleep(seconds: float) -> None:
        run.waits.append(round(seconds, 3))
        time[0] += seconds

    run.log = SourceLog(str(source), run.rejects.append)
    reader = WebReader(**{"allow_private": True, **options})  # type: ignore[arg-type]
    run.ads = list(reader.collect(str(source), run.log, Clock(lambda: time[0], sleep)))
    assert run.log.ads == len(run.ads) == len({ad.id for ad in run.ads})
    assert {reject.reason for reject in run.rejects} <= {*WebReader.rejects, "too_long", "no_job_text"}
    return run


def listing(tmp_path: Path, *urls: str) -> Path:
    path = tmp_path / "addresses.txt"
    path.write_text("# pages\n\n" + "\n".join(urls) + "\n", "utf-8")
    return path


def test_every_address_of_a_list_is_an_ad_or_a_reject(site: Site, tmp_path: Path) -> None:
    cook = site.page("/cook", job_page("Cook"))
    site.pages["/image"] = (200, {"Content-Type": "image/png"}, b"\x89PNG")
    site.pages["/bad"] = (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, b"\x1f\x8bbroken")
    empty = site.page("/empty", b"<html></html>")
    urls = [cook, cook, f"{site.url}/none", f"{site.url}/image", f"{site.url}/bad", empty, "example.com/x", "x" * 9000, "ftp://example.com/"]
    run = collect(listing(tmp_path, *urls))
    assert [(ad.source, ad.url, ad.title) for ad in run.ads] == [(f"web:{cook}", cook, "Cook")]
    assert run.reasons == [(2, "not_ok"), (3, "not_html"), (4, "bad_coding"), (5, "no_job_text"), (6, "bad_url"), (7, "bad_url"), (8, "bad_url")]
    assert run.log
    assert dict(run.log.skipped) == {"seen_before": 1}


def test_a_redirect_to_nonsense_is_a_reject(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = (302, {"Location": "http://[::1"}, b"")
    site.pages["/b"] = (302, {"Location": "ftp://example.com/"}, b"")
    cook = site.page("/cook", job_page("Cook"))
    run = collect(listing(tmp_path, f"{site.url}/a", f"{site.url}/b", cook))
    assert run.reasons == [(1, "bad_url"), (2, "bad_url")]
    assert run.titles == ["Cook"]


def test_robots_are_obeyed(site: Site, tmp_path: Path) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: adscreen\nDisallow: /*/private$\nDisallow: /internal\nAllow: /internal/jobs\nCrawl-delay: 7\n"
    site.pages[ROBOTS] = (200, {}, rules)
    pages = [site.page(path, job_page(path.rsplit("/", 1)[1])) for path in ("/a/private", "/internal/x", "/internal/jobs/1", "/b")]
    run = collect(listing(tmp_path, *pages))
    assert run.titles == ["1", "b"]
    assert run.reasons == [(1, "robots"), (2, "robots")]
    assert site.asked == [ROBOTS, "/internal/jobs/1", "/b"]
    assert run.waits == [2.0, 7.0]


def test_a_redirect_is_asked_of_robots_too(site: Site) -> None:
    site.pages[ROBOTS] = (200, {}, b"User-agent: *\nDisallow: /secret\n")
    site.pages["/"] = (302, {"Location": "/secret"}, b"")
    assert collect(site.url + "/").reasons == [(1, "robots")]
    assert site.asked == [ROBOTS, "/"]


@pytest.mark.parametrize(
    ("answer", "titles", "reasons"),
    [
        ((404, {}, b""), ["Cook"], []),
        ((403, {}, b""), ["Cook"], []),
        ((500, {}, b""), [], ["robots_unreachable"]),
        ((302, {"Location": "/robots.txt"}, b""), [], ["robots_unreachable"]),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8bbroken"), [], ["robots_unreachable"]),
        ((200, {}, b"\xff\xfe\x00<html>no rules"), ["Cook"], []),
        ((200, {}, b"User-agent: *\nCrawl-delay: 86400\n"), [], ["robots"]),
        ((200, {}, b"User-agent: *\nDisallow: /" + b"*a" * 5000 + b"$\n"), ["Cook"], []),
    ],
    ids=["none", "forbidden", "broken server", "round", "bad gzip", "no rules", "slow", "hostile pattern"],
)
def test_what_robots_answer_means(site: Site, answer: tuple[int, dict[str, str], bytes], titles: list[str], reasons: list[str]) -> None:
    site.pages[ROBOTS] = answer
    run = collect(site.page("/cook", job_page("Cook")))
    assert (run.titles, [reason for _, reason in run.reasons]) == (titles, reasons)


def test_the_delay_is_kept_for_each_host(site: Site, tmp_path: Path) -> None:
    pages = [site.page(f"/{number}", job_page(f"Job {number}")) for number in range(3)]
    assert collect(listing(tmp_path, *pages)).waits == [2.0, 2.0, 2.0]
    assert collect(listing(tmp_path, *pages), delay=0.5).waits == [0.5, 0.5, 0.5]
    other = [page.replace("127.0.0.1", "localhost") for page in pages[:1]]
    assert collect(listing(tmp_path, pages[0], *other)).waits == [2.0, 2.0]


def test_a_further_run_fetches_nothing_twice(site: Site, tmp_path: Path) -> None:
    source = listing(tmp_path, site.page("/cook", job_page("Cook")), f"{site.url}/none", site.page("/driver", job_page("Driver")))
    first = collect(source, store=str(tmp_path / "store"), requests=2)
    assert first.titles == ["Cook"]
    assert first.reasons == [(2, "cap_reached"), (3, "cap_reached")]
    second = collect(source, store=str(tmp_path / "store"))
    assert second.titles == ["Cook", "Driver"]
    assert site.asked == [ROBOTS, "/cook", "/none", "/driver"]
    third = collect(source, store=str(tmp_path / "store"))
    assert (third.ads, third.rejects, third.waits) == (second.ads, second.rejects, [])
    assert len(site.asked) == 4


def test_the_store_is_a_folder_of_web_archives(site: Site, tmp_path: Path) -> None:
    collect(site.page("/cook", job_page("Cook")), store=str(tmp_path / "store"))
    rejects: list[Reject] = []
    ads = list(WarcReader().read(str(tmp_path / "store"), SourceLog("store", rejects.append)))
    assert [(ad.title, ad.url) for ad in ads] == [("Cook", f"{site.url}/cook")]
    assert not rejects


def test_old_answers_are_asked_for_again_only_if_changed(site: Site, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    url = site.page("/cook", job_page("Cook"), ETag='"one"', Last_Modified="Mon, 02 Mar 2026 10:00:00 GMT")
    collect(url, store=store)
    changed = site.pages["/cook"]
    site.pages["/cook"] = (304, {}, b"")
    day = 25 * 3600
    assert collect(url, 1_800_000_000.0 + day, store=store).titles == ["Cook"]
    assert site.headers[-1]["if-none-match"] == '"one"'
    assert site.headers[-1]["if-modified-since"] == "Mon, 02 Mar 2026 10:00:00 GMT"
    asked = len(site.asked)
    assert collect(url, 1_800_000_000.0 + day + 60, store=store).titles == ["Cook"]
    assert len(site.asked) == asked
    site.pages["/cook"] = (200, changed[1], job_page("Head cook"))  # type: ignore[index]
    assert collect(url, 1_800_000_000.0 + 2 * day, store=store).titles == ["Head cook"]
    assert collect(url, 1_800_000_000.0 + 2 * day, store=store).titles == ["Head cook"]


def test_a_store_whose_last_record_was_cut_off_goes_on(site: Site, tmp_path: Path) -> None:
    store = tmp_path / "store"
    source = listing(tmp_path, site.page("/cook", job_page("Cook")), site.page("/driver", job_page("Driver")))
    collect(source, store=str(store))
    [file] = store.iterdir()
    file.write_bytes(file.read_bytes()[:-50])
    (store / "empty.warc.gz").write_bytes(b"")
    (store / "other.warc.gz").write_bytes(b"no archive")
    assert collect(source, store=str(store)).titles == ["Cook", "Driver"]
    assert site.asked.count("/cook") == 1
    assert site.asked.count("/driver") == 2


@pytest.mark.parametrize(
    ("busy", "waits"),
    [
        ((503, {}, b""), [2.0, 5.0, 10.0]),
        ((429, {"Retry-After": "30"}, b""), [2.0, 30.0, 30.0]),
        ((503, {"Retry-After": "Fri, 15 Jan 2027 08:00:42 GMT"}, b""), [2.0, 40.0, 10.0]),
        ((500, {"Retry-After": "soon"}, b""), [2.0, 5.0, 10.0]),
    ],
    ids=["503", "seconds", "date", "nonsense"],
)
def test_busy_servers_get_time(site: Site, busy: tuple[int, dict[str, str], bytes], waits: list[float]) -> None:
    site.pages["/cook"] = [busy, busy, (200, {"Content-Type": "text/html"}, job_page("Cook"))]
    run = collect(f"{site.url}/cook")
    assert (run.titles, run.waits) == (["Cook"], waits)


def test_a_host_that_asks_for_an_hour_is_left_alone(site: Site, tmp_path: Path) -> None:
    site.pages["/a"] = (429, {"Retry-After": "3600"}, b"")
    run = collect(listing(tmp_path, f"{site.url}/a", site.page("/b", job_page("B"))))
    assert run.reasons == [(1, "busy"), (2, "busy")]
    assert site.asked == [ROBOTS, "/a"]


def test_a_host_that_fails_is_given_up(site: Site, tmp_path: Path) -> None:
    def fail(handler: Request) -> None:
        handler.close_connection = True

    for number in range(5):
        site.pages[f"/{number}"] = fail
    run = collect(listing(tmp_path, *[f"{site.url}/{number}" for number in range(5)]))
    assert [reason for _, reason in run.reasons] == ["unreachable"] * 5
    assert len(site.asked) == 1 + 3 * 3


def test_bounds_in_time_and_bytes_end_a_run(site: Site, tmp_path: Path) -> None:
    pages = [site.page(f"/{number}", job_page(f"Job {number}") + b" " * 600_000) for number in range(4)]
    assert collect(listing(tmp_path, *pages), megabytes=1).reasons == [(3, "cap_reached"), (4, "cap_reached")]
    assert collect(listing(tmp_path, *pages), hours=3 / 3600).reasons == [(3, "cap_reached"), (4, "cap_reached")]


def test_private_hosts_are_refused_unless_allowed(site: Site) -> None:
    run = collect(site.page("/cook", job_page("Cook")), allow_private=False)
    assert run.reasons == [(1, "refused_address")]
    assert not site.asked


def _sitemap(*urls: str, root: str = "urlset", item: str = "url") -> bytes:
    inner = "".join(f"<{item}><loc>\n {url.replace('&', '&amp;')} </loc><lastmod>2026-01-01</lastmod></{item}>" for url in urls)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'.encode()


def test_sitemaps_and_their_indexes_are_unfolded(site: Site) -> None:
    jobs = [site.page(f"/job?id={number}&x=1", job_page(f"Job {number}")) for number in range(4)]
    site.pages["/one.xml"] = (200, {"Content-Type": "application/xml"}, _sitemap(*jobs[:2]))
    site.pages["/two.xml.gz"] = (200, {"Content-Type": "application/gzip"}, gzip.compress(_sitemap(*jobs[2:])))
    parts = [f"{site.url}/one.xml", f"{site.url}/two.xml.gz", f"{site.url}/gone.xml"]
    site.pages["/index.xml"] = (200, {}, _sitemap(*parts, root="sitemapindex", item="sitemap"))
    run = collect(f"{site.url}/index.xml")
    assert run.titles == [f"Job {number}" for number in range(4)]
    assert run.reasons == [(8, "not_ok")]
    assert run.log
    assert dict(run.log.skipped) == {"sitemap": 3}


def test_a_saved_sitemap_is_a_list(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "sitemap.xml.gz"
    path.write_bytes(gzip.compress(_sitemap(site.page("/cook", job_page("Cook")))))
    assert collect(path).titles == ["Cook"]
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="damaged"):
        collect(path)


def test_sitemaps_that_lead_round_in_circles_end(site: Site) -> None:
    for number in range(9):
        site.pages[f"/{number}"] = (200, {}, _sitemap(f"{site.url}/{number}", f"{site.url}/{number + 1}", root="sitemapindex"))
    run = collect(f"{site.url}/0")
    assert run.reasons == [(4, "bad_sitemap")]


def test_hostile_sitemaps_cost_little(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(sitemap_urls(b"<urlset>" + b"<loc>" * 100_000 + b" " * 100_000)) == []
    assert list(sitemap_urls(b"<urlset><image:loc>http://a.test/i.png</image:loc><loc><![CDATA[http://a.test/x]]></loc>")) == ["http://a.test/x"]
    assert list(sitemap_urls(b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><loc>&a;</loc>')) == ["&a;"]
    monkeypatch.setattr(web, "MAX_SITEMAP_URLS", 2)
    site.pages["/bomb.gz"] = (200, {}, gzip.compress(b"<urlset>" + b" " * 60_000_000, 1))
    site.pages["/long.xml"] = (200, {}, _sitemap("x:1", "x:2", "x:3"))
    assert collect(f"{site.url}/bomb.gz").reasons == [(1, "bad_sitemap")]
    assert collect(f"{site.url}/long.xml").reasons == [(2, "bad_url"), (3, "bad_url"), (1, "bad_sitemap")]


def test_too_many_addresses_are_refused(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MAX_URLS", 2)
    assert collect(listing(tmp_path, "x:1", "x:2", "x:3")).reasons == [(1, "bad_url"), (2, "bad_url"), (3, "cap_reached")]


def test_an_answer_over_the_cap_is_not_asked_for_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MAX_SITEMAP_BYTES", 100_000)
    assert collect(site.page("/a", b"<html>" + b"a" * 200_000)).reasons == [(1, "too_long")]
    assert site.asked == [ROBOTS, "/a"]


@pytest.mark.parametrize("package", ["httpcore2", "protego", "fastwarc.warc"])
def test_without_its_packages_the_extra_is_named(package: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("connections", "web_fetch", "web_collect"):
        monkeypatch.delitem(sys.modules, f"adscreen.ingest.readers.{name}", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    site.pages[ROBOTS] = (200, {}, b"")
    (tmp_path / "old.warc.gz").write_bytes(gzip.compress(b"WARC/1.0\r\n"))
    with pytest.raises(OutsideError, match=r"adscreen\[(web|warc)\]"):
        collect(site.page("/cook", job_page("Cook")), store=str(tmp_path))


def test_problems_of_the_caller_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        collect(tmp_path / "none.txt")
    with pytest.raises(InputError, match=r"delay=-1\.0 .*hours=nan"):
        collect(tmp_path, delay=-1.0, hours=float("nan"))
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be used as a store"):
        collect(listing(tmp_path), store=str(tmp_path / "file"))


def test_options_come_from_the_command_line_as_text() -> None:
    made = make_reader("web", {"store": "pages", "delay": "1.5", "requests": "7", "allow_private": "no"})
    assert made == WebReader(store="pages", delay=1.5, requests=7)
    assert web_hosts.DEFAULT_DELAY == 2.0
