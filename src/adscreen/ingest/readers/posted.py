"""Points in time as web pages, feeds and boards write them, as UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Before the first ads on the web, and a year no ad was posted in: a date outside is a placeholder."""

_MILLISECONDS_FROM = 100_000_000_000
"""A larger epoch number counts milliseconds; as seconds it would lie after the year 5000."""

_JAVA = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d) (?:UTC|GMT|Z) (\d{4})")
_FORMATS = (
    "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S",
    "%d.%m.%Y",
    "%B %d, %Y",
    "%b %d, %Y",
    "%d %B %Y",
    "%d %b %Y",
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%d %H:%M:%S UTC",
)
_FRACTION = re.compile(r"(\d\d:\d\d:\d\d)[.,]\d+")


def utc(value: Any) -> str:
    """`2026-03-01T10:00:00Z` for an ISO 8601, RFC 822 or similar text or an epoch number; a time without zone counts as UTC; "" for anything else."""
    moment = _moment(value)
    if moment is None:
        return ""
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def stamp(moment: datetime) -> str:
    """A moment with zone as `2026-03-01T10:00:00Z`; "" for one that no ad was posted at."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if EARLIEST <= moment < LATEST else ""


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()[:64]
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
        seconds = float(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds, UTC)
    if java := _JAVA.fullmatch(text):
        text = f"{java[2]} {java[1]}"
        return _parsed(text, "%Y %b %d %H:%M:%S")
    return _iso(text) or _rfc822(text) or next((moment for form in _FORMATS if (moment := _parsed(text, form))), None)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    except ValueError:
        return None


def _rfc822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):  # a zone such as +9999999999999
        return None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).replace(tzinfo=UTC) if "%z" not in form else datetime.strptime(text, form)
    except ValueError:
        return None
