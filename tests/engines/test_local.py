"""The local engine keeps order and memory: any number of workers, batches handed out a few at a time."""

import pyarrow as pa
import pytest

from adscreen.engines.local import IN_FLIGHT_PER_WORKER, ScreenerSpec, screen_all
from adscreen.errors import BundleError
from adscreen.ingest.tables import ad_schema


def _batch(number, rows=3):
    schema = ad_schema()
    columns = {"id": [f"{number}-{row}" for row in range(rows)], "text": [f"We hire clerk number {number}, flight paid"] * rows}
    return pa.RecordBatch.from_arrays([pa.array(columns.get(name, [""] * rows)) for name in schema.names], schema=schema)


def test_order_is_kept_with_two_workers(small_bundle):
    batches = [_batch(number) for number in range(12)]
    spec = ScreenerSpec(small_bundle)
    alone = list(screen_all(iter(batches), spec, 1))
    together = list(screen_all(iter(batches), spec, 2))
    assert [batch.to_pylist() for batch in together] == [batch.to_pylist() for batch in alone]
    assert [row["id"] for batch in together for row in batch.to_pylist()] == [i for batch in batches for i in batch.column("id").to_pylist()]


def test_input_is_not_read_far_ahead(small_bundle):
    taken = 0

    def source():
        nonlocal taken
        for number in range(30):
            taken += 1
            yield _batch(number)

    stream = screen_all(source(), ScreenerSpec(small_bundle), 2)
    next(stream)
    assert taken <= 2 * IN_FLIGHT_PER_WORKER + 1
    stream.close()


def test_an_error_of_a_worker_reaches_the_caller(tmp_path):
    with pytest.raises(BundleError):
        list(screen_all(iter([_batch(0)]), ScreenerSpec(tmp_path), 1))
