"""How `adscreen explain` shows a reading: the ad with its evidence marked, and a waterfall of log-odds."""

from __future__ import annotations

import json
import math
from dataclasses import asdict

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from adscreen.classifiers.bundle import Bundle
from adscreen.cli.ranking import printable
from adscreen.errors import InputError
from adscreen.records import TEXT_FIELDS, JobAd, Verdict
from adscreen.screen import Screener
from adscreen.verdict.band import is_scam_only
from adscreen.verdict.combine import Reading, Terms
from adscreen.verdict.evidence import PASSAGE

_FOR, _AGAINST = "bold red", "bold green"
_BAR = 24
_WIDTH_IN_A_PIPE = 110


def print_json(ad: JobAd, verdict: Verdict, reading: Reading, screener: Screener) -> None:
    """Print verdict and terms as one JSON object."""
    shown = {
        name: {
            "prior": terms.prior,
            "passages": terms.passages,
            "wording": terms.wording,
            "transformer": terms.transformer,
            **terms.signs,
            "log_odds": terms.log_odds,
        }
        for name, terms in (("lure_terms", reading.lure), ("scam_terms", reading.scam))
    }
    print(json.dumps({**asdict(verdict), **shown}, ensure_ascii=False, indent=2))  # noqa: T201


def print_reading(ad: JobAd, verdict: Verdict, reading: Reading, screener: Screener) -> None:
    """Print the ad, its verdict and the waterfall."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDTH_IN_A_PIPE)
    title, subtitle = Text(f"ad {printable(verdict.id)}"), Text(f"language {verdict.language or 'unknown'}")
    console.print(Panel(_marked(ad, verdict), title=title, subtitle=subtitle))
    console.print(f"[bold]{verdict.band}[/bold]  lure {verdict.lure_probability:.3f}, job scam {verdict.scam_probability:.3f}")
    console.print(Text(verdict.reason))
    in_bulk = screener.reading_in_bulk([getattr(ad, field) for field in TEXT_FIELDS], ad.language)
    if in_bulk is None:
        console.print(Text("`adscreen score` judges this ad by triage alone and gives it no evidence; this is the full reading all the same.", "dim"))
    elif reading.was_transformed and not in_bulk.was_transformed:
        console.print(Text("`adscreen score` judges this ad without the transformer; this is the full reading all the same.", "dim"))
    about_scam = is_scam_only(screener.policy.of(verdict.language), verdict.lure_probability or 0.0, verdict.scam_probability or 0.0)
    console.print(Text(f"\nhow the log-odds of {'a job scam, among ads that are no lure,' if about_scam else 'a lure'} come about", "dim"))
    console.print(_waterfall(verdict, reading.scam if about_scam else reading.lure, screener.bundle))
    console.print(
        Text(f"made by adscreen {verdict.made_by['adscreen']}, bundle {verdict.made_by['bundle']}, policy {verdict.made_by['policy']}", "dim")
    )


def _marked(ad: JobAd, verdict: Verdict) -> Group:
    lines = []
    for field in TEXT_FIELDS:
        value = getattr(ad, field)
        if not value:
            continue
        text = Text(printable(value))
        for item in sorted(verdict.evidence, key=lambda item: (item.indicator != PASSAGE, abs(item.weight))):
            if item.field == field:
                style = _FOR if item.weight > 0 else _AGAINST
                text.stylize("underline" if item.indicator == PASSAGE else style, item.start, item.end)
        lines.append(Text.assemble((f"{field}: ", "dim"), text))
    return Group(*lines)


def _waterfall(verdict: Verdict, reading: Terms, bundle: Bundle) -> Table:
    quotes = {item.indicator: item.quote for item in reversed(verdict.evidence)}
    terms = [
        ("prior", reading.prior, "an ad of which nothing is known"),
        ("passages", reading.passages, "what the underlined passages say one by one, beside the signs"),
    ]
    if reading.wording:
        terms.append(("wording", reading.wording, "what triage says of the whole text's letters"))
    if reading.transformer:
        terms.append(("transformer", reading.transformer, "what it reads in the whole ad; its share is in the weights of the passages"))
    terms += [(sign, weight, _shown(sign, quotes, bundle)) for sign, weight in sorted(reading.signs.items(), key=lambda term: -abs(term[1]))]
    table = Table("term", "log-odds", "", "in the ad", box=None, pad_edge=False)
    scale = _BAR / max(max(abs(weight) for _, weight, _ in terms), 1.0)
    for name, weight, shown in terms:
        bar = Text("█" * max(round(abs(weight) * scale), 1), _FOR if weight > 0 else _AGAINST)
        table.add_row(name, f"{weight:+.2f}", bar, Text(shown, overflow="ellipsis", no_wrap=True))
    probability = 1 / (1 + math.exp(-reading.log_odds))
    table.add_row("final", f"{reading.log_odds:+.2f}", "", f"probability {probability:.3f}", style="bold")
    return table


def _shown(sign: str, quotes: dict[str, str], bundle: Bundle) -> str:
    quote = " ".join(printable(quotes.get(sign, "")).split())
    try:
        reference = bundle.catalogue.indicator(sign).reference
    except InputError:  # signs read from values stand in no catalogue
        reference = ""
    return f"“{quote}”" + (f" [{reference}]" if reference else "") if quote else reference
