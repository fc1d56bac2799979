"""Pages saved as one file (MHTML): the HTML parts inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from adscreen.ingest.readers.http_message import HTML_TYPES
from adscreen.ingest.readers.mail_parts import TooMuchError, charset_of, parse_message, payload

MAX_PARTS = 50
"""HTML parts of one saved page that are read: the page and its frames."""

_HEADER = re.compile(rb"\A(?:[\w-]+:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){0,40}content-type:\s*multipart/related", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PagePart:
    """One HTML document: its bytes, the encoding that its envelope states, its address."""

    data: bytes
    charset: str | None
    url: str


def is_mhtml(data: bytes) -> bool:
    """Whether a file is a saved page in MIME form."""
    return _HEADER.match(data[:8192].lstrip()) is not None


def parts_of_mhtml(data: bytes) -> list[PagePart]:
    """The HTML parts, the page itself first; none where parts are nested deeper than in any page."""
    try:
        message = parse_message(data.lstrip())
    except TooMuchError:
        return []
    pages = islice((part for part in message.walk() if part.get_content_type() in HTML_TYPES), MAX_PARTS)
    outer = str(message.get("Snapshot-Content-Location") or "")
    return [PagePart(payload(part), charset_of(part), _web(str(part.get("Content-Location") or outer))) for part in pages]


def _web(location: str) -> str:
    return location if location.startswith(("http://", "https://")) else ""
