"""Which pages are to be collected: lists of addresses and sitemaps, read without trust."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from adscreen.errors import InputError
from adscreen.ingest.readers.addresses import MAX_URL_CHARS, is_web
from adscreen.ingest.readers.codings import gunzipped

MAX_SITEMAP_BYTES = 50 * 1024 * 1024
"""The sitemap protocol's limit, decompressed."""

MAX_SITEMAP_URLS = 50_000
"""The sitemap protocol's limit; what a longer one lists behind it is rejected as one item."""

GZIP = b"\x1f\x8b"
_ROOT = re.compile(rb"<(?:\w{1,32}:)?(?:urlset|sitemapindex)[\s>]")
_INDEX = re.compile(rb"<(?:\w{1,32}:)?sitemapindex[\s>]")
# bounded throughout: no text can make the search go back far. Sitemaps are too often not well-formed for an XML parser, which would also have entities.
_LOC = re.compile(rb"<(?:\w{1,32}:)?loc\s{0,8}>\s{0,256}(?:<!\[CDATA\[\s{0,256})?([^<>\]\s]{1,%d})" % (4 * MAX_URL_CHARS))
_OTHER_LOC = re.compile(rb"<(?:image|video):loc", re.IGNORECASE)
_HEAD_BYTES = 4096


def is_sitemap(content: bytes) -> bool:
    """Whether the content begins as a sitemap or an index of sitemaps."""
    return bool(_ROOT.search(content, 0, _HEAD_BYTES))


def is_index(content: bytes) -> bool:
    """Whether a sitemap lists sitemaps, not pages."""
    return bool(_INDEX.search(content, 0, _HEAD_BYTES))


def sitemap_urls(content: bytes) -> Iterator[str]:
    """Addresses that a sitemap lists, in its order; those of images and videos left out."""
    for found in _LOC.finditer(content):
        if not _OTHER_LOC.match(content, found.start()):
            yield html.unescape(found[1].decode("utf-8", "replace"))


def unpacked(content: bytes) -> bytes:
    """A sitemap's bytes, decompressed when it is a .gz file. Raises InputError when that fails or is too long."""
    if not content.startswith(GZIP):
        return content
    try:
        plain = gunzipped(content, MAX_SITEMAP_BYTES)
    except (zlib.error, EOFError) as error:
        raise InputError(f"the gzip stream is damaged ({error}); fetch it again") from error
    if len(plain) > MAX_SITEMAP_BYTES:
        raise InputError(f"it has more than {MAX_SITEMAP_BYTES:,} bytes decompressed, the limit of sitemaps")
    return plain


def listed_urls(source: str) -> Iterator[str]:
    """Addresses in a file: one per line (blank lines and lines with # left out), or a saved sitemap; a web address stands for itself.

    Raises InputError when the file cannot be read. A line longer than any address comes out cut, so that it is rejected later.
    """
    if is_web(source):
        yield source
        return
    path = Path(source)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            if head.startswith(GZIP) or is_sitemap(head):
                yield from _saved_sitemap(path, head + file.read(MAX_SITEMAP_BYTES))
                return
            file.seek(0)
            for line in _lines(iter(lambda: file.readline(4 * MAX_URL_CHARS), b"")):
                if line and not line.startswith("#"):
                    yield line
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror}); name a file with one address per line, a sitemap, or an address") from error


def _saved_sitemap(path: Path, content: bytes) -> Iterator[str]:
    try:
        yield from sitemap_urls(unpacked(content))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _lines(pieces: Iterator[bytes]) -> Iterator[str]:
    """Lines without blanks around them; of a line in several pieces only the first."""
    goes_on = False
    for piece in pieces:
        if not goes_on:
            yield piece.decode("utf-8-sig", "replace").strip()
        goes_on = not piece.endswith(b"\n")
