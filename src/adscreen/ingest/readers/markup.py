"""HTML to text: what a reader of the page would see, line by line, with the addresses that links hide behind words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adscreen.errors import OutsideError
from adscreen.ingest import limits

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header "
    "hgroup hr html legend li main menu nav ol optgroup option p pre search section select summary table tbody textarea tfoot thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split()) | {"head", "item", "lb", "list", "quote", "row"}
"""Elements that stand on lines of their own; the last ones are what trafilatura names headings, list items, line breaks and rows."""

UNSEEN = frozenset(
    [
        "audio",
        "canvas",
        "datalist",
        "iframe",
        "map",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "script",
        "style",
        "svg",
        "template",
        "title",
        "video",
    ]
)
"""Elements whose content nobody sees as text."""

MAX_VALUE_CHARS = 10 * limits.MAX_TEXT_CHARS
"""A longer value of one field is not parsed: its text is over the cap for all practical purposes. A choice, not a measurement."""

MAX_ATTRIBUTES = 300
"""Attributes of one element that are kept: the parser's time grows with their square. A choice, not a measurement: real elements have tens."""

LONG_TAG_CHARS = 4096
"""Shorter tags cannot have so many attributes that it matters."""

TEXT_CAP = limits.MAX_TEXT_CHARS + 1
"""Characters of a text that are collected: one above what an ad may have, so that too long a one is noticed."""

_BREAKS = {"br", "lb"}
_CELLS = {"td", "th", "cell"}
_TAG = re.compile(r"<(?:/?[A-Za-z][A-Za-z0-9]*(?=[\s/>])|!--)")
_ESCAPED_TAG = re.compile(r"&(?:amp;)*+lt;/?(?:p|br|div|ul|ol|li|b|i|u|strong|em|span|h[1-6]|a|table|section|font)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BLOCK_TAG = re.compile(r"<(?:p|br|div|li|ul|ol|h[1-6]|tr|table|section|article|pre)\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_REPEATED_BREAK = re.compile(r" *\n[ \n]*")
_UNPARSEABLE = re.compile("[\x00\ud800-\udfff]")
_ATTRIBUTE = r"[\s/]++[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+))?+"
_WHOLE_TAG = re.compile(rf"<[A-Za-z][^\s/>]*+(?:{_ATTRIBUTE})*+")
_KEPT_PART = re.compile(rf"<[A-Za-z][^\s/>]*+(?:{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}")
_NESTING_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^<>]*>")
_SCHEME = re.compile(r"(?:https?|mailto|tel|sms|whatsapp|tg|weixin|line|viber|skype):", re.IGNORECASE)


def html_tree(text: str) -> _Element | None:
    """The root of an HTML text, however broken or deep; None when it holds no element at all. Raises OutsideError without lxml."""
    etree = lxml_etree()
    clean = tame(text)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root: _Element | None = etree.fromstring(clean.encode("utf-8"), parser)
        if not any("depth" in error.message for error in parser.error_log):
            return root
        root = etree.fromstring(_flat(clean).encode("utf-8"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    return root


def tame(text: str) -> str:
    """The HTML text without what makes a parser fail or take for ever: characters that no page has, hundreds of attributes on one element."""
    text = _UNPARSEABLE.sub("", text)
    pieces, at = [], 0
    for tag in _WHOLE_TAG.finditer(text):
        kept = _KEPT_PART.match(text, tag.start()) if tag.end() - tag.start() > LONG_TAG_CHARS else None
        if kept and kept.end() < tag.end():
            pieces.append(text[at : kept.end()])
            at = tag.end()
    return "".join(pieces) + text[at:] if pieces else text


def _flat(text: str) -> str:
    """A page nested deeper than the parser reads on, with line breaks in place of its blocks."""

    def flattened(tag: re.Match[str]) -> str:
        name = tag[2].casefold()
        if name in UNSEEN or name in ("a", "meta", "br", "head", "body"):
            return tag[0]
        return "<br>" if name in BLOCKS else " " if name in _CELLS else ""

    return _NESTING_TAG.sub(flattened, text)


def walk(element: _Element) -> Iterator[tuple[str, _Element]]:
    """Start and end of each element below and including one, however deep."""
    yield from lxml_etree().iterwalk(element, events=("start", "end"))


def tree_text(element: _Element) -> str:
    """The visible text below an element, at most TEXT_CAP characters: blocks and <br> become line breaks, runs of space one space, `words (address)` for links."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(element):
        pieces.append(piece)
        length += len(piece)
        if length > 2 * TEXT_CAP:  # folding below may halve it
            break
    return _folded("".join(pieces))


def fragment_text(value: str) -> str:
    """The text of a value that may be HTML, escaped HTML or plain text; plain text keeps its own lines."""
    if len(value) > MAX_VALUE_CHARS:
        return value[:TEXT_CAP]
    for _ in range(2):  # some sites escape twice
        if _TAG.search(value) or not _ESCAPED_TAG.search(value):
            break
        value = html.unescape(value)
    if not _TAG.search(value):
        return _ENTITY.sub(lambda found: html.unescape(found[0]), value).replace("\r\n", "\n").strip()
    if not _BLOCK_TAG.search(value):  # the line breaks are the only ones there are
        value = value.strip().replace("\n", "<br>")
    root = html_tree(value)
    return "" if root is None else tree_text(root)


def one_line(value: str) -> str:
    """The same as `fragment_text`, on one line: for titles, names and places."""
    if "<" not in value and "&" not in value:
        return " ".join(value.split())
    return " ".join(fragment_text(value).split())


def _pieces(element: _Element) -> Iterator[str]:
    """Text of an element in order; line breaks of the markup are \\n, those of the source are spaces outside <pre>."""
    unseen, kept, links = 0, 0, []
    for event, node in walk(element):
        tag = _name(node)
        if event == "start":
            unseen += tag in UNSEEN and node is not element
            kept += tag in ("pre", "textarea")
            if tag in BLOCKS or tag in _BREAKS:
                yield "\n"
            elif tag in _CELLS:
                yield " "
            if tag in ("a", "ref"):
                links.append("")
            if node.text and not unseen:
                yield from _text(node.text, bool(kept), links)
            continue
        if tag in ("a", "ref") and links:
            yield from _hidden_address(node, links.pop(), bool(unseen))
        unseen -= tag in UNSEEN and node is not element
        kept -= tag in ("pre", "textarea")
        if tag in BLOCKS and tag not in _BREAKS:
            yield "\n"
        if node.tail and not unseen and node is not element:
            yield from _text(node.tail, bool(kept), links)


def _text(text: str, is_kept: bool, links: list[str]) -> Iterator[str]:
    if links and len(links[-1]) < limits.EXCERPT_CHARS:
        links[-1] += text[: limits.EXCERPT_CHARS]
    yield text if is_kept else _SPACE.sub(" ", text)


def _hidden_address(node: _Element, words: str, is_unseen: bool) -> Iterator[str]:
    address = (node.get("href") or node.get("target") or "").strip()
    if is_unseen or not _SCHEME.match(address):
        return
    bare = _SCHEME.sub("", address).strip("/").removeprefix("www.")
    if bare.casefold() not in words.casefold().replace(" ", ""):
        yield f" ({_SPACE.sub('', address)})" if words.strip() else f" {_SPACE.sub('', address)} "


def _folded(text: str) -> str:
    lines = _REPEATED_BREAK.sub("\n", re.sub(r"[ \t]{2,}", " ", text.replace("\r", ""))).strip()
    return lines[:TEXT_CAP]


def _name(node: _Element) -> str:
    tag = node.tag
    return tag.rpartition("}")[2].casefold() if isinstance(tag, str) else ""


def lxml_etree() -> Any:
    """lxml.etree, loaded when first needed. Raises OutsideError without lxml."""
    try:
        from lxml import etree
    except ImportError as error:
        raise OutsideError("reading HTML and XML needs lxml; install it with: pip install 'adscreen[html]'") from error
    return etree
