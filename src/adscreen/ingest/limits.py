"""How much of a source is read at once, and what is too much: ads are untrusted, memory is not endless."""

from __future__ import annotations

MAX_ROW_BYTES = 8 * 1024 * 1024
"""A longer row is no ad. The longest of the 18,000 real rows tried, from 16 sources, has 13,683 bytes; wide exports add columns to that."""

MAX_TEXT_CHARS = 200_000
"""A longer cell is no ad but a book. The longest text of the same rows has 11,747 characters; the cap itself is a choice, not a measurement."""

BLOCK_BYTES = 128 * 1024
"""Bytes read at a time. Of 128 KiB, 256 KiB and 1 MiB, tried on 120 MB of ads on a shared machine, the smallest was as fast as any or faster."""

HEAD_BYTES = 4096
"""Bytes looked at to tell what a file is."""

EXCERPT_CHARS = 200
"""Length of the excerpt that a reject keeps (the contract of `records.Reject`)."""

COLUMN_SAMPLE_ROWS = 1000
"""JSON objects in which a mapped column must have turned up, or it counts as unknown."""

CANDIDATE_ROWS = 20
"""First rows whose mean cell length tells which column is most likely the text."""


def block_bytes() -> int:
    """Read size: never above the row cap, so that every row over the cap crosses a block and is noticed."""
    return min(BLOCK_BYTES, MAX_ROW_BYTES)
