"""The encoding of a web page or feed: byte-order mark, what its bytes are, what it says, else a guess."""

from __future__ import annotations

import codecs
import re

from adscreen.ingest.encoding import guess_encoding

HEAD_BYTES = 8192
"""Bytes searched for a declared encoding; browsers look at 1,024, saved pages put their own comments first."""

SAMPLE_BYTES = 16 * 1024
"""Non-ASCII text that the guess is made from; more makes it slower, not better."""

TORN_SHARE = 0.001
"""Bytes that do not decode in a text that is still taken as UTF-8: pages cut in mid-letter, one foreign quotation mark."""

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,500}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE)
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "cp950",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
    "iso8859-9": "cp1254",
}
"""What browsers read under a declared name: the wider encoding that contains it."""
_ALIASES = {
    "windows-874": "cp874",
    "x-windows-874": "cp874",
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-big5": "cp950",
    "x-euc-jp": "euc_jp",
    "iso-8859-8-i": "iso8859-8",
}
"""Names that pages and mails use and Python does not know."""
_NO_CHARSETS = frozenset({"punycode", "idna", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "undefined"})
"""Codecs of Python that no page or mail uses and that fail, take quadratic time or give back something else than the text."""
_SEVEN_BIT = {"iso2022_jp", "iso2022_kr", "hz", "utf-7"}


def decode_markup(data: bytes, charset: str | None = None) -> str:
    """The text of a page or feed; `charset` is what a transport header said. Undecodable bytes become U+FFFD.

    Bytes that are valid UTF-8 are UTF-8 whatever the page says: no other encoding passes that check by chance on more than a few letters.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    named = [codec for codec in (codec_of(charset), declared_codec(data)) if codec]
    for codec in [*(name for name in named if name in _SEVEN_BIT), "utf-8", *named]:
        try:
            return data.decode(codec)
        except UnicodeError:
            continue
    torn = data.decode("utf-8", "replace")
    if torn.count("\ufffd") <= max(1, TORN_SHARE * len(data)) and not torn.isascii():
        return torn
    return data.decode(named[0] if named else _guessed(data), "replace")


def declared_codec(data: bytes) -> str | None:
    """The encoding that a byte-order mark, a declaration or the look of UTF-16 in the first bytes names."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    head = data[:HEAD_BYTES]
    found = _META.search(head) or _XML.search(head)
    if found:
        codec = codec_of(found[1].decode("ascii"))
        return None if codec and codec.startswith(("utf-16", "utf-32")) else codec  # it was read as ASCII, so it is none of these
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5:
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def codec_of(name: str | None) -> str | None:
    """Python's codec for the name that a page or mail gives its encoding, the wider one that is meant; None for no name and for one that is none."""
    try:
        bare = (name or "").strip("\"' \t").casefold()
        found = codecs.lookup(_ALIASES.get(bare, bare))
        b"".decode(found.name)  # codecs such as rot13 and zlib are no text encodings
    except (LookupError, ValueError):
        return None
    return None if found.name in _NO_CHARSETS else _WIDER.get(found.name, found.name)


def _guessed(data: bytes) -> str:
    lines = [line for line in data[: 64 * SAMPLE_BYTES].splitlines() if not line.isascii()]
    sample = re.sub(rb"<[^<>]*>", b" ", b"\n".join(lines))[:SAMPLE_BYTES]
    return guess_encoding(sample) or "cp1252"
