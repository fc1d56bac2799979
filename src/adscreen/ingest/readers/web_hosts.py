"""How a run treats the hosts it asks: its bounds, its clock, whose turn it is, and why a page was not had."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime

from adscreen.ingest.readers.http_message import HttpMessage

DEFAULT_DELAY = 2.0
"""Seconds between two requests to one host that asks for no other; a choice on the cautious side, for small sites."""

LONGEST_WAIT = 120.0
"""Longest pause that is sat out; a host that asks for more is left for this run."""

PAGES_LOST = 3
"""Pages in a row that a host may fail to answer before it is left for this run."""


class RefusalError(Exception):
    """A page that was not had. `code`: the reject's reason; the message: its detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one run may take. `delay`: seconds between requests to a host, 0 for what the site asks; `fresh`: seconds for which a stored answer is good."""

    delay: float = 0.0
    requests: int = 1000
    total_bytes: int = 2_000_000_000
    seconds: float = 12 * 3600.0
    fresh: float = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Time and waiting, replaceable. `now`: Unix time in seconds."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], object] = time.sleep


@dataclass(slots=True)
class Host:
    """Where one host stands: when it may be asked next, and whether it is still asked at all."""

    clock: Clock
    delay: float
    _next_turn: float = field(default=0.0)
    _left_until: float = field(default=0.0)
    _failures: int = field(default=0)

    def wait_turn(self) -> None:
        """Wait until the host may be asked. Raises RefusalError when it is not to be asked any more."""
        if self._failures >= PAGES_LOST:
            raise RefusalError("unreachable", f"the host failed to answer for {PAGES_LOST} pages in a row and is left for this run")
        now = self.clock.now()
        if now < self._left_until:
            raise RefusalError("busy", f"the host asked to be left alone for {self._left_until - now:,.0f} seconds more; try again later")
        if now < self._next_turn:
            self.clock.sleep(self._next_turn - now)

    def asked(self) -> None:
        """Note the end of an exchange."""
        self._next_turn = self.clock.now() + self.delay

    def answered(self) -> None:
        """Note that the host answered a page."""
        self._failures = 0

    def lost(self) -> None:
        """Note that the host did not answer a page for all tries."""
        self._failures += 1

    def put_off(self, seconds: float, problem: str) -> None:
        """Let the next turn be that much later. Raises RefusalError when that is too long to sit out."""
        if seconds > LONGEST_WAIT:
            self._left_until = self.clock.now() + seconds
            raise RefusalError("busy", f"{problem} and asked to wait {seconds:,.0f} seconds; try again later")
        self._next_turn = max(self._next_turn, self.clock.now() + seconds)


def retry_after(message: HttpMessage, now: float) -> float:
    """Seconds that the server asks to wait, as a number or a date; 0 when it does not say."""
    text = message.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    with suppress(ValueError, TypeError, OverflowError):
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    return 0.0
