"""Charts as plain shapes in drawing units: what a template needs to write SVG without any arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from adscreen.report.model import Axis, Chart, Line

WIDTH, HEIGHT = 400, 280
"""Drawing units; about as many CSS pixels on a telephone, so that letters stay readable there."""
LEFT, RIGHT, TOP, BOTTOM = 46, 18, 10, 42
"""Margins that hold tick labels and axis titles."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line at `at` and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line: its number (for its colour and dashes), name, kind, SVG path, dots, and vertical interval marks (x, low, high)."""

    number: int
    name: str
    kind: str
    path: str
    dots: tuple[tuple[float, float], ...]
    whiskers: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart laid out."""

    chart: Chart
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    strokes: tuple[Stroke, ...]
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def draw(chart: Chart) -> Drawing:
    """Lay out a chart."""
    x_ticks = tuple(Tick(_x(chart.x, at), label) for at, label in chart.x.ticks)
    y_ticks = tuple(Tick(_y(chart.y, at), label) for at, label in chart.y.ticks)
    drawn = [line for line in chart.lines if line.kind != "guide"]
    strokes = (_stroke(line, drawn.index(line) if line in drawn else 0, chart) for line in chart.lines)
    return Drawing(chart, x_ticks, y_ticks, tuple(strokes))


def _stroke(line: Line, number: int, chart: Chart) -> Stroke:
    places = [(_x(chart.x, x), _y(chart.y, y)) for x, y in line.points]
    whiskers = [(place[0], _y(chart.y, low), _y(chart.y, high)) for place, (low, high) in zip(places, line.intervals, strict=False)]
    path = "" if line.kind == "dots" else _path(_stepped(places) if line.kind == "steps" else places)
    return Stroke(number, line.name, line.kind, path, tuple(places) if line.kind == "dots" else (), tuple(whiskers))


def _stepped(places: list[tuple[float, float]]) -> list[tuple[float, float]]:
    corners = [corner for one, two in pairwise(places) for corner in (one, (two[0], one[1]))]
    return [*corners, *places[-1:]]


def _path(places: list[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if number else 'M'}{x:g} {y:g}" for number, (x, y) in enumerate(places))


def _x(axis: Axis, value: float) -> float:
    return round(LEFT + _along(axis, value) * (WIDTH - LEFT - RIGHT), 1)


def _y(axis: Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - _along(axis, value) * (HEIGHT - TOP - BOTTOM), 1)


def _along(axis: Axis, value: float) -> float:
    """Where a value lies on its axis: 0 at the low end, 1 at the high one; beyond is cut."""
    held = min(max(value, axis.low), axis.high)
    if axis.log:
        return math.log(held / axis.low) / math.log(axis.high / axis.low)
    return (held - axis.low) / (axis.high - axis.low)
