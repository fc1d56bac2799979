"""Ads of readers as the batches that the rest of adscreen works on, split into vacancies where a post lists several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

import pyarrow as pa

from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.readers.catalogue import kinds, make_reader
from adscreen.ingest.readers.pagefiles import is_there
from adscreen.ingest.readers.protocol import Reader, SourceLog
from adscreen.ingest.tables import ad_schema, read_ads
from adscreen.ingest.vacancies import Piece, split_vacancies
from adscreen.records import AD_COLUMNS

PARENT = "parent"
"""Column with the id of the post that an ad was cut from; empty for whole posts."""

SPLIT_KINDS = frozenset(("telegram", "whatsapp"))
"""Kinds whose items are posts to a channel, which may list several vacancies; the others' items are one ad each."""


def read_pieces(reader: Reader, source: str, log: SourceLog, split: bool | None = None) -> Iterator[Piece]:
    """Ads of one source; `split` None: by what is usual for the kind. `log` counts posts, not pieces."""
    is_split = reader.kind in SPLIT_KINDS if split is None else split
    for ad in reader.read(source, log):
        if is_split:
            yield from split_vacancies(ad)
        else:
            yield Piece(ad)


def as_batches(pieces: Iterable[Piece], rows: int, keep: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
    """Batches of `ad_schema(keep)` with `rows` rows each but the last; of kept columns, readers know only PARENT and those of ads."""
    schema = ad_schema(keep)
    pending: list[Piece] = []
    for piece in pieces:
        pending.append(piece)
        if len(pending) == rows:
            yield _batch(pending, schema)
            pending = []
    if pending:
        yield _batch(pending, schema)


def _batch(pieces: Sequence[Piece], schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array(_column(pieces, name), pa.string()) for name in schema.names], schema=schema)


def _column(pieces: Sequence[Piece], name: str) -> list[str | None]:
    if name in AD_COLUMNS:
        get: Callable[[object], str] = attrgetter(name)
        return [get(piece.ad) for piece in pieces]
    return [piece.parent if name == PARENT else None for piece in pieces]


def kind_of(source: str) -> tuple[str, str] | None:
    """Kind and source of `KIND:SOURCE`; None when it names a table. A file of that very name is a table."""
    kind, colon, rest = source.partition(":")
    return (kind, rest) if colon and rest and kind in kinds() and not is_there(source) else None


def paths_of(sources: Sequence[str]) -> list[str]:
    """The sources without their kinds: what must not be overwritten while it is read."""
    return [_kind_and_source(source)[1] for source in sources]


def open_ads(
    sources: Sequence[str], options: ReadOptions, on_reject: RejectSink, reader_options: Mapping[str, str] | None = None
) -> Iterator[pa.RecordBatch]:
    """Batches like those of `read_ads` from tables and from sources written as `KIND:SOURCE`, in the order named.

    `options` are for tables; of them, readers take `batch_rows` and `keep`.
    Raises InputError at once for a table that is missing and for options that fit no source or reader, while reading for the rest.
    """
    runs = [(kind, [source for _, source in group]) for kind, group in groupby(map(_kind_and_source, sources), key=lambda pair: pair[0])]
    if reader_options and not any(kind for kind, _ in runs):
        raise InputError("options of a reader were given, but no source is written as KIND:SOURCE, such as telegram:result.json")
    if runs and all(kind for kind, _ in runs) and (options.mapping or options.encoding or options.format or not options.header):
        raise InputError(
            "a mapping of columns, an encoding, a format or the lack of a header can be said of tables, but every source is a KIND:SOURCE"
        )
    opened = [
        as_batches(_run(make_reader(kind, reader_options or {}), named, on_reject), options.batch_rows, options.keep)
        if kind
        else read_ads(named, options, on_reject)
        for kind, named in runs
    ]
    return (batch for batches in opened for batch in batches)


def _kind_and_source(source: str) -> tuple[str, str]:
    return kind_of(source) or ("", source)


def _run(reader: Reader, sources: Sequence[str], on_reject: RejectSink) -> Iterator[Piece]:
    for source in sources:
        yield from read_pieces(reader, source, SourceLog(source, on_reject))
