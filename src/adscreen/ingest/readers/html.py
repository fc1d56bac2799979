"""Saved web pages: the job postings that they state for machines, else their main text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from adscreen.ingest import limits
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.readers import jsonld
from adscreen.ingest.readers.adtext import counted
from adscreen.ingest.readers.charsets import decode_markup
from adscreen.ingest.readers.jobposting import Posting, postings_of
from adscreen.ingest.readers.maintext import main_text, page_title
from adscreen.ingest.readers.markup import html_tree
from adscreen.ingest.readers.mhtml import PagePart, is_mhtml, parts_of_mhtml
from adscreen.ingest.readers.microdata import microdata_items
from adscreen.ingest.readers.pagefiles import is_folder, page_files, read_capped
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PAGE_BYTES = 8 * 1024 * 1024
"""A larger page is rejected: its tree takes many times its size. The largest of 1,104 real pages tried has 2.2 MB."""

PAGE_REJECTS = {"no_job_text": "the page states no job posting and has no main text"}
"""What `ads_of_page` rejects besides too long, empty and broken postings."""

SUFFIXES = (".html", ".htm", ".xhtml", ".mhtml", ".mht")


@dataclass(frozen=True, slots=True)
class HtmlReader:
    """Reads saved pages and folders of them."""

    kind: ClassVar[str] = "html"
    about: ClassVar[str] = "saved web pages (.html, .htm, .mhtml) and folders of them: schema.org job postings first, else the main text"
    example: ClassVar[str] = "adscreen ingest html saved-pages/ --out ads.jsonl"
    extra: ClassVar[str | None] = "html"
    options: ClassVar[Mapping[str, str]] = {
        "encoding": "encoding of all pages, for those that state a wrong one; otherwise each page is looked at",
        "main_text": "yes (the default) takes the main text of pages that state no job posting; no rejects them",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        **PAGE_REJECTS,
        "unreadable_file": "the file cannot be opened or read",
    }

    encoding: str | None = None
    main_text: bool = True

    def __post_init__(self) -> None:
        ReadOptions(encoding=self.encoding)  # raises InputError for an unknown one

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of a page or of all pages in a folder, by name. Raises InputError when the source is missing or a folder without pages, OutsideError without lxml."""
        for position, path in enumerate(page_files(source, SUFFIXES, log), start=1):
            name = _inner_name(source, path)
            data = read_capped(path, MAX_PAGE_BYTES, log, position, name)
            if data is not None:
                yield from _ads(data, f"html:{name}", "", self.encoding, log, position, name, self.main_text)


def ads_of_page(data: bytes, source: str, url: str, charset: str | None, log: SourceLog, position: int, file: str = "") -> Iterator[JobAd]:
    """The ads of one page: its job postings, else its main text, else a reject; counted in the log.

    `data`: the page as it came (HTML or MHTML). `source`: where it stood; the second ad of a page gets `#2` added. `url`: its address, "" when unknown.
    `charset`: what the transport said. `position` and `file`: for rejects. Raises OutsideError without lxml or trafilatura.
    """
    yield from _ads(data, source, url, charset, log, position, file, True)


def _ads(data: bytes, source: str, url: str, charset: str | None, log: SourceLog, position: int, file: str, takes_main_text: bool) -> Iterator[JobAd]:
    if len(data) > MAX_PAGE_BYTES:
        log.reject(position, "too_long", f"the page is longer than {MAX_PAGE_BYTES:,} bytes", _excerpt(data), file)
        return
    page = _Page(parts_of_mhtml(data) if is_mhtml(data) else [PagePart(data, charset, url)])
    count = 0
    for columns in page.columns(takes_main_text):
        count += 1
        columns["url"] = columns.get("url") or page.url or url
        yield from counted(columns, source if count == 1 else f"{source}#{count}", log, position, file)
    if page.repeated:
        log.skip("repeated_posting", page.repeated)
    if not count:
        page.reject(log, position, file)


class _Page:
    """The HTML parts of one page (more than one in MHTML with frames)."""

    def __init__(self, parts: list[PagePart]) -> None:
        self._texts = [decode_markup(part.data, part.charset) for part in parts]
        self._roots = [html_tree(text) for text in self._texts]
        self._unreadable = ""
        self.repeated = 0
        self.url = parts[0].url if parts else ""

    def columns(self, takes_main_text: bool) -> Iterator[dict[str, str]]:
        """The columns of each ad."""
        found = self._stated()
        if len(found) == 1 and not found[0]["text"]:
            found[0]["text"] = self._main_text()
        if found:
            yield from found
        elif takes_main_text and (text := self._main_text()):
            yield {"text": text, "title": next((title for root in self._roots if root is not None and (title := page_title(root))), "")}

    def _stated(self) -> list[dict[str, str]]:
        """The columns of each job posting; the same block printed twice counts once."""
        found: dict[tuple[str, ...], dict[str, str]] = {}
        for columns in (posting.fields() for posting in self._postings()):
            if columns["text"] or columns["title"]:
                self.repeated += tuple(columns.values()) in found
                found.setdefault(tuple(columns.values()), columns)
        return list(found.values())

    def reject(self, log: SourceLog, position: int, file: str) -> None:
        """Say why the page gave nothing."""
        if self._unreadable:
            log.reject(position, "bad_json", "the page's job posting is not JSON, and it has no main text", self._unreadable, file)
        else:
            log.reject(
                position, "no_job_text", "the page states no job posting and has no main text", "".join(self._texts)[: limits.EXCERPT_CHARS], file
            )

    def _postings(self) -> list[Posting]:
        roots = [root for root in self._roots if root is not None]
        found = postings_of([value for root in roots for value in self._values(root)])
        if found:
            return found
        return [posting for root in roots for posting in postings_of(list(microdata_items(root, "JobPosting")))]

    def _values(self, root: _Element) -> Iterator[Any]:
        for script in root.iter("script"):
            if "ld+json" not in (script.get("type") or "").casefold():
                continue
            values = jsonld.loads(script.text or "")
            if values is not None:
                yield from values
            elif "jobposting" in (script.text or "").casefold():
                self._unreadable = (script.text or "").strip()

    def _main_text(self) -> str:
        return max((main_text(text) for text in self._texts), key=len, default="")


def _inner_name(source: str, path: Path) -> str:
    return path.relative_to(source).as_posix() if is_folder(source) else path.name


def _excerpt(data: bytes) -> str:
    return data[: limits.EXCERPT_CHARS].decode("utf-8", "replace")
