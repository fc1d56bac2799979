"""Fetches one web address safely: public hosts only, bounded in bytes, time and redirects.

Built on httpcore2, the transport of httpx2 and the maintained successor of httpx's: it lets us choose the very address that a connection
goes to, which httpx hides, and all that httpx would add (redirects, decompression, cookies) has to be bounded here by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType

from adscreen.errors import OutsideError
from adscreen.ingest.readers.addresses import joined, parse_url
from adscreen.ingest.readers.codings import CodingError, decoded

try:
    import httpcore2

    from adscreen.ingest.readers.connections import CheckedBackend, Deadline
except ImportError as error:
    raise OutsideError(f"reading from the web needs a package that is not installed ({error.name}); pip install 'adscreen[web]'") from error

MAX_BODY_BYTES = 32 * 1024 * 1024
"""A longer answer is cut off as an error: feeds and job boards seen have up to some 10 MB."""

MAX_SECONDS = 60.0
"""Time for one exchange, connecting and reading together; the redirects of `fetch_bytes` share one such time."""

MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)


class TooLongAnswerError(OutsideError):
    """An answer over the cap; asking again would only bring it again."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `body`: without transfer coding, its content coding still on; header names in lower case."""

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Values of a header joined by commas, "" when it is absent."""
        return ", ".join(value for key, value in self.headers if key == name)

    def content(self, cap: int = MAX_BODY_BYTES) -> bytes:
        """The body without its content coding; raises CodingError."""
        return decoded(self.body, self.header("content-encoding"), cap)

    def block(self) -> bytes:
        """The answer as archives store it: status line, headers but that of the transfer coding, body."""
        lines = [
            f"HTTP/1.1 {self.status} {self.reason}",
            *(f"{name}: {value}" for name, value in self.headers if name != "transfer-encoding"),
            "",
            "",
        ]
        return "\r\n".join(lines).encode("latin-1") + self.body

    def leads_to(self) -> str | None:
        """The address that a redirect points to, None for any other answer."""
        target = self.header("location")
        return joined(self.url, target) if self.status in REDIRECTS and target else None


def user_agent(contact: str = "") -> str:
    """How adscreen introduces itself; `contact`: address or page of the people who run it."""
    contact = "".join(character for character in contact if character.isascii() and character.isprintable() and character not in "()")
    return f"adscreen/{version('adscreen')}" + (f" (+{contact})" if contact else "")


class WebClient:
    """Asks web servers, one exchange at a time, connections kept open between them. Use it as a context manager."""

    def __init__(self, allow_private: bool = False, contact: str = "", seconds: float = MAX_SECONDS, max_bytes: int = MAX_BODY_BYTES) -> None:
        self._agent = user_agent(contact)
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._deadline = Deadline()
        backend = CheckedBackend(self._deadline, allow_private)
        self._pool = httpcore2.ConnectionPool(network_backend=backend, max_keepalive_connections=4, keepalive_expiry=30)

    def __enter__(self) -> WebClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.close()

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """One exchange, no redirect followed. Raises OutsideError when it fails, takes too long or is too large."""
        self._deadline.set(self._seconds)
        return self._exchange(url, headers or {})

    def follow(self, url: str) -> Answer:
        """The answer at the end of at most MAX_REDIRECTS redirects, all in one exchange's time; each address is checked like the first."""
        self._deadline.set(self._seconds)
        asked = url
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._exchange(asked, {})
            target = answer.leads_to()
            if target is None:
                return answer
            asked = target
        raise OutsideError(f"{url}: more than {MAX_REDIRECTS} redirects, the last to {asked}; give the address where they end")

    def _exchange(self, url: str, extra: Mapping[str, str]) -> Answer:
        address = parse_url(url)
        headers = {"Host": address.authority, "User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip", **extra}
        target = httpcore2.URL(scheme=address.scheme, host=address.host, port=address.port, target=address.target)
        return _in_our_words(str(address), lambda: self._asked(str(address), target, list(headers.items())))

    def _asked(self, url: str, target: httpcore2.URL, headers: list[tuple[str, str]]) -> Answer:
        with self._pool.stream("GET", target, headers=headers) as response:
            body = bytearray()
            for piece in response.iter_stream():
                body += piece
                if len(body) > self._max_bytes:
                    raise TooLongAnswerError(f"{url}: the answer is longer than {self._max_bytes:,} bytes; it was not read to its end")
            pairs = tuple((name.decode("latin-1").casefold(), value.decode("latin-1")) for name, value in response.headers)
            reason = bytes(response.extensions.get("reason_phrase", b"")).decode("latin-1")
            return Answer(url, response.status, reason, pairs, bytes(body))


def _in_our_words(url: str, ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except httpcore2.TimeoutException as error:
        raise OutsideError(f"{url}: the server took too long ({error or 'no answer'}); try again later") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise OutsideError(f"{url}: the server could not be asked ({error or type(error).__name__}); check the address and the network") from error


def fetch_bytes(url: str, allow_private: bool = False) -> bytes:
    """The content at a web address, redirects followed and decompressed, at most MAX_BODY_BYTES.

    Only public hosts are asked unless `allow_private`. Raises OutsideError when there is no such content (any status but 2xx too).
    """
    with WebClient(allow_private) as client:
        answer = client.follow(url)
    if not 200 <= answer.status < 300:
        raise OutsideError(f"{answer.url}: answered {answer.status} {answer.reason}; check the address")
    try:
        return answer.content()
    except CodingError as error:
        raise OutsideError(f"{answer.url}: {error}") from error
