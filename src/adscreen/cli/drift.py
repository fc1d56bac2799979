"""`adscreen drift`: how the ads of two streams differ."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Encoding, Format, Map, Model, NoHeader, PolicyFile, Rejects, read_options
from adscreen.errors import InputError

if TYPE_CHECKING:
    from adscreen.evaluate.drift import Drift

SHORTEST_KEY = 16
"""Bytes of a key for contact hashes (128 bits): with fewer, all phone numbers could be tried."""


def drift(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Ads to compare with: a table, a folder or a glob; labels are not needed.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Ads that may have changed.")],
    model: Model = None,
    policy: PolicyFile = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write a report; .html, .md or .json by suffix.")] = None,
    show_contacts: Annotated[bool, typer.Option("--show-contacts", help="Show new contacts as they are: personal data.")] = False,
    contact_key: Annotated[
        Path | None, typer.Option("--contact-key", metavar="FILE", help="Show new contacts as hashes with this secret, to be matched across reports.")
    ] = None,
    date: Annotated[str | None, typer.Option("--date", help="Day to print in the report; default: today.")] = None,
    column_map: Map = None,
    rejects: Rejects = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that score.")] = 1,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Compare two streams of ads: scores, what is flagged, languages, lengths, indicators, risen words, new contacts.

    Each shift is shown beside what chance alone would bring for streams of this size, copies counted as copies.
    """
    from adscreen.cli.progress import RejectCount
    from adscreen.engines.local import ScreenerSpec
    from adscreen.evaluate.drift import Showing, compare
    from adscreen.report.drift import drift_report
    from adscreen.report.formats import ReportFile
    from adscreen.settings import default_bundle

    file = ReportFile(report, [old, new]) if report is not None else None
    showing = Showing(show_contacts, _key(contact_key))
    options = read_options(column_map, encoding, table_format, no_header)
    with ExitStack() as stack:
        log = stack.enter_context(RejectCount.writing_to(rejects, [old, new]))
        found = compare([old], [new], ScreenerSpec(model or default_bundle(), policy), options, log, showing, workers)
    log.tell()
    if file is not None:
        file.write(drift_report(found, date or _today()))
    _show(found)


def _key(path: Path | None) -> bytes:
    if path is None:
        return b""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise InputError(f"--contact-key {path}: cannot be read ({error.strerror}); give a file with a secret") from error
    if len(key) < SHORTEST_KEY:
        raise InputError(f"--contact-key {path}: holds {len(key)} bytes; write at least {SHORTEST_KEY} random ones into it")
    return key


def _today() -> str:
    import datetime

    return datetime.datetime.now(datetime.UTC).date().isoformat()


def _show(found: Drift) -> None:
    from rich.console import Console
    from rich.table import Table

    from adscreen.report.cells import percent
    from adscreen.report.drift import OUTCOMES, READINGS, shifts

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=150)
    table = Table("shift of", "index", "chance", "reading", box=None, pad_edge=False)
    for name, shift in shifts(found):
        table.add_row(name, f"{shift.index:.3f}", f"{shift.noise:.3f}", READINGS[shift.reading])
    console.print(f"OLD {found.old.ads:,} ads, NEW {found.new.ads:,} ads", markup=False)
    console.print(table)
    for change in found.outcomes:
        console.print(f"{OUTCOMES[change.name]}: {percent(change.old)} to {percent(change.new)}{'' if change.telling else ' (may be chance)'}")
    if found.terms:
        console.print("risen words: " + ", ".join(one.term for one in found.terms[:10]), markup=False)
    console.print(f"new contacts: {found.new_contacts:,}, of which {len(found.contacts)} in several ads are in the report")
    console.print(f"bundle {found.scored_by}", markup=False)
