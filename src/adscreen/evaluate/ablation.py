"""Ablation: what each part of the road achieves by itself, and how far it stays behind all of them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from adscreen.evaluate.metrics import BoolArray, Figures, FloatArray, Share, figures, middle, replicates, share_of
from adscreen.evaluate.scored import PARTS, Rows, Scored

TRANSFORMER: Final = "transformer"
WHOLE: Final = "examined"
"""The part that is all parts together, on every ad: each of the others should stay behind it."""
VERDICT: Final = "verdict"
"""The road as shipped, beside its parts: triage, then examination of the few."""
MIN_GROUPS: Final = 10
"""Independent groups of lures, and of look-alikes, below which a language's ROC-AUC is not told: its interval would span most of what is possible."""
TELLING: Final = frozenset(
    (
        "place_compound",
        "place_hot_spot",
        "place_hot_region",
        "place_hot_country",
        "staff_side_slang",
        "destination_euphemism",
        "compound_living",
    )
)
"""Indicators that give a lure away by a word: a place known for compounds, its usual paraphrases, life inside, words of the trade. A lure with none of them is
*plain* (paraphrased, in other euphemisms, in the style of a job board): it must be known by what it offers and leaves out. How one is reached tells nothing."""

Estimate = tuple[float, float, float]
"""A figure and the ends of its 95 % interval."""


@dataclass(frozen=True, slots=True)
class PartFigures:
    """What one part of the road achieves by itself; `part` is one of PARTS, or VERDICT.

    `languages`: ROC-AUC of lures against look-alikes, of languages with MIN_GROUPS of both. `pairs_ranked`: pairs whose lure scores above its lawful twin;
    `plain_pairs_ranked`: the same of pairs whose lure is plain (no hit of TELLING). `behind_whole`: ROC-AUC against look-alikes of WHOLE less that of this
    part, paired on the same draws of groups; above 0 where the part stays behind, None where the ads cannot tell.
    """

    part: str
    against_all: Figures
    against_look_alikes: Figures
    languages: dict[str, Estimate]
    pairs_ranked: Share
    plain_pairs_ranked: Share
    behind_whole: Estimate | None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What all parts are compared on: masks of look-alikes with lures, overall and by language, and the twins.

    `weights`: bootstrap weights of all ads, shape (replicates, ads), each ad once in the first.
    """

    ads: Scored
    weights: FloatArray
    alike: BoolArray
    languages: dict[str, BoolArray]
    twins: tuple[Rows, Rows]
    plain: BoolArray

    def areas(self, scores: FloatArray, where: BoolArray) -> FloatArray:
        """ROC-AUC of the ads of a mask under every weighting, shape (replicates,); the first is the figure itself."""
        return replicates(self.ads.is_lure[where], scores[where], self.weights[:, where])["roc_auc"]


def ablation(ads: Scored, weights: FloatArray, with_transformer: bool) -> tuple[PartFigures, ...]:
    """Every part that the bundle has, then the verdict. `weights`: `bootstrap.group_weights` of the ads."""
    ground = _ground(ads, weights)
    scores = {name: ads.part(name) for name in PARTS if with_transformer or name != TRANSFORMER}
    lures = ads.is_lure[ground.alike]
    whole = ground.areas(scores[WHOLE], ground.alike) if lures.any() and not lures.all() else None
    return tuple(_part(name, found, ground, whole) for name, found in {**scores, VERDICT: ads.lure}.items())


def _ground(ads: Scored, weights: FloatArray) -> _Ground:
    lure, look_alike, twins = ads.is_lure, ads.look_alike, ads.twins()
    plain = np.array([not any(indicator in TELLING for indicator, _ in hits) for hits in ads.hits[twins[0]]], bool)
    languages = {}
    for language in sorted(set(map(str, ads.languages))):
        here = ads.languages == language
        if all(len(set(ads.groups[here & kind])) >= MIN_GROUPS for kind in (lure, look_alike)):
            languages[language] = np.asarray(here & (lure | look_alike), bool)
    return _Ground(ads, np.vstack((np.ones(len(ads)), weights)), lure | look_alike, languages, twins, plain)


def _part(name: str, scores: FloatArray, ground: _Ground, whole: FloatArray | None) -> PartFigures:
    lure, alike, weights = ground.ads.is_lure, ground.alike, ground.weights[1:]
    lures, lawful = ground.twins
    ranked, groups = scores[lures] > scores[lawful], ground.ads.groups[lures]
    return PartFigures(
        name,
        figures(lure, scores, weights),
        figures(lure[alike], scores[alike], weights[:, alike]),
        {language: _estimate(ground.areas(scores, where)) for language, where in ground.languages.items()},
        share_of(ranked, groups),
        share_of(ranked[ground.plain], groups[ground.plain]),
        None if whole is None else _estimate(whole - ground.areas(scores, alike)),
    )


def _estimate(values: FloatArray) -> Estimate:
    """Of replicates of one figure; the first is the figure itself."""
    return (float(values[0]), *middle(values[1:]))
