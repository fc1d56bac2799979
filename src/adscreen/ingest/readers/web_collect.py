"""Collects pages politely: robots.txt obeyed, one request at a time, pauses kept for each host, nothing fetched twice."""

from __future__ import annotations

from dataclasses import dataclass, field

from adscreen.errors import OutsideError
from adscreen.ingest.readers.addresses import RefusedAddressError, WebAddress, joined, parse_url
from adscreen.ingest.readers.codings import CodingError
from adscreen.ingest.readers.http_message import HttpMessage, parse_message
from adscreen.ingest.readers.web_fetch import MAX_REDIRECTS, REDIRECTS, TooLongAnswerError, WebClient
from adscreen.ingest.readers.web_hosts import DEFAULT_DELAY, LONGEST_WAIT, Bounds, Clock, Host, RefusalError, retry_after
from adscreen.ingest.readers.web_robots import MAX_CONTENT_BYTES, ROBOTS_FRESH, RobotRules, read_robots
from adscreen.ingest.readers.web_store import AnswerStore, Place

TRIES = 3
FIRST_BACKOFF = 5.0
"""Seconds before the second try; doubled for each further one."""

RETRIED = (429, 500, 502, 503, 504)
"""Statuses of servers that are busy or ill for a while; they are not stored."""


@dataclass(slots=True)
class Collector:
    """Fetches pages within the bounds of one run; not for use by several threads."""

    client: WebClient
    store: AnswerStore | None
    bounds: Bounds
    clock: Clock = field(default_factory=Clock)
    requests: int = 0
    received: int = 0
    _hosts: dict[str, Host] = field(default_factory=dict)
    _rules: dict[str, RobotRules] = field(default_factory=dict)
    _ends: float = 0.0

    def __post_init__(self) -> None:
        self._ends = self.clock.now() + self.bounds.seconds

    def page(self, url: str) -> tuple[str, HttpMessage]:
        """Final address and answer of a page, at most MAX_REDIRECTS redirects followed, each as politely as the first request. Raises RefusalError."""
        return self._followed(url, obeys=True)

    def _followed(self, url: str, obeys: bool) -> tuple[str, HttpMessage]:
        address = _parsed(url)
        for _ in range(MAX_REDIRECTS + 1):
            message = self._had(address, obeys)
            target = message.headers.get("location", "")
            if message.status not in REDIRECTS or not target:
                return str(address), message
            address = _parsed(target, str(address))
        raise RefusalError("too_many_redirects", f"more than {MAX_REDIRECTS} redirects, the last to {address}")

    def _had(self, address: WebAddress, obeys: bool) -> HttpMessage:
        """The answer from the store, else from the server."""
        place = self.store.find(str(address)) if self.store else None
        stored = self.store.load(place) if self.store and place else None
        fresh = self.bounds.fresh if obeys else min(self.bounds.fresh, ROBOTS_FRESH)
        if place and stored and self.clock.now() - place.confirmed < fresh:
            return stored
        if obeys:
            self._check_robots(address)
        return self._asked(address, place, stored)

    def _check_robots(self, address: WebAddress) -> None:
        if address.origin not in self._rules:
            self._rules[address.origin] = self._robots(address)
        rules = self._rules[address.origin]
        if rules.unreachable:
            raise RefusalError(
                "robots_unreachable", f"nothing is fetched from {address.origin} until its robots.txt can be read: {rules.unreachable}"
            )
        if not rules.may_ask(str(address)):
            raise RefusalError("robots", f"robots.txt of {address.origin} does not allow this page")
        delay = max(self.bounds.delay, rules.delay or 0.0) or DEFAULT_DELAY
        if delay > LONGEST_WAIT:
            raise RefusalError(
                "robots", f"{delay:,.0f} seconds are asked for between requests to {address.origin}; more than {LONGEST_WAIT:.0f} are not sat out"
            )
        self._host(address).delay = delay

    def _robots(self, address: WebAddress) -> RobotRules:
        try:
            _, message = self._followed(f"{address.origin}/robots.txt", obeys=False)
            return read_robots(message.status, message.content(MAX_CONTENT_BYTES) if message.status == 200 else b"")
        except RefusalError as error:
            if error.code in ("cap_reached", "refused_address"):
                raise
            return RobotRules(unreachable=str(error))
        except CodingError as error:
            return RobotRules(unreachable=str(error))

    def _asked(self, address: WebAddress, place: Place | None, stored: HttpMessage | None) -> HttpMessage:
        """The server's answer, asked for again while it is busy; kept in the store."""
        host, problem = self._host(address), ""
        for attempt in range(TRIES):
            self._check_bounds()
            host.wait_turn()
            wait = FIRST_BACKOFF * 2**attempt
            try:
                block, message = self._exchange(address, host, stored)
            except RefusedAddressError as error:
                raise RefusalError("refused_address", str(error)) from error
            except TooLongAnswerError as error:
                raise RefusalError("too_long", str(error)) from error
            except OutsideError as error:
                problem = str(error)
            else:
                if message.status not in RETRIED:
                    host.answered()
                    return self._kept(str(address), block, message, place, stored)
                problem = f"answered {message.status}"
                wait = max(wait, retry_after(message, self.clock.now()))
            host.put_off(wait, problem)
        host.lost()
        raise RefusalError("unreachable", f"{problem} ({TRIES} tries)")

    def _exchange(self, address: WebAddress, host: Host, stored: HttpMessage | None) -> tuple[bytes, HttpMessage]:
        known = stored.headers if stored else {}
        conditions = {"If-None-Match": known.get("etag", ""), "If-Modified-Since": known.get("last-modified", "")}
        self.requests += 1
        try:
            block = self.client.get(str(address), {name: value for name, value in conditions.items() if value}).block()
        finally:
            host.asked()
        self.received += len(block)
        message = parse_message(block)
        if message is None:
            raise OutsideError(f"{address}: the answer's headers are too long or no headers; it is left out")
        return block, message

    def _kept(self, url: str, block: bytes, message: HttpMessage, place: Place | None, stored: HttpMessage | None) -> HttpMessage:
        if message.status == 304 and stored and place and self.store:
            self.store.confirm(url, self.clock.now())
            return stored
        if self.store:
            self.store.add(url, block, self.clock.now())
        return message

    def _check_bounds(self) -> None:
        if self.requests >= self.bounds.requests or self.received >= self.bounds.total_bytes or self.clock.now() >= self._ends:
            raise RefusalError(
                "cap_reached", f"the run's bounds are reached ({self.requests:,} requests, {self.received:,} bytes); run again to go on"
            )

    def _host(self, address: WebAddress) -> Host:
        return self._hosts.setdefault(address.authority, Host(self.clock, self.bounds.delay or DEFAULT_DELAY))


def _parsed(url: str, base: str = "") -> WebAddress:
    try:
        return parse_url(joined(base, url))
    except RefusedAddressError as error:
        raise RefusalError("bad_url", str(error)) from error
