"""An HTTP answer as archives store it: status, headers and body taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adscreen.ingest.readers.codings import dechunked, decoded

MAX_HEAD_BYTES = 64 * 1024
"""Bytes in which the headers must end; servers and browsers set limits of 8 to 256 KiB."""

HTML_TYPES = ("text/html", "application/xhtml+xml")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MARKUP = re.compile(rb"<!doctype\s{1,8}html|<html[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A stored answer. Header names in lower case, values of a repeated header joined by commas; `body` as stored."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().casefold()

    @property
    def charset(self) -> str | None:
        return charset_of(self.headers.get("content-type", ""))

    def content(self, cap: int) -> bytes:
        """The body without transfer and content codings; raises CodingError."""
        chunked = "chunked" in self.headers.get("transfer-encoding", "").casefold()
        return decoded(dechunked(self.body) if chunked else self.body, self.headers.get("content-encoding", ""), cap)


def charset_of(content_type: str) -> str | None:
    """The charset that a Content-Type header names, None when it names none."""
    found = re.search(r"charset\s{0,8}=\s{0,8}[\"']?([\w.:-]{1,40})", content_type, re.IGNORECASE)
    return found[1] if found else None


def is_html(content_type: str, body: bytes) -> bool:
    """Whether a body is a page, by its bare content type, or by its first bytes when that is ""."""
    return content_type in HTML_TYPES if content_type else bool(_MARKUP.search(body, 0, 1024))


def parse_message(block: bytes) -> HttpMessage | None:
    """The parts of a stored answer, line ends of either kind; None when it is no HTTP answer."""
    status = _STATUS.match(block)
    end = _HEAD_END.search(block, 0, MAX_HEAD_BYTES)
    if not status or not end:
        return None
    headers: dict[str, str] = {}
    for line in block[: end.start()].decode("latin-1").splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().casefold()
            headers[key] = f"{headers[key]}, {value.strip()}" if key in headers else value.strip()
    return HttpMessage(int(status[1]), headers, block[end.end() :])
