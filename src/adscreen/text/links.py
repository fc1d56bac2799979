"""Links, e-mail addresses and handles, whose letters must stay as they are."""

from __future__ import annotations

import re
from typing import Final

_BEYOND_ASCII: Final = (
    "\u00a1-\u058f\u10a0-\u10ff\u13a0-\u13ff\u1c80-\u1c8f\u1d00-\u1fff\u2c60-\u2c7f\ua4d0-\ua4ff\ua640-\ua69f\ua720-\ua7ff\uab70-\uabbf"
)
TOKEN_END: Final = re.compile(f"[^!-~{_BEYOND_ASCII}]")
"""What parts tokens, which are alphabetic text without a space; Chinese, Thai and their like part them because links stand in them without a space."""

REACH: Final = 120
"""Characters looked at on either side of a match: few tokens are longer, and hostile ones of a megabyte cost no more."""

_LINK: Final = re.compile(r"://|@|www\.|[A-Za-z0-9-]\.[a-z]{2,}")


def is_link(token: str) -> bool:
    """Whether a token holds a URL, a domain, an e-mail address or a handle."""
    return _LINK.search(token) is not None


def around(match: re.Match[str], end: re.Pattern[str]) -> tuple[int, int]:
    """The stretch of text that a match stands in, as far as REACH characters to either side; `end` matches what does not belong to it."""
    text, (first, last) = match.string, match.span()
    before, after = text[max(first - REACH, 0) : first][::-1], text[last : last + REACH]
    left, right = end.search(before), end.search(after)
    return first - (left.start() if left else len(before)), last + (right.start() if right else len(after))


def in_link(match: re.Match[str]) -> bool:
    """Whether the token that a match stands in is a link."""
    return is_link(match.string[slice(*around(match, TOKEN_END))])
