"""A report as JSON, for machines that compare reports."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from adscreen.report.model import Block, Cell, Report, Section, Table

FORMAT = 1


def render_json(report: Report) -> str:
    """The report's figures, and its sections with the values behind their cells: rows as objects by column name, all points of each chart."""
    whole = {
        "format": FORMAT,
        "title": report.title,
        "facts": dict(report.facts),
        "figures": report.figures,
        "sections": [_section(section) for section in report.sections],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _section(section: Section) -> dict[str, Any]:
    return {"id": section.id, "title": section.title, "lead": section.lead, "blocks": [_block(block) for block in section.blocks]}


def _block(block: Block) -> dict[str, Any]:
    kind = {"kind": type(block).__name__}
    return {**kind, **(_table(block) if isinstance(block, Table) else asdict(block))}


def _table(table: Table) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    rows = [{"muted": row.muted, **{name: _cell(cell) for name, cell in zip(names, row.cells, strict=True)}} for row in table.rows]
    return {"caption": table.caption, "note": table.note, "muted_means": table.muted_means, "columns": names, "rows": rows}


def _cell(cell: Cell) -> Any:
    """The value; with its interval where it has one."""
    value = cell.text if cell.value is None and cell.bar is None and cell.text != "–" else cell.value
    if cell.bar is not None and cell.bar.low is not None:
        return {"value": value, "low": cell.bar.low, "high": cell.bar.high}
    return value
