"""Parts a file of labelled ads into one to train on and one to judge on, and refuses files that already leak into each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from adscreen.corpora.groups import campaigns, joined
from adscreen.corpora.splits import Split, Strings, by_group, by_source, by_time, refuse_leaks
from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.tables import ad_schema, read_ads
from adscreen.text.compose import compose_batch
from adscreen.text.fingerprint import content_id
from adscreen.text.normalise import clean

BY = ("group", "company", "source", "time")
KEPT = ("channel", "pair_id", "destination", "weight", "labelled_by")
"""Optional columns of labelled ads that survive a split."""


def part(
    sources: Sequence[str], options: ReadOptions, on_reject: RejectSink, by: str, share: float, held_out: str | None = None, seed: int = 0
) -> tuple[pa.Table, pa.Table]:
    """Train and test ads, shapes (rows, ad columns + KEPT); campaigns are whole on either side, whatever the split is by.

    `by` "group": about `share` of every label; "company": no employer on both sides; "source": the source `held_out` is judged; "time": the latest `share` of
    dated rows is. Rows that can stand on neither side (a campaign's earlier ads, undated ones) are in neither table. Raises InputError when nothing is left on a side.
    """
    table = pa.Table.from_batches(read_ads(sources, replace(options, keep=KEPT), on_reject), schema=ad_schema(KEPT))
    columns = {name: np.array(table.column(name).to_pylist(), dtype=object) for name in ("label", "group", "company", "source", "posted_at")}
    texts = _texts(table)
    groups = _array(campaigns(texts, columns["group"].tolist()))
    split = _split(columns, groups, by, share, held_out, seed)
    for side, rows in (("train", split.train), ("test", split.test)):
        if not len(rows):
            raise InputError(f"{', '.join(sources)}: split by {by} leaves nothing to {side} on; choose another split, or another share")
    return table.take(split.train), table.take(split.test)


def refuse_shared(trained_on: Sequence[str], sources: Sequence[str], options: ReadOptions) -> None:
    """Raises InputError that names the pairs when ads of the one set and of the other are of one campaign: judged so, a bundle would know the answers."""
    tables = [pa.Table.from_batches(read_ads(files, options, lambda reject: None), schema=ad_schema(options.keep)) for files in (trained_on, sources)]
    texts = [*_texts(tables[0]), *_texts(tables[1])]
    groups = _array(campaigns(texts, [value for table in tables for value in table.column("group").to_pylist()]))
    ids = [
        ad_id or content_id(text) for ad_id, text in zip((name for table in tables for name in table.column("id").to_pylist()), texts, strict=True)
    ]
    rows = np.arange(len(texts))
    split = Split("training data against the ads to evaluate on", rows[: tables[0].num_rows], rows[tables[0].num_rows :])
    refuse_leaks(split, texts, groups, ids)


def _texts(table: pa.Table) -> list[str]:
    return [clean(raw) for batch in table.to_batches() for raw in compose_batch(batch)]


def _array(values: Sequence[str]) -> Strings:
    return np.array(values, dtype=object)


def _split(columns: dict[str, Strings], groups: Strings, by: str, share: float, held_out: str | None, seed: int) -> Split:
    if by == "time":
        return by_time(columns["posted_at"], groups, share)
    if by == "source":
        known = sorted({source or "(none)" for source in columns["source"]})
        if held_out not in known:
            raise InputError(f"there is no source {held_out!r} to hold out; the ads have {', '.join(known)}")
        return by_source(columns["source"], groups)[known.index(held_out)]
    if by == "company":
        groups = _array(
            joined([[group, *([f"company {name.casefold()}"] if name else [])] for group, name in zip(groups, columns["company"], strict=True)])
        )
    return by_group(columns["label"], groups, max(round(1 / share), 2), seed)[0]
