"""Train a bundle: fit on groups, calibrate on groups that the fits did not see, set floor and thresholds there, and write what was measured."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.bundle import Combination, save_bundle
from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import NgramModel
from adscreen.corpora import LabelledAds
from adscreen.errors import InputError
from adscreen.evaluate.metrics import figures, threshold_at
from adscreen.indicators.catalogue import load_catalogue
from adscreen.indicators.reader import Reader
from adscreen.records import LABELS
from adscreen.train.card import write_card
from adscreen.train.config import TrainConfig
from adscreen.train.fit import (
    FloatArray,
    Linear,
    Targets,
    calibrate,
    design_matrix,
    fit_combination,
    fit_triage,
    folds_of,
    ngram_matrix,
    out_of_fold_combination,
    out_of_fold_triage,
    source_weights,
)
from adscreen.verdict.combine import probability

MIN_GROUPS = 10
"""Independent groups of lures, and of other ads, below which held-out calibration means nothing."""
SURE_FROM_CHARACTERS = 40
"""Shorter texts hold too few n-grams for triage to judge; they are always examined (a tenth of the known lures is shorter than 20)."""
MIN_LANGUAGE_ROWS = 20
"""Training rows of a language from which triage may judge it alone; other languages are always examined."""

Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Models fitted on all rows, and the held-out log-odds of the same rows, calibrated; columns: lure, scam among the rest."""

    triage: tuple[Linear, Linear]
    combination: Combination
    held_out: FloatArray
    held_out_triage: FloatArray


def train_bundle(ads: LabelledAds, out: Path, config: TrainConfig, catalogue_dir: Path, progress: Progress = lambda step: None) -> dict[str, Any]:
    """Train on labelled ads and write the bundle to `out`; return the facts that stand in its bundle.json.

    Raises InputError when lures or other ads come from too few groups to hold any out.
    """
    _check(ads, config)
    catalogue = load_catalogue(catalogue_dir)
    space = FeatureSpace.of(catalogue)
    targets, weights = Targets.of(ads.labels), source_weights(ads.sources, ads.labels, config.source_cap)
    progress(f"reading n-grams of {len(ads)} ads")
    matrix = ngram_matrix(list(ads.texts), config.training_characters)
    progress("reading indicators")
    features = _features(ads, catalogue_dir, config)
    progress(f"fitting on {config.folds} group folds")
    fitted = _fit(matrix, features, targets, weights, ads, space, config)
    triage = NgramModel.from_coefficients(np.vstack([model.weights for model in fitted.triage]), np.array([model.bias for model in fitted.triage]))
    facts = _facts(ads, fitted, targets, weights, config, catalogue.digest)
    progress("writing the bundle")
    save_bundle(out, triage, fitted.combination, catalogue_dir, facts, write_card(out.name, facts))
    return facts


def _check(ads: LabelledAds, config: TrainConfig) -> None:
    lure = ads.labels == "lure"
    for what, mask in (("lure", lure), ("other than lure", ~lure)):
        groups = len(set(ads.groups[mask]))
        if groups < max(MIN_GROUPS, config.folds):
            raise InputError(
                f"training needs at least {max(MIN_GROUPS, config.folds)} independent groups of ads labelled {what}, got {groups}; add labelled ads, "
                "such as this project's corpora, beside your own"
            )


def _features(ads: LabelledAds, catalogue_dir: Path, config: TrainConfig) -> FloatArray:
    jobs = [(text[: config.training_characters], language) for text, language in zip(ads.texts, ads.languages, strict=True)]
    context = multiprocessing.get_context("spawn")  # forking a process that holds Arrow's threads can deadlock
    with ProcessPoolExecutor(mp_context=context, initializer=_start_reader, initargs=(catalogue_dir,)) as pool:
        return np.array(list(pool.map(_read, jobs, chunksize=64)))


_reader: tuple[Reader, FeatureSpace] | None = None


def _start_reader(catalogue_dir: Path) -> None:
    global _reader  # one compiled catalogue for each worker process
    catalogue = load_catalogue(catalogue_dir)
    _reader = Reader.of(catalogue), FeatureSpace.of(catalogue)


def _read(job: tuple[str, str]) -> FloatArray:
    assert _reader is not None
    reader, space = _reader
    return space.vector(reader.read(*job))


def _fit(matrix: Any, features: FloatArray, targets: Targets, weights: FloatArray, ads: LabelledAds, space: FeatureSpace, config: TrainConfig) -> _Fitted:
    folds = folds_of(ads.labels, ads.groups, config)
    scores = out_of_fold_triage(matrix, targets, weights, folds, config)
    design = design_matrix(scores, features)
    log_odds = out_of_fold_combination(design, targets, weights, folds, config)
    rest = ~targets.lure
    scales = np.array([calibrate(log_odds[:, 0], targets.lure, weights), calibrate(log_odds[rest, 1], targets.scam[rest], weights[rest])])
    triage_only = np.array([_triage_only(scores[:, 0], targets.lure, weights, 0), _triage_only(scores[rest, 1], targets.scam[rest], weights[rest], 1)])
    whole = fit_combination(design, targets, weights, config)
    combination = Combination(
        space.signs,
        space.names,
        np.vstack([model.weights * slope for model, (slope, _) in zip((whole.lure, whole.scam), scales, strict=True)]),
        np.array([model.bias * slope + offset for model, (slope, offset) in zip((whole.lure, whole.scam), scales, strict=True)]),
        triage_only,
    )
    return _Fitted(
        fit_triage(matrix, targets, weights, config),
        combination,
        log_odds * scales[:, 0] + scales[:, 1],
        design[:, :2] @ triage_only[:, :2].T + triage_only[:, 2],
    )


def _triage_only(scores: FloatArray, positive: npt.NDArray[np.bool_], weights: FloatArray, column: int) -> list[float]:
    """Platt scaling of one triage score, as a row of Combination.triage_only."""
    slope, offset = calibrate(scores, positive, weights)
    row = [0.0, 0.0, offset]
    row[column] = slope
    return row


def _facts(ads: LabelledAds, fitted: _Fitted, targets: Targets, weights: FloatArray, config: TrainConfig, catalogue_digest: str) -> dict[str, Any]:
    lure_probability = probability(fitted.held_out[:, 0])
    negatives = lure_probability[~targets.lure]
    review = max(threshold_at(negatives, config.false_positive_rate), 0.001)
    urgent = max(threshold_at(negatives, config.urgent_false_positive_rate), review)
    scam_probability = (1 - lure_probability) * probability(fitted.held_out[:, 1])
    honest = ~(targets.lure | targets.scam)
    return {
        "training": {
            "corpus_sha256": _corpus_digest(ads),
            "ads": len(ads),
            "labels": {label: int((ads.labels == label).sum()) for label in LABELS},
            "groups": len(set(ads.groups)),
            "languages": dict(sorted(Counter(map(str, ads.languages)).items())),
            "sources": dict(sorted(Counter(map(str, ads.sources)).items())),
            "config": asdict(config),
            "catalogue_sha256": catalogue_digest,
        },
        "calibration": {"method": "Platt scaling on out-of-fold log-odds, groups kept together", "prevalence": round(float(weights[targets.lure].sum() / weights.sum()), 6)},
        "held_out": figures(targets.lure, lure_probability).as_dict(),
        "floor": _floor(ads, fitted.held_out_triage[:, 0], targets, config),
        "policy": {
            "review": _round_up(review),
            "urgent": _round_up(urgent),
            "scam_review": _round_up(max(threshold_at(scam_probability[honest], config.urgent_false_positive_rate), 0.5)),
        },
    }


def _round_up(threshold: float) -> float:
    return min(float(np.ceil(threshold * 1e4) / 1e4), 1.0)


def _floor(ads: LabelledAds, log_odds: FloatArray, targets: Targets, config: TrainConfig) -> dict[str, Any]:
    """The triage floor that loses at most `floor_loss` of the held-out lures, and what it loses and lets through, by language."""
    judged = np.array([len(text) >= SURE_FROM_CHARACTERS for text in ads.texts])
    counts = Counter(map(str, ads.languages))
    known = sorted(language for language, count in counts.items() if count >= MIN_LANGUAGE_ROWS)
    floor = float(np.quantile(log_odds[targets.lure & judged], config.floor_loss, method="lower")) if (targets.lure & judged).any() else 0.0
    lost = judged & (log_odds < floor)
    return {
        "score": round(floor, 6),
        "sure_from_characters": SURE_FROM_CHARACTERS,
        "languages": known,
        "examined_share_of_others": round(float(1 - lost[~targets.lure].mean()), 4),
        "lures_lost": {
            language: [int((lost & targets.lure & (ads.languages == language)).sum()), int((targets.lure & (ads.languages == language)).sum())]
            for language in sorted(set(map(str, ads.languages[targets.lure])))
        },
    }


def _corpus_digest(ads: LabelledAds) -> str:
    digest = hashlib.sha256()
    for text, label, group in sorted(zip(map(str, ads.texts), map(str, ads.labels), map(str, ads.groups), strict=True)):
        digest.update(f"{label}\0{group}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()
