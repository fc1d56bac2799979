"""schema.org items written into the markup (microdata, or RDFa's typeof and property) as the same objects that JSON-LD gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adscreen.ingest import limits
from adscreen.ingest.readers.markup import tree_text, walk

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_PROPERTIES = 20_000
"""Properties of one page that are read; an ad has some 20. A choice, not a measurement."""

MAX_SCOPES = 50
"""Items inside items that are read; schema.org needs four."""

MAX_CHARS = 10 * limits.MAX_TEXT_CHARS
"""Characters and elements of all properties of one page: properties may stand inside one another, and each repeats what is in the inner ones."""

ELEMENT_COST = 10
"""Characters that one element counts as: walking over it takes as long as some ten of them."""

_STATED = {"time": "datetime", "data": "value", "meter": "value"}
_LINKED = {"a": "href", "area": "href", "link": "href", "img": "src"}
_ADDRESSES = frozenset({"url", "sameAs", "image", "logo", "mainEntityOfPage"})
"""Properties whose value is an address; a title that is a link is a title all the same."""


def microdata_items(root: _Element, type_name: str) -> Iterator[dict[str, Any]]:
    """The items of a schema.org type that stand in the markup, in their order, each with its properties and inner items."""
    budget = _Budget()
    scopes: list[tuple[_Element, dict[str, Any] | None]] = []
    found: list[dict[str, Any]] = []
    for event, node in walk(root):
        if event == "end":
            if scopes and scopes[-1][0] is node:
                scopes.pop()
            continue
        owner = scopes[-1][1] if scopes else None
        item = _item(node)
        if owner is not None and (names := _names(node)) and budget.allows():
            value: Any = item if item is not None else budget.spent(node, names)
            for name in names:
                _add(owner, name, value)
        if item is not None and len(scopes) < MAX_SCOPES:
            scopes.append((node, item if owner is not None or _is(item, type_name) else None))
            if _is(item, type_name):
                found.append(item)
    yield from found


class _Budget:
    """What one page may still cost."""

    def __init__(self) -> None:
        self._properties = MAX_PROPERTIES
        self._left = MAX_CHARS

    def allows(self) -> bool:
        self._properties -= 1
        return self._properties >= 0 and self._left > 0

    def spent(self, node: _Element, names: list[str]) -> str:
        """A property's value, paid for by its characters and the elements below it."""
        self._left -= ELEMENT_COST * sum(1 for _ in node.iter())
        text = _value(node, names) if self._left > 0 else ""
        self._left -= len(text)
        return text


def _item(node: _Element) -> dict[str, Any] | None:
    if node.get("itemscope") is None and node.get("typeof") is None:
        return None
    types = (node.get("itemtype") or node.get("typeof") or "").split()
    return {"@type": types}


def _is(item: dict[str, Any], type_name: str) -> bool:
    return any(re.split(r"[/#:]", name)[-1].casefold() == type_name.casefold() for name in item["@type"])


def _names(node: _Element) -> list[str]:
    names = (node.get("itemprop") or node.get("property") or "").split()
    return [name.rsplit("/", 1)[-1].removeprefix("schema:") for name in names]


def _add(owner: dict[str, Any], name: str, value: Any) -> None:
    if name not in owner:
        owner[name] = value
    elif isinstance(owner[name], list):
        owner[name].append(value)
    else:
        owner[name] = [owner[name], value]


def _value(node: _Element, names: list[str]) -> str:
    """What the property is: its `content`, for addresses the link, for times the machine's form, else the text."""
    tag = node.tag.casefold() if isinstance(node.tag, str) else ""
    stated = node.get("content")
    if stated is None and tag in _STATED:
        stated = node.get(_STATED[tag])
    if stated is None and tag in _LINKED and (tag in ("link", "img") or _ADDRESSES.intersection(names)):
        stated = node.get(_LINKED[tag])
    return tree_text(node) if stated is None else stated[: limits.MAX_TEXT_CHARS + 1]
