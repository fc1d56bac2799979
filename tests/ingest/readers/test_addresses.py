"""Only public addresses of the open web are ever asked."""

from __future__ import annotations

import socket

import pytest

from adscreen.errors import OutsideError
from adscreen.ingest.readers.addresses import RefusedAddressError, is_public, parse_url, resolve

PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "::a00:1", "2002:7f00:1::", "2002:a00:1::1",
    "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2001:0:a00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known_in_every_wrapping(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_let_through(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "whole"),
    [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("http://example.com:80/a b?q=ä#part", "http://example.com/a%20b?q=%C3%A4"),
        ("http://example.com:8080/%41?a=b%20c", "http://example.com:8080/%41?a=b%20c"),
        ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://[2606:2800:220:1::1]/x", "http://[2606:2800:220:1::1]/x"),
        ("http://example.com/a\r\nHost: evil.test", "http://example.com/aHost:%20evil.test"),
        ("http://example.com?x", "http://example.com/?x"),
    ],
)
def test_addresses_are_made_ready_for_a_request(url: str, whole: str) -> None:
    assert str(parse_url(url)) == whole


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "ftp://example.com/", "file:///etc/passwd", "gopher://x/", "javascript:alert(1)", "http://", "http:///path", "http://a:99999/",
     "http://user:secret@example.com/", "http://[::1", "http://exa mple.com/", "http://a%0d%0ab/", "http://" + "ä" * 300 + ".test/", "http://e.test/" + "a" * 3000],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError) as error:
        parse_url(url)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "::1", "0"])
def test_hosts_of_the_own_network_are_refused_after_resolving(host: str) -> None:
    with pytest.raises(OutsideError):
        resolve(host, 80, allow_private=False)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)
    with pytest.raises(RefusedAddressError, match=r"10\.0\.0\.7 is not public"):
        resolve("example.test", 80, allow_private=False)
    assert resolve("example.test", 80, allow_private=True) == ["8.8.8.8", "10.0.0.7"]
