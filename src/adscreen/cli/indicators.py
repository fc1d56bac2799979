"""`adscreen indicators`: what adscreen looks for, with its published sources."""

from __future__ import annotations

from typing import Annotated

import typer

WIDTH_IN_A_PIPE = 160

indicators = typer.Typer(
    no_args_is_help=True, help="List the indicators and show one with its sources, phrases and examples.", epilog="Example: adscreen indicators list"
)


@indicators.command("list", epilog="Example: adscreen indicators list --kind lawful")
def list_indicators(kind: Annotated[str | None, typer.Option(help="lure, scam, lawful, role or context.")] = None) -> None:
    """List all indicators and what each says of an ad."""
    from rich.console import Console
    from rich.table import Column, Table

    from adscreen.errors import InputError
    from adscreen.indicators.catalogue import KINDS, load_catalogue

    if kind is not None and kind not in KINDS:
        raise InputError(f"--kind {kind!r} is unknown; use one of {', '.join(KINDS)}")
    catalogue = load_catalogue()
    table = Table(Column("id", no_wrap=True), "kind", "ref", "strength", "languages", "phrases", "definition", box=None)
    for indicator in catalogue.indicators:
        if kind in (None, indicator.kind):
            phrases = sum(map(len, indicator.phrases.values()))
            table.add_row(
                indicator.id,
                indicator.kind,
                indicator.reference,
                str(indicator.strength),
                str(len(indicator.phrases)),
                str(phrases),
                indicator.definition,
            )
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_IN_A_PIPE)
    console.print(table)
    console.print(f"{table.row_count} indicators, {len(catalogue.places)} places")


@indicators.command("show", epilog="Example: adscreen indicators show travel_paid")
def show_indicator(indicator_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show one indicator: definition, sources, honest ads that show it too, phrases, examples and near misses."""
    from rich.console import Console

    from adscreen.indicators.catalogue import load_catalogue

    indicator = load_catalogue().indicator(indicator_id)
    console = Console(highlight=False)
    console.print(f"[bold]{indicator.id}[/bold]  ({indicator.kind}, {indicator.reference or 'no reference'}, strength {indicator.strength})")
    console.print(indicator.definition)
    console.print("Sources: " + ("; ".join(indicator.sources) or "none"), markup=False)
    console.print("Honest ads that show it: " + (indicator.honest or "none noted"), markup=False)
    for title, names in (("Counts only beside", indicator.needs), ("Cancelled by", indicator.vetoes)):
        if names:
            console.print(f"{title}: {', '.join(names)}", markup=False)
    for language, phrases in indicator.phrases.items():
        console.print(f"  {language}: " + " | ".join(phrases), markup=False)
    for title, examples in (("fires", indicator.examples), ("must not", indicator.near_misses)):
        for example in examples:
            console.print(f"  {title} ({example.language}): {example.text}", markup=False)
