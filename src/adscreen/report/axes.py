"""The few kinds of axis that reports use."""

from __future__ import annotations

import math

from adscreen.report.model import Axis


def share_axis(label: str, high: float = 1.0) -> Axis:
    """Percentages from 0 to `high`, which is raised to the next round value."""
    step = _round_up(high / 5)
    top = step * math.ceil(high / step - 1e-9)
    return Axis(label, 0.0, top, tuple((step * number, f"{100 * step * number:g}%") for number in range(round(top / step) + 1)))


def rate_axis(label: str, low: float) -> Axis:
    """Percentages from `low` to 100% on a log scale, one tick per power of ten."""
    start = math.ceil(math.log10(low) - 1e-9)
    return Axis(label, low, 1.0, tuple((10.0**power, f"{100 * 10.0**power:g}%") for power in range(start, 1)), log=True)


def log_odds_axis(label: str, end: float) -> Axis:
    """Log-odds from -end to end, ticked by the probabilities that people know."""
    known = ((0.0001, "0.01%"), (0.01, "1%"), (0.1, "10%"), (0.5, "50%"), (0.9, "90%"), (0.99, "99%"), (0.9999, "99.99%"))
    ticks = tuple((math.log(share / (1 - share)), name) for share, name in known)
    return Axis(label, -end, end, tuple((at, name) for at, name in ticks if abs(at) <= end))


def _round_up(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(max(value, 1e-6)))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= value - 1e-12)
