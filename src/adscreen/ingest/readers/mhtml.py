"""Pages saved as one file (MHTML): the HTML parts inside."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass

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
    """The HTML parts, the page itself first."""
    message = email.message_from_bytes(data.lstrip(), policy=email.policy.compat32)
    parts: list[PagePart] = []
    for part in message.walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml") and len(parts) < MAX_PARTS:
            payload = part.get_payload(decode=True)
            location = str(part.get("Content-Location") or message.get("Snapshot-Content-Location") or "")
            parts.append(PagePart(payload if isinstance(payload, bytes) else b"", part.get_content_charset(), _web(location)))
    return parts


def _web(location: str) -> str:
    return location if location.startswith(("http://", "https://")) else ""
