"""A report as Markdown: the same tables, and each chart as its summary with some of its points."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adscreen.report.model import Block, Chart, Document, KeyFigures, Note, Report, Section, Table

CHART_POINTS = 12
"""Points of a line that are written; the JSON report has all."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_SPACE = re.compile(r"\s+")


def render_markdown(report: Report) -> str:
    """The report as GitHub-flavoured Markdown; what comes from ads can neither end a cell nor make a link."""
    facts = [f"- {_safe(name)}: {_safe(value)}" for name, value in report.facts]
    parts = [f"# {_safe(report.title)}", "\n".join(facts), *(part for section in report.sections for part in _section(section))]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"## {_safe(section.title)}"
    if section.lead:
        yield _safe(section.lead)
    for block in section.blocks:
        yield _block(block)


def _block(block: Block) -> str:
    match block:
        case Note(text, warning):
            return f"> **Note.** {_safe(text)}" if warning else _safe(text)
        case Document(markdown):
            return re.sub(r"^#", "###", markdown.strip(), flags=re.MULTILINE)
        case KeyFigures(figures):
            rows = [[figure.name, figure.text, figure.interval, figure.meaning] for figure in figures]
            return _grid("", ["figure", "value", "interval", "meaning"], [False, True, True, False], rows)
        case Table():
            return _table(block)
        case Chart():
            return _chart(block)


def _table(table: Table) -> str:
    rows = [
        [cell.text + (f" ({table.muted_means})" if row.muted and not number else "") for number, cell in enumerate(row.cells)] for row in table.rows
    ]
    grid = _grid(table.caption, [column.name for column in table.columns], [column.numeric for column in table.columns], rows)
    return f"{grid}\n\n{_safe(table.note)}" if table.note else grid


def _chart(chart: Chart) -> str:
    rows = [[line.name, f"{x:.4g}", f"{y:.4g}"] for line in chart.lines if line.kind != "guide" for x, y in _some(line.points)]
    return _grid(f"{chart.title}. {chart.summary}", ["line", chart.x.label, chart.y.label], [False, True, True], rows)


def _some(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """At most CHART_POINTS, evenly spread, the first and last among them."""
    if len(points) <= CHART_POINTS:
        return points
    return [points[round(number * (len(points) - 1) / (CHART_POINTS - 1))] for number in range(CHART_POINTS)]


def _grid(caption: str, names: Sequence[str], numeric: Sequence[bool], rows: Sequence[Sequence[str]]) -> str:
    lines = [_line(names), "|" + "|".join("--:" if flush_right else "---" for flush_right in numeric) + "|", *map(_line, rows)]
    return (f"**{_safe(caption)}**\n\n" if caption else "") + "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_safe, cells)) + " |"


def _safe(text: str) -> str:
    """One line in which no character has a meaning to Markdown."""
    return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", text)).strip()
