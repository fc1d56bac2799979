"""`adscreen evaluate`: how good a bundle is on labelled ads."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Encoding, Format, Map, Model, NoHeader, PolicyFile, Rejects, read_options

if TYPE_CHECKING:
    from adscreen.evaluate.metrics import Figures
    from adscreen.evaluate.run import Evaluation, Slice


def evaluate(
    ads: Annotated[list[str], typer.Argument(metavar="ADS...", help="Tables of labelled ads that the bundle was not trained on.")],
    model: Model = None,
    policy: PolicyFile = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write all figures as JSON.")] = None,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Measure a bundle on labelled ads: ranking, recall at fixed false-positive rates, calibration, by language and source.

    The length-and-style control says how well the same ads are told apart without reading them; figures near it mean little.
    """
    import json
    from dataclasses import asdict

    from adscreen.cli.progress import RejectCount
    from adscreen.evaluate.run import evaluate as measure
    from adscreen.outputs.atomic import AtomicFile
    from adscreen.screen import Screener
    from adscreen.settings import default_bundle

    file = AtomicFile(str(report), ads) if report is not None else None
    screener = Screener.load(model or default_bundle(), policy)
    options = read_options(column_map, encoding, table_format, no_header, check_labels=True)
    with ExitStack() as stack:
        log = stack.enter_context(RejectCount.writing_to(rejects, ads))
        result = measure(screener, ads, options, log)
    log.tell()
    if file is not None:
        file.open().write(json.dumps(asdict(result), ensure_ascii=False, indent=1).encode() + b"\n")
        file.commit()
    _show(result)


def _show(result: Evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    from adscreen.evaluate.run import STRICT_RATES

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=150)
    rates = list(result.lure.recall_at_fpr)
    table = Table(
        "ads", "positive", "all", "PR-AUC", "ROC-AUC", *(f"recall@{rate}" for rate in rates), "Brier", "cal. error", box=None, pad_edge=False
    )
    for name, row in (
        ("lure against all others", result.lure),
        ("lure against lawful ads", result.lure_against_lawful),
        ("lure against look-alikes", result.lure_against_look_alikes),
        ("job scam among the rest", result.job_scam),
    ):
        table.add_row(name, str(row.positives), str(row.ads), *_cells(row))
    console.print(table)
    console.print(
        f"\nlength-and-style control, ROC-AUC: {_number(result.style_auc)} against all others, {_number(result.style_auc_look_alikes)} against look-alikes"
    )
    console.print(f"flagged by the policy: {_share(result.flagged_lures)} of lures, {_share(result.flagged_others)} of others")
    console.print(f"examined: {result.examined:.1%} of all ads; lures that triage kept from examination: {_share(result.lures_lost_by_floor)}")
    console.print(
        f"strict threshold (at most {STRICT_RATES[0]:.0%} of look-alikes and {STRICT_RATES[1]:.1%} of other lawful ads): {_number(result.strict_threshold)}, "
        f"recall of lures {_share(result.strict_recall)}"
    )
    if result.pairs:
        console.print(
            f"pairs of a lure and its lawful twin ranked rightly: {_share(result.pairs_ranked)} of {result.pairs}; the hardest (lure, lawful):"
        )
        console.print(", ".join(f"{pair.pair} {pair.lure:.2f} {pair.lawful:.2f}" for pair in result.hardest_pairs), markup=False)
    if result.unsure:
        console.print(f"left out: {result.unsure} ads labelled unsure")
    for title, slices in (("language", result.by_language), ("source", result.by_source)):
        console.print(_slice_table(title, slices, rates))
    console.print(f"bundle {result.scored_by}")


def _slice_table(title: str, slices: tuple[Slice, ...], rates: list[str]) -> object:
    from rich.table import Table

    table = Table(
        title,
        "lures",
        "ads",
        "PR-AUC",
        "ROC-AUC",
        *(f"recall@{rate}" for rate in rates),
        "Brier",
        "cal. error",
        "flagged lures",
        "flagged others",
        "strict recall",
    )
    table.box = None
    for part in slices:
        row = part.figures
        table.add_row(
            part.name,
            str(row.positives),
            str(row.ads),
            *_cells(row),
            _share(part.flagged_lures),
            _share(part.flagged_others),
            _share(part.strict_recall),
        )
    return table


def _cells(row: Figures) -> list[str]:
    return [_number(value) for value in (row.pr_auc, row.roc_auc, *row.recall_at_fpr.values(), row.brier, row.calibration_error)]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
