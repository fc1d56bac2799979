"""Which web addresses may be asked: public ones only, so that a hostile link cannot reach into the reader's own network."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from adscreen.errors import OutsideError

MAX_URL_CHARS = 2048
"""The sitemap protocol's limit; common servers and browsers refuse more too."""

PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that a translator in the network turns into the IPv4 address of their last 32 bits (RFC 6052)."""
IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
SITE_LOCAL = ipaddress.IPv6Network("fec0::/10")
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~"
_SAFE_IN_QUERY = _SAFE_IN_PATH + "?"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class RefusedAddressError(OutsideError):
    """An address that is not asked whatever happens: trying again is of no use."""


@dataclass(frozen=True, slots=True)
class WebAddress:
    """A web address in its parts, ready for a request: host in ASCII, path and query percent-encoded."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    def __str__(self) -> str:
        return self.origin + self.target


def parse_url(url: str) -> WebAddress:
    """The parts of an http or https address, its fragment dropped; raises RefusedAddressError when it is none that may be asked."""
    if len(url) > MAX_URL_CHARS:
        raise RefusedAddressError(f"{url[:60]}...: the address is longer than {MAX_URL_CHARS:,} characters; it is not asked")
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise RefusedAddressError(f"{url}: is no web address ({error}); write it as https://HOST/PATH") from error
    if parts.scheme not in PORTS or not host:
        raise RefusedAddressError(f"{url}: only http:// and https:// addresses are asked; write it as https://HOST/PATH")
    if parts.username is not None or parts.password is not None:
        raise RefusedAddressError(f"{parts.scheme}://...@{host}: addresses with a name or password in them are not asked; leave that part out")
    target = quote(parts.path or "/", safe=_SAFE_IN_PATH) + (f"?{quote(parts.query, safe=_SAFE_IN_QUERY)}" if parts.query else "")
    return WebAddress(parts.scheme, host, port or PORTS[parts.scheme], target)


def joined(base: str, target: str) -> str:
    """Where a link or redirect on the page `base` leads. Raises RefusedAddressError when it is no address at all."""
    try:
        return urljoin(base, target)
    except ValueError as error:
        raise RefusedAddressError(f"{base}: leads to {target[:80]!r}, which is no web address ({error})") from error


def is_web(source: str) -> bool:
    """Whether a source is a web address and no file."""
    return source.casefold().startswith(("http://", "https://"))


def _ascii_host(host: str) -> str:
    """Raises ValueError for a host name that does not exist in the domain name system's alphabet."""
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    if host.isascii():
        if not all(character.isalnum() or character in "-._" for character in host):
            raise ValueError(f"a host name cannot be {host!r}")
        return host.casefold()
    import idna

    return idna.encode(host, uts46=True).decode("ascii")


def resolve(host: str, port: int, allow_private: bool) -> list[str]:
    """The IP addresses of a host, in the order in which to try them.

    Raises OutsideError when it has none, RefusedAddressError when any of them is not public and `allow_private` is False.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutsideError(f"{host}: the host name cannot be resolved ({error}); check it and the network") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    private = [address for address in addresses if not is_public(address)]
    if private and not allow_private:
        raise RefusedAddressError(
            f"{host}: its address {private[0]} is not public; it is not asked, so that a link cannot reach into your own network"
        )
    return addresses


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, whatever form it is wrapped in."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    return all(_is_public(form) for form in (parsed, *_inside(parsed)))


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address in IPV4_COMPATIBLE or address in SITE_LOCAL):
        return False
    refused = address.is_multicast or address.is_reserved or address.is_loopback or address.is_link_local or address.is_private
    # the NAT64 range counts as reserved in some versions of the standard library; the address inside decides
    return address in NAT64 if refused else address.is_global


def _inside(address: Address) -> list[ipaddress.IPv4Address]:
    """IPv4 addresses to which this one leads: mapped, 6to4, Teredo (server and client) and NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return []
    wrapped = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64:
        wrapped.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [inner for inner in wrapped if inner is not None]
