"""`adscreen ingest`: ads from what teams hold (chats, mail, web pages, feeds, pictures) as a table that every other verb reads."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import ReaderOption, Rejects, parse_options
from adscreen.errors import InputError, OutsideError

if TYPE_CHECKING:
    from adscreen.ingest.options import RejectSink
    from adscreen.ingest.readers.protocol import Reader, SourceLog
    from adscreen.ingest.vacancies import Piece
    from adscreen.records import JobAd

BATCH_ROWS = 1024


def ingest(
    kind: Annotated[str | None, typer.Argument(metavar="KIND", help="What the sources are; --list shows all kinds.")] = None,
    sources: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...", help="Files, folders, archives or addresses of that kind.")] = None,
    out: Annotated[
        str | None, typer.Option("-o", "--out", metavar="ADS", help="Where ads go; .jsonl, .csv, .tsv (also .gz, .zst) or .parquet by suffix.")
    ] = None,
    option: ReaderOption = None,
    rejects: Rejects = None,
    split: Annotated[
        bool | None,
        typer.Option("--split/--no-split", help="Cut posts that list several vacancies into one ad each; default: telegram and whatsapp only."),
    ] = None,
    list_kinds: Annotated[
        bool, typer.Option("--list", help="Show all kinds and what they read; after a KIND: its options, an example, its rejects.")
    ] = False,
) -> None:
    """Turn chats, mail, web pages, feeds or pictures into a table of ads.

    Every item of a source becomes an ad or a reject with a reason. Without -o, ads go to standard output as JSONL.
    """
    if list_kinds:
        if kind:
            _show_kind(kind)
        else:
            _show_kinds()
        return
    if not (kind and sources):
        raise InputError("name a kind and at least one source, such as: adscreen ingest telegram result.json -o ads.jsonl; --list shows all kinds")
    from adscreen.cli.progress import RejectCount, counting
    from adscreen.ingest.readers.catalogue import make_reader
    from adscreen.ingest.readers.opening import PARENT, as_batches
    from adscreen.ingest.tables import ad_schema
    from adscreen.outputs.writers import open_writer

    reader = make_reader(kind, parse_options(option))
    tally = _Tally()
    with ExitStack() as stack:
        writer = stack.enter_context(open_writer(out, ad_schema((PARENT,)), sources))
        log = stack.enter_context(RejectCount.writing_to(rejects, sources))
        logs = _logs(sources, log)
        for batch in counting(as_batches(tally.pieces(reader, logs, split), BATCH_ROWS, (PARENT,)), "ads", stack):
            writer.write(batch)
    tally.tell(logs, out)
    log.tell("item")


def _logs(sources: Sequence[str], sink: RejectSink) -> list[SourceLog]:
    from adscreen.ingest.readers.protocol import SourceLog

    return [SourceLog(source, sink) for source in sources]


class _Tally:
    """Counts what a run made: posts that were cut, and ads whose clean text was there before."""

    def __init__(self) -> None:
        self._cut: Counter[str] = Counter()
        self._ads = 0
        self._known: set[int] = set()  # 64-bit digests of the clean texts of earlier sources: memory does not grow with their length
        self._here: set[int] = set()  # those of the source at hand
        self._copies: Counter[str] = Counter()

    def pieces(self, reader: Reader, logs: Sequence[SourceLog], split: bool | None) -> Iterator[Piece]:
        """The ads of all sources, counted on the way."""
        from adscreen.ingest.readers.opening import read_pieces

        for log in logs:
            last = ""
            for piece in read_pieces(reader, log.name, log, split):
                self._cut["pieces"] += bool(piece.parent)
                self._cut["posts"] += bool(piece.parent) and piece.parent != last
                last = piece.parent
                self._seek_copy(piece.ad)
                yield piece
            self._known |= self._here
            self._here.clear()

    def _seek_copy(self, ad: JobAd) -> None:
        from adscreen.records import TEXT_FIELDS
        from adscreen.text.compose import compose
        from adscreen.text.fingerprint import content_id
        from adscreen.text.normalise import clean

        digest = int(content_id(clean(compose([getattr(ad, field) for field in TEXT_FIELDS]))), 16)
        self._ads += 1
        self._copies["other"] += digest in self._known
        self._copies["same"] += digest in self._here
        self._here.add(digest)

    def tell(self, logs: Sequence[SourceLog], out: str | None) -> None:
        """Say on stderr what became of the items."""
        skipped: Counter[str] = Counter()
        for log in logs:
            skipped.update(log.skipped)
        items, ads = sum(log.items for log in logs), sum(log.ads for log in logs)
        lines = [f"{_many(items, 'item')}: {_many(ads, 'ad')}, {_many(items - ads, 'reject')}"]
        if self._cut["posts"]:
            lines.append(
                f"of several vacancies each: {_many(self._cut['posts'], 'post')}, cut into {self._cut['pieces']:,} ads (--no-split keeps them whole)"
            )
        if skipped:
            lines.append("skipped, as they are no items: " + ", ".join(f"{count:,} {reason}" for reason, count in skipped.most_common()))
        if self._copies.total():
            other, same = self._copies["other"], self._copies["same"]
            lines.append(f"the same words as an ad before: {same:,} within a source, {other:,} in an earlier source; all are kept")
        lines.append(f"wrote {_many(self._ads, 'ad')} to {out or 'standard output'}")
        for line in lines:
            print(f"adscreen: {line}", file=sys.stderr)  # noqa: T201


def _many(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' * (count != 1)}"


def _show_kinds() -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from adscreen.ingest.readers.catalogue import kinds

    table = Table("kind", "reads", "needs", box=None, pad_edge=False)
    table.columns[2].no_wrap = True  # a command to copy
    for kind in kinds():
        table.add_row(*map(escape, (kind, *_described(kind))))
    Console(highlight=False).print(table)
    typer.echo("Options, example and reasons of rejects of one kind: adscreen ingest KIND --list")


def _described(kind: str) -> tuple[str, str]:
    """What a kind reads and needs; for one that cannot be loaded, why."""
    from adscreen.ingest.readers.catalogue import reader_class

    try:
        found = reader_class(kind)
    except (ImportError, OutsideError) as error:
        return "", f"cannot be loaded: {error}"
    return found.about, _needs(found.extra).partition(" (")[0]


def _show_kind(kind: str) -> None:
    from adscreen.ingest.readers.catalogue import reader_class

    found = reader_class(kind)
    typer.echo(f"{kind}: {found.about}\nneeds: {_needs(found.extra)}\nexample: {found.example}")
    for title, entries in (("options (--option NAME=VALUE)", found.options), ("reasons of rejects", found.rejects)):
        typer.echo(f"{title}:" if entries else f"{title}: none")
        for name, about in entries.items():
            typer.echo(f"  {name}: {about}")


def _needs(extra: str | None) -> str:
    """The extra and whether its packages are installed."""
    import re
    from importlib.metadata import PackageNotFoundError, requires, version

    if extra is None:
        return "nothing more"
    marker = re.compile(rf"""extra == ['"]{re.escape(extra)}['"]""")
    named = [line.split(";")[0] for line in requires("adscreen") or [] if marker.search(line)]
    missing = []
    for name in named:
        package = re.split(r"[^\w.-]", name.strip(), maxsplit=1)[0]
        try:
            version(package)
        except PackageNotFoundError:
            missing.append(package)
    if missing or not named:
        return f"pip install 'adscreen[{extra}]'" + (f" (missing: {', '.join(sorted(missing))})" if missing else "")
    return f"extra {extra}: installed"
