"""What a report is made of, whatever it is printed as. Builders make these; renderers print them; neither knows the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A share in [0, 1] drawn as a small bar, with the ends of its interval where there is one."""

    share: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows (`text`), and the value behind it for machines; `untrusted` text comes from ads."""

    text: str
    value: Value = None
    bar: Bar | None = None
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name; `numeric` ones are set flush right."""

    name: str
    numeric: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, one per column; a `muted` row is not to be read closely, for the reason that its table gives."""

    cells: tuple[Cell, ...]
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. The caption says what is counted; the first cell of a row names it; `muted_means` says why rows are muted."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    muted_means: str = "few ads"


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with labelled ticks; on a `log` axis values below `low` are drawn at `low`."""

    label: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Points in data units, joined in order. `steps`: each y holds until the next x; `dots`: points alone; `guide`: what would be perfect, or mere chance.

    `intervals`: low and high of y at each point, or none.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    kind: Literal["line", "steps", "dots", "guide"] = "line"
    intervals: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over two axes. `summary` says in words what they show, for those who cannot see them."""

    title: str
    summary: str
    x: Axis
    y: Axis
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that a reader should take away, with its interval and what it means."""

    name: str
    text: str
    interval: str
    meaning: str
    value: Value = None


@dataclass(frozen=True, slots=True)
class KeyFigures:
    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph; a `warning` is set apart."""

    text: str
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A text in Markdown that stands in the report as it is, such as a model card."""

    markdown: str


Block = Table | Chart | KeyFigures | Note | Document


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under a title; `id` names it in links, `lead` says in a sentence or two how to read it."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A title, the facts of what was looked at (name, value), and sections; `figures`: all of it as plain JSON values, for machines."""

    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    figures: Any = None
