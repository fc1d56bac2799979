"""Options that several verbs share, and the reading of `A=B` pairs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.errors import InputError

if TYPE_CHECKING:
    from adscreen.ingest.options import ReadOptions

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT...",
        help="Tables of ads: CSV, TSV, JSONL or Parquet, plain, .gz or .zst; globs; - for stdin. Or KIND:SOURCE, such as telegram:result.json; "
        "`adscreen ingest --list` shows the kinds.",
    ),
]
Model = Annotated[Path | None, typer.Option("--model", metavar="DIR", help="A bundle; default: the one that ships with adscreen.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="TOML with thresholds: review, urgent, scam_review, prevalence.")]
Map = Annotated[
    list[str] | None, typer.Option("--map", metavar="A=B", help="Read ad column A from your column B, such as text=body; text=a+b joins two.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Encoding of text files that are neither UTF-8 nor marked UTF-16, such as cp1252 or gb18030.")
]
Format = Annotated[str | None, typer.Option("--format", help="csv, tsv, jsonl, json or parquet, where the suffix does not tell.")]
NoHeader = Annotated[bool, typer.Option("--no-header", help="CSV and TSV have no header line; their columns are named 1, 2, 3, ...")]
ReaderOption = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="An option of the kind that reads the source; `adscreen ingest KIND --list` shows them."),
]


class Examine(StrEnum):
    """What is examined; the values of `screen.EXAMINE`."""

    auto = "auto"
    all = "all"
    none = "none"


class Device(StrEnum):
    """Where the transformer runs; the values of `transformer.DEVICES`."""

    cpu = "cpu"
    cuda = "cuda"


Examined = Annotated[
    Examine,
    typer.Option(
        "--examine", help="auto: what triage lets through, by the transformer what is then still open; all: every ad in full; none: triage alone."
    ),
]
OnDevice = Annotated[Device, typer.Option("--device", help="Where the transformer runs; cuda needs a GPU and the train extra.")]
Rejects = Annotated[
    Path | None,
    typer.Option("--rejects", metavar="FILE", help="Write what could not become an ad here (JSONL or CSV), with file, line and reason."),
]


def read_options(
    column_map: list[str] | None,
    encoding: str | None,
    table_format: str | None,
    no_header: bool,
    keep: tuple[str, ...] = (),
    check_labels: bool = False,
) -> ReadOptions:
    """The options of the table readers, from those of the command line."""
    from adscreen.ingest.options import ReadOptions

    return ReadOptions(parse_map(column_map), keep, encoding, table_format, check_labels=check_labels, header=not no_header)


def parse_map(pairs: list[str] | None) -> dict[str, str]:
    """`["text=body"]` to `{"text": "body"}`; raises InputError on anything else."""
    mapping: dict[str, str] = {}
    for pair in pairs or []:
        name, equals, column = pair.partition("=")
        if not (name.strip() and equals and column.strip()):
            raise InputError(f"--map {pair!r} is not of the form A=B; write --map text=body")
        if name in mapping:
            raise InputError(f"--map names {name!r} twice: {mapping[name]!r} and {column!r}; join columns with text={mapping[name]}+{column}")
        mapping[name] = column
    return mapping


def parse_options(pairs: list[str] | None) -> dict[str, str]:
    """`["chat=jobs"]` to `{"chat": "jobs"}`; all problems in one InputError."""
    options: dict[str, str] = {}
    problems = []
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not (name.strip() and equals):
            problems.append(f"--option {pair!r} is not of the form NAME=VALUE")
        elif name in options:
            problems.append(f"--option names {name!r} twice: {options[name]!r} and {value!r}")
        options[name] = value
    if problems:
        raise InputError("; ".join(problems))
    return options
