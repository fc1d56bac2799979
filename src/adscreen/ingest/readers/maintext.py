"""The main text of a page without structured data: what trafilatura finds, else all that is visible."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from adscreen.errors import OutsideError
from adscreen.ingest.readers.markup import html_tree, one_line, tame, tree_text, walk

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_DEPTH = 200
"""Nesting above which a page is not handed to trafilatura, which recurses; the deepest of 1,104 real pages tried has 43."""

MAX_ELEMENTS = 20_000
"""Elements above which it is not either: it takes some half a millisecond for each. The largest of those pages has 10,106."""

SHORT_CHARS = 3_000
"""On a page with no more visible text, a main text without any line break is trafilatura's last resort, which drops links; all that is visible is better."""

MIN_CHARS = 25
"""A page with less visible text holds no ad but a notice such as "Loading..."."""

MAX_HEADINGS = 5
"""First-level headings that are looked at for a single one with words; they may stand inside each other, and each is read whole."""


def main_text(page: str) -> str:
    """The main text of an HTML page, "" when there is next to nothing to read. Raises OutsideError without trafilatura."""
    root = html_tree(page)
    if root is None:
        return ""
    text = _extracted(tame(page)) if _is_tame(root) else ""
    if "\n" not in text:
        visible = _visible(root)
        text = visible if not text or len(visible) <= SHORT_CHARS else text
    return text if len(text) >= MIN_CHARS else ""


def page_title(root: _Element) -> str:
    """The page's own title: og:title, its single <h1>, else <title>."""
    for node in root.iter("meta"):
        if (node.get("property") or node.get("name") or "").casefold() == "og:title" and node.get("content"):
            return one_line(str(node.get("content")))
    headings = [text for node in islice(root.iter("h1"), MAX_HEADINGS) if (text := " ".join(tree_text(node).split()))]
    if len(headings) == 1:
        return headings[0]
    title = next(root.iter("title"), None)
    return " ".join((title.text or "").split()) if title is not None else ""


def _is_tame(root: _Element) -> bool:
    depth = elements = 0
    for event, _ in walk(root):
        depth += 1 if event == "start" else -1
        elements += event == "start"
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            return False
    return True


def _extracted(page: str) -> str:
    found = _bare_extraction()(page, include_links=True, include_comments=False, include_tables=True, with_metadata=False)
    body = getattr(found, "body", None)
    return tree_text(body) if body is not None else ""


def _visible(root: _Element) -> str:
    body = next(root.iter("body"), None)
    return tree_text(root if body is None else body)


def _bare_extraction() -> Any:
    try:
        from trafilatura import bare_extraction
    except ImportError as error:
        raise OutsideError(f"finding the main text of a page needs trafilatura ({error}); install it with: pip install 'adscreen[html]'") from error
    return bare_extraction
