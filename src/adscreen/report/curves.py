"""The charts of an evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence

from adscreen.evaluate.histogram import Histogram
from adscreen.evaluate.metrics import Figures
from adscreen.evaluate.run import Bin, Curve, Evaluation
from adscreen.report import cells
from adscreen.report.axes import log_odds_axis, rate_axis, share_axis
from adscreen.report.model import Chart, Line

LOWEST_RATE = 1e-4
"""Where the axis of false-positive rates begins at the latest: one ad in ten thousand."""
SEEN_SHARE = 0.001
"""Share of a kind below which a bin of the histogram would not be seen; the axis ends with the last one above."""
_GUIDE_POINTS = 40

Points = tuple[tuple[float, float], ...]


def ranking_charts(found: Evaluation) -> tuple[Chart, ...]:
    """Precision over recall, and recall over the false-positive rate."""
    kinds = [
        (name, curve, figures)
        for name, curve, figures in (
            ("against all others", found.curve, found.lure),
            ("against look-alikes", found.curve_look_alikes, found.lure_against_look_alikes),
        )
        if curve.recall
    ]
    return (_precision_recall(kinds), _rates(kinds)) if kinds else ()


def _precision_recall(kinds: Sequence[tuple[str, Curve, Figures]]) -> Chart:
    lines = [Line(name, tuple(zip(curve.recall, curve.precision, strict=True))) for name, curve, _ in kinds]
    chance = kinds[0][2].positives / kinds[0][2].ads
    lines.append(Line("chance, against all others", ((0.0, chance), (1.0, chance)), "guide"))
    summary = "; ".join(f"PR-AUC {name} {cells.decimals(figures.pr_auc)}" for name, _, figures in kinds)
    return Chart(
        "Precision and recall", f"{summary}. Chance would be {chance:.3f}.", share_axis("recall of lures"), share_axis("precision"), tuple(lines)
    )


def _rates(kinds: Sequence[tuple[str, Curve, Figures]]) -> Chart:
    lowest = max(min(1 / max(figures.ads - figures.positives, 1) for _, _, figures in kinds), LOWEST_RATE)
    axis = rate_axis("false-positive rate (log scale)", min(lowest, 0.1))
    lines = [Line(name, tuple(zip(curve.false_positive_rate, curve.recall, strict=True)), "steps") for name, curve, _ in kinds]
    steps = [axis.low * (axis.high / axis.low) ** (number / _GUIDE_POINTS) for number in range(_GUIDE_POINTS + 1)]
    lines.append(Line("chance", tuple((rate, rate) for rate in steps), "guide"))
    recalls = ", ".join(f"{cells.percent(recall)} at {rate}" for rate, recall in kinds[0][2].recall_at_fpr.items() if recall is not None)
    summary = f"Recall {kinds[0][0]}: {recalls or 'not known, too few ads'}. The left end holds everything below it."
    return Chart("Recall at false-positive rates", summary, axis, share_axis("recall of lures"), tuple(lines))


def reliability_chart(bins: Sequence[Bin]) -> Chart:
    """What was predicted against what was observed, in bins of equal count."""
    known = [(one.predicted, value, one.observed.bounds) for one in bins if (value := one.observed.value) is not None]
    dots = Line("bins of equal count", tuple((predicted, value) for predicted, value, _ in known), "dots", tuple(bounds for _, _, bounds in known))
    guide = Line("perfectly calibrated", ((0.0, 0.0), (1.0, 1.0)), "guide")
    widest = max(known, key=lambda point: abs(point[0] - point[1]), default=None)
    summary = "" if widest is None else f"Furthest off: predicted {cells.percent(widest[0])}, observed {cells.percent(widest[1])}."
    return Chart("Reliability", summary, share_axis("mean lure probability"), share_axis("share that are lures"), (dots, guide))


def histogram_chart(found: Histogram) -> Chart:
    """Where the scores of each kind of ad lie."""
    seen = [abs(edge) for shares in found.shares.values() for edge, share in zip(found.edges, shares, strict=False) if share >= SEEN_SHARE]
    highest = max((max(shares) for shares in found.shares.values()), default=0.1)
    lines = tuple(Line(name, tuple(zip(found.edges, (*shares, shares[-1]), strict=True)), "steps") for name, shares in found.shares.items())
    above = ", ".join(f"{name} {cells.percent(_above_even(found.edges, shares))}" for name, shares in found.shares.items())
    axis = log_odds_axis("lure probability (log-odds scale)", math.ceil(max(seen, default=1.0)) + 1.0)
    return Chart("Scores by kind of ad", f"At a lure probability of 50% and more: {above}.", axis, share_axis("share of the kind", highest), lines)


def _above_even(edges: Sequence[float], shares: Sequence[float]) -> float:
    return sum(share for edge, share in zip(edges, shares, strict=False) if edge >= 0)
