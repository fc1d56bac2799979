"""Evaluate a bundle on labelled ads, on the very road that scoring takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adscreen.evaluate.ablation import PartFigures, ablation
from adscreen.evaluate.bootstrap import group_weights
from adscreen.evaluate.cascade import Cascade, cascade
from adscreen.evaluate.metrics import Figures, Share, calibration_bins, cumulative, figures, share_of, threshold_at
from adscreen.evaluate.operating import OperatingPoint, operating_point, threshold_of_budget
from adscreen.evaluate.scored import DataFile, Scored, Scoring, score_ads
from adscreen.evaluate.slices import Slice, slices
from adscreen.evaluate.style import style_auc
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.screen import Screener

STRICT_RATES = (0.03, 0.001)
"""Shares of lawful look-alikes, and of other lawful ads, that the strict threshold may flag."""
HARDEST_PAIRS = 10
MISTAKES = 20
"""Ads shown of each kind of mistake."""
CURVE_POINTS = 200
"""Points of a curve that are kept; more is not seen."""
DEFAULT_PREVALENCE = 0.001
"""Share of lures assumed in a stream when none is given: one in a thousand, the example of the policy file; no published figure exists."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RankedPair:
    """A lure and its lawful twin, with the lure probability of each."""

    pair: str
    language: str
    lure: float
    lawful: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Ads of similar score: mean predicted probability, and the share that are lures."""

    predicted: float
    observed: Share


@dataclass(frozen=True, slots=True)
class Curve:
    """Recall, precision and false-positive rate at falling thresholds."""

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    false_positive_rate: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A lawful ad that scores high, or a lure that scores low."""

    id: str
    label: str
    language: str
    source: str
    lure: float
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything `adscreen evaluate` reports. `scored_by` is the bundle's label.

    Look-alikes are the lawful ads of those sources that hold lures too; against them, style must not help. `strict_threshold` flags at most
    STRICT_RATES of these look-alikes and of the other lawful ads. `points` are what happens at the policy's thresholds, at the strict one, and, if asked for, at
    a review budget. `known`: ads that the bundle was trained on; figures on them flatter. `pairs_ranked` is the share of pairs whose lure scores above its lawful twin; `hardest_pairs` are those that are furthest from it.
    """

    scored_by: str
    policy: dict[str, Any]
    files: tuple[DataFile, ...]
    labels: dict[str, int]
    groups: int
    rejects: int
    unsure: int
    known: int
    lure: Figures
    lure_against_lawful: Figures
    lure_against_look_alikes: Figures
    job_scam: Figures
    curve: Curve
    curve_look_alikes: Curve
    reliability: tuple[Bin, ...]
    points: tuple[OperatingPoint, ...]
    style_auc: float | None
    style_auc_look_alikes: float | None
    flagged_lures: Share
    flagged_others: Share
    examined: float
    lures_lost_by_floor: Share
    strict_threshold: float | None
    strict_recall: Share | None
    pairs: int
    pairs_ranked: float | None
    hardest_pairs: tuple[RankedPair, ...]
    parts: tuple[PartFigures, ...]
    cascade: Cascade
    slices: dict[str, tuple[Slice, ...]]
    mistakes: tuple[Mistake, ...]


def as_json(value: object) -> Any:
    """Plain JSON values of an evaluation or any part of it; shares carry their value and bounds."""
    if isinstance(value, Share):
        return value.as_dict()
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_json(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value


def evaluate(
    screener: Screener,
    sources: Sequence[str],
    options: ReadOptions,
    on_reject: RejectSink,
    prevalence: float = DEFAULT_PREVALENCE,
    budget: int | None = None,
    progress: Callable[[int], object] = lambda rows: None,
) -> Evaluation:
    """Score labelled ads and compare; rows labelled `unsure` are left out of every figure.

    Raises InputError when a row has no label or no row is labelled. `progress` receives the number of rows after each batch.
    """
    return summarise(screener, score_ads(screener, sources, options, on_reject, progress), prevalence, budget)


def summarise(screener: Screener, scoring: Scoring, prevalence: float = DEFAULT_PREVALENCE, budget: int | None = None) -> Evaluation:
    """All figures of scored ads."""
    ads = scoring.ads
    lure, scam = ads.is_lure, np.asarray(ads.labels == "job_scam", bool)
    weights = group_weights(ads.groups)
    alike, lawful = lure | ads.look_alike, lure | ads.is_lawful
    strict = strict_threshold(ads)
    pairs = _ranked_pairs(ads)
    return Evaluation(
        scored_by=screener.bundle.label,
        policy=asdict(screener.policy),
        files=scoring.files,
        labels=dict(Counter(map(str, ads.labels))),
        groups=len(set(ads.groups)),
        rejects=scoring.rejects,
        unsure=scoring.unsure,
        known=scoring.known,
        lure=figures(lure, ads.lure, weights),
        lure_against_lawful=_on(lawful, lure, ads.lure, weights),
        lure_against_look_alikes=_on(alike, lure, ads.lure, weights),
        job_scam=_on(~lure, scam, ads.scam, weights),
        curve=_curve(lure, ads.lure),
        curve_look_alikes=_curve(lure[alike], ads.lure[alike]),
        reliability=_reliability(ads),
        points=_points(ads, screener, strict, prevalence, budget),
        style_auc=style_auc(list(ads.texts), lure, ads.groups),
        style_auc_look_alikes=style_auc(list(ads.texts[alike]), lure[alike], ads.groups[alike]),
        flagged_lures=share_of(ads.flagged[lure], ads.groups[lure]),
        flagged_others=share_of(ads.flagged[~lure], ads.groups[~lure]),
        examined=float(ads.examined.mean()),
        lures_lost_by_floor=share_of(~ads.examined[lure], ads.groups[lure]),
        strict_threshold=strict,
        strict_recall=share_of(ads.lure[lure] >= strict, ads.groups[lure]) if strict is not None else None,
        pairs=len(pairs),
        pairs_ranked=float(np.mean([pair.lure > pair.lawful for pair in pairs])) if pairs else None,
        hardest_pairs=tuple(sorted(pairs, key=lambda pair: pair.lure - pair.lawful)[:HARDEST_PAIRS]),
        parts=ablation(ads, weights, with_transformer=screener.bundle.transformer is not None),
        cascade=cascade(ads, screener),
        slices=slices(ads, strict),
        mistakes=_mistakes(ads),
    )


def strict_threshold(ads: Scored) -> float | None:
    """The lowest threshold within STRICT_RATES; None without any lawful ad."""
    kinds = ((ads.look_alike, STRICT_RATES[0]), (ads.ordinary, STRICT_RATES[1]))
    return max((threshold_at(ads.lure[where], rate) for where, rate in kinds if where.any()), default=None)


def _on(where: BoolArray, positive: BoolArray, scores: FloatArray, weights: FloatArray) -> Figures:
    return figures(positive[where], scores[where], weights[:, where])


def _points(ads: Scored, screener: Screener, strict: float | None, prevalence: float, budget: int | None) -> tuple[OperatingPoint, ...]:
    thresholds = {"review": screener.policy.review, "urgent": screener.policy.urgent}
    if strict is not None:
        thresholds["strict"] = strict
    if budget is not None:
        thresholds[f"budget of {budget}"] = threshold_of_budget(ads, budget)
    return tuple(operating_point(name, ads, threshold, prevalence) for name, threshold in thresholds.items())


def _curve(positive: BoolArray, scores: FloatArray) -> Curve:
    if positive.all() or not positive.any():
        return Curve((), (), ())
    hits, false = (part[0] for part in cumulative(positive, scores, np.ones((1, len(scores)))))
    kept = np.unique(np.round(np.geomspace(1, len(hits), min(CURVE_POINTS, len(hits)))).astype(int) - 1)
    hits, false = hits[kept], false[kept]
    values = (hits / positive.sum(), hits / (hits + false), false / (~positive).sum())
    return Curve(*(tuple(map(float, value.round(6))) for value in values))


def _reliability(ads: Scored) -> tuple[Bin, ...]:
    return tuple(Bin(float(ads.lure[rows].mean()), share_of(ads.is_lure[rows], ads.groups[rows])) for rows in calibration_bins(ads.lure))


def _ranked_pairs(ads: Scored) -> list[RankedPair]:
    return [RankedPair(ads.pairs[one], ads.languages[one], float(ads.lure[one]), float(ads.lure[two])) for one, two in zip(*ads.twins(), strict=True)]


def _mistakes(ads: Scored) -> tuple[Mistake, ...]:
    high = sorted(np.flatnonzero(ads.is_lawful), key=lambda row: -ads.lure[row])[:MISTAKES]
    low = sorted(np.flatnonzero(ads.is_lure), key=lambda row: ads.lure[row])[:MISTAKES]
    return tuple(
        Mistake(ads.ids[row], ads.labels[row], ads.languages[row], ads.sources[row], float(ads.lure[row]), ads.reasons[row], ads.texts[row])
        for row in (*high, *low)
    )
