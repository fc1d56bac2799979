"""JSON Feed (jsonfeed.org), versions 1 and 1.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from adscreen.ingest.readers.adtext import with_lines
from adscreen.ingest.readers.markup import fragment_text, one_line
from adscreen.ingest.readers.posted import utc

MAX_JSON_BYTES = 64 * 1024 * 1024
"""A larger file is refused: it is parsed whole, at several times its size. A choice, not a measurement."""


def json_items(data: bytes) -> list[tuple[int, dict[str, str] | None, str]]:
    """Position, columns (None for what is no object) and id of each item. Raises ValueError when the bytes are no JSON Feed."""
    feed = orjson.loads(data)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(feed, dict) or not isinstance(items, list):
        raise ValueError("there is no list of items")
    return [
        (position, _columns(item) if isinstance(item, dict) else None, _line(item.get("id")) if isinstance(item, dict) else str(item)[:200])
        for position, item in enumerate(items, start=1)
    ]


def _columns(item: Mapping[str, Any]) -> dict[str, str]:
    bodies = [item.get(name) for name in ("content_html", "content_text", "summary")]
    text = next((found for body in bodies if isinstance(body, str) and (found := fragment_text(body))), "")
    tags = item.get("tags")
    return {
        "title": _line(item.get("title")),
        "language": _line(item.get("language")),
        "url": _line(item.get("url")) or _line(item.get("external_url")),
        "posted_at": utc(item.get("date_published")) or utc(item.get("date_modified")),
        "text": with_lines(text, [("Category", ", ".join(map(_line, tags)))] if isinstance(tags, list) else []),
    }


def _line(value: Any) -> str:
    return one_line(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
