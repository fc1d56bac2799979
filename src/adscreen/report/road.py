"""The tables of the road: what triage and the transformer's floor lose, and what each part achieves alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adscreen.evaluate.ablation import WHOLE, Estimate, PartFigures
from adscreen.evaluate.cascade import OWN, AtFloor, Cascade
from adscreen.evaluate.metrics import Figures
from adscreen.evaluate.run import Evaluation
from adscreen.evaluate.slices import UNKNOWN
from adscreen.report import cells
from adscreen.report.model import Cell, Column, Note, Row, Table
from adscreen.report.tables import FEW_LURES, figure_cells, share_cell

TRIAGE_LEAD = (
    "Triage reads every ad by n-grams and sends few on to be read in full. A lure that it keeps back is lost whatever the examination could do."
)
CASCADE_LEAD = (
    "What floors save and lose: an ad below a floor keeps the score that it has by then, the rest are read by everything. Floors are log-odds of lure at the "
    "prevalence that the bundle was calibrated at; the tried ones keep back at most so many of these lures. Flagged is what reaches the policy's review threshold; "
    "lost are lures that would be flagged if everything read every ad, and are not."
)
PARTS_LEAD = (
    "What each part achieves alone, on all ads. Features are triage, signs and passages together; examined is all of it, with the transformer where there is one. "
    "The verdict is the road as shipped, where each part reads only what the one before lets through. The whole should beat each part: its ROC-AUC less the part's, "
    "on the same draws of groups, is above 0 where it does."
)
PLAIN_NOTE = "Plain pairs: no word in the lure gives it away, such as a place known for compounds, its usual paraphrases, or slang of the trade."
_RATES = ("1.0%", "3.0%")


def triage_table(found: Evaluation) -> Iterator[Note | Table]:
    """Lures lost by language, those with losses first."""
    yield Note(
        f"Triage sends {cells.percent(found.examined)} of all ads on, and loses {found.lures_lost_by_floor.count:,} of {found.lures_lost_by_floor.of:,} lures."
    )
    parts = [part for part in found.slices.get("language", ()) if part.lost.of]
    rows = tuple(
        Row(
            (cells.from_ad(part.name), cells.count(part.lost.of), cells.count(part.lost.count), share_cell(part.lost)),
            muted=part.lost.groups < FEW_LURES,
        )
        for part in sorted(parts, key=lambda part: (-(part.lost.value or 0.0), -part.lost.of, part.name))
    )
    if rows:
        yield Table("Lures lost, by language", (Column("language", numeric=False), Column("lures"), Column("lost"), Column("share lost")), rows)


def cascade_blocks(found: Cascade) -> Iterator[Note | Table]:
    """The floors of each stage, and the lures lost at them by language."""
    whole = found.triage[0]
    yield Note(
        f"Everything, on every ad, would flag {whole.caught.count:,} of {whole.caught.of:,} lures; the road as shipped flags {found.shipped.caught.count:,}, and "
        f"{found.shipped.lost.count:,} of those {whole.caught.count:,} are lost on it."
    )
    shipped = (found.shipped,) if found.transformer else ()  # with one floor only, it is the row of the bundle's own
    for stage, floors in (("The transformer's floor", found.transformer), ("The triage floor", found.triage)):
        if floors:
            yield _floors_table(stage, (*floors, *shipped))
            yield from _losses_table(stage, (*floors, *shipped))


def _floors_table(stage: str, floors: Sequence[AtFloor]) -> Table:
    names = (
        "log-odds",
        "lures read",
        "look-alikes read",
        "other lawful read",
        "all others read",
        "lures flagged",
        "look-alikes flagged",
        "lures lost",
    )
    rows = tuple(Row((cells.words(one.name), cells.number(one.floor), *_floor_shares(one))) for one in floors)
    return Table(stage, (Column("floor", numeric=False), *map(Column, names)), rows)


def _floor_shares(one: AtFloor) -> tuple[Cell, ...]:
    read = (cells.share(share.value) for share in (one.read_lures, one.read_look_alikes, one.read_ordinary, one.read_others))
    return (*read, share_cell(one.caught), share_cell(one.false_look_alikes), Cell(f"{one.lost.count:,} of {one.lost.of:,}", one.lost.count))


def _losses_table(stage: str, floors: Sequence[AtFloor]) -> Iterator[Table]:
    """Lures lost by language, those that lose most at the bundle's own floor first."""
    own = next(one for one in floors if one.name == OWN).lost_by_language
    rows = tuple(
        Row(
            (
                cells.from_ad(language or UNKNOWN),
                cells.count(own[language].of),
                *(cells.count(one.lost_by_language[language].count) for one in floors[1:]),
            ),
            muted=own[language].groups < FEW_LURES,
        )
        for language in sorted(own, key=lambda language: (-own[language].count, -own[language].of, language))
    )
    if rows:
        columns = (Column("language", numeric=False), Column("flagged when all is read"), *(Column(one.name) for one in floors[1:]))
        yield Table(f"{stage}: lures lost, by language", columns, rows)


def parts_tables(parts: Sequence[PartFigures]) -> Iterator[Table]:
    """Ablation: each part alone and the whole, against look-alikes, by language, and against all others."""
    figures = (Column("PR-AUC"), Column("ROC-AUC"), *(Column(f"recall at {rate}") for rate in _RATES))
    columns = (Column("part", numeric=False), *figures, Column("pairs ranked"), Column("plain pairs ranked"), Column("ROC-AUC behind the whole"))
    yield Table("Each part alone, against look-alikes", columns, tuple(map(_part_row, parts)), PLAIN_NOTE)
    yield from _languages_table(parts)
    rows = tuple(Row((cells.words(part.part), *_short(part.against_all))) for part in parts)
    yield Table("Each part alone, against all others", (Column("part", numeric=False), *figures), rows)


def _part_row(part: PartFigures) -> Row:
    pairs = map(share_cell, (part.pairs_ranked, part.plain_pairs_ranked))
    behind = Cell(cells.ABSENT) if part.part == WHOLE or part.behind_whole is None else _difference(part.behind_whole)
    return Row((cells.words(part.part), *_short(part.against_look_alikes), *pairs, behind))


def _short(figures: Figures) -> tuple[Cell, ...]:
    pr_auc, roc_auc, *recalls = figure_cells(figures)
    return (pr_auc, roc_auc, *(recalls[list(figures.recall_at_fpr).index(rate)] for rate in _RATES))


def _difference(found: Estimate) -> Cell:
    value, low, high = found
    return Cell(f"{value:+.3f} ({low:+.3f} to {high:+.3f})", value)


def _languages_table(parts: Sequence[PartFigures]) -> Iterator[Table]:
    """Those languages first in which the whole is weakest."""
    whole = next(part for part in parts if part.part == WHOLE).languages
    rows = tuple(
        Row((cells.from_ad(language or UNKNOWN), *(cells.number(part.languages[language][0]) for part in parts)))
        for language in sorted(whole, key=lambda language: (whole[language], language))
    )
    if rows:
        columns = (Column("language", numeric=False), *(Column(part.part) for part in parts))
        yield Table(
            "Each part alone, ROC-AUC against look-alikes, by language",
            columns,
            rows,
            "Languages with enough independent groups of both; the JSON report has the intervals.",
        )
