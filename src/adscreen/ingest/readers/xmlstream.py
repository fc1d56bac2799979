"""XML feeds as they come: decoded, freed of what breaks a parser, and read element by element with flat memory."""

from __future__ import annotations

import codecs
import html.entities
import io
import re
from typing import TYPE_CHECKING, Protocol

from adscreen.ingest import limits
from adscreen.ingest.encoding import guess_encoding
from adscreen.ingest.readers.charsets import declared_codec
from adscreen.ingest.readers.markup import lxml_etree

if TYPE_CHECKING:
    from lxml.etree import _Element, iterparse

LONGEST_ENTITY = 40
"""Characters of a reference; one cut by the end of a block is held back whole."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);|([A-Za-z][A-Za-z0-9]{1,31});)?")
_OPEN_REFERENCE = re.compile(r"&[#\w]{0,38}\Z")


class Readable(Protocol):
    """Anything with the bytes of a file."""

    def read(self, size: int, /) -> bytes: ...


class CleanXml(io.RawIOBase):
    """A feed's bytes as UTF-8 that an XML parser accepts.

    Characters that XML forbids go; HTML's named references become numbers; references to anything else, and bare ampersands, become text.
    With them goes every way to make entities expand: those that a document defines itself are never referred to.
    """

    def __init__(self, raw: Readable, head: bytes) -> None:
        self._raw = raw
        self._decode = codecs.getincrementaldecoder(_codec(head))("replace").decode
        self._held = ""
        self._started = False
        self._ready = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        wanted = size if size > 0 else limits.BLOCK_BYTES
        while not self._ready:
            block = self._raw.read(limits.BLOCK_BYTES)
            self._ready = self._clean(self._held + self._decode(block, not block), not block).encode("utf-8")
            if not block:
                break
        taken, self._ready = self._ready[:wanted], self._ready[wanted:]
        return taken

    def _clean(self, text: str, is_last: bool) -> str:
        self._held = ""
        if not self._started:
            text = text.lstrip("\ufeff\u200b \t\r\n\x00")
            self._started = bool(text)
        if not is_last and (cut := _OPEN_REFERENCE.search(text, max(0, len(text) - LONGEST_ENTITY))):
            text, self._held = text[: cut.start()], cut[0]
        text = _ILLEGAL.sub("", text) if _ILLEGAL.search(text) else text
        return _AMPERSAND.sub(_reference, text) if "&" in text else text


def elements(raw: Readable, head: bytes) -> iterparse[tuple[str, _Element]]:
    """Start and end of each element. Raises XMLSyntaxError (of lxml) when nothing can be read any more."""
    etree = lxml_etree()
    events: iterparse[tuple[str, _Element]] = etree.iterparse(
        CleanXml(raw, head),
        events=("start", "end"),
        recover=True,
        huge_tree=False,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    return events


def is_cut_off(events: iterparse[tuple[str, _Element]]) -> bool:
    """Whether the XML that was read to its end lacks its end: the parser closes what is open, which makes it look whole."""
    return any(error.type_name == "ERR_TAG_NOT_FINISHED" for error in events.error_log)


def forget(element: _Element) -> None:
    """Free an element that is done, and what stood before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def local_name(element: _Element) -> str:
    """The name without namespace, in lower case, without - and _."""
    tag = element.tag
    return re.sub(r"[-_]", "", tag.rpartition("}")[2].rpartition(":")[2]).casefold() if isinstance(tag, str) else ""


def _codec(head: bytes) -> str:
    declared = declared_codec(head)
    if declared:
        return declared
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return guess_encoding(head) or "utf-8"
    return "utf-8"


def _reference(found: re.Match[str]) -> str:
    if found[1]:
        return found[0] if not found[1].startswith("#") or _is_allowed(found[1]) else ""
    if found[2]:
        character = html.entities.html5.get(f"{found[2]};")
        return "".join(f"&#{ord(one)};" for one in character) if character else f"&amp;{found[2]};"
    return "&amp;"


def _is_allowed(number: str) -> bool:
    code = int(number[2:], 16) if number[1] in "xX" else int(number[1:])
    return code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
