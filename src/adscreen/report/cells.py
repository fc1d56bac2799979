"""How figures are written in cells: one way everywhere, always with the value behind them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from adscreen.report.model import Bar, Cell, Column, Row, Table, Value

ABSENT = "–"
_LEAST_WRITTEN = 0.005
"""Per cent; less is written as 0%."""
_STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def words(text: str) -> Cell:
    return Cell(text, text)


def from_ad(text: str) -> Cell:
    """Text that comes from an ad: characters that steer a terminal or turn the direction of reading become spaces."""
    harmless = _STEERING.sub(" ", text)
    return Cell(harmless, harmless, untrusted=True)


def count(value: int) -> Cell:
    return Cell(f"{value:,}", value)


def number(value: float | None, bounds: tuple[float, float] | None = None) -> Cell:
    """A figure with three decimals, its interval behind it."""
    return Cell(_with_interval(decimals(value), bounds, decimals), _finite(value))


def share(value: float | None, bounds: tuple[float, float] | None = None, bar: bool = True) -> Cell:
    """A share as a percentage with a small bar, and its interval."""
    if value is None or not math.isfinite(value):
        return Cell(ABSENT)
    low, high = bounds if bounds is not None and all(map(math.isfinite, bounds)) else (None, None)
    return Cell(_with_interval(percent(value), bounds, percent), value, Bar(value, low, high) if bar else None)


def points(value: float, bounds: tuple[float, float]) -> Cell:
    """A difference of two shares in percentage points, with its interval."""
    return Cell(f"{_signed(value)} ({_signed(bounds[0])} to {_signed(bounds[1])})", value)


def decimals(value: float | None) -> str:
    return ABSENT if value is None or not math.isfinite(value) else f"{value:.3f}"


def percent(value: float | None) -> str:
    """A percentage with as many decimals as tell something: 0.05%, 2.3%, 47%."""
    if value is None or not math.isfinite(value):
        return ABSENT
    of_hundred = 100 * value
    if of_hundred < _LEAST_WRITTEN or of_hundred >= 99.95:
        return f"{of_hundred:.0f}%"
    return f"{of_hundred:.2f}%" if of_hundred < 1 else f"{of_hundred:.1f}%"


def interval(bounds: tuple[float, float] | None, written: Any = percent) -> str:
    """`12.0% to 14.5%`, or nothing."""
    return "" if bounds is None or not all(map(math.isfinite, bounds)) else f"{written(bounds[0])} to {written(bounds[1])}"


def records(caption: str, rows: Sequence[Any], note: str = "") -> Table:
    """A table of flat dataclasses, one column per field: counts as counts, other numbers with three decimals. Rows of one type."""
    if not rows:
        return Table(caption, (), (), note)
    names = [field.name for field in fields(rows[0])]
    first = [getattr(rows[0], name) for name in names]
    columns = tuple(Column(name.replace("_", " "), not isinstance(value, str)) for name, value in zip(names, first, strict=True))
    return Table(caption, columns, tuple(Row(tuple(_plain(getattr(row, name)) for name in names)) for row in rows), note)


def _plain(value: Value) -> Cell:
    if isinstance(value, bool):
        return Cell("yes" if value else "no", value)
    if isinstance(value, int):
        return count(value)
    return number(value) if isinstance(value, float) or value is None else words(str(value))


def _with_interval(text: str, bounds: tuple[float, float] | None, written: Any) -> str:
    if text == ABSENT or bounds is None or not all(map(math.isfinite, bounds)):
        return text
    low, high = (written(bound).removesuffix("%") for bound in bounds)
    return f"{text} ({low}–{high})"


def _signed(value: float) -> str:
    return f"{100 * value:+.1f}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
