"""Reading order of lines that an engine found anywhere in a picture: rows from top to bottom, columns one after the other."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from statistics import median

from adscreen.ingest.readers.ocr import Line

GUTTER_HEIGHTS = 1.0
"""An empty strip between columns is at least this many line heights wide; a blank is a quarter of one."""

COLUMN_LINES = 3
"""Lines that make a column: two words side by side are a row."""

CROSSING_SHARE = 0.25
"""Share of the lines that may cross a gutter (headings, footers); in a chat with answers left and right most bubbles cross the middle."""

MAX_DEPTH = 4
"""Columns within columns are followed this deep."""


def text_of(lines: Sequence[Line]) -> str:
    """The lines as text: one line of text for each row, in reading order.

    Columns are told by a gap: an upright strip, a line height wide, that at most a quarter of the lines cross, with three lines or more on both sides.
    Lines that cross it stay in their place between what stands above and below. A table without rules reads as columns.
    """
    written = [line for line in lines if line.text.strip()]
    return "\n".join(_blocks(written, _runs_leftwards(written), MAX_DEPTH))


def confidence_of(lines: Sequence[Line]) -> float:
    """Mean confidence, each line weighted by its width in line heights: a long line that could not be read counts in full, not by its few letters."""
    weights = [max(1.0, line.box.width / max(1, line.box.height)) for line in lines]
    return sum(line.confidence * weight for line, weight in zip(lines, weights, strict=True)) / sum(weights) if lines else 0.0


def _runs_leftwards(lines: Sequence[Line]) -> bool:
    sides = [unicodedata.bidirectional(letter) for line in lines for letter in line.text if letter.isalpha()]
    return sum(side in ("R", "AL") for side in sides) * 2 > len(sides)


def _blocks(lines: list[Line], leftwards: bool, depth: int) -> list[str]:
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        return [" ".join(line.text.strip() for line in row) for row in _rows(lines, leftwards)]
    texts: list[str] = []
    for band in _bands(lines, gutter):
        sides = [[line for line in band if line.box.right <= gutter], [line for line in band if line.box.right > gutter]]
        for side in reversed(sides) if leftwards else sides:
            texts += _blocks(side, leftwards, depth - 1) if side else []
    return texts


def _bands(lines: list[Line], gutter: float) -> list[list[Line]]:
    """Lines from top to bottom, cut above and below each line that crosses the gutter."""
    bands: list[list[Line]] = [[]]
    for line in sorted(lines, key=lambda line: line.box.middle):
        if line.box.left < gutter < line.box.right:
            bands += [[line], []]
        else:
            bands[-1].append(line)
    return bands


def _gutter(lines: list[Line]) -> float | None:
    """Where the widest strip lies that separates columns; None when there is one column."""
    if len(lines) < 2 * COLUMN_LINES:
        return None
    wanted = GUTTER_HEIGHTS * median(line.box.height for line in lines)
    strips = [strip for strip in _calm_strips(lines) if strip[1] - strip[0] >= wanted]
    middles = [(right - left, (left + right) / 2) for left, right in strips]
    fitting = [(width, middle) for width, middle in middles if _has_columns(lines, middle)]
    return max(fitting)[1] if fitting else None


def _calm_strips(lines: list[Line]) -> list[tuple[int, int]]:
    """Strips that at most CROSSING_SHARE of the lines cross, from left to right."""
    edges = sorted([(line.box.left, 1) for line in lines] + [(line.box.right, -1) for line in lines])
    strips, crossing, start = [], 0, None
    for at, step in edges:
        crossing += step
        is_calm = crossing <= CROSSING_SHARE * len(lines)
        if is_calm and start is None:
            start = at
        elif not is_calm and start is not None:
            strips.append((start, at))
            start = None
    return strips


def _has_columns(lines: list[Line], middle: float) -> bool:
    left = [line for line in lines if line.box.right <= middle]
    right = [line for line in lines if line.box.left >= middle]
    if min(len(left), len(right)) < COLUMN_LINES or len(lines) - len(left) - len(right) > CROSSING_SHARE * len(lines):
        return False
    return min(line.box.top for line in left) < max(line.box.bottom for line in right) and min(line.box.top for line in right) < max(
        line.box.bottom for line in left
    )


def _rows(lines: list[Line], leftwards: bool) -> list[list[Line]]:
    """Lines whose middles lie within half a line of each other are one row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box.middle):
        last = rows[-1][-1] if rows else None
        if last and line.box.middle - last.box.middle < min(line.box.height, last.box.height) / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.left, reverse=leftwards) for row in rows]
