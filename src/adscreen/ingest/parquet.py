"""Parquet as rows of cells, a batch at a time, only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.columns import (
    Cells,
    ColumnNames,
    ColumnPlan,
    Source,
    missing_columns_error,
    needed_names,
    output_columns,
    plan_columns,
)
from adscreen.ingest.encoding import ESCAPED
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.rejects import FileLog
from adscreen.ingest.sources import DamagedStreamError, TableFile
from adscreen.ingest.values import cell_of, cell_text
from adscreen.records import AD_COLUMNS

READ_ROWS = 1024
"""Rows decoded at a time; a wide text column of that many rows stays within some megabytes."""


def read_parquet(table: TableFile, options: ReadOptions, log: FileLog) -> Iterator[tuple[int, Cells]]:
    """Row number (from 1) and cells of each row.

    Raises InputError when it is no Parquet or lacks a needed column, DamagedStreamError when it breaks later.
    """
    if table.is_stdin:
        raise InputError("-: Parquet cannot be read from stdin, it is read from its end; name the file")
    try:
        file = pq.ParquetFile(table.name, pre_buffer=False, buffer_size=limits.BLOCK_BYTES)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{table.name}: cannot be read as Parquet ({_first_line(error)}); check the file or fetch it again") from error
    with file:
        names = list(file.schema_arrow.names)
        plan = plan_columns(ColumnNames(names, nested=True, file=log.name), options)
        if missing := needed_names(options) - plan.found - {name for name, _ in plan.nested}:
            raise missing_columns_error(log.name, missing, names, options, _mean_lengths(file))
        needed = sorted({source.index for sources in plan.sources for source in sources})
        yield from _rows(file, [names[index] for index in needed], _moved(plan, needed), options, log)


def _rows(file: Any, names: list[str], plan: ColumnPlan, options: ReadOptions, log: FileLog) -> Iterator[tuple[int, Cells]]:
    blank: list[str | None] = [""] * len(AD_COLUMNS)
    blank += [None] * (len(output_columns(options.keep)) - len(AD_COLUMNS))
    number = 0
    for batch in _batches(file, names):
        columns = [_values(batch.column(name)) for name in names]
        may_be_undecodable = any(map(_is_undecodable, map(batch.column, names)))
        for values in zip(*columns, strict=True):
            number += 1
            if may_be_undecodable and _rejected(values, names, number, log):
                continue
            cells = blank.copy()
            for column, sources in plan.filled:
                text = cell_of(values, sources)
                if text is not None:
                    cells[column] = text
            yield number, tuple(cells)


def _batches(file: Any, names: list[str]) -> Iterator[pa.RecordBatch]:
    with _damage():
        yield from file.iter_batches(batch_size=READ_ROWS, columns=names, use_threads=False)


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DamagedStreamError(_first_line(error)) from error


def _values(column: pa.Array) -> list[Any]:
    """Python values: text and bytes as strings with undecodable bytes escaped, dates and decimals as Arrow writes them."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode())
    if _is_undecodable(column):
        raw = column.cast(pa.large_binary()).to_pylist()
        return [None if value is None else value.decode("utf-8", "surrogateescape") for value in raw]
    if pa.types.is_temporal(kind) or pa.types.is_decimal(kind):
        return list(column.cast(pa.string()).to_pylist())
    return list(column.to_pylist())


def _is_undecodable(column: pa.Array) -> bool:
    """Whether a column of text holds bytes that are not UTF-8, or may: Arrow does not check what Parquet calls text."""
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return True
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        return False
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return True
    return False


def _rejected(values: tuple[Any, ...], names: list[str], number: int, log: FileLog) -> bool:
    for name, value in zip(names, values, strict=True):
        if isinstance(value, str) and (escaped := ESCAPED.search(value)):
            log.reject_bytes(number, name, ord(escaped[0]) - 0xDC00, "utf-8", value.encode("utf-8", "surrogateescape"))
            return True
    return False


def _moved(plan: ColumnPlan, needed: list[int]) -> ColumnPlan:
    """The plan for rows that hold only the needed columns."""
    place = {index: position for position, index in enumerate(needed)}

    def move(sources: tuple[Source, ...]) -> tuple[Source, ...]:
        return tuple(Source(place[source.index], source.path) for source in sources)

    filled = tuple((column, move(sources)) for column, sources in plan.filled)
    return ColumnPlan(tuple(map(move, plan.sources)), filled, plan.found, ())


def _mean_lengths(file: Any) -> dict[str, float]:
    with _damage():
        batch = next(file.iter_batches(batch_size=limits.CANDIDATE_ROWS), None)
    if batch is None:
        return {}
    rows = max(1, batch.num_rows)
    return {name: sum(len(cell_text(v) or "") for v in _values(batch.column(name))) / rows for name in batch.schema.names}


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]
