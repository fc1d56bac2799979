"""Public labelled sets, brought into the ad columns by recipe: which column is what, and which value means which label.

A recipe is data (`sources.toml`), so a set of one's own is one more table there, or a file of one's own. Provenance goes along: every imported row bears its
`source` and, where the recipe names a column for it, a group that stays on one side of every split.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from adscreen.errors import InputError
from adscreen.ingest.limits import EXCERPT_CHARS
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.tables import ad_schema, read_ads
from adscreen.records import LABELS, Reject
from adscreen.settings import read_toml

_ROOM = Path(__file__).parent
SOURCES = "sources.toml"
_LABEL = "label"
_KEYS = frozenset(
    [
        "title",
        "url",
        "licence",
        "rows",
        "languages",
        "caution",
        "format",
        "encoding",
        "header",
        "columns",
        "label_column",
        "labels",
        "group_column",
    ]
)


@dataclass(frozen=True, slots=True)
class PublicSource:
    """A public labelled set: where it comes from, under which licence, and how its file is read.

    `columns`: ad column -> source column (as `--map`); `labels`: value of `label_column` -> label, `"*"` for any other value; without a
    `label_column` every row bears `labels["*"]`. `group_column`: rows that share its value stay on one side of a split.
    """

    id: str
    title: str
    url: str
    licence: str
    labels: Mapping[str, str]
    columns: Mapping[str, str] = field(default_factory=dict)
    label_column: str = ""
    group_column: str = ""
    rows: int = 0
    languages: str = ""
    caution: str = ""
    format: str | None = None
    encoding: str | None = None
    header: bool = True


def sources_file() -> Path:
    """Where `sources.toml` lies: inside the wheel, or in `corpora/` of a source checkout. Raises InputError when it is missing."""
    for path in (_ROOM / SOURCES, _ROOM.parents[2] / "corpora" / SOURCES):
        if path.is_file():
            return path
    raise InputError(f"{SOURCES} is not installed; give a recipe file of your own with --recipe")


def load_sources(path: Path) -> dict[str, PublicSource]:
    """Read recipes; all problems of the file are reported in one InputError."""
    tables = read_toml(path, "recipes", "[name]")
    problems = [problem for name, table in tables.items() for problem in _problems(name, table)]
    if problems:
        raise InputError(f"recipes {path}: " + "; ".join(problems))
    return {name: PublicSource(**{"id": name, "title": name, "url": "", "licence": "not stated", **table}) for name, table in tables.items()}


def _problems(name: str, table: Any) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"{name}: not a table; write [{name}]"
        return
    yield from (f"[{name}] unknown key {key!r}; known are {', '.join(sorted(_KEYS))}" for key in table.keys() - _KEYS)
    kinds = {"rows": int, "header": bool, "columns": dict, "labels": dict}
    wrong = [key for key, value in table.items() if key in _KEYS and not isinstance(value, kinds.get(key, str))]
    yield from (f"[{name}] {key} = {table[key]!r} is no {kinds.get(key, str).__name__}" for key in wrong)
    if wrong:
        return
    labels = table.get("labels")
    if not isinstance(labels, dict) or not labels:
        yield f'[{name}] labels is missing; write [{name}.labels] with lines such as 1 = "job_scam"'
        return
    yield from (f"[{name}] labels.{value} = {label!r} is none of {', '.join(LABELS)}" for value, label in labels.items() if label not in LABELS)
    if not table.get("label_column") and set(labels) != {"*"}:
        yield f"[{name}] label_column is missing; without one, only labels.* can be given"


def import_source(source: PublicSource, files: list[str], on_reject: RejectSink) -> Iterator[pa.RecordBatch]:
    """Batches of labelled ads (schema of `ad_schema()`); rows whose label is not in the recipe become rejects with reason `bad_label`.

    Raises InputError when a file cannot be read or lacks a column that the recipe names.
    """
    kept = tuple(dict.fromkeys(name for name in (source.label_column, source.group_column) if name))
    options = ReadOptions(dict(source.columns), kept, source.encoding, source.format, header=source.header)
    for file in files:
        row = 0
        for batch in read_ads([file], options, on_reject):
            labels = [_label(source, value) for value in _values(batch, source.label_column)]
            known = pa.array([label is not None for label in labels])
            for number, (label, value) in enumerate(zip(labels, _values(batch, source.label_column), strict=True), row + 1):
                if label is None:
                    on_reject(_unknown_label(file, number, source, value))
            row += batch.num_rows
            yield _labelled(batch, source, labels).filter(known)


def _label(source: PublicSource, value: str) -> str | None:
    return source.labels.get(value.strip(), source.labels.get("*"))


def _values(batch: pa.RecordBatch, column: str) -> list[str]:
    return [value or "" for value in batch.column(column).to_pylist()] if column else [""] * batch.num_rows


def _unknown_label(file: str, number: int, source: PublicSource, value: str) -> Reject:
    known = ", ".join(source.labels)
    detail = f"ad {number} of the file: column {source.label_column!r} holds {value[:40]!r}, the recipe {source.id!r} knows {known}"
    return Reject(file, 0, "bad_label", detail, value[:EXCERPT_CHARS])


def _labelled(batch: pa.RecordBatch, source: PublicSource, labels: list[str | None]) -> pa.RecordBatch:
    columns = {name: batch.column(name) for name in ad_schema().names}
    columns[_LABEL] = pa.array([label or "" for label in labels], pa.string())
    columns["source"] = pa.array([source.id] * batch.num_rows, pa.string())
    if source.group_column:
        groups = [f"{source.id}:{value}" if value else "" for value in _values(batch, source.group_column)]
        columns["group"] = pa.array(groups, pa.string())
    columns["id"] = pc.if_else(pc.equal(columns["id"], ""), "", pc.binary_join_element_wise(source.id, columns["id"], "-"))
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=ad_schema())
