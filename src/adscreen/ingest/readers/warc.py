"""Web archives: the job ads among the pages of WARC files and WACZ archives, from one site's crawl to a part of Common Crawl."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import translate
from typing import ClassVar

from adscreen.errors import InputError
from adscreen.ingest.readers.codings import CodingError
from adscreen.ingest.readers.html import PAGE_REJECTS, ads_of_page
from adscreen.ingest.readers.http_message import HTML_TYPES, HttpMessage, is_html, parse_message
from adscreen.ingest.readers.job_signs import page_looks_like_job, url_looks_like_job
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.warc_files import WarcFile, warc_files
from adscreen.ingest.readers.warc_records import MAX_BLOCK_BYTES, RecordWalk, StoredRecord
from adscreen.records import JobAd

HTTP_TYPE = "application/http"


@dataclass(frozen=True, slots=True)
class WarcReader:
    """Reads the HTML pages of web archives."""

    kind: ClassVar[str] = "warc"
    about: ClassVar[str] = "web archives: .warc, .warc.gz, .warc.zst, .wacz, and folders of them; HTML pages answered with status 200"
    example: ClassVar[str] = "adscreen ingest warc crawl.warc.gz --option jobs_only=yes --out ads.jsonl"
    extra: ClassVar[str | None] = "warc"
    options: ClassVar[Mapping[str, str]] = {
        "url": "only pages whose whole address fits this pattern, such as *://*.example.com/jobs/*; * is any text, ? one character",
        "jobs_only": "yes: only pages with a job word in the address or a schema.org JobPosting in the page",
        "start": "byte offset at which to start, to resume: the number behind the @ of an ad's source",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        **PAGE_REJECTS,
        "cut_off": "the record ends before its stated length: the file was cut off there, or the length is wrong",
        "wrong_length": "no record begins where this one should end: its stated length is wrong, its content not to be trusted",
        "damaged": "a part of the file cannot be decompressed or is no record; reading went on at the next record found",
        "bad_http": "the response record does not hold an HTTP answer",
        "bad_coding": "the page's transfer or content coding (chunked, gzip, deflate, br, zstd) is damaged or unknown",
        "not_a_warc": "the file in the folder or WACZ is no WARC file, or cannot be read",
    }

    url: str = ""
    jobs_only: bool = False
    start: int = 0

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of all pages in the file, folder or WACZ; `JobAd.source` is `warc:FILE@OFFSET`, the offset of the page's record.

        A record that shares its offset with others (a file compressed in one piece) has `.POSITION` behind it; from there reading cannot start.
        Raises InputError when the source is missing or of another kind, or when `start` lies outside it or is given for several files,
        OutsideError without the extra.
        """
        fits = re.compile(translate(self.url), re.IGNORECASE) if self.url else None
        for file in warc_files(source, log):
            self._check_start(source, file)
            yield from _Pages(file, log, fits, self.jobs_only).ads(self.start)

    def _check_start(self, source: str, file: WarcFile) -> None:
        if self.start and file.name:
            raise InputError(f"{source}: start={self.start} can be used with one WARC file only; name the file itself")
        if not 0 <= self.start < file.size:
            raise InputError(f"{source}: start={self.start} lies outside the file, which has {file.size:,} bytes")


class _Pages:
    """The pages of one WARC file."""

    def __init__(self, file: WarcFile, log: SourceLog, fits: re.Pattern[str] | None, jobs_only: bool) -> None:
        self._file = file
        self._log = log
        self._fits = fits
        self._jobs_only = jobs_only
        self._offset = -1

    def ads(self, start: int) -> Iterator[JobAd]:
        """Ads of the pages from an offset on."""
        for record in RecordWalk(self._file, start, self._log, self._is_wanted).records():
            where = f"{record.offset}" if record.offset > self._offset else f"{record.offset}.{record.position}"
            self._offset = max(self._offset, record.offset)
            reason = self._skipped(record)
            if reason:
                self._log.skip(reason)
            elif record.block is None:
                self._reject(record, "too_long", f"the record is longer than {MAX_BLOCK_BYTES:,} bytes")
            else:
                yield from self._page(record, record.block, f"warc:{self._file.label}@{where}")

    def _is_wanted(self, record: StoredRecord) -> bool:
        return not self._skipped(record)

    def _skipped(self, record: StoredRecord) -> str:
        """Why a record is no page that was asked for, as far as its headers tell; "" when it may be one."""
        if record.kind not in ("response", "resource"):
            return record.kind
        if record.kind == "response" and record.content_type not in (HTTP_TYPE, ""):
            return "not_http"
        if record.kind == "resource" and record.content_type not in HTML_TYPES:
            return "not_html"
        if record.payload_type and record.payload_type not in HTML_TYPES:
            return "not_html"
        return "url" if self._fits and not self._fits.match(record.url) else ""

    def _page(self, record: StoredRecord, block: bytes, source: str) -> Iterator[JobAd]:
        message = HttpMessage(200, {"content-type": "text/html"}, block) if record.kind == "resource" else parse_message(block)
        if message is None:
            self._reject(record, "bad_http", "the response record does not hold an HTTP answer with status and headers")
            return
        if message.status != 200:
            self._log.skip("not_ok")
            return
        try:
            page = self._content(message)
        except CodingError as error:
            self._reject(record, error.code, str(error))
            return
        if not page:
            self._log.skip("not_html" if page is None else "empty_page")
        elif self._jobs_only and not url_looks_like_job(record.url) and not page_looks_like_job(page):
            self._log.skip("no_job_signs")
        else:
            charset = None if record.kind == "resource" else message.charset
            yield from ads_of_page(page, source, record.url, charset, self._log, record.position, self._file.name)

    def _content(self, message: HttpMessage) -> bytes | None:
        """The page decoded, None when the answer is no page; raises CodingError."""
        if message.content_type and message.content_type not in HTML_TYPES:
            return None
        page = message.content(MAX_BLOCK_BYTES)
        return page if is_html(message.content_type, page) or not page else None

    def _reject(self, record: StoredRecord, reason: str, detail: str) -> None:
        self._log.reject(record.position, reason, detail, record.url, self._file.name)
