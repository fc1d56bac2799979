"""The web: pages from a list of addresses or a sitemap, collected politely and kept, then read like saved pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from adscreen.errors import InputError
from adscreen.ingest.readers.codings import CodingError
from adscreen.ingest.readers.html import MAX_PAGE_BYTES, PAGE_REJECTS, ads_of_page
from adscreen.ingest.readers.http_message import HttpMessage, is_html
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.web_hosts import Bounds, Clock, RefusalError
from adscreen.ingest.readers.web_store import AnswerStore
from adscreen.ingest.readers.web_targets import MAX_SITEMAP_BYTES, MAX_SITEMAP_URLS, is_index, is_sitemap, listed_urls, sitemap_urls, unpacked
from adscreen.records import JobAd

if TYPE_CHECKING:
    from adscreen.ingest.readers.web_collect import Collector

MAX_DEPTH = 3
"""Sitemaps within sitemaps; the protocol knows two levels, some sites have three."""

MAX_URLS = 500_000
"""Addresses of one run, for the memory of which were seen; split longer lists."""


@dataclass(frozen=True, slots=True)
class WebReader:
    """Collects pages from the web."""

    kind: ClassVar[str] = "web"
    about: ClassVar[str] = "web pages: a file with one address per line, a sitemap or a single address; robots.txt obeyed, slow on purpose"
    example: ClassVar[str] = "adscreen ingest web addresses.txt --option store=pages/ --option contact=team@example.org --out ads.jsonl"
    extra: ClassVar[str | None] = "web"
    options: ClassVar[Mapping[str, str]] = {
        "store": "folder that keeps every answer as WARC, so that a further run fetches nothing twice; without it nothing is kept",
        "contact": "mail or web address of your team, sent along so that sites can reach you",
        "delay": "seconds between two requests to one host; 0 (the default) for what its robots.txt asks, else 2; never less than that asks",
        "requests": "most requests of this run; the addresses left over are rejected as cap_reached",
        "megabytes": "most megabytes of this run",
        "hours": "most hours of this run",
        "fresh_hours": "hours for which a stored answer is good; an older one is asked for again, and sent again only if it changed",
        "allow_private": "yes: also hosts in private networks (10.x, localhost, ...), for sites of your own; leave it at no for addresses from elsewhere",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        **PAGE_REJECTS,
        "bad_url": "the line is no http or https address that may be asked",
        "refused_address": "the host lies in a private network; see the option allow_private",
        "robots": "robots.txt does not allow the page, or asks for too long pauses",
        "robots_unreachable": "robots.txt could not be read, so nothing is fetched from there",
        "unreachable": "the server could not be reached or failed, after three tries",
        "busy": "the server asked to be left alone for longer than is sat out",
        "too_many_redirects": "the address leads on more than five times",
        "not_ok": "the server answered with a status other than 200, such as 404",
        "not_html": "the answer is no HTML page",
        "bad_coding": "the answer's content coding (gzip, ...) is damaged or unknown",
        "bad_sitemap": "the sitemap is damaged or too long, or stands where a page should",
        "cap_reached": "the run's bounds were reached before this address",
    }

    store: str | None = None
    contact: str = ""
    delay: float = 0.0
    requests: int = 1000
    megabytes: int = 2000
    hours: float = 12.0
    fresh_hours: float = 24.0
    allow_private: bool = False

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of all pages listed, from the store where it has them; `JobAd.source` is `web:` and the address as listed.

        Raises InputError when the source or the store cannot be used, OutsideError when the store cannot be written or the extra is missing.
        """
        yield from self.collect(source, log, Clock())

    def collect(self, source: str, log: SourceLog, clock: Clock) -> Iterator[JobAd]:
        """The same with a clock of the caller's."""
        from adscreen.ingest.readers.web_collect import Collector
        from adscreen.ingest.readers.web_fetch import WebClient

        self._check()
        store = AnswerStore(self.store) if self.store else None
        with WebClient(self.allow_private, self.contact, max_bytes=MAX_SITEMAP_BYTES) as client:
            run = _Run(Collector(client, store, self._bounds(), clock), log)
            for url in listed_urls(source):
                yield from run.ads(url, MAX_DEPTH)

    def _bounds(self) -> Bounds:
        return Bounds(self.delay, self.requests, self.megabytes * 1_000_000, self.hours * 3600, self.fresh_hours * 3600)

    def _check(self) -> None:
        values = {"delay": self.delay, "hours": self.hours, "fresh_hours": self.fresh_hours, "requests": self.requests, "megabytes": self.megabytes}
        problems = [f"{name}={value} is not a number from 0 up" for name, value in values.items() if not 0 <= value < float("inf")]
        if problems:
            raise InputError("; ".join(problems))


@dataclass(slots=True)
class _Run:
    """One run: which addresses were seen, and what became of each."""

    collector: Collector
    log: SourceLog
    _seen: set[str] = field(default_factory=set)
    _position: int = 0

    def ads(self, url: str, depth: int) -> Iterator[JobAd]:
        """Ads of one address; of all that it lists when it is a sitemap and `depth`, the levels still allowed, is above 0."""
        if url in self._seen:
            self.log.skip("seen_before")
            return
        self._position += 1
        position = self._position
        if len(self._seen) >= MAX_URLS:
            self.log.reject(position, "cap_reached", f"more than {MAX_URLS:,} addresses in one run; split the list", url)
            return
        self._seen.add(url)
        try:
            final, message = self.collector.page(url)
            if message.status != 200:
                raise RefusalError("not_ok", f"answered {message.status}")
            content = message.content(MAX_SITEMAP_BYTES)
            listed = _sitemap(content)
        except (RefusalError, CodingError) as error:
            self.log.reject(position, error.code, str(error), url)
            return
        if listed is None:
            yield from self._page(url, final, message, content, position)
        else:
            yield from self._sitemap(url, listed, depth, position)

    def _page(self, url: str, final: str, message: HttpMessage, content: bytes, position: int) -> Iterator[JobAd]:
        if len(content) > MAX_PAGE_BYTES:
            self.log.reject(position, "too_long", f"the page is longer than {MAX_PAGE_BYTES:,} bytes", url)
        elif not is_html(message.content_type, content):
            self.log.reject(position, "not_html", f"the answer is {message.content_type or 'of no stated type'}, no HTML page", url)
        else:
            yield from ads_of_page(content, f"web:{url}", final, message.charset, self.log, position)

    def _sitemap(self, url: str, content: bytes, depth: int, position: int) -> Iterator[JobAd]:
        if depth < 1:
            self.log.reject(position, "bad_sitemap", f"a sitemap that another lists as a page, or more than {MAX_DEPTH} levels deep", url)
            return
        self.log.skip("sitemap")
        inner_depth = depth - 1 if is_index(content) else 0
        urls = sitemap_urls(content)
        for inner in islice(urls, MAX_SITEMAP_URLS):
            yield from self.ads(inner, inner_depth)
        if next(urls, None) is not None:
            self.log.reject(position, "bad_sitemap", f"the sitemap lists more than {MAX_SITEMAP_URLS:,} addresses; the rest was left", url)


def _sitemap(content: bytes) -> bytes | None:
    """The content decompressed if it is a sitemap, None if it is not. Raises RefusalError for a damaged one."""
    try:
        plain = unpacked(content)
    except InputError as error:
        raise RefusalError("bad_sitemap", str(error)) from error
    return plain if is_sitemap(plain) else None
