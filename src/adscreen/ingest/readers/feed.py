"""Feeds of ads: RSS, Atom, JSON Feed, and the XML that job sites hand to search engines."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers.addresses import is_web
from adscreen.ingest.readers.adtext import counted
from adscreen.ingest.readers.feed_items import item_columns
from adscreen.ingest.readers.jsonfeed import MAX_JSON_BYTES, json_items
from adscreen.ingest.readers.markup import lxml_etree
from adscreen.ingest.readers.pagefiles import is_folder, page_files
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.xmlstream import elements, forget, is_cut_off, local_name
from adscreen.ingest.sources import ByteStream, DamagedStreamError, TableFile, open_bytes
from adscreen.records import JobAd

if TYPE_CHECKING:
    from lxml.etree import _Element

SUFFIXES = (".xml", ".rss", ".atom", ".rdf", ".json", ".gz", ".zst")

ITEMS_OF = {"rss": "item", "rdf": "item", "channel": "item", "feed": "entry"}
"""Root of a known format and the name of its items."""

JOB_NAMES = frozenset(
    [
        "job",
        "jobs",
        "position",
        "vacancy",
        "jobposting",
        "posting",
        "result",
        "offer",
        "listing",
        "joblisting",
        "advert",
        "ad",
        "jobad",
        "item",
        "entry",
        "opening",
    ]
)
"""What an item is called in feeds of other roots."""

MAX_ELEMENTS = 20_000
"""Elements of one item, above which it is rejected; job feeds have tens, HTML as markup hundreds. A choice, not a measurement."""

MAX_IDS = 200_000
"""Item ids remembered to keep ads apart; ads after that many get their position added, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class FeedReader:
    """Reads feeds; one item is one ad."""

    kind: ClassVar[str] = "feed"
    about: ClassVar[str] = "RSS, Atom, JSON Feed and XML job feeds: files (also .gz, .zst), folders of them, or addresses"
    example: ClassVar[str] = "adscreen ingest feed jobs.rss --out ads.jsonl"
    extra: ClassVar[str | None] = "html"
    options: ClassVar[Mapping[str, str]] = {
        "item": "name of the element that is one ad, for XML of an unknown form",
        "allow_private": "yes lets an address lead to this machine or its network; no by default",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        "not_a_feed": "the file is no feed of a known form",
        "damaged_feed": "the feed ends or breaks inside an item; what follows was not read",
    }

    item: str | None = None
    allow_private: bool = False

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of a feed or of all feeds in a folder. Raises InputError when the source is missing or no feed, OutsideError when an address cannot be fetched."""
        if is_web(source):
            from adscreen.ingest.readers.web_fetch import fetch_bytes

            yield from self._feed(ByteStream(source, io.BytesIO(fetch_bytes(source, self.allow_private))), source, log, True)
            return
        is_alone = not is_folder(source)
        for path in page_files(source, SUFFIXES, log):
            name = path.relative_to(source).as_posix() if not is_alone else path.name
            with ExitStack() as stack:
                try:
                    stream = stack.enter_context(open_bytes(TableFile(str(path), None, None)))
                except InputError as error:
                    if is_alone:
                        raise
                    log.reject(0, "not_a_feed", str(error), "", name)
                    continue
                yield from self._feed(stream, name, log, is_alone)

    def _feed(self, stream: ByteStream, name: str, log: SourceLog, is_alone: bool) -> Iterator[JobAd]:
        seen: set[str] = set()
        is_json = stream.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
        items = _json_columns(stream, name, log) if is_json else _XmlItems(self.item, name, log).columns(stream)
        count = 0
        try:
            for count, columns, item_id in items:
                yield from counted(columns, _place(name, item_id, count, seen), log, count, name)
        except _NotAFeedError as error:
            if is_alone:
                raise InputError(f"{stream.name}: {error}") from error
            log.reject(0, "not_a_feed", str(error), stream.head[:200].decode("utf-8", "replace"), name)
        except DamagedStreamError as error:
            log.reject(count + 1, "damaged_feed", f"the file is cut off or corrupt ({error}); what follows item {count} was not read", "", name)


class _NotAFeedError(Exception):
    """The file is no feed; the message says what it is instead."""


class _XmlItems:
    """Walks over the items of one XML feed."""

    def __init__(self, item: str | None, name: str, log: SourceLog) -> None:
        self._wanted = item.casefold().replace("_", "").replace("-", "") if item else None
        self._name = name
        self._log = log
        self._count = 0
        self._root = ""

    def columns(self, stream: ByteStream) -> Iterator[tuple[int, dict[str, str], str]]:
        """Position, columns and id of each item. Raises _NotAFeedError, DamagedStreamError."""
        etree = lxml_etree()
        is_whole = False
        events = elements(stream, stream.head)
        try:
            for event, node in events:
                if not self._root:
                    self._open(local_name(node))
                is_whole = event == "end" and node.getparent() is None
                yield from self._event(event, node)
        except etree.XMLSyntaxError as error:
            if not self._root:
                raise _NotAFeedError(f"is not XML ({error}); give a feed, or use the html reader for a page") from error
        if not self._root:
            raise _NotAFeedError("holds no XML element; give a feed")
        if not is_whole or is_cut_off(events):
            detail = f"the XML breaks or ends after item {self._count}; what follows was not read"
            self._log.reject(self._count + 1, "damaged_feed", detail, "", self._name)
        elif not self._count and self._root not in ITEMS_OF and not self._wanted:
            raise _NotAFeedError(f"has the root <{self._root}> and no item of a known name; name it with --option item=NAME")

    def _open(self, root: str) -> None:
        self._root = root
        self._inside: _Element | None = None
        self._elements = 0
        if root in ("html", "urlset", "sitemapindex", "opml"):
            raise _NotAFeedError(f"is <{root}>, not a feed; use the html or web reader")

    def _event(self, event: str, node: _Element) -> Iterator[tuple[int, dict[str, str], str]]:
        if self._inside is None:
            if event == "start" and node.getparent() is not None and self._is_item(node):
                self._inside, self._elements = node, 0
            elif event == "end":
                forget(node)
        elif event == "end" and node is self._inside:
            self._inside = None
            self._count += 1
            yield from self._item(node)
            forget(node)
        elif event == "end":
            self._elements += 1
            if self._elements > MAX_ELEMENTS:
                forget(node)

    def _is_item(self, node: _Element) -> bool:
        name = local_name(node)
        if self._wanted:
            return name == self._wanted
        known = ITEMS_OF.get(self._root)
        return name == known if known else name in JOB_NAMES and not (name == "jobs" or self._is_list(node))

    def _is_list(self, node: _Element) -> bool:
        """<result><job>: what holds the items may be called like one; only its attributes and name are known at its start."""
        return self._root == "response" and local_name(node) == "results"

    def _item(self, node: _Element) -> Iterator[tuple[int, dict[str, str], str]]:
        if self._elements > MAX_ELEMENTS:
            self._log.reject(self._count, "too_long", f"item {self._count} has more than {MAX_ELEMENTS:,} elements", "", self._name)
            return
        columns, item_id = item_columns(node)
        yield self._count, columns, item_id


def _json_columns(stream: ByteStream, name: str, log: SourceLog) -> Iterator[tuple[int, dict[str, str], str]]:
    data = bytearray()
    while taken := stream.read(limits.BLOCK_BYTES):
        data += taken
        if len(data) > MAX_JSON_BYTES:
            raise _NotAFeedError(f"is JSON of more than {MAX_JSON_BYTES:,} bytes")
    try:
        found = json_items(bytes(data))
    except ValueError as error:
        raise _NotAFeedError(f"is neither XML nor a JSON Feed ({error}); use the boards reader for a job board's JSON") from error
    for position, columns, item_id in found:
        if columns is None:
            log.reject(position, "not_an_object", f"item {position} of the JSON Feed is not an object", json.dumps(item_id)[:200], name)
        else:
            yield position, columns, item_id


def _place(name: str, item_id: str, position: int, seen: set[str]) -> str:
    place = f"feed:{name}/{item_id[:200]}" if item_id else f"feed:{name}#{position}"
    if place in seen or len(seen) >= MAX_IDS:
        return f"{place}#{position}"
    seen.add(place)
    return place
