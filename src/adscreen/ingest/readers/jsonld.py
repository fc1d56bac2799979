"""JSON-LD in pages as it is found in the wild: wrapped, escaped and slightly broken."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

MAX_NODES = 200_000
"""Values of one page that are walked. A choice, not a measurement: an ad has some 50."""

MAX_REPAIR_CHARS = 1024 * 1024
"""A longer broken script is given up: repairs are for slips in an ad's page. A choice, not a measurement."""

_OPENERS = ("<!--", "<![CDATA[", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "//<!--", "// <!--")
_CLOSERS = ("-->", "]]>", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "//-->", "// -->", ";")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_CLOSES = re.compile(r'\s*(?:[:}\]]|,\s*(?:["{}\[\]]|[-0-9tfn])|$)')
_DECODER = json.JSONDecoder(strict=False)  # raw line breaks in strings are the most common fault


def loads(text: str) -> list[Any] | None:
    """The JSON values of one script, repaired where the fault is a known one; None when it stays unreadable."""
    text = _unwrapped(text)
    if not text:
        return []
    repairs = (_as_it_is, _without_entities, _without_slips, _with_quotes_escaped)
    for repair in repairs if len(text) <= MAX_REPAIR_CHARS else repairs[:1]:
        try:
            return _values(repair(text))
        except (ValueError, RecursionError):
            continue
    return None


def objects(values: list[Any]) -> Iterator[dict[str, Any]]:
    """All JSON objects in the values, outer before inner, in their order; at most MAX_NODES values are walked."""
    stack, seen = list(reversed(values)), 0
    while stack and seen < MAX_NODES:
        value = stack.pop()
        seen += 1
        if isinstance(value, dict):
            yield value
            stack.extend(reversed(value.values()))
        elif isinstance(value, list):
            stack.extend(reversed(value))


def weight(value: Any) -> int:
    """Values and characters in a value."""
    stack, total = [value], 0
    while stack:
        one = stack.pop()
        total += 1 + (len(one) if isinstance(one, str) else 0)
        stack.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
    return total


def has_type(node: dict[str, Any], name: str) -> bool:
    """Whether `@type` (a name, an address or a list of them) is the given schema.org type."""
    types = node.get("@type")
    return any(isinstance(one, str) and re.split(r"[/#:]", one.strip())[-1].casefold() == name.casefold() for one in _listed(types))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _unwrapped(text: str) -> str:
    for _ in range(3):  # a comment around CDATA around a comment
        text = text.strip().removeprefix("\ufeff")
        for mark in sorted(_OPENERS, key=len, reverse=True):
            text = text.removeprefix(mark)
        for mark in sorted(_CLOSERS, key=len, reverse=True):
            text = text.removesuffix(mark)
    return text.strip()


def _values(text: str) -> list[Any]:
    """All values that stand one after another in the text. Raises ValueError when one is broken."""
    values, at = [], 0
    while at < len(text):
        value, at = _DECODER.raw_decode(text, at)
        values.append(value)
        while at < len(text) and text[at] in " \t\r\n,;":
            at += 1
    return values


def _as_it_is(text: str) -> str:
    return text


def _without_entities(text: str) -> str:
    if "&quot;" not in text and "&#34;" not in text and "&#x22;" not in text:
        raise ValueError("no escaped quotes")
    return html.unescape(text)


def _without_slips(text: str) -> str:
    """Unknown escapes become a plain backslash, commas before a closing bracket go; strings are otherwise left alone."""
    pieces, at = [], 0
    for found in _STRING.finditer(text):
        pieces.append(_TRAILING_COMMA.sub(r"\1", text[at : found.start()]))
        pieces.append(_BAD_ESCAPE.sub(_plain_escape, found[0]))
        at = found.end()
    pieces.append(text[at:])
    return _TRAILING_COMMA.sub(r"\1", "".join(pieces)) if not pieces[:-1] else _joined(pieces)


def _joined(pieces: list[str]) -> str:
    pieces[-1] = _TRAILING_COMMA.sub(r"\1", pieces[-1])
    return "".join(pieces)


def _plain_escape(found: re.Match[str]) -> str:
    return "" if found.string[found.end() : found.end() + 1] == "'" else "\\\\"


def _with_quotes_escaped(text: str) -> str:
    """Quotation marks inside a string are escaped: one closes the string only when what follows looks like JSON going on."""
    pieces, at, is_open = [], 0, False
    for found in re.finditer(r'\\.|"', text, re.DOTALL):
        if found[0] != '"':
            continue
        closes = is_open and _CLOSES.match(text, found.end())
        pieces.append(text[at : found.start()])
        pieces.append('\\"' if is_open and not closes else '"')
        at = found.end()
        is_open = not closes if is_open else True
    return _without_slips("".join(pieces) + text[at:])
