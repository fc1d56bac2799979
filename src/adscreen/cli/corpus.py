"""`adscreen corpus`: what labelled data there is, whether a corpus is fit for use, and public sets brought into the ad columns."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Encoding, Format, Inputs, Map, NoHeader, Rejects, read_options

if TYPE_CHECKING:
    from adscreen.evaluate.audit import Audit

corpus = typer.Typer(help="Labelled ads: check a corpus, import public sets.", no_args_is_help=True)
Recipe = Annotated[Path | None, typer.Option("--recipe", metavar="FILE", help="Your own TOML of recipes, in the form of corpora/sources.toml.")]


@corpus.command("list", epilog="Example: adscreen corpus list")
def list_(recipe: Recipe = None) -> None:
    """List the public labelled sets that `corpus import` knows, with licence, size and what to beware of."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from adscreen.corpora.public import load_sources, sources_file

    table = Table("name", "what", "languages", "rows", "licence", "beware", box=None, pad_edge=False)
    for source in load_sources(recipe or sources_file()).values():
        table.add_row(
            *map(escape, (source.id, source.title, source.languages, f"{source.rows:,}" if source.rows else "", source.licence, source.caution))
        )
    Console(highlight=False).print(table)


@corpus.command("import", epilog="Example: adscreen corpus import emscad fake_job_postings.csv -o emscad.jsonl")
def import_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which set; see `adscreen corpus list`.")],
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="The set's files, as you downloaded them.")],
    out: Annotated[str, typer.Option("-o", "--out", metavar="OUT", help="Where labelled ads go; .jsonl, .csv or .parquet by suffix.")],
    recipe: Recipe = None,
    rejects: Rejects = None,
) -> None:
    """Bring a public labelled set into the ad columns: label, source and group included, bad rows rejected with line and reason."""
    from collections import Counter

    from adscreen.cli.progress import RejectCount
    from adscreen.corpora.public import import_source, load_sources, sources_file
    from adscreen.errors import InputError
    from adscreen.ingest.tables import ad_schema
    from adscreen.outputs.writers import open_writer

    path = recipe or sources_file()
    sources = load_sources(path)
    if name not in sources:
        raise InputError(f"no set {name!r} in {path}; it knows {', '.join(sources)}")
    labels: Counter[str] = Counter()
    with RejectCount.writing_to(rejects, files) as log, open_writer(out, ad_schema(), files) as writer:
        for batch in import_source(sources[name], files, log):
            writer.write(batch)
            labels.update(batch.column("label").to_pylist())
    counts = ", ".join(f"{count:,} {label}" for label, count in labels.most_common())
    typer.echo(f"{out}: {labels.total():,} ads ({counts or 'none'}); licence of the set: {sources[name].licence}", err=True)
    if sources[name].caution:
        typer.echo(f"beware: {sources[name].caution}", err=True)
    log.tell()


@corpus.command(epilog="Example: adscreen corpus check corpora/lures/data/*.jsonl")
def check(
    ads: Inputs,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Check labelled ads: invalid rows, pairs, near-duplicates across labels and splits, and whether looks alone give the labels away.

    Every file is a split, unless there is a column `split`. Exit 1 when something makes the corpus unfit.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from adscreen.cli.progress import RejectCount
    from adscreen.evaluate.audit import LIMIT
    from adscreen.evaluate.check import check_corpus
    from adscreen.records import LABELS

    with RejectCount.writing_to(rejects, ads) as log:
        found = check_corpus(ads, read_options(column_map, encoding, table_format, no_header), log)
    console = Console(highlight=False)
    balance = Table("language", *LABELS, box=None, pad_edge=False)
    channels = Table("channel", *LABELS, box=None, pad_edge=False)
    for table, position in ((balance, 0), (channels, 1)):
        for value in sorted({key[position] for key in found.labels}):
            sums = [sum(counts[label] for key, counts in found.labels.items() if key[position] == value) for label in LABELS]
            table.add_row(escape(value or "(none)"), *map(str, sums))
    looks = Table("looks alone, lures against lawful", "all", *(escape(name) for name in _channels(found.audit) if name), box=None, pad_edge=False)
    for view in dict.fromkeys(finding.view for finding in found.audit.findings):
        scores = {finding.channel: finding for finding in found.audit.findings if finding.view == view}
        looks.add_row(view, *(f"{scores[name].roc_auc:.3f}" if name in scores else "-" for name in _channels(found.audit)))
    console.print(balance, "", channels, "", looks)
    console.print(f"(ROC-AUC; {LIMIT} is the limit, .5 is blind)")
    console.print(
        "strongest single features: " + ", ".join(f"{feature} ({view}) {auc:.3f}" for view, feature, auc in found.audit.strongest[:6]), markup=False
    )
    console.print(
        "rows that hold contacts: "
        + (", ".join(f"{count} {kind.removeprefix('contact_')}" for kind, count in found.personal.most_common()) or "none")
    )
    for note in found.notes:
        console.print(note)
    log.tell()
    for problem in found.problems:
        console.print(f"problem: {problem}", markup=False)
    if not found.audit.findings:
        console.print("too few lures or lawful ads for the audit of looks")
    console.print(f"{found.rows:,} rows: {'unfit' if found.problems else 'fit'}")
    if found.problems:
        raise typer.Exit(1)


class By(StrEnum):
    """What a split keeps on one side; campaigns are kept whole by all."""

    group = "group"
    company = "company"
    source = "source"
    time = "time"


@corpus.command(epilog="Example: adscreen corpus split labelled.csv --by company --train train.jsonl --test test.jsonl")
def split(
    ads: Inputs,
    train: Annotated[str, typer.Option("--train", metavar="OUT", help="Where ads to train on go.")],
    test: Annotated[str, typer.Option("--test", metavar="OUT", help="Where ads to judge on go.")],
    by: Annotated[By, typer.Option("--by", help="What must not stand on both sides, besides campaigns.")] = By.group,
    share: Annotated[float, typer.Option("--share", min=0.01, max=0.5, help="Share to judge on; by source: not used.")] = 0.2,
    hold_out: Annotated[str | None, typer.Option("--hold-out", metavar="SOURCE", help="By source: the one to judge on.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another number, another draw.")] = 0,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Part labelled ads into train and test so that no campaign (group, contact handle, nearly identical text) stands on both sides."""
    from adscreen.cli.progress import RejectCount
    from adscreen.corpora.parting import part
    from adscreen.outputs.writers import open_writer

    options = read_options(column_map, encoding, table_format, no_header, check_labels=True)
    with RejectCount.writing_to(rejects, ads) as log:
        sides = part(ads, options, log, by.value, share, hold_out, seed)
    for target, table in zip((train, test), sides, strict=True):
        with open_writer(target, table.schema, ads) as writer:
            for batch in table.to_batches():
                writer.write(batch)
        typer.echo(f"{target}: {table.num_rows:,} ads", err=True)
    log.tell()


def _channels(findings: Audit) -> list[str]:
    return list(dict.fromkeys(finding.channel for finding in findings.findings))
