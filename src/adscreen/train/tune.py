"""Settings chosen on validation groups inside the training rows, one setting after the other; files held out for evaluation are never looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.evaluate.metrics import figures
from adscreen.train.config import TrainConfig
from adscreen.train.fit import BoolArray, FloatArray, Folds, Targets, cut, folds_of, freedom, out_of_fold_combination
from adscreen.train.model import RowWeights, judges, out_of_fold_triage, passage_corpus
from adscreen.train.readings import Readings
from adscreen.verdict.combine import probability

GRID = {
    "triage_c": (3.0, 10.0, 30.0),
    "triage_rarity": (0.0, 1.0),
    "passages_c": (0.5, 2.0, 8.0),
    "passages_scale": (1.0, 3.0, 10.0),
    "triage_scale": (0.0, 1.0, 3.0),
    "features_c": (0.005, 0.02, 0.08),
}
"""What is tried for each setting, in this order: the default and about a factor of three or four to either side, as L2 strength acts on its logarithm;
for `triage_scale` nothing, the freedom of the signs, and that of the passages. Each is tried with the best of those before it: seventeen tries, not 486."""
OF_TRIAGE = ("triage_c", "triage_rarity")
"""Settings judged by what triage alone says."""
OWN_FOLDS = 1
"""Added to the seed: settings are chosen on other folds than those on which the bundle is measured."""
RATE = "3.0%"
"""False-positive rate at which recall is told beside the ROC-AUC: the strict threshold of evaluation on look-alikes."""


@dataclass(frozen=True, slots=True)
class Try:
    """One setting tried: ROC-AUC, mean over folds, and recall at RATE false positives, of lures against `against`; and whether it was taken."""

    setting: str
    value: float
    against: str
    roc_auc: float
    recall: float | None
    taken: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class _Trial:
    """Scores rows out of fold under other settings, doing again only what a setting changes."""

    ads: LabelledAds
    readings: Readings
    config: TrainConfig
    targets: Targets = field(init=False)
    weights: RowWeights = field(init=False)
    folds: Folds = field(init=False)
    _made: dict[tuple[str | float, ...], FloatArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.targets = Targets.of(self.ads.labels)
        self.weights = RowWeights.of(self.ads, np.ones(len(self.ads)), self.config)
        self.folds = folds_of(self.ads.labels, self.ads.groups, replace(self.config, seed=self.config.seed + OWN_FOLDS))

    def triage(self, config: TrainConfig) -> FloatArray:
        return self._once(
            ("triage", config.triage_c, config.triage_rarity),
            lambda: out_of_fold_triage(self.readings, self.targets, self.weights, self.folds, config),
        )

    def combined(self, config: TrainConfig) -> FloatArray:
        mixed = mixed_sources(self.ads.sources, self.ads.labels)
        passages = self._once(
            ("passages", config.passages_c),
            lambda: passage_corpus(self.ads, self.readings, self.weights, config).out_of_fold(self.folds, mixed),
        )
        design = np.hstack((cut(passages), cut(self.triage(config)), self.readings.features))
        scale = freedom(design, self.readings.features.shape[1], config)
        return out_of_fold_combination(design, self.targets, self.weights.careful, self.weights.gentle, scale, self.folds, config)

    def _once(self, key: tuple[str | float, ...], make: Callable[[], FloatArray]) -> FloatArray:
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    def areas(self, scores: FloatArray, where: BoolArray) -> FloatArray:
        """ROC-AUC of lure in each fold that holds lures and others among the rows `where`."""
        tests = [test[where[test]] for _, test in self.folds]
        both = [test for test in tests if 0 < self.targets.lure[test].sum() < len(test)]
        return np.array([roc_auc_score(self.targets.lure[test], scores[test, 0]) for test in both])


def tune(ads: LabelledAds, readings: Readings, config: TrainConfig) -> tuple[TrainConfig, tuple[Try, ...]]:
    """The best settings found, and every try.

    OF_TRIAGE are chosen by triage's own ROC-AUC of lures against all else, the others by the ROC-AUC of the combination against look-alikes. A setting
    moves only when it gains more than one standard error of the paired differences over folds (after Breiman et al. 1984): less is chance.
    """
    trial = _Trial(ads, readings, config)
    full = judges(ads)
    alike = full & (trial.targets.lure | (mixed_sources(ads.sources, ads.labels) & trial.targets.lawful))
    best, tries = config, list[Try]()
    for setting, values in GRID.items():
        of_triage = setting in OF_TRIAGE
        against, where = ("all else", full) if of_triage else ("look-alikes", alike)
        candidates = sorted({*values, getattr(best, setting)})
        scores = {value: (trial.triage if of_triage else trial.combined)(_with(best, setting, value)) for value in candidates}
        areas = {value: trial.areas(scores[value], where) for value in candidates}
        taken = _better(areas, getattr(best, setting))
        best = _with(best, setting, taken)
        tries += [
            Try(setting, value, against, float(areas[value].mean()), _recall(trial, scores[value], where), value == taken) for value in candidates
        ]
    return best, tuple(tries)


def _with(config: TrainConfig, setting: str, value: float) -> TrainConfig:
    changed: dict[str, Any] = {setting: value}
    return replace(config, **changed)


def _better(areas: dict[float, FloatArray], now: float) -> float:
    """The value with the highest mean area, where it beats the present one by more than a standard error; else the present one."""
    winner = max(areas, key=lambda value: float(areas[value].mean()))
    gains = areas[winner] - areas[now]
    return winner if len(gains) > 1 and gains.mean() > gains.std(ddof=1) / np.sqrt(len(gains)) else now


def _recall(trial: _Trial, scores: FloatArray, where: BoolArray) -> float | None:
    return figures(trial.targets.lure[where], probability(scores[where, 0])).recall_at_fpr[RATE]
