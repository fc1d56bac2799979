"""The tables of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adscreen.evaluate.metrics import Figures, Share
from adscreen.evaluate.operating import OperatingPoint
from adscreen.evaluate.run import Evaluation, Mistake, RankedPair
from adscreen.evaluate.slices import Slice
from adscreen.report import cells
from adscreen.report.model import Bar, Cell, Column, Note, Row, Table

FEW_LURES = 20
"""Independent groups of lures below which a slice is greyed: its recall is uncertain by 20 points and more (Wilson, at one half)."""

FEW_ADS = 20
"""Ads below which a slice without lures is left out: nothing can be read from it."""
IN_ORDER = {"length"}
"""Dimensions whose values have an order of their own; others are sorted by their lures."""

RANKING_LEAD = (
    "How well lures rank above other ads. Recall at a rate is the share of lures above the threshold that flags that share of the other ads."
)
POINTS_LEAD = "What each threshold does. Precision in a stream is corrected for the share of lures that is assumed there; the cautious one takes the worse ends of both intervals."
SLICES_LEAD = "A good average can hide a language or a trade that pays for it. Greyed rows rest on fewer than 20 independent groups of lures."
PAIRS_LEAD = "The same ad twice, with the smallest edit that changes the label. The lure should score above its lawful twin."
MISTAKES_LEAD = "Lawful ads that score highest, and lures that score lowest."


def figures_table(found: Evaluation) -> Table:
    """All figures, lures and job scams."""
    kinds = (
        ("lure against all others", found.lure),
        ("lure against lawful ads", found.lure_against_lawful),
        ("lure against look-alikes", found.lure_against_look_alikes),
        ("job scam among the rest", found.job_scam),
    )
    columns = (
        Column("", numeric=False),
        Column("positive"),
        Column("ads"),
        *figure_columns(found.lure),
        Column("Brier"),
        Column("calibration error"),
    )
    rows = tuple(
        Row((*_named(name, figures), *figure_cells(figures), cells.number(figures.brier), cells.number(figures.calibration_error)))
        for name, figures in kinds
    )
    style = f"{cells.decimals(found.style_auc)} against all others, {cells.decimals(found.style_auc_look_alikes)} against look-alikes"
    return Table(
        "Figures with 95% intervals", columns, rows, f"Length-and-style control, ROC-AUC without reading: {style}. Figures near it mean little."
    )


def _named(name: str, figures: Figures) -> tuple[Cell, ...]:
    return cells.words(name), cells.count(figures.positives), cells.count(figures.ads)


def figure_columns(figures: Figures) -> tuple[Column, ...]:
    """Columns of `figure_cells`."""
    return (Column("PR-AUC"), Column("ROC-AUC"), *(Column(f"recall at {rate}") for rate in figures.recall_at_fpr))


def figure_cells(figures: Figures) -> tuple[Cell, ...]:
    """Areas and recalls of a set, with their intervals."""
    recalls = (cells.share(value, figures.bounds.get(rate)) for rate, value in figures.recall_at_fpr.items())
    return (cells.number(figures.pr_auc, figures.bounds.get("pr_auc")), cells.number(figures.roc_auc, figures.bounds.get("roc_auc")), *recalls)


def share_cell(share: Share) -> Cell:
    """A share with its interval; nothing without ads."""
    return cells.share(share.value, share.bounds if share.of else None)


def points_table(points: Sequence[OperatingPoint]) -> Table:
    """Each threshold with what it catches, what it costs, and how pure the queue is."""
    names = ("threshold", "ads flagged", "lures caught", "look-alikes flagged", "other lawful flagged", "all others flagged", "precision here")
    prevalence = points[0].prevalence if points else 0.0
    stream = (f"precision at {cells.percent(prevalence)} lures", "cautious", "ads to read per lure found")
    rows = tuple(
        Row(
            (
                cells.words(point.name),
                cells.number(point.threshold),
                cells.count(point.flagged),
                *map(share_cell, (point.caught, point.false_look_alikes, point.false_ordinary, point.false_all, point.precision)),
                cells.share(point.corrected),
                cells.share(point.corrected_low),
                _reads_per_find(point.corrected),
            )
        )
        for point in points
    )
    return Table("Operating points", (Column("", numeric=False), *map(Column, (*names, *stream))), rows)


def _reads_per_find(precision: float) -> Cell:
    return Cell(f"{1 / precision:,.0f}", round(1 / precision, 3)) if precision > 0 else Cell(cells.ABSENT)


def slice_tables(slices: Mapping[str, Sequence[Slice]]) -> Iterator[Table]:
    """One table for each dimension that has more than one value."""
    names = ("lures", "ads", "lures caught", "at the strict threshold", "lawful flagged", "scams and non-ads flagged", "ROC-AUC", "PR-AUC")
    for dimension, parts in slices.items():
        if len(parts) > 1:
            shown = [part for part in parts if part.caught.of or part.figures.ads >= FEW_ADS]
            if dimension not in IN_ORDER:
                shown.sort(key=lambda part: (-part.caught.of, -part.figures.ads, part.name))
            rows = tuple(map(_slice_row, shown))
            rest = len(parts) - len(shown)
            note = f"{rest} more without a lure and with fewer than {FEW_ADS} ads." if rest else ""
            yield Table(f"By {dimension}", (Column(dimension, numeric=False), *map(Column, names)), rows, note)


def _slice_row(part: Slice) -> Row:
    shares = (part.caught, part.strict, part.false_lawful, part.false_others)
    figures = (cells.number(getattr(part.figures, name), part.figures.bounds.get(name)) for name in ("roc_auc", "pr_auc"))
    counts = (cells.count(part.figures.positives), cells.count(part.figures.ads))
    return Row((cells.from_ad(part.name), *counts, *map(share_cell, shares), *figures), muted=part.caught.groups < FEW_LURES)


def pair_blocks(found: Evaluation) -> Iterator[Note | Table]:
    """Share of pairs ranked rightly, and the hardest."""
    if found.pairs:
        yield Note(f"Ranked rightly: {cells.percent(found.pairs_ranked)} of {found.pairs:,} pairs. The hardest:")
        yield Table("Hardest pairs", tuple(Column(name, numeric=name in ("lure", "lawful twin")) for name in ("pair", "language", "lure", "lawful twin")),
                    tuple(map(_pair_row, found.hardest_pairs)))  # fmt: skip


def _pair_row(pair: RankedPair) -> Row:
    scores = (Cell(f"{score:.3f}", score, Bar(score)) for score in (pair.lure, pair.lawful))
    return Row((cells.from_ad(pair.pair), cells.from_ad(pair.language), *scores))


def mistake_tables(mistakes: Sequence[Mistake], show_text: bool) -> Iterator[Table]:
    """False alarms and misses."""
    names = ("id", "language", "source", "lure probability", "reason", *(("text",) if show_text else ()))
    note = "" if show_text else "Texts are hidden (show them with --show-text)."
    for label, caption in (("legitimate", "Lawful ads that score highest"), ("lure", "Lures that score lowest")):
        rows = tuple(_mistake_row(one, show_text) for one in mistakes if one.label == label)
        if rows:
            yield Table(caption, tuple(Column(name, numeric=name == "lure probability") for name in names), rows, note)


def _mistake_row(one: Mistake, show_text: bool) -> Row:
    probability = Cell(f"{one.lure:.3f}", one.lure, Bar(one.lure))
    text = (cells.from_ad(one.text),) if show_text else ()
    return Row((*map(cells.from_ad, (one.id, one.language or "(none)", one.source or "(none)")), probability, cells.from_ad(one.reason), *text))
