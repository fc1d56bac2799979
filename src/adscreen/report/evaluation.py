"""An evaluation as a report: what was looked at, how good it is, where it fails, and what was not measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from adscreen.evaluate.audit import LIMIT
from adscreen.evaluate.histogram import Histogram
from adscreen.evaluate.run import Evaluation, as_json
from adscreen.report import cells, road, suites, tables
from adscreen.report.curves import histogram_chart, ranking_charts, reliability_chart
from adscreen.report.model import Block, Document, KeyFigure, KeyFigures, Note, Report, Section

if TYPE_CHECKING:
    from adscreen.evaluate.gate import Finding
    from adscreen.evaluate.robustness.measure import MutatorResult, ShortcutResult
    from adscreen.train.leak import LeakRow

FEW_LURE_GROUPS = 50
"""Independent groups of lures below which even a recall of the whole set is uncertain by more than 14 points (Wilson, at one half)."""


@dataclass(frozen=True, slots=True)
class Extras:
    """What a report can show besides an Evaluation; None where it was not measured. `card`: the bundle's model card, in Markdown."""

    histogram: Histogram | None = None
    robustness: Sequence[MutatorResult] | None = None
    shortcuts: Sequence[ShortcutResult] | None = None
    leak: Sequence[LeakRow] | None = None
    gate: Sequence[Finding] = ()
    card: str = ""


def evaluation_report(found: Evaluation, date: str, extras: Extras = Extras(), show_text: bool = False) -> Report:
    """Sections of everything that was measured; `date` is the day to print, as given. Texts of ads are shown only with `show_text`."""
    sections = (
        _overview(found),
        suites.gate_section(extras.gate),
        _section("ranking", "Ranking", (tables.figures_table(found), *ranking_charts(found)), tables.RANKING_LEAD),
        _section("thresholds", "Thresholds and review budget", (tables.points_table(found.points),), tables.POINTS_LEAD),
        _section("calibration", "Calibration", tuple(_calibration(found, extras))),
        _section("slices", "Slices", tuple(tables.slice_tables(found.slices)), tables.SLICES_LEAD),
        _section("triage", "What triage loses", tuple(road.triage_table(found)), road.TRIAGE_LEAD),
        _section("cascade", "Cascade", tuple(road.cascade_blocks(found.cascade)), road.CASCADE_LEAD),
        _section("parts", "Parts of the road", tuple(road.parts_tables(found.parts)), road.PARTS_LEAD),
        suites.robustness_section(extras.robustness),
        suites.shortcuts_section(extras.shortcuts),
        suites.leak_section(extras.leak),
        _section("pairs", "Counterfactual pairs", tuple(tables.pair_blocks(found)), tables.PAIRS_LEAD),
        _section("mistakes", "Mistakes", tuple(tables.mistake_tables(found.mistakes, show_text)), tables.MISTAKES_LEAD),
        Section("limits", "Limits", (Note(_LIMITS),)),
        _section("card", "Model card", (Document(extras.card),) if extras.card else ()),
    )
    return Report(
        "adscreen evaluation", _facts(found, date), tuple(section for section in sections if section is not None), _figures(found, show_text)
    )


def _figures(found: Evaluation, show_text: bool) -> Any:
    shown = found if show_text else replace(found, mistakes=tuple(replace(mistake, text="") for mistake in found.mistakes))
    return as_json(shown)


def _section(name: str, title: str, blocks: Sequence[Block], lead: str = "") -> Section | None:
    """None when there is nothing to show."""
    return Section(name, title, tuple(blocks), lead) if blocks else None


def _facts(found: Evaluation, date: str) -> tuple[tuple[str, str], ...]:
    labels = ", ".join(f"{count:,} {label}" for label, count in sorted(found.labels.items()))
    left_out = ", ".join(f"{count:,} {what}" for count, what in ((found.unsure, "labelled unsure"), (found.rejects, "rejected")) if count)
    policy = ", ".join(f"{name} {value}" for name, value in found.policy.items() if value and not isinstance(value, dict))
    if own := found.policy.get("by_language"):
        policy += f", thresholds of their own for {', '.join(sorted(own))}"
    files = (("Data", f"{file.name}: {file.ads:,} ads, sha256 {file.sha256 or 'not known (stdin)'}") for file in found.files)
    held = f"{labels} in {found.groups:,} independent groups" + (f"; left out: {left_out}" if left_out else "")
    return (("Bundle", found.scored_by), ("Policy", policy), ("Date", date), ("Ads", held), *files)


def _overview(found: Evaluation) -> Section:
    return Section(
        "overview", "Overview", (KeyFigures(tuple(_key_figures(found))), *(Note(text, warning=True) for text in _warnings(found))), _HOW_TO_READ
    )


def _key_figures(found: Evaluation) -> list[KeyFigure]:
    lure, alike, review = found.lure, found.lure_against_look_alikes, found.points[0]
    shares = (
        ("Lures flagged", found.flagged_lures, "by the policy: review or urgent"),
        ("Other ads flagged", found.flagged_others, "by the policy, of all ads that are no lures"),
        ("Lures lost by triage", found.lures_lost_by_floor, "never read in full"),
    )
    return [
        KeyFigure("PR-AUC", cells.decimals(lure.pr_auc), _bounds(lure.bounds, "pr_auc"), f"lures against all others; chance {lure.positives / lure.ads:.3f}", lure.pr_auc),
        KeyFigure("Recall at 1% false positives", cells.percent(lure.recall_at_fpr["1.0%"]), _bounds(lure.bounds, "1.0%"), "lures against all others", lure.recall_at_fpr["1.0%"]),
        KeyFigure("ROC-AUC, look-alikes", cells.decimals(alike.roc_auc), _bounds(alike.bounds, "roc_auc"), "lures against lawful ads of the same sources", alike.roc_auc),
        *(KeyFigure(name, cells.percent(share.value), cells.interval(share.bounds), meaning, share.value) for name, share, meaning in shares),
        KeyFigure(
            "Precision in the stream",
            cells.percent(review.corrected),
            f"at least {cells.percent(review.corrected_low)}",
            f"of what the policy flags, if {cells.percent(review.prevalence)} of ads are lures",
            review.corrected,
        ),
    ]  # fmt: skip


def _bounds(bounds: object, name: str) -> str:
    held = bounds.get(name) if isinstance(bounds, dict) else None
    return cells.interval(held, cells.percent if name.endswith("%") else cells.decimals)


def _warnings(found: Evaluation) -> list[str]:
    texts = []
    for name, area in (("all others", found.style_auc), ("look-alikes", found.style_auc_look_alikes)):
        if area is not None and area > LIMIT:
            texts.append(
                f"Length and style alone tell lures from {name} with ROC-AUC {area:.3f}: figures against them are partly owed to how the ads look."
            )
    if found.known:
        texts.append(f"The bundle was trained on {found.known:,} of these ads; the figures flatter it.")
    if found.flagged_lures.groups < FEW_LURE_GROUPS:
        texts.append(f"Only {found.flagged_lures.groups} independent groups of lures: read the intervals, not the figures.")
    return texts


def _calibration(found: Evaluation, extras: Extras) -> list[Block]:
    charts: list[Block] = [reliability_chart(found.reliability)] if found.reliability else []
    return [*charts, *([histogram_chart(extras.histogram)] if extras.histogram is not None else [])]


_HOW_TO_READ = (
    "Intervals are 95%, over independent groups of ads: copies of one campaign count as one. Look-alikes are lawful ads of the sources that hold lures too, "
    "so that where an ad was found does not help."
)
_LIMITS = (
    "These figures hold for ads like those evaluated. New writers, languages and sectors are harder; recruiters adapt to filters. The share of lures in these files is not "
    "that of a stream, so precision must be read corrected. A flag is a reason to look at an ad, never a finding about a person."
)
