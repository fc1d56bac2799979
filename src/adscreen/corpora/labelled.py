"""Labelled ads for training and evaluation: clean texts with label, group, language and source.

Rows of one campaign (a given `group`, a shared contact handle, nearly identical text: see `corpora.groups`) are never split.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from adscreen.corpora.groups import campaigns
from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.tables import read_ads
from adscreen.records import LABELS
from adscreen.text.compose import compose_batch
from adscreen.text.fingerprint import content_id
from adscreen.text.language import language_of
from adscreen.text.normalise import clean

WEIGHT, PAIR = "weight", "pair_id"

StringArray = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class LabelledAds:
    """Columns of equal length, one entry per ad.

    `labels` hold one of records.LABELS, `weights` how much a row counts in training; ads of one of `pairs` ("": none) differ only where the label flips.
    """

    ids: StringArray
    texts: StringArray
    labels: StringArray
    groups: StringArray
    languages: StringArray
    sources: StringArray
    pairs: StringArray
    weights: npt.NDArray[np.float64]
    unsure: int

    def __len__(self) -> int:
        return len(self.texts)

    def select(self, where: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> LabelledAds:
        """The rows that a mask or an index array names."""
        columns = {column.name: getattr(self, column.name)[where] for column in fields(self) if column.name != "unsure"}
        return LabelledAds(**columns, unsure=self.unsure)


def read_labelled(sources: Sequence[str], options: ReadOptions, on_reject: RejectSink) -> LabelledAds:
    """Read labelled ads; rows labelled `unsure` are counted and left out. Optional columns: `weight`, how much a row counts (1 where absent), `pair_id`.

    Raises InputError when no labelled row remains, a row has no label, or a weight is not a positive number.
    """
    columns: dict[str, list[str]] = {name: [] for name in ("ids", "texts", "labels", "groups", "languages", "sources", "pairs", "weights")}
    for row in _rows(sources, replace(options, keep=(PAIR, WEIGHT)), on_reject):
        for name, value in zip(columns, row, strict=True):
            columns[name].append(value)
    weights = np.array([_weight(value, ad_id) for value, ad_id in zip(columns.pop("weights"), columns["ids"], strict=True)], np.float64)
    arrays = {name: np.array(values, dtype=object) for name, values in columns.items()}
    labels = arrays["labels"]
    missing = int(np.sum(labels == ""))
    if missing or not len(labels):
        seen = f"{missing} of {len(labels)} rows have no label" if len(labels) else "no ad was read"
        raise InputError(
            f"{', '.join(sources)}: {seen}; training and evaluation need a `label` column with {', '.join(LABELS)} (or --map label=COLUMN)"
        )
    arrays["groups"] = np.array(campaigns(columns["texts"], columns["groups"]), dtype=object)
    everything = LabelledAds(**arrays, weights=weights, unsure=int(np.sum(labels == "unsure")))
    return everything.select(labels != "unsure")


def _weight(value: str | None, ad_id: str) -> float:
    try:
        weight = float(value or 1.0)
    except ValueError:
        weight = -1.0
    if not 0 < weight < float("inf"):
        raise InputError(f"ad {ad_id!r}: weight {value!r} is not a positive number; leave the cell empty for 1")
    return weight


def mixed_sources(sources: StringArray, labels: StringArray) -> npt.NDArray[np.bool_]:
    """Rows of sources that hold lures as well as lawful ads.

    Only there do words tell a lure from a lawful ad; elsewhere they tell one source from another. Where no source holds both, all rows.
    """
    lures, lawful = set(sources[labels == "lure"]), set(sources[labels == "legitimate"])
    both = lures & lawful
    return np.array([not both or source in both for source in sources], bool)


def _rows(sources: Sequence[str], options: ReadOptions, on_reject: RejectSink) -> Iterator[tuple[str, ...]]:
    for batch in read_ads(sources, options, on_reject):
        texts = [clean(raw) for raw in compose_batch(batch)]
        ids, labels, groups, languages, origins, pairs, weights = (
            batch.column(name).to_pylist() for name in ("id", "label", "group", "language", "source", PAIR, WEIGHT)
        )
        yield from zip(
            (ad_id or content_id(text) for ad_id, text in zip(ids, texts, strict=True)),
            texts,
            labels,
            groups,
            (language_of(language, text) for language, text in zip(languages, texts, strict=True)),
            origins,
            (pair or "" for pair in pairs),
            weights,
            strict=True,
        )
