"""A report as one HTML file that needs no network and no script."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from adscreen.report.drawing import draw
from adscreen.report.model import Report

_CARD_HEADINGS = 2
"""Levels by which headings of an embedded document are lowered: they stand below a section's."""


def render_html(report: Report) -> str:
    """The report as a whole page; whatever comes from ads is escaped."""
    environment = Environment(
        loader=PackageLoader("adscreen.report", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["draw"] = draw
    environment.filters["from_markdown"] = _from_markdown
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    return environment.get_template("report.html.j2").render(report=report)


def _from_markdown(text: str) -> Markup:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _CARD_HEADINGS, 6)}"
    return Markup(parser.renderer.render(tokens, parser.options, {}))  # noqa: S704 - raw HTML in the text is escaped by the parser
