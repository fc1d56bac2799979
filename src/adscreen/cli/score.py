"""`adscreen score`: verdicts for tables of ads, and for what readers turn into ads."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import (
    Device,
    Encoding,
    Examine,
    Examined,
    Format,
    Inputs,
    Map,
    Model,
    NoHeader,
    OnDevice,
    PolicyFile,
    ReaderOption,
    Rejects,
    parse_options,
    read_options,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from adscreen.cli.ranking import Ranking


class Engine(StrEnum):
    """Where the kernel runs."""

    local = "local"


def score(
    inputs: Inputs,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="OUT", help="Where verdicts go; .jsonl, .csv, .tsv (also .gz, .zst) or .parquet by suffix.")
    ] = None,
    model: Model = None,
    policy: PolicyFile = None,
    column_map: Map = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="COL", help="Carry a column of yours into the verdicts; may be repeated.")
    ] = None,
    rejects: Rejects = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes; the output is the same with any number.")] = 1,
    examine: Examined = Examine.auto,
    device: OnDevice = Device.cpu,
    engine: Annotated[Engine, typer.Option("--engine", help="Where the work runs.")] = Engine.local,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
    option: ReaderOption = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=0, help="Ads in the ranked table that a terminal gets.")] = 20,
    table: Annotated[bool, typer.Option("--table", help="Show the ranked table even when the output is a file or a pipe.")] = False,
) -> None:
    """Score ads: how much each resembles known lures, with a band, the evidence in its own words, and a reason.

    Every row of a table and every item of another source becomes a verdict or a reject. Without -o, a pipe gets JSONL and a terminal the highest-ranking ads.
    """
    from adscreen.cli.progress import RejectCount, Summary, counting
    from adscreen.cli.ranking import Ranking
    from adscreen.engines.local import ScreenerSpec, screen_all
    from adscreen.ingest.readers.opening import open_ads, paths_of
    from adscreen.outputs.schema import verdict_schema
    from adscreen.outputs.writers import open_writer
    from adscreen.settings import default_bundle

    kept = tuple(keep or ())
    options = read_options(column_map, encoding, table_format, no_header, kept)
    summary, paths = Summary(kept), paths_of(inputs)
    shown = Ranking(top) if table or (out is None and sys.stdout.isatty()) else None
    with ExitStack() as stack:
        writer = stack.enter_context(open_writer(out, verdict_schema(kept), paths)) if out or shown is None else None
        log = stack.enter_context(RejectCount.writing_to(rejects, paths))
        ads = open_ads(inputs, options, log, parse_options(option))
        if shown is not None:
            ads = _remembering(ads, shown)
        verdicts = screen_all(ads, ScreenerSpec(model or default_bundle(), policy, kept, examine.value, device.value), workers)
        for batch in counting(verdicts, "ads", stack):
            summary.add(batch)
            if writer is not None:
                writer.write(batch)
            if shown is not None:
                shown.add(batch)
    if shown is not None:
        shown.show(inputs)
    summary.tell(out)
    log.tell("row" if paths == inputs else "item")


def _remembering(ads: Iterator[pa.RecordBatch], ranking: Ranking) -> Iterator[pa.RecordBatch]:
    """Let the ranking see each batch of ads before its verdicts arrive, for the words to show."""
    for batch in ads:
        ranking.expect(batch)
        yield batch
