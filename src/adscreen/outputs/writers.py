"""Writers of batches and of rejects, by the suffix of the target; stdout is JSONL."""

from __future__ import annotations

import errno
import gzip
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

import pyarrow as pa

from adscreen.errors import InputError, OutsideError
from adscreen.outputs.atomic import AtomicFile
from adscreen.outputs.encoders import Delimited, Encoder, JsonLines, Parquet
from adscreen.outputs.schema import REJECT_SCHEMA
from adscreen.records import Reject

STDOUT = "-"
SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet"}
COMPRESSIONS = (".gz", ".zst")

REJECT_BATCH = 1024
"""Rejects written at once; one by one, a million of them would take minutes."""


class Writer:
    """Writes batches of one schema; a context manager that leaves a whole file, or on any exception none.

    Raises OutsideError when the disk is full. `rows` counts what was written.
    """

    def __init__(self, target: str | None, schema: pa.Schema, inputs: Sequence[str] = ()) -> None:
        self._target = None if target in (None, STDOUT) else target
        self._format, self._compression = _kind(self._target) if self._target else ("jsonl", "")
        self._schema = schema
        self._output = AtomicFile(self._target, inputs) if self._target else None
        self.rows = 0

    def __enter__(self) -> Self:
        self._file: BinaryIO = self._output.open() if self._output else sys.stdout.buffer
        self._sink = _Sink(self._file)
        with ExitStack() as undo:
            undo.callback(self._discard)
            with self._full_disk_told():
                self._packed = _compressed(self._sink, self._compression)
                self._encoder = _encoder(self._format, self._packed, self._schema)
            undo.pop_all()
        return self

    def write(self, batch: pa.RecordBatch) -> None:
        """Write a batch. Raises ValueError when its schema is another than the writer's."""
        if not batch.schema.equals(self._schema):
            raise ValueError(f"batch has schema {batch.schema}, the writer {self._schema}")
        with self._full_disk_told():
            self._encoder.write(batch)
        self.rows += batch.num_rows

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with ExitStack() as undo:
            undo.callback(self._discard)
            if kind is None:
                with self._full_disk_told():
                    self._finish()
                undo.pop_all()

    def _finish(self) -> None:
        self._encoder.close()
        self._packed.close()
        self._file.flush()
        if self._output:
            self._output.commit()

    def _discard(self) -> None:
        self._sink.is_abandoned = True
        if self._output:
            self._output.discard()

    @contextmanager
    def _full_disk_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            place = self._target or "standard output"
            fate = " to a temporary file, now removed" if self._target else ""
            detail = f"{self.rows:,} rows written{fate}"
            raise OutsideError(f"disk full while writing {place} ({detail}); free space or choose another -o") from error


class RejectWriter:
    """A `RejectSink` that writes to a file; a context manager like the Writer it wraps."""

    def __init__(self, target: str, inputs: Sequence[str] = ()) -> None:
        self._writer = Writer(target, REJECT_SCHEMA, inputs)
        self._pending: list[dict[str, Any]] = []
        self.count = 0

    def __call__(self, reject: Reject) -> None:
        self.count += 1
        self._pending.append(reject.as_dict())
        if len(self._pending) >= REJECT_BATCH:
            self._write_pending()

    def __enter__(self) -> Self:
        self._writer.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with ExitStack() as writer:
            writer.push(self._writer)
            if kind is None:
                self._write_pending()
            else:
                writer.pop_all()
                self._writer.__exit__(kind, error, trace)

    def _write_pending(self) -> None:
        self._writer.write(pa.RecordBatch.from_pylist(self._pending, REJECT_SCHEMA))
        self._pending = []


def open_writer(target: str | None, schema: pa.Schema, inputs: Sequence[str] = ()) -> Writer:
    """A Writer of `schema` to `target` (None or `-`: stdout as JSONL), checked before any work begins.

    Suffixes: .jsonl, .ndjson, .csv and .tsv, each also with .gz or .zst, and .parquet. `inputs`: the sources
    being read (files, folders, globs), which must not be overwritten.
    Raises InputError when the target cannot be used.
    """
    return Writer(target, schema, inputs)


def open_reject_writer(target: str, inputs: Sequence[str] = ()) -> RejectWriter:
    """A sink that writes rejects to `target`, by the rules of `open_writer`."""
    return RejectWriter(target, inputs)


def _kind(target: str) -> tuple[str, str]:
    suffixes = Path(target.casefold()).suffixes
    compression = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSIONS else ""
    kind = SUFFIXES.get(suffixes[-1]) if suffixes else None
    if kind is None:
        known = ", ".join(SUFFIXES)
        raise InputError(f"{target}: cannot tell the format from the suffix; use {known} (all but Parquet also with .gz or .zst)")
    if kind == "parquet" and compression:
        raise InputError(f"{target}: Parquet is compressed inside; leave out {compression}")
    return kind, compression


class _Sink(io.RawIOBase):
    """What compressors and Arrow write to.

    They close it before the file is on disk, so it leaves the file open; and they write an ending even when all is given up,
    so it can be told to drop that.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.is_abandoned = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return len(data) if self.is_abandoned else self._file.write(data)


def _compressed(sink: _Sink, compression: str) -> BinaryIO:
    """The sink, or a compressing stream before it; no time or name goes into it, so equal rows are equal bytes."""
    if compression == ".gz":
        return cast(BinaryIO, gzip.GzipFile(filename="", fileobj=cast(BinaryIO, sink), mode="wb", mtime=0))
    if compression == ".zst":
        return cast(BinaryIO, pa.CompressedOutputStream(pa.PythonFile(sink, mode="w"), "zstd"))
    return cast(BinaryIO, sink)


def _encoder(kind: str, file: BinaryIO, schema: pa.Schema) -> Encoder:
    if kind == "parquet":
        return Parquet(file, schema)
    return JsonLines(file) if kind == "jsonl" else Delimited(file, schema, "\t" if kind == "tsv" else ",")
