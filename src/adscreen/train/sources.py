"""Where training rows come from: the user's own tables, and corpora laid beside them, of which the test split is never trained on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adscreen.corpora.duplicates import near_duplicates
from adscreen.corpora.groups import campaigns
from adscreen.corpora.labelled import WEIGHT, LabelledAds, read_labelled
from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.sources import STDIN, expand
from adscreen.ingest.tables import read_ads

LABELLED_BY = "labelled_by"
"""Optional column: the person, team or rule that gave the label."""
TRAINED_ON, TEST = ("train.jsonl", "validation.jsonl"), "test.jsonl"


@dataclass(frozen=True, slots=True)
class TrainingRows:
    """Ads to train on; `own`: which are the user's. `provenance`: counts of labels by file, source and labeller.

    `near_test`: ids of the user's rows that are nearly the same as a row of a corpus's test split: figures on that split flatter the bundle.
    """

    ads: LabelledAds
    own: npt.NDArray[np.bool_]
    provenance: tuple[dict[str, Any], ...]
    near_test: tuple[str, ...]


def read_rows(files: Sequence[str], corpora: Sequence[Path], options: ReadOptions, on_reject: RejectSink) -> TrainingRows:
    """Read the user's files, and of each corpus its train and validation splits; groups are joined over all of them."""
    own = read_labelled(files, options, on_reject)
    beside = [str(_split(corpus, name)) for corpus in corpora for name in TRAINED_ON]
    counts = _provenance(files, options)
    if not corpora:
        return TrainingRows(own, np.ones(len(own), bool), counts, ())
    counts += _provenance(beside, _PLAIN)
    tests = [str(_split(corpus, TEST)) for corpus in corpora]
    ads = _joined(own, read_labelled(beside, _PLAIN, on_reject))
    near = _near(own, read_labelled(tests, _PLAIN, on_reject))
    return TrainingRows(ads, np.arange(len(ads)) < len(own), counts, near)


_PLAIN = ReadOptions(check_labels=True)


def _split(corpus: Path, name: str) -> Path:
    path = corpus / "data" / name
    if not path.is_file():
        raise InputError(f"--with {corpus}: {path} is missing; name the folder of a corpus with data/{TRAINED_ON[0]}, {TRAINED_ON[1]} and {TEST}")
    return path


def _joined(one: LabelledAds, two: LabelledAds) -> LabelledAds:
    names = [column.name for column in fields(LabelledAds) if column.name != "unsure"]
    columns = {name: np.concatenate((getattr(one, name), getattr(two, name))) for name in names}
    groups = np.array(campaigns(list(columns["texts"]), list(columns["groups"])), dtype=object)
    return LabelledAds(**{**columns, "groups": groups}, unsure=one.unsure + two.unsure)


def _near(own: LabelledAds, test: LabelledAds) -> tuple[str, ...]:
    pairs = near_duplicates([*own.texts, *test.texts])
    rows = sorted({pair.first for pair in pairs if pair.first < len(own) <= pair.second})
    return tuple(str(own.ids[row]) for row in rows)


def _provenance(files: Sequence[str], options: ReadOptions) -> tuple[dict[str, Any], ...]:
    """Counts over the rows as given, unsure ones too; standard input cannot be read twice and is left out."""
    kept = replace(options, keep=(LABELLED_BY, WEIGHT))
    labels: dict[tuple[str, str, str], Counter[str]] = {}
    weights: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for file in expand(files, options.format):
        if file.name == STDIN:
            continue
        for batch in read_ads([file.name], kept, lambda reject: None):
            for row in batch.select(["source", "label", LABELLED_BY, WEIGHT]).to_pylist():
                key = (Path(file.name).name, row["source"], row[LABELLED_BY] or "")
                labels.setdefault(key, Counter())[row["label"]] += 1
                weights[key] += float(row[WEIGHT] or 1)
    return tuple(
        {"file": key[0], "source": key[1], LABELLED_BY: key[2], "labels": dict(sorted(found.items())), "weight": round(weights[key], 3)}
        for key, found in sorted(labels.items())
    )
