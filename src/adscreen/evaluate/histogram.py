"""How the lure scores of each kind of ad are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from adscreen.evaluate.metrics import BoolArray, FloatArray
from adscreen.evaluate.scored import Scored

STEP, END = 0.5, 12.0
"""Width of the bins in log-odds, and where they end: `verdict.combine.SCORE_LIMIT`."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of each kind of ad by bins of log-odds; `edges` has one entry more than each `shares`. Kinds without ads are left out."""

    edges: tuple[float, ...]
    shares: dict[str, tuple[float, ...]]


def score_histogram(ads: Scored) -> Histogram:
    """Histograms of lures, lawful look-alikes, other lawful ads, and scams and non-ads."""
    edges = np.linspace(-END, END, round(2 * END / STEP) + 1)
    kinds = {
        "lures": ads.is_lure,
        "lawful look-alikes": ads.look_alike,
        "other lawful ads": ads.ordinary,
        "scams and non-ads": ~ads.is_lure & ~ads.is_lawful,
    }
    return Histogram(tuple(map(float, edges)), {name: _shares(ads.lure, where, edges) for name, where in kinds.items() if where.any()})


def _shares(probability: FloatArray, where: BoolArray, edges: FloatArray) -> tuple[float, ...]:
    held = probability[where]
    with np.errstate(divide="ignore"):
        log_odds = np.clip(np.log(held) - np.log1p(-held), -END, END)
    counts, _ = np.histogram(log_odds, edges)
    return tuple(map(float, counts / len(held)))
