"""One fetch is bounded in where it goes, how long it takes and how much it brings."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Iterator

import pytest
from local_site import Handler, Request, Site, local_site

from adscreen.errors import OutsideError
from adscreen.ingest.readers import connections
from adscreen.ingest.readers.web_fetch import WebClient, fetch_bytes, user_agent


@pytest.fixture
def site() -> Iterator[Site]:
    with local_site() as running:
        yield running


def test_content_comes_back_decompressed_and_redirected(site: Site) -> None:
    site.pages["/feed"] = (302, {"Location": "real?x=1"}, b"")
    site.pages["/real?x=1"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"<rss/>"))
    assert fetch_bytes(f"{site.url}/feed", allow_private=True) == b"<rss/>"
    assert site.headers[0]["user-agent"].startswith("adscreen/")
    assert site.headers[0]["host"] == site.url.removeprefix("http://")


def test_the_agent_names_a_contact_and_nothing_slips_into_the_header() -> None:
    assert user_agent("team@example.org").endswith("(+team@example.org)")
    assert user_agent("a\r\nCookie: x") == user_agent("aCookie: x")


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/latest/"]
)
def test_the_own_network_is_out_of_reach(url: str) -> None:
    with pytest.raises(OutsideError, match="not public"):
        fetch_bytes(url)


def test_a_redirect_into_the_own_network_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = connections.resolve
    monkeypatch.setattr(connections, "resolve", lambda host, *more: ["127.0.0.1"] if host == "public.test" else real(host, *more))
    site.pages["/"] = (301, {"Location": f"{site.url}/secret"}, b"")
    with pytest.raises(OutsideError, match="not public"):
        fetch_bytes(site.url.replace("127.0.0.1", "public.test"))
    assert site.asked == ["/"]


def test_the_connection_goes_to_the_address_that_was_checked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers with a public address first and a private one afterwards (rebinding) is asked for its address once."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, *more: object, **named: object) -> object:
        if host == "rebind.test":
            asked.append(host)
            return real("192.0.2.1" if len(asked) > 1 else "127.0.0.1", *more, **named)  # type: ignore[arg-type]
        return real(host, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    site.page("/", b"ok")
    assert fetch_bytes(site.url.replace("127.0.0.1", "rebind.test"), allow_private=True) == b"ok"
    assert asked == ["rebind.test"]


def test_redirects_end(site: Site) -> None:
    site.pages["/round"] = (302, {"Location": "/round"}, b"")
    with pytest.raises(OutsideError, match="more than 5 redirects"):
        fetch_bytes(f"{site.url}/round", allow_private=True)
    assert len(site.asked) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/", "http://u:p@example.com/", "//"])
def test_redirects_to_other_things_than_the_web_are_refused(site: Site, target: str) -> None:
    site.pages["/"] = (302, {"Location": target}, b"")
    with pytest.raises(OutsideError):
        fetch_bytes(site.url, allow_private=True)


def test_other_statuses_are_errors(site: Site) -> None:
    with pytest.raises(OutsideError, match="answered 404"):
        fetch_bytes(f"{site.url}/none", allow_private=True)


def _endless(handler: Request) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"x" * 65536)
    except OSError:
        handler.close_connection = True


def test_an_endless_answer_is_cut_off(site: Site) -> None:
    site.pages["/"] = _endless
    with WebClient(allow_private=True, max_bytes=1_000_000) as client, pytest.raises(OutsideError, match="longer than 1,000,000"):
        client.get(site.url)


def _dripping(start: bytes) -> Handler:
    def drip(handler: Request) -> None:
        handler.close_connection = True
        try:
            handler.wfile.write(start)
            for _ in range(200):
                handler.wfile.write(b"a")
                time.sleep(0.02)
        except OSError:
            pass

    return drip


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"], ids=["status", "headers", "body"]
)
def test_a_server_that_drips_runs_out_of_time(site: Site, start: bytes) -> None:
    site.pages["/"] = _dripping(start)
    began = time.monotonic()
    with WebClient(allow_private=True, seconds=0.2) as client, pytest.raises(OutsideError, match="too long"):
        client.get(site.url)
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("coding", "body", "says"),
    [
        ("gzip", gzip.compress(b"\0" * 40_000_000, 1), "more than 33,554,432 bytes"),
        ("deflate", zlib.compress(b"\0" * 40_000_000, 1), "more than 33,554,432 bytes"),
        ("gzip", gzip.compress(b"feed" * 1000)[:-20], "damaged"),
        ("gzip, gzip, gzip, gzip", b"x", "4 content codings"),
        ("snappy", b"x", "unknown"),
    ],
    ids=["gzip bomb", "deflate bomb", "cut", "many", "unknown"],
)
def test_codings_are_undone_within_bounds(site: Site, coding: str, body: bytes, says: str) -> None:
    site.pages["/"] = (200, {"Content-Encoding": coding}, body)
    with pytest.raises(OutsideError, match=says):
        fetch_bytes(site.url, allow_private=True)


@pytest.mark.parametrize(
    "answer", [b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", b""]
)
def test_servers_that_speak_no_http_are_one_clear_error(site: Site, answer: bytes) -> None:
    def talk(handler: Request) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    site.pages["/"] = talk
    with pytest.raises(OutsideError, match="could not be asked"):
        fetch_bytes(site.url, allow_private=True)


def test_a_server_that_is_not_there_is_one_clear_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OutsideError, match="could not be asked"):
        fetch_bytes(f"http://127.0.0.1:{port}/", allow_private=True)


def test_connections_are_kept_between_exchanges(site: Site) -> None:
    site.page("/", b"ok")
    with WebClient(allow_private=True) as client:
        assert [client.get(site.url).status for _ in range(3)] == [200, 200, 200]
    assert len(set(site.ports)) == 1
