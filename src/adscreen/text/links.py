"""Links, e-mail addresses and handles, whose letters must stay as they are."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

BEYOND_ASCII: Final = (
    "\u00a1-\u058f\u10a0-\u10ff\u13a0-\u13ff\u1c80-\u1c8f\u1d00-\u1fff\u2c60-\u2c7f\ua4d0-\ua4ff\ua640-\ua69f\ua720-\ua7ff\uab70-\uabbf"
)
TOKEN_CHARS: Final = "!-~" + BEYOND_ASCII
TOKEN: Final = re.compile(f"[{TOKEN_CHARS}]+")
"""Alphabetic text without a space; Chinese, Thai and their like part tokens because links stand in them without a space."""

_LINK: Final = re.compile(r"://|@|www\.|[A-Za-z0-9-]\.[a-z]{2,}")


def is_link(token: str) -> bool:
    """Whether a token holds a URL, a domain, an e-mail address or a handle."""
    return _LINK.search(token) is not None


def outside_links(word: re.Pattern[str], plain: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
    """A replacement for TOKEN that applies `plain` to every word of tokens that are no link."""

    def replace(match: re.Match[str]) -> str:
        token = match[0]
        return token if is_link(token) else word.sub(lambda found: plain(found[0]), token)

    return replace
