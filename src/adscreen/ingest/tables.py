"""Tables of ads in any common form as batches of one schema: each row becomes an ad or a reject, in order, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.columns import Cells, output_columns
from adscreen.ingest.delimited import read_delimited
from adscreen.ingest.encoding import guess_encoding
from adscreen.ingest.jsonlines import read_json_lines
from adscreen.ingest.jsonvalues import read_json_values
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.parquet import read_parquet
from adscreen.ingest.rejects import REJECT_CODES, FileLog, without_surrogates
from adscreen.ingest.sources import ByteStream, DamagedStreamError, TableFile, expand, open_bytes
from adscreen.records import AD_COLUMNS, REVIEW_LABELS, TEXT_FIELDS

__all__ = ["REJECT_CODES", "ReadOptions", "RejectSink", "ad_schema", "read_ads"]

_TEXT = AD_COLUMNS.index("text")
_TEXT_FIELDS = tuple(AD_COLUMNS.index(name) for name in TEXT_FIELDS)
_NOTHING_TO_READ = f"nothing to read in {', '.join(TEXT_FIELDS)}"
_LABEL = AD_COLUMNS.index("label")


def ad_schema(keep: Sequence[str] = ()) -> pa.Schema:
    """All ad columns as strings, empty where absent, then the kept columns, null where absent; a kept ad column stands once."""
    return pa.schema([pa.field(name, pa.string(), nullable=name not in AD_COLUMNS) for name in output_columns(keep)])


def read_ads(sources: Sequence[str], options: ReadOptions, on_reject: RejectSink) -> Iterator[pa.RecordBatch]:
    """Batches of `ad_schema(options.keep)` with exactly `options.batch_rows` rows (the last may have fewer), across all files.

    `sources`: files, folders, globs or `-` for stdin. An absent id is the empty string.
    Raises InputError at once when a source is missing, while reading when a file is empty, damaged, no table or lacks a column.
    """
    files = expand(sources, options.format)
    return _batches(files, options, on_reject)


def _batches(files: Sequence[TableFile], options: ReadOptions, on_reject: RejectSink) -> Iterator[pa.RecordBatch]:
    schema = ad_schema(options.keep)
    rows: list[Cells] = []
    for file in files:
        for cells in _ads(file, options, FileLog(file.name, on_reject)):
            rows.append(cells)
            if len(rows) == options.batch_rows:
                yield _batch(rows, schema)
                rows = []
    if rows:
        yield _batch(rows, schema)


def _batch(rows: list[Cells], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([_column(values) for values in zip(*rows, strict=True)], schema=schema)


def _column(values: Sequence[str | None]) -> pa.Array:
    try:
        column = pa.array(values, pa.string())
    except UnicodeEncodeError:  # cut emoji from JSON escapes
        column = pa.array([value and without_surrogates(value) for value in values], pa.string())
    if isinstance(column, pa.ChunkedArray):
        raise InputError(f"a batch of {len(values)} rows holds more than 2 GiB in one column; read with a smaller batch_rows")
    return column


def _ads(file: TableFile, options: ReadOptions, log: FileLog) -> Iterator[Cells]:
    """Cells of each ad of one file. Raises InputError, for damage and wrong encodings with the number of rows read before."""
    try:
        for line, cells in _rows(file, options, log):
            fault = _fault(cells, options.check_labels)
            if fault is None:
                log.ads += 1
                yield cells
            else:
                log.reject(line, *fault)
    except DamagedStreamError as error:
        raise InputError(f"{file.name}: damaged after {log.rows:,} rows ({error}); fetch or export it again") from error
    if 2 * log.undecodable > log.rows:
        raise InputError(_wrong_encoding(log, options))


def _rows(file: TableFile, options: ReadOptions, log: FileLog) -> Iterator[tuple[int, Cells]]:
    if file.format == "parquet":
        yield from read_parquet(file, options, log)
        return
    with open_bytes(file) as stream:
        table_format = file.format or _format_by_first_byte(stream)
        if table_format == "jsonl":
            yield from read_json_lines(stream, options, log)
        elif table_format == "json":
            yield from read_json_values(stream, options, log)
        else:
            yield from read_delimited(stream, "\t" if table_format == "tsv" else None, options, log)


def _format_by_first_byte(stream: ByteStream) -> str:
    start = stream.head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"{": "jsonl", b"[": "json"}.get(start, "csv")


def _fault(cells: Cells, check_labels: bool) -> tuple[str, str, str] | None:
    """Reason, detail and excerpt when cells are no ad."""
    text = cells[_TEXT]
    if (not text or text.isspace()) and not any((cell := cells[i]) and not cell.isspace() for i in _TEXT_FIELDS):
        return "empty_text", _NOTHING_TO_READ, ""
    longest = max(filter(None, cells), key=len)
    if len(longest) > limits.MAX_TEXT_CHARS:
        detail = f"a cell has {len(longest):,} characters, the most is {limits.MAX_TEXT_CHARS:,}"
        return "too_long", detail, longest[: limits.EXCERPT_CHARS]
    label = cells[_LABEL] or ""
    if check_labels and label and label not in REVIEW_LABELS:
        return "bad_label", f"label {label[:40]!r} is none of {', '.join(REVIEW_LABELS)}", (text or "")[: limits.EXCERPT_CHARS]
    return None


def _wrong_encoding(log: FileLog, options: ReadOptions) -> str:
    guess = guess_encoding(bytes(log.undecodable_bytes))
    hint = f"pass --encoding {guess}" if guess else "pass --encoding with the encoding it was saved in"
    tried = options.encoding or "UTF-8"
    return f"{log.name}: {log.undecodable:,} of {log.rows:,} rows are not {tried}; {hint}"
