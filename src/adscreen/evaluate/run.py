"""Evaluate a bundle on labelled ads, on the very road that scoring takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from adscreen.corpora.labelled import PAIR, grouping, mixed_sources
from adscreen.errors import InputError
from adscreen.evaluate.metrics import Figures, figures, threshold_at
from adscreen.evaluate.style import style_auc
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.tables import read_ads
from adscreen.records import LABELS
from adscreen.screen import Screener
from adscreen.text.compose import compose_batch
from adscreen.text.normalise import clean

STRICT_RATES = (0.03, 0.001)
"""Shares of lawful look-alikes, and of other lawful ads, that the strict threshold may flag."""
HARDEST_PAIRS = 10


@dataclass(frozen=True, slots=True)
class Slice:
    """Figures of the ads that share one value of a column; shares that the policy flags; recall at the whole set's strict threshold."""

    name: str
    figures: Figures
    flagged_lures: float | None
    flagged_others: float | None
    strict_recall: float | None


@dataclass(frozen=True, slots=True)
class RankedPair:
    """A lure and its lawful twin, with the lure probability of each."""

    pair: str
    language: str
    lure: float
    lawful: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything `adscreen evaluate` reports. `scored_by` is the bundle's label.

    Look-alikes are the lawful ads of those sources that hold lures too; against them, style must not help. `strict_threshold` flags at most
    STRICT_RATES of these look-alikes and of the other lawful ads. `pairs_ranked` is the share of pairs whose lure scores above its lawful twin;
    `hardest_pairs` are those that are furthest from it.
    """

    scored_by: str
    lure: Figures
    lure_against_lawful: Figures
    lure_against_look_alikes: Figures
    job_scam: Figures
    style_auc: float | None
    style_auc_look_alikes: float | None
    flagged_lures: float | None
    flagged_others: float | None
    examined: float
    lures_lost_by_floor: float | None
    strict_threshold: float | None
    strict_recall: float | None
    pairs: int
    pairs_ranked: float | None
    hardest_pairs: tuple[RankedPair, ...]
    by_language: tuple[Slice, ...]
    by_source: tuple[Slice, ...]
    rejects: int
    unsure: int


@dataclass(slots=True)
class _Scored:
    """Columns gathered batch by batch."""

    texts: list[str]
    labels: list[str]
    groups: list[str]
    languages: list[str]
    sources: list[str]
    pairs: list[str]
    lure: list[float]
    scam: list[float]
    band: list[str]
    examined: list[bool]


def evaluate(
    screener: Screener, sources: Sequence[str], options: ReadOptions, on_reject: RejectSink, progress: Callable[[int], object] = lambda rows: None
) -> Evaluation:
    """Score labelled ads and compare; rows labelled `unsure` are left out of every figure.

    Raises InputError when a row has no label or no row is labelled. `progress` receives the number of rows after each batch.
    """
    rejected = 0

    def count(reject: object) -> None:
        nonlocal rejected
        rejected += 1
        on_reject(reject)  # type: ignore[arg-type]

    scored = _score(screener, sources, options, count, progress)
    labels = np.array(scored.labels, dtype=object)
    if not len(labels) or (labels == "").any():
        raise InputError(
            f"{', '.join(sources)}: {int((labels == '').sum())} of {len(labels)} rows have no label; evaluation needs a `label` column with {', '.join(LABELS)}"
        )
    sure = labels != "unsure"
    if not sure.any():
        raise InputError(f"{', '.join(sources)}: all {len(labels)} rows are labelled unsure; evaluation needs {', '.join(LABELS)}")
    return _compare(screener, _select(scored, sure), labels[sure], rejected, int((~sure).sum()))


def _score(screener: Screener, sources: Sequence[str], options: ReadOptions, on_reject: RejectSink, progress: Callable[[int], object]) -> _Scored:
    scored = _Scored(*([] for _ in _Scored.__slots__))
    for batch in read_ads(sources, replace(options, keep=(PAIR,)), on_reject):
        verdicts = screener.screen_batch(batch)
        texts = [clean(raw) for raw in compose_batch(batch)]
        scored.texts += texts
        scored.labels += batch.column("label").to_pylist()
        scored.groups += grouping(batch.column("group").to_pylist(), texts)
        scored.languages += verdicts.column("language").to_pylist()
        scored.sources += batch.column("source").to_pylist()
        scored.pairs += (pair or "" for pair in batch.column(PAIR).to_pylist())
        scored.lure += verdicts.column("lure_probability").to_pylist()
        scored.scam += verdicts.column("scam_probability").to_pylist()
        scored.band += verdicts.column("band").to_pylist()
        scored.examined += verdicts.column("examined").to_pylist()
        progress(batch.num_rows)
    return scored


def _select(scored: _Scored, where: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.object_]]:
    return {name: np.array(getattr(scored, name), dtype=object)[where] for name in _Scored.__slots__}


def _compare(
    screener: Screener, columns: dict[str, npt.NDArray[np.object_]], labels: npt.NDArray[np.object_], rejects: int, unsure: int
) -> Evaluation:
    lure, scam = labels == "lure", labels == "job_scam"
    lure_probability = columns["lure"].astype(np.float64)
    flagged = np.isin(columns["band"].astype(str), ("review", "urgent"))
    examined = columns["examined"].astype(bool)
    lawful = lure | (labels == "legitimate")
    alike = lawful & mixed_sources(columns["sources"], labels)
    strict = _strict_threshold(lure_probability, lawful & ~lure & alike, lawful & ~lure & ~alike)
    caught = lure_probability >= (2.0 if strict is None else strict)
    ranked = _ranked_pairs(columns, lure, labels == "legitimate", lure_probability)
    return Evaluation(
        scored_by=screener.bundle.label,
        lure=figures(lure, lure_probability),
        lure_against_lawful=figures(lure[lawful], lure_probability[lawful]),
        lure_against_look_alikes=figures(lure[alike], lure_probability[alike]),
        job_scam=figures(scam[~lure], columns["scam"].astype(np.float64)[~lure]),
        style_auc=style_auc(list(columns["texts"]), lure, columns["groups"]),
        style_auc_look_alikes=style_auc(list(columns["texts"][alike]), lure[alike], columns["groups"][alike]),
        flagged_lures=_share(flagged[lure]),
        flagged_others=_share(flagged[~lure]),
        examined=float(examined.mean()),
        lures_lost_by_floor=_share(~examined[lure]),
        strict_threshold=strict,
        strict_recall=_share(caught[lure]) if strict is not None else None,
        pairs=len(ranked),
        pairs_ranked=_share(np.array([pair.lure > pair.lawful for pair in ranked])),
        hardest_pairs=tuple(sorted(ranked, key=lambda pair: pair.lure - pair.lawful)[:HARDEST_PAIRS]),
        by_language=_slices(columns["languages"], lure, lure_probability, flagged, caught),
        by_source=_slices(columns["sources"], lure, lure_probability, flagged, caught),
        rejects=rejects,
        unsure=unsure,
    )


def _strict_threshold(probability: npt.NDArray[np.float64], look_alikes: npt.NDArray[np.bool_], ordinary: npt.NDArray[np.bool_]) -> float | None:
    """The lowest threshold within STRICT_RATES; None without any lawful ad."""
    kinds = ((look_alikes, STRICT_RATES[0]), (ordinary, STRICT_RATES[1]))
    return max((threshold_at(probability[where], rate) for where, rate in kinds if where.any()), default=None)


def _ranked_pairs(
    columns: dict[str, npt.NDArray[np.object_]], lure: npt.NDArray[np.bool_], lawful: npt.NDArray[np.bool_], probability: npt.NDArray[np.float64]
) -> list[RankedPair]:
    lures = {columns["pairs"][row]: row for row in np.flatnonzero(lure) if columns["pairs"][row]}
    twins = [(lures[columns["pairs"][row]], row) for row in np.flatnonzero(lawful) if columns["pairs"][row] in lures]
    return [RankedPair(columns["pairs"][one], columns["languages"][one], float(probability[one]), float(probability[two])) for one, two in twins]


def _share(mask: npt.NDArray[np.bool_]) -> float | None:
    return float(mask.mean()) if len(mask) else None


def _slices(
    values: npt.NDArray[np.object_],
    lure: npt.NDArray[np.bool_],
    probability: npt.NDArray[np.float64],
    flagged: npt.NDArray[np.bool_],
    caught: npt.NDArray[np.bool_],
) -> tuple[Slice, ...]:
    found = []
    for value in sorted(set(values)):
        here = values == value
        shares = (_share(mask) for mask in (flagged[here & lure], flagged[here & ~lure], caught[here & lure]))
        found.append(Slice(value or "(none)", figures(lure[here], probability[here]), *shares))
    return tuple(found)
