"""Composed text leads back to the fields it came from."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import compose, compose_batch, locate

VALUES = ["Clerk", "", "Dubai", "", "@amy__hr", "We hire\nclerks"]


def test_empty_fields_leave_no_trace():
    assert compose(VALUES) == "Clerk\nDubai\n@amy__hr\nWe hire\nclerks"


def test_a_batch_is_composed_like_single_ads():
    rows = [VALUES, ["", "", "", "", "", "only text"], ["", "A", "", "", "", ""]]
    batch = pa.RecordBatch.from_arrays([pa.array(column) for column in zip(*rows, strict=True)], names=list(TEXT_FIELDS))
    assert compose_batch(batch) == [compose(row) for row in rows]


@given(st.lists(st.text(max_size=8), min_size=len(TEXT_FIELDS), max_size=len(TEXT_FIELDS)))
def test_every_character_is_found_in_its_field(values):
    composed = compose(values)
    found = [locate(values, at, at + 1) for at in range(len(composed))]
    quotes = [values[TEXT_FIELDS.index(span.field)][span.start : span.end] for span in found if span]
    assert "".join(quotes) == "".join(values)


def test_a_span_over_two_fields_is_cut_at_the_first():
    span = locate(VALUES, 3, 8)
    assert (span.field, span.start, span.end) == ("title", 3, 5)


def test_a_span_of_separators_is_nowhere():
    assert locate(VALUES, 5, 6) is None


@pytest.mark.parametrize("at", [100, 10_000])
def test_a_span_past_the_end_is_nowhere(at):
    assert locate(VALUES, at, at + 2) is None
