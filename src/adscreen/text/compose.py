"""One composed text per ad: its fields joined by line breaks, without markers, and the way from a span back to its field.

Fields have no markers, so that which of them a source happens to fill is never a feature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from adscreen.records import TEXT_FIELDS

SEPARATOR = "\n"


def compose(values: Sequence[str]) -> str:
    """Join the values of TEXT_FIELDS, in that order, leaving out empty ones."""
    return SEPARATOR.join(value for value in values if value)


def compose_batch(batch: pa.RecordBatch) -> list[str]:
    """The composed text of every row of a batch of ads."""
    columns = [pc.if_else(pc.equal(batch.column(field), ""), pa.scalar(None, pa.string()), batch.column(field)) for field in TEXT_FIELDS]
    joined = pc.binary_join_element_wise(*columns, SEPARATOR, null_handling="skip")
    texts: list[str] = joined.to_pylist()
    return texts


@dataclass(frozen=True, slots=True)
class FieldSpan:
    """A span inside one field of an ad as received: `ad[field][start:end]`."""

    field: str
    start: int
    end: int


def locate(values: Sequence[str], start: int, end: int) -> FieldSpan | None:
    """Map a span of the composed text to the field that most of it lies in, cut at that field's ends; None when it lies on separators only."""
    offset = 0
    longest: FieldSpan | None = None
    for field, value in zip(TEXT_FIELDS, values, strict=True):
        if not value:
            continue
        low, high = max(start - offset, 0), min(end - offset, len(value))
        if high - low > (longest.end - longest.start if longest else 0):
            longest = FieldSpan(field, low, high)
        offset += len(value) + len(SEPARATOR)
    return longest
