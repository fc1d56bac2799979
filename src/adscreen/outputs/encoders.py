"""Batches as the bytes of one format.

Spreadsheets run cells that begin with `=`, `+`, `-`, `@`, a tab or a carriage return. In CSV and TSV such text gets an
apostrophe in front; numbers stay numbers. Nested columns are JSON there, null is an empty cell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, BinaryIO, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that a spreadsheet takes for a formula (OWASP, CSV injection)."""

ROW_GROUP_ROWS = 65_536
"""Rows collected for a Parquet row group; groups of a batch each would bloat the file and slow its readers."""

ROW_GROUP_BYTES = 64 * 1024 * 1024
"""Bytes after which a row group is written even so, to keep memory flat."""


class Encoder(Protocol):
    """Writes batches of one schema to an open file."""

    def write(self, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None:
        """Write what is pending; the file stays open."""


class JsonLines:
    """One object per line; null stays null, floats have the shortest form that reads back the same."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in batch.to_pylist()))

    def close(self) -> None:
        """Nothing is ever pending."""


class Delimited:
    """CSV or TSV with a header, UTF-8, line ends CRLF (RFC 4180)."""

    def __init__(self, file: BinaryIO, schema: pa.Schema, delimiter: str) -> None:
        self._file = file
        self._cells = [_cell_writer(field.type) for field in schema]
        self._delimiter = delimiter
        self._write_rows([[_defused(name) for name in schema.names]])

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [map(cell, column.to_pylist()) for cell, column in zip(self._cells, batch.columns, strict=True)]
        self._write_rows(zip(*columns, strict=True))

    def close(self) -> None:
        """Nothing is ever pending."""

    def _write_rows(self, rows: Any) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self._delimiter).writerows(rows)
        self._file.write(text.getvalue().encode())


class Parquet:
    """Parquet, compressed with zstd, in row groups of useful size."""

    def __init__(self, file: BinaryIO, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(file, schema, compression="zstd")
        self._pending: list[pa.RecordBatch] = []
        self._rows = 0
        self._bytes = 0

    def write(self, batch: pa.RecordBatch) -> None:
        self._pending.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= ROW_GROUP_ROWS or self._bytes >= ROW_GROUP_BYTES:
            self._write_group()

    def close(self) -> None:
        self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_batches(self._pending, self._schema), row_group_size=self._rows)
        self._pending, self._rows, self._bytes = [], 0, 0


def _cell_writer(kind: pa.DataType) -> Callable[[Any], str]:
    if pa.types.is_nested(kind):
        return lambda value: "" if value is None else orjson.dumps(value).decode()
    if pa.types.is_boolean(kind):
        return lambda value: "" if value is None else str(value).lower()
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return lambda value: "" if value is None else repr(value)
    return _defused


def _defused(value: str | None) -> str:
    if not value:
        return ""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value
