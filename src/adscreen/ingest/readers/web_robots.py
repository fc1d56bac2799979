"""What a site's robots.txt allows. Protego reads it as RFC 9309 says; the standard library's parser knows no wildcards and takes the first rule that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adscreen.errors import OutsideError

if TYPE_CHECKING:
    from protego import Protego

AGENT = "adscreen"
MAX_ROBOTS_BYTES = 500 * 1024
"""What RFC 9309 wants crawlers to read at least; the rest is left."""

MAX_CONTENT_BYTES = 5 * 1024 * 1024
"""A longer robots.txt, decompressed, is a bomb; the site then counts as one whose rules cannot be read."""

ROBOTS_FRESH = 24 * 3600.0
"""Seconds for which stored rules hold (RFC 9309, 2.4)."""


@dataclass(frozen=True, slots=True)
class RobotRules:
    """Rules of one site. `unreachable`: why they could not be had, "" when they could."""

    rules: Protego | None = None
    unreachable: str = ""

    def may_ask(self, url: str) -> bool:
        """Whether a page may be fetched; everything may where there are no rules."""
        return self.rules is None or bool(self.rules.can_fetch(url, AGENT))

    @property
    def delay(self) -> float | None:
        """Seconds between two requests that the site asks for."""
        wanted = self.rules.crawl_delay(AGENT) if self.rules else None
        return float(wanted) if wanted is not None else None


def read_robots(status: int, content: bytes) -> RobotRules:
    """Rules from the answer for robots.txt: none on 4xx; on 5xx everything is off limits until they can be read (RFC 9309, 2.3.1)."""
    if status == 200:
        return RobotRules(_parsed(content[:MAX_ROBOTS_BYTES].decode("utf-8", "replace")))
    if 400 <= status < 500:
        return RobotRules()
    return RobotRules(unreachable=f"robots.txt was answered with {status}")


def _parsed(text: str) -> Protego:
    try:
        from protego import Protego
    except ImportError as error:
        raise OutsideError("obeying robots.txt needs the protego package; pip install 'adscreen[web]'") from error
    return Protego.parse(text)
