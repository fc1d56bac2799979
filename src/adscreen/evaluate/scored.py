"""Labelled ads with their verdicts: scored on the very road that `adscreen score` takes, and read in full by each part beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from adscreen.corpora.groups import campaigns
from adscreen.corpora.labelled import PAIR, mixed_sources
from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.sources import STDIN, expand
from adscreen.ingest.tables import read_ads
from adscreen.records import LABELS
from adscreen.screen import Screener
from adscreen.text.fingerprint import content_id, digest
from adscreen.verdict.combine import probability

CHANNEL, DESTINATION = "channel", "destination"
KEPT = (PAIR, CHANNEL, DESTINATION)
"""Optional columns that evaluation reads besides those of an ad."""
PARTS = ("triage", "signs", "passages", "features", "transformer", "examined")
"""Parts of the road whose scores are kept for every ad; see `screen.Parts`."""

Strings = npt.NDArray[np.object_]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Scored:
    """Columns of equal length, one entry per labelled ad that is not `unsure`.

    `texts`: clean composed texts; `groups`: campaigns; `hits`: frozensets of (indicator, value); `parts`: lure probability by each of PARTS alone, shape
    (len(PARTS), ads); `lure` and `scam`: probabilities of the verdict; `flagged`: band review or urgent; `examined`, `transformed`: read by signs and passages,
    and by the transformer too, on the way to the verdict.
    """

    ids: Strings
    texts: Strings
    labels: Strings
    groups: Strings
    languages: Strings
    sources: Strings
    channels: Strings
    destinations: Strings
    pairs: Strings
    reasons: Strings
    hits: Strings
    lure: FloatArray
    scam: FloatArray
    flagged: BoolArray
    examined: BoolArray
    transformed: BoolArray
    parts: FloatArray

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_lure(self) -> BoolArray:
        return np.asarray(self.labels == "lure", bool)

    @property
    def is_lawful(self) -> BoolArray:
        return np.asarray(self.labels == "legitimate", bool)

    @property
    def look_alike(self) -> BoolArray:
        """Lawful ads of those sources that hold lures too: against them, where an ad was found must not help."""
        return self.is_lawful & mixed_sources(self.sources, self.labels)

    @property
    def ordinary(self) -> BoolArray:
        """All other lawful ads."""
        return self.is_lawful & ~self.look_alike

    def part(self, name: str) -> FloatArray:
        """Lure probability of every ad by one of PARTS alone."""
        return np.asarray(self.parts[PARTS.index(name)], np.float64)

    def twins(self) -> tuple[Rows, Rows]:
        """Rows of lures that have a lawful twin, and rows of these twins; shapes (pairs,)."""
        lures = {self.pairs[row]: row for row in np.flatnonzero(self.is_lure) if self.pairs[row]}
        lawful = [row for row in np.flatnonzero(self.is_lawful) if self.pairs[row] in lures]
        return np.array([lures[self.pairs[row]] for row in lawful], np.intp), np.array(lawful, np.intp)

    def select(self, where: BoolArray) -> Scored:
        """The rows of a mask."""
        return Scored(**{column.name: getattr(self, column.name)[..., where] for column in fields(self)})


@dataclass(frozen=True, slots=True)
class DataFile:
    """One evaluated file: its name, sha256 ("" for stdin) and number of ads."""

    name: str
    sha256: str
    ads: int


@dataclass(frozen=True, slots=True)
class Scoring:
    """Scored ads, the files they came from, what was left out, and how many of the ads the bundle was trained on."""

    ads: Scored
    files: tuple[DataFile, ...]
    rejects: int
    unsure: int
    known: int = 0


def score_ads(
    screener: Screener, sources: Sequence[str], options: ReadOptions, on_reject: RejectSink, progress: Callable[[int], object] = lambda rows: None
) -> Scoring:
    """Score labelled ads; rows labelled `unsure` are counted and left out.

    Raises InputError when a row has no label or no labelled row remains. `progress` receives the number of rows after each batch.
    """
    rejected = 0

    def count(reject: object) -> None:
        nonlocal rejected
        rejected += 1
        on_reject(reject)  # type: ignore[arg-type]

    columns: dict[str, list[Any]] = {name: [] for name in (*(column.name for column in fields(Scored)), "given")}
    files = []
    for file in expand(sources, options.format):
        before = len(columns["ids"])
        for batch in read_ads([file.name], replace(options, keep=KEPT), count):
            _add(columns, screener, batch)
            progress(batch.num_rows)
        files.append(DataFile(file.name, _sha256(file.name), len(columns["ids"]) - before))
    sure = _sure(columns["labels"], sources)
    columns["groups"] = list(campaigns(columns["texts"], columns.pop("given")))
    arrays: dict[str, Any] = {name: _array(values) for name, values in columns.items()}
    arrays["parts"] = arrays["parts"].reshape(-1, len(PARTS)).T
    ads = Scored(**arrays).select(sure)
    known = np.isin(np.array([digest(text) for text in ads.texts], np.uint64), screener.bundle.seen)
    return Scoring(ads, tuple(files), rejected, int((~sure).sum()), int(known.sum()))


def _add(columns: dict[str, list[Any]], screener: Screener, batch: pa.RecordBatch) -> None:
    judgements = screener.judge(batch)
    verdicts = screener.verdicts(batch, judgements, quote=False)
    texts = [one.text for one in judgements]
    languages = verdicts.column("language").to_pylist()
    parts = screener.parts(judgements)
    named = {name: batch.column(name).to_pylist() for name in ("id", "label", "group", "source", *KEPT)}
    columns["ids"] += [ad_id or content_id(text) for ad_id, text in zip(named["id"], texts, strict=True)]
    columns["texts"] += texts
    columns["labels"] += named["label"]
    columns["given"] += named["group"]
    columns["languages"] += languages
    columns["sources"] += named["source"]
    for name, column in (("channels", CHANNEL), ("destinations", DESTINATION), ("pairs", PAIR)):
        columns[name] += [value or "" for value in named[column]]
    columns["reasons"] += verdicts.column("reason").to_pylist()
    columns["hits"] += [part.hits for part in parts]
    columns["lure"] += verdicts.column("lure_probability").to_pylist()
    columns["scam"] += verdicts.column("scam_probability").to_pylist()
    columns["flagged"] += [band in ("review", "urgent") for band in verdicts.column("band").to_pylist()]
    columns["examined"] += verdicts.column("examined").to_pylist()
    columns["transformed"] += [one.reading is not None and one.reading.was_transformed for one in judgements]
    columns["parts"] += [float(value) for part in parts for value in probability(np.array([getattr(part, name) for name in PARTS]))]


def _sure(labels: Sequence[object], sources: Sequence[str]) -> BoolArray:
    missing = sum(not label for label in labels)
    if missing or not labels:
        raise InputError(
            f"{', '.join(sources)}: {missing} of {len(labels)} rows have no label; evaluation needs a `label` column with {', '.join(LABELS)}"
        )
    sure = np.array([label != "unsure" for label in labels], bool)
    if not sure.any():
        raise InputError(f"{', '.join(sources)}: all {len(labels)} rows are labelled unsure; evaluation needs {', '.join(LABELS)}")
    return sure


def _array(values: Sequence[object]) -> npt.NDArray[np.generic]:
    if values and isinstance(values[0], bool | float):
        return np.array(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _sha256(name: str) -> str:
    if name == STDIN:
        return ""
    with Path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
