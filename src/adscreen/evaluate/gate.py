"""The gate: may a retrained bundle replace the one in use? It must reach the pinned floors, and lose nowhere that hurts against the champion on the same ads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from adscreen.evaluate.bootstrap import REPLICATES, group_weights
from adscreen.evaluate.floors import Floors
from adscreen.evaluate.metrics import BoolArray, Figures, FloatArray, Share, middle, replicates
from adscreen.evaluate.robustness.measure import MutatorResult, ShortcutResult
from adscreen.evaluate.run import Evaluation
from adscreen.evaluate.scored import Scored, Scoring

LOWER_IS_BETTER: Final = frozenset(("calibration_error", "brier"))
TOLERANCE: Final = {"pr_auc": 0.03, "roc_auc": 0.02, "3.0%": 0.05, "calibration_error": 0.02}
"""A loss beyond this fails even when the data cannot tell it from chance: about the half-width of the 95 % interval on the project's 948 test ads."""
MIN_GROUPS: Final = 10
"""Groups of lures (or of lawful ads) that a slice needs before a loss in it can be told from chance at all."""
SURE_IN_SLICES: Final = 0.998
"""Width of the interval in slices: with some 25 languages, 95 % would fail a bundle that is as good as the old one more often than not (Bonferroni)."""
KEPT_TRAINING: Final = 0.5
"""Share of the champion's training ads of a language below which the challenger is not taught that language any more."""
KNOWN_FROM: Final = 20
"""Training ads from which the champion counts as knowing a language."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was compared, whether it passed, and the figures."""

    check: str
    passed: bool
    detail: str


def gate(
    new: Scoring,
    old: Scoring,
    trained_on: Mapping[str, Any],
    champion_trained_on: Mapping[str, Any],
    measured: Mapping[str, Measure],
    floors: Floors | None,
) -> tuple[Finding, ...]:
    """All findings; the challenger passes when each passed.

    `new`, `old`: the same ads scored by challenger and champion; `trained_on`: the `training` facts of their bundles; `measured`: `measures` of the challenger.
    """
    return (
        _known(new.known, old.known),
        *_languages(trained_on, champion_trained_on),
        *_overall(new.ads, old.ads),
        *_in_slices(new.ads, old.ads),
        *(_against_floors(measured, floors) if floors else ()),
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure that floors can be set on, and the lenient end of its 95 % interval: the limit that a bundle which is as good should not miss by chance."""

    value: float
    lenient: float


def measures(result: Evaluation, robustness: Sequence[MutatorResult] = (), shortcuts: Sequence[ShortcutResult] = ()) -> dict[str, Measure]:
    """What floors are set on, by name; figures that the data cannot give are left out."""
    review = {point.name: point for point in result.points}["review"]
    found = {
        **_figures("all", result.lure, "pr_auc", "calibration_error"),
        **_figures("look_alikes", result.lure_against_look_alikes, "roc_auc", "3.0%"),
        **_share("review.recall", review.caught, 0),
        **_share("review.false_look_alikes", review.false_look_alikes, 1),
        **_share("review.false_ordinary", review.false_ordinary, 1),
        **_share("triage.lost", result.lures_lost_by_floor, 1),
    }
    if result.pairs_ranked is not None:
        found |= _share("pairs.ranked", Share(round(result.pairs_ranked * result.pairs), result.pairs, result.pairs), 0)
    for part in result.slices["language"]:
        found |= _share(f"language.{part.name}.recall", part.caught, 0)
    for part in result.slices["work"]:
        found |= _share(f"work.{part.name}.false_lawful", part.false_lawful, 1)
    for mutator in robustness:
        for name, effect, worse in (("recall_lost", mutator.lures, -1), ("false_gained", mutator.lawful, 1)):
            if effect is not None:
                change = worse * (effect.flagged_after.value - effect.flagged_before.value)
                found[f"robustness.{mutator.name}.{name}"] = Measure(change, change + (effect.flagged_after.high - effect.flagged_after.low) / 2)
    for shortcut in shortcuts:
        shift = shortcut.effect.shift_mean
        found[f"shortcuts.{shortcut.name}.{shortcut.label}.shift"] = Measure(abs(shift.value), max(abs(shift.low), abs(shift.high)))
    return found


def _figures(prefix: str, figures: Figures, *names: str) -> dict[str, Measure]:
    values = {**{name: getattr(figures, name, None) for name in names}, **figures.recall_at_fpr}
    return {
        f"{prefix}.{f'recall_at_{name}' if name.endswith('%') else name}": Measure(value, figures.bounds[name][name in LOWER_IS_BETTER])
        for name in names
        if (value := values[name]) is not None and name in figures.bounds
    }


def _share(name: str, share: Share, lenient: int) -> dict[str, Measure]:
    """`lenient`: 0 for the lower, 1 for the upper bound. With few groups there is nothing to hold a bundle to."""
    return {} if share.value is None or share.groups < MIN_GROUPS else {name: Measure(share.value, share.bounds[lenient])}


def limits(measured: Mapping[str, Measure]) -> tuple[dict[str, float], dict[str, float]]:
    """Lower and upper limits at the lenient ends of what was measured, as floors pin them; three digits, rounded to the lenient side."""
    most = {name for name in measured if name.rsplit(".", 1)[-1] in _AT_MOST}
    least = {name: round(float(np.floor(measure.lenient * 1000)) / 1000, 3) for name, measure in measured.items() if name not in most}
    return least, {name: round(float(np.ceil(measured[name].lenient * 1000)) / 1000, 3) for name in measured if name in most}


_AT_MOST: Final = frozenset(
    ("calibration_error", "false_look_alikes", "false_ordinary", "lost", "false_lawful", "recall_lost", "false_gained", "shift")
)


def _known(new: int, old: int) -> Finding:
    """A challenger that was trained on the ads it is judged by knows the answers."""
    return Finding("ads not trained on", new <= old, f"{new} of the ads are among the challenger's training data, {old} among the champion's")


def _languages(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Finding]:
    """A language that the champion was taught must not fall out of the challenger's training."""
    for language, count in old.get("languages", {}).items():
        own = new.get("languages", {}).get(language, 0)
        if count >= KNOWN_FROM and own < KEPT_TRAINING * count:
            yield Finding(
                f"language {language or '(unknown)'}",
                False,
                f"trained on {own} ads, the champion on {count}; add ads of this language, or train --with its corpus",
            )


def _overall(new: Scored, old: Scored) -> Iterator[Finding]:
    lure = new.is_lure
    weights = group_weights(new.groups)
    alike = lure | new.look_alike
    for name, where, figures_of in (
        ("all others", np.ones(len(new), bool), ("pr_auc", "calibration_error", "brier")),
        ("look-alikes", alike, ("roc_auc", "3.0%")),
    ):
        if not 0 < lure[where].sum() < where.sum():
            continue
        both = [replicates(lure[where], scored.lure[where], np.vstack((np.ones(where.sum()), weights[:, where]))) for scored in (new, old)]
        for figure in figures_of:
            yield _paired(f"lures against {name}, {_spoken(figure)}", both[0][figure], both[1][figure], figure)


def _spoken(figure: str) -> str:
    return f"recall at {figure} false positives" if figure.endswith("%") else figure.replace("_", " ")


def _paired(check: str, new: FloatArray, old: FloatArray, figure: str) -> Finding:
    """Compare replicates of one figure; the first is the figure itself."""
    better = -1.0 if figure in LOWER_IS_BETTER else 1.0
    low, high = middle((new - old)[1:])
    difference = float(new[0] - old[0])
    surely_worse = (high if better > 0 else -low) < 0
    far_worse = better * difference < -TOLERANCE.get(figure, np.inf)
    return Finding(
        check, not (surely_worse or far_worse), f"{new[0]:.3f} against {old[0]:.3f}, difference {difference:+.3f} (95 % {low:+.3f} to {high:+.3f})"
    )


def _in_slices(new: Scored, old: Scored) -> Iterator[Finding]:
    """Recall by language, and false positives by language and kind of lawful work, at each bundle's own policy; only losses are told."""
    weights = group_weights(new.groups, max(REPLICATES, 1000), seed=1)
    work = [frozenset(indicator.removeprefix("role_") for indicator, _ in hits if indicator.startswith("role_")) for hits in new.hits]
    for language in sorted(set(map(str, new.languages))):
        here = new.languages == language
        yield from _loss(f"recall in {language or '(unknown)'}", new, old, here & new.is_lure, weights, worse=-1)
        yield from _loss(f"lawful ads flagged in {language or '(unknown)'}", new, old, here & new.is_lawful, weights, worse=1)
    for kind in sorted(set().union(*work)):
        here = np.array([kind in kinds for kinds in work], bool)
        yield from _loss(f"lawful ads flagged, {kind.replace('_', ' ')}", new, old, here & new.is_lawful, weights, worse=1)


def _loss(check: str, new: Scored, old: Scored, where: BoolArray, weights: FloatArray, worse: int) -> Iterator[Finding]:
    if len(set(new.groups[where])) < MIN_GROUPS:
        return
    change = new.flagged[where].astype(float) - old.flagged[where]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = (weights[:, where] * change).sum(axis=1) / weights[:, where].sum(axis=1)
    low, high = middle(means, SURE_IN_SLICES)
    if (low if worse > 0 else -high) > 0:
        yield Finding(
            check,
            False,
            f"{new.flagged[where].mean():.1%} against {old.flagged[where].mean():.1%} of {where.sum()} (difference {low:+.1%} to {high:+.1%} at {SURE_IN_SLICES:.1%})",
        )


def _against_floors(measured: Mapping[str, Measure], floors: Floors) -> Iterator[Finding]:
    for name, floor in floors.least.items():
        value = measured[name].value if name in measured else None
        yield Finding(f"floor {name}", value is not None and value >= floor, f"{_number(value)}, at least {floor:.3f}")
    for name, ceiling in floors.most.items():
        value = measured[name].value if name in measured else None
        yield Finding(f"ceiling {name}", value is not None and value <= ceiling, f"{_number(value)}, at most {ceiling:.3f}")


def _number(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"
