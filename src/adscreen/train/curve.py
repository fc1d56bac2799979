"""The learning curve: how many labels are worth what, with and without a corpus beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.errors import InputError
from adscreen.evaluate.metrics import Figures, figures
from adscreen.train.config import TrainConfig
from adscreen.train.fit import folds_of
from adscreen.train.model import fit_model
from adscreen.train.readings import Readings
from adscreen.train.run import check_groups

IntArray = npt.NDArray[np.int64]
HELD_OUT_FOLDS = 4
"""A quarter of the groups is held out and judges every size: fewer judge too roughly, more leave too few to learn from."""


@dataclass(frozen=True, slots=True)
class Point:
    """One fit, judged on held-out groups: on the first `positives` lures (asked for as `size`) and the ads drawn with them, alone or beside the corpora.

    `all_others`, `look_alikes`: figures of lures against these.
    """

    size: int
    positives: int
    ads: int
    with_corpora: bool
    all_others: Figures
    look_alikes: Figures

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def learning_curve(ads: LabelledAds, readings: Readings, own: npt.NDArray[np.bool_], sizes: Sequence[int], config: TrainConfig) -> tuple[Point, ...]:
    """Figures for each size; `own` says which rows are the user's, the others are corpora that may stand beside them.

    Groups are drawn in one random order, so that a larger sample holds the smaller ones. Corpus rows of a held-out group are fitted on in no case. Raises
    InputError when a size has too few groups to fit on, or more lures than there are.
    """
    rows = np.flatnonzero(own)
    folds = folds_of(ads.labels[rows], ads.groups[rows], replace(config, folds=HELD_OUT_FOLDS))
    known, held = rows[folds[0][0]], rows[folds[0][1]]
    known = known[np.argsort(_places(ads.groups[known], config.seed), kind="stable")]
    beside = np.flatnonzero(~own & ~np.isin(ads.groups.astype(str), ads.groups[held].astype(str)))
    points = []
    for size in sizes:
        sample = _sample(ads, known, size)
        positives = int((ads.labels[sample] == "lure").sum())
        for with_corpora in (False, True)[: 1 + bool(len(beside))]:
            rows = np.concatenate((sample, beside)) if with_corpora else sample
            points.append(Point(size, positives, len(rows), with_corpora, *_judged(ads, readings, rows, held, config)))
    return tuple(points)


def _places(groups: npt.NDArray[np.object_], seed: int) -> IntArray:
    """The place of each row's group in a random order of all groups."""
    names, number = np.unique(groups.astype(str), return_inverse=True)
    return np.asarray(np.random.default_rng(seed).permutation(len(names))[number], np.int64)


def _sample(ads: LabelledAds, ordered: IntArray, size: int) -> IntArray:
    """The leading rows that hold `size` lures, and the rest of the last group."""
    lures = np.cumsum(ads.labels[ordered] == "lure")
    if lures[-1] < size:
        raise InputError(f"learning curve: {size} lures asked for, {lures[-1]} are there besides those held out; ask for fewer, or label more")
    end = int(np.searchsorted(lures, size)) + 1
    last = ads.groups[ordered[end - 1]]
    while end < len(ordered) and ads.groups[ordered[end]] == last:
        end += 1
    return ordered[:end]


def _judged(ads: LabelledAds, readings: Readings, rows: IntArray, held: IntArray, config: TrainConfig) -> tuple[Figures, Figures]:
    fitted_on, judged = ads.select(rows), ads.select(held)
    check_groups(fitted_on, config)
    scores = fit_model(fitted_on, readings.select(rows), config).model.probability_of("lure", readings.select(held))
    lure = judged.labels == "lure"
    alike = lure | (mixed_sources(judged.sources, judged.labels) & (judged.labels == "legitimate"))
    return figures(lure, scores), figures(lure[alike], scores[alike])
