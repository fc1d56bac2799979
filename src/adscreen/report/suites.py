"""Sections of what is measured only when asked for: the gate, robustness, shortcuts, leaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adscreen.report import cells
from adscreen.report.model import Cell, Column, Note, Row, Section, Table

if TYPE_CHECKING:
    from adscreen.evaluate.gate import Finding
    from adscreen.evaluate.robustness.measure import Effect, Estimate, MutatorResult, ShortcutResult
    from adscreen.train.leak import LeakRow

FEW_ADS = 20
"""Changed ads below which a row is greyed."""


def gate_section(findings: Sequence[Finding]) -> Section | None:
    """Whether the bundle may replace the one in use, and every check; None when it was compared with none."""
    if not findings:
        return None
    failed = sum(not finding.passed for finding in findings)
    verdict = f"{failed} of {len(findings)} checks failed: it may not replace the bundle in use." if failed else f"All {len(findings)} checks passed."
    rows = tuple(
        Row((Cell("pass" if one.passed else "FAIL"), cells.words(one.check), cells.words(one.detail)))
        for one in sorted(findings, key=lambda finding: finding.passed)
    )
    table = Table(
        "Checks against the bundle in use and the pinned floors", tuple(Column(name, numeric=False) for name in ("", "check", "figures")), rows
    )
    return Section("gate", "Gate", (Note(verdict, warning=bool(failed)), table))


def robustness_section(results: Sequence[MutatorResult] | None) -> Section:
    """What disguises cost: recall of lures and false positives before and after, at the policy's threshold."""
    if results is None:
        return _not_measured("robustness", "Robustness", "run with --robustness")
    names = ("lures changed", "recall before", "after", "log-odds", "lawful changed", "flagged before", "after them", "log-odds of lawful")
    rows = tuple(
        Row(
            (cells.words(one.name.replace("_", " ")), *_effect_cells(one.lures), *_effect_cells(one.lawful)),
            muted=one.lures is None or one.lures.ads < FEW_ADS,
        )
        for one in sorted(results, key=_recall_lost, reverse=True)
    )
    table = Table("Recall and false positives under disguise", (Column("change", numeric=False), *map(Column, names)), rows)
    return Section("robustness", "Robustness", (table,), "The same ads, disguised as recruiters do; those that lose most recall first.")


def _recall_lost(result: MutatorResult) -> float:
    return 0.0 if result.lures is None else result.lures.flagged_before.value - result.lures.flagged_after.value


def _effect_cells(effect: Effect | None) -> tuple[Cell, ...]:
    if effect is None:
        return (cells.count(0), *(Cell(cells.ABSENT) for _ in range(3)))
    return cells.count(effect.ads), _share(effect.flagged_before), _share(effect.flagged_after), _shift(effect.shift_mean)


def _share(estimate: Estimate) -> Cell:
    return cells.share(estimate.value, (estimate.low, estimate.high))


def _shift(estimate: Estimate) -> Cell:
    return Cell(f"{estimate.value:+.2f} ({estimate.low:+.2f} to {estimate.high:+.2f})", estimate.value)


def shortcuts_section(results: Sequence[ShortcutResult] | None) -> Section:
    """How scores move under edits that should not matter."""
    if results is None:
        return _not_measured("shortcuts", "Shortcuts", "run with --robustness")
    names = ("ads changed", "mean change of log-odds", "crossed the threshold upwards", "downwards")
    rows = tuple(
        Row(
            (
                cells.words(one.name.replace("_", " ")),
                cells.words(one.label.replace("_", " ")),
                cells.count(one.effect.ads),
                _shift(one.effect.shift_mean),
                _share(one.effect.raised),
                _share(one.effect.lowered),
            ),
            muted=one.effect.ads < FEW_ADS,
        )
        for one in results
    )
    columns = (Column("edit", numeric=False), Column("label", numeric=False), *map(Column, names))
    lead = "Edits that should change little: a bundle that moves much leans on them instead of on what the work is."
    return Section("shortcuts", "Shortcuts", (Table("Change of scores by edit and label", columns, rows),), lead)


def leak_section(rows: Sequence[LeakRow] | None) -> Section:
    """How much of a figure is owed to copies on both sides of a split."""
    if rows is None:
        return _not_measured("leak", "Leak audit", "run with --leak-audit")
    lead = "The same model and ads under three splits. What random rows are better by than the group-safe split is owed to copies, not to skill."
    return Section("leak", "Leak audit", (cells.records("Cross-validated figures by split", rows),), lead)


def _not_measured(name: str, title: str, how: str) -> Section:
    return Section(name, title, (Note(f"Not measured ({how})."),))
