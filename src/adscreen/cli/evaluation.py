"""An evaluation as tables on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from adscreen.evaluate.ablation import WHOLE, PartFigures
from adscreen.evaluate.cascade import AtFloor
from adscreen.evaluate.gate import Finding
from adscreen.evaluate.metrics import RATES, Figures, Share
from adscreen.evaluate.robustness.measure import Effect, MutatorResult, ShortcutResult
from adscreen.evaluate.run import STRICT_RATES, Evaluation
from adscreen.evaluate.slices import UNKNOWN, Slice
from adscreen.train.leak import LeakRow

_WIDTH_IN_A_PIPE = 170
_INTERVALS = {"PR-AUC": "pr_auc", "ROC-AUC": "roc_auc"}


def console_for_tables() -> Console:
    """A console that is wide where nobody's window limits it."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_IN_A_PIPE)


def show(result: Evaluation, console: Console) -> None:
    """Print key figures, operating points, parts, floors, pairs and slices."""
    console.print(_figures_table("", [(name, row) for name, row in _sets(result)]))
    console.print(
        f"\nlength-and-style control, ROC-AUC: {number(result.style_auc)} against all others, {number(result.style_auc_look_alikes)} against look-alikes"
    )
    console.print(
        f"flagged by the policy: {share(result.flagged_lures)} of lures, {share(result.flagged_others)} of others; "
        f"examined: {result.examined:.1%} of all ads; lures that triage kept from examination: {share(result.lures_lost_by_floor)}"
    )
    console.print(
        f"strict threshold (at most {STRICT_RATES[0]:.0%} of look-alikes and {STRICT_RATES[1]:.1%} of other lawful ads): {number(result.strict_threshold)}, "
        f"recall of lures {share(result.strict_recall)}"
    )
    console.print(_points_table(result))
    console.print(_parts_table(result.parts))
    if result.parts[0].languages:
        console.print(_parts_by_language(result.parts))
    console.print(_figures_table("part by itself, against all others", [(part.part, part.against_all) for part in result.parts]))
    shipped = (result.cascade.shipped,) if result.cascade.transformer else ()
    for stage, floors in (("floor of the transformer", result.cascade.transformer), ("floor of triage", result.cascade.triage)):
        if floors:
            console.print(_floors_table(stage, (*floors, *shipped)))
            console.print(_losses_table(stage, (*floors, *shipped)))
    if result.pairs:
        console.print(
            f"\npairs of a lure and its lawful twin ranked rightly: {percent(result.pairs_ranked)} of {result.pairs}; the hardest (lure, lawful):"
        )
        console.print(", ".join(f"{pair.pair} {pair.lure:.2f} {pair.lawful:.2f}" for pair in result.hardest_pairs), markup=False)
    if result.known:
        console.print(f"BEWARE: the bundle was trained on {result.known} of these ads; the figures flatter it")
    if result.unsure:
        console.print(f"left out: {result.unsure} ads labelled unsure")
    for dimension, parts in result.slices.items():
        console.print(_slice_table(dimension, parts))
    console.print(f"bundle {result.scored_by}; {result.groups} groups; intervals: 95 %, bootstrap over groups (figures), Wilson over groups (shares)")


def show_robustness(mutators: Sequence[MutatorResult], shortcuts: Sequence[ShortcutResult], console: Console) -> None:
    """Print what disguises cost, and what edits that should not matter shift."""
    table = _table("disguise", "lures", "recall before", "after", "log-odds", "lawful", "flagged before", "after", "log-odds")
    for row in mutators:
        table.add_row(row.name, *_effect_cells(row.lures), *_effect_cells(row.lawful))
    console.print(table)
    table = _table("edit that should not matter", "label", "ads", "flagged before", "after", "log-odds")
    for edit in shortcuts:
        table.add_row(edit.name, edit.label, *_effect_cells(edit.effect))
    console.print(table)


def show_leaks(rows: Sequence[LeakRow], console: Console) -> None:
    """Print what the same model reaches under splits that leak and under one that does not."""
    table = _table("split", "rows", "groups", "PR-AUC", "+-", "ROC-AUC", "+-", "test rows with a twin in train", "a near one")
    for row in rows:
        areas = (row.pr_auc, row.pr_auc_spread, row.roc_auc, row.roc_auc_spread)
        table.add_row(row.split, str(row.rows), str(row.groups), *map(number, areas), percent(row.exact_twins), percent(row.near_twins))
    console.print(table)


def show_gate(findings: Sequence[Finding], console: Console) -> None:
    """Print every check, the failed ones last, where they are seen."""
    for finding in sorted(findings, key=lambda finding: not finding.passed):
        console.print(f"{'pass' if finding.passed else 'FAIL'}  {finding.check}: {finding.detail}", markup=False)


def _sets(result: Evaluation) -> list[tuple[str, Figures]]:
    return [
        ("lure against all others", result.lure),
        ("lure against lawful ads", result.lure_against_lawful),
        ("lure against look-alikes", result.lure_against_look_alikes),
        ("job scam among the rest", result.job_scam),
    ]


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=False)


def _figures_table(title: str, rows: Sequence[tuple[str, Figures]]) -> Table:
    table = _table(
        title or "ads", "positive", "all", "PR-AUC", "95 %", "ROC-AUC", "95 %", *(f"recall@{rate}" for rate in RATES), "Brier", "cal. error"
    )
    for name, row in rows:
        recalls = [number(row.recall_at_fpr[rate]) for rate in RATES]
        areas = [cell for figure in ("pr_auc", "roc_auc") for cell in (number(getattr(row, figure)), _bounds(row, figure))]
        table.add_row(name, str(row.positives), str(row.ads), *areas, *recalls, number(row.brier), number(row.calibration_error))
    return table


def _bounds(row: Figures, figure: str) -> str:
    return "{:.3f}-{:.3f}".format(*row.bounds[figure]) if figure in row.bounds else "-"


def _points_table(result: Evaluation) -> Table:
    prevalence = result.points[0].prevalence
    table = _table(
        "threshold",
        "from",
        "flagged",
        "recall",
        "look-alikes",
        "other lawful",
        "all others",
        "precision here",
        f"at {prevalence:g} lures",
        "at least",
    )
    for point in result.points:
        shares = (point.caught, point.false_look_alikes, point.false_ordinary, point.false_all, point.precision)
        table.add_row(
            point.name, f"{point.threshold:.4f}", str(point.flagged), *map(share, shares), f"{point.corrected:.2%}", f"{point.corrected_low:.2%}"
        )
    return table


def _parts_table(parts: Sequence[PartFigures]) -> Table:
    recalls = RATES[1:]
    table = _table(
        "part by itself, against look-alikes",
        *("PR-AUC", "ROC-AUC", "95 %", *(f"recall@{rate}" for rate in recalls), "pairs ranked", "plain pairs ranked", "ROC-AUC behind the whole"),
    )
    for part in parts:
        row = part.against_look_alikes
        areas = (number(row.pr_auc), number(row.roc_auc), _bounds(row, "roc_auc"))
        behind = "-" if part.part == WHOLE or part.behind_whole is None else "{:+.3f} ({:+.3f} to {:+.3f})".format(*part.behind_whole)
        pairs = map(share, (part.pairs_ranked, part.plain_pairs_ranked))
        table.add_row(part.part, *areas, *(number(row.recall_at_fpr[rate]) for rate in recalls), *pairs, behind)
    return table


def _parts_by_language(parts: Sequence[PartFigures]) -> Table:
    table = _table("ROC-AUC against look-alikes", *(part.part for part in parts))
    for language in parts[0].languages:
        table.add_row(language or UNKNOWN, *(number(part.languages[language][0]) for part in parts))
    return table


def _floors_table(stage: str, floors: Sequence[AtFloor]) -> Table:
    table = _table(
        stage, "log-odds", "lures read", "look-alikes", "other lawful", "all others", "lures flagged", "look-alikes flagged", "flagged lures lost"
    )
    for one in floors:
        read = (one.read_lures, one.read_look_alikes, one.read_ordinary, one.read_others)
        shares = (*(percent(part.value) for part in read), *map(share, (one.caught, one.false_look_alikes)))
        table.add_row(one.name, number(one.floor), *shares, f"{one.lost.count} of {one.lost.of}")
    return table


def _losses_table(stage: str, floors: Sequence[AtFloor]) -> Table:
    """Languages in which a lure is lost at any of the floors."""
    table = _table(f"{stage}: lures lost", "flagged", *(one.name for one in floors[1:]))
    for language, whole in floors[0].lost_by_language.items():
        lost = [one.lost_by_language[language].count for one in floors[1:]]
        if any(lost):
            table.add_row(language or UNKNOWN, str(whole.of), *map(str, lost))
    return table


def _slice_table(title: str, parts: Sequence[Slice]) -> Table:
    table = _table(
        title, "lures", "ads", "PR-AUC", "ROC-AUC", "95 %", "flagged lures", "strict recall", "flagged lawful", "flagged others", "lost by triage"
    )
    for part in parts:
        row = part.figures
        table.add_row(
            part.name,
            str(row.positives),
            str(row.ads),
            number(row.pr_auc),
            number(row.roc_auc),
            _bounds(row, "roc_auc"),
            *map(share, (part.caught, part.strict, part.false_lawful, part.false_others, part.lost)),
        )
    return table


def _effect_cells(effect: Effect | None) -> tuple[str, ...]:
    if effect is None:
        return ("-", "-", "-", "-")
    return (str(effect.ads), f"{effect.flagged_before.value:.1%}", f"{effect.flagged_after.value:.1%}", f"{effect.shift_mean.value:+.2f}")


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"


def share(value: Share | None) -> str:
    """A share with its interval."""
    if value is None or value.value is None:
        return "-"
    low, high = value.bounds
    return f"{value.value:.1%} ({low:.1%}-{high:.1%})"
