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

from adscreen.classifiers.bundle import Combination, check_target, save_bundle
from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import NgramModel
from adscreen.corpora import LabelledAds, mixed_sources
from adscreen.errors import InputError
from adscreen.indicators.catalogue import load_catalogue
from adscreen.indicators.reader import Reader
from adscreen.records import LABELS
from adscreen.train.card import write_card
from adscreen.train.config import TrainConfig
from adscreen.train.fit import (
    BoolArray,
    FloatArray,
    Linear,
    Targets,
    calibrate,
    design_matrix,
    fit_combination,
    fit_ngrams,
    folds_of,
    ngram_matrix,
    out_of_fold_combination,
    out_of_fold_ngrams,
    source_weights,
)
from adscreen.train.measure import judges, measure
from adscreen.verdict.combine import SCORE_LIMIT

MIN_GROUPS = 10
"""Independent groups of lures, and of other ads, below which held-out calibration means nothing."""
Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Models fitted on all rows, and the held-out log-odds of the same rows, calibrated; columns: lure, scam among the rest."""

    triage: tuple[Linear, Linear]
    wording: tuple[Linear, Linear]
    combination: Combination
    held_out: FloatArray
    held_out_triage: FloatArray


def train_bundle(ads: LabelledAds, out: Path, config: TrainConfig, catalogue_dir: Path, progress: Progress = lambda step: None) -> dict[str, Any]:
    """Train on labelled ads and write the bundle to `out`; return the facts that stand in its bundle.json.

    Raises InputError when lures or other ads come from too few groups to hold any out.
    """
    out = check_target(out)
    _check(ads, config)
    catalogue = load_catalogue(catalogue_dir)
    space = FeatureSpace.of(catalogue)
    targets, weights = Targets.of(ads.labels), ads.weights * source_weights(ads.sources, ads.labels, config.source_cap)
    progress(f"reading n-grams of {len(ads)} ads")
    matrix = ngram_matrix(list(ads.texts), config.training_characters)
    progress("reading indicators")
    features = _features(ads, catalogue_dir, config)
    progress(f"fitting on {config.folds} group folds")
    fitted = _fit(matrix, features, targets, weights, ads, space, config)
    facts = {
        "training": _training_facts(ads, config, catalogue.digest),
        **measure(ads, targets, fitted.held_out, fitted.held_out_triage, _examined_weights(ads, config), config),
    }
    progress("writing the bundle")
    save_bundle(out, _quantised(fitted.triage), _quantised(fitted.wording), fitted.combination, catalogue, facts, write_card(out.name, facts))
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


def _examined_weights(ads: LabelledAds, config: TrainConfig) -> FloatArray:
    """Weights for what is read in full: sources without lures count little there, as triage has told most of their ads from lures already."""
    capped = source_weights(ads.sources, ads.labels, config.examined_source_cap)
    return ads.weights * np.where(mixed_sources(ads.sources, ads.labels), 1.0, capped)


def _calibrations(scores: FloatArray, targets: Targets, weights: FloatArray, where: BoolArray) -> FloatArray:
    """Slope and offset for the lure column, and for the scam column among the rows that are no lure; shape (2, 2)."""
    rest = where & ~targets.lure
    return np.array([calibrate(scores[where, 0], targets.lure[where], weights[where]), calibrate(scores[rest, 1], targets.scam[rest], weights[rest])])


def _quantised(heads: tuple[Linear, Linear]) -> NgramModel:
    return NgramModel.from_coefficients(np.vstack([head.weights for head in heads]), np.array([head.bias for head in heads]))


def _fit(
    matrix: Any, features: FloatArray, targets: Targets, weights: FloatArray, ads: LabelledAds, space: FeatureSpace, config: TrainConfig
) -> _Fitted:
    folds = folds_of(ads.labels, ads.groups, config)
    everywhere, mixed = np.ones(len(ads), bool), mixed_sources(ads.sources, ads.labels)
    triage = out_of_fold_ngrams(matrix, targets, weights, folds, everywhere, config.triage_c, config.lure_share)
    wording = out_of_fold_ngrams(matrix, targets, weights, folds, mixed, config.wording_c, config.lure_share)
    design = design_matrix(wording, features)
    careful = _examined_weights(ads, config)
    log_odds = out_of_fold_combination(design, targets, careful, folds, config)
    scales, triage_only = (_calibrations(scores, targets, careful, judges(ads)) for scores in (log_odds, triage))
    whole = fit_combination(design, targets, careful, config)
    combination = Combination(
        space.names,
        np.vstack([model.weights * slope for model, (slope, _) in zip((whole.lure, whole.scam), scales, strict=True)]),
        np.array([model.bias * slope + offset for model, (slope, offset) in zip((whole.lure, whole.scam), scales, strict=True)]),
        triage_only,
    )
    return _Fitted(
        fit_ngrams(matrix, targets, weights, config.triage_c, config.lure_share),
        fit_ngrams(matrix[mixed], targets.select(np.flatnonzero(mixed)), weights[mixed], config.wording_c, config.lure_share),
        combination,
        log_odds * scales[:, 0] + scales[:, 1],
        np.clip(triage, -SCORE_LIMIT, SCORE_LIMIT) * triage_only[:, 0] + triage_only[:, 1],
    )


def _training_facts(ads: LabelledAds, config: TrainConfig, catalogue_digest: str) -> dict[str, Any]:
    return {
        "corpus_sha256": _corpus_digest(ads),
        "ads": len(ads),
        "labels": {label: int((ads.labels == label).sum()) for label in LABELS},
        "groups": len(set(ads.groups)),
        "languages": dict(sorted(Counter(map(str, ads.languages)).items())),
        "sources": dict(sorted(Counter(map(str, ads.sources)).items())),
        "config": asdict(config),
        "catalogue_sha256": catalogue_digest,
    }


def _corpus_digest(ads: LabelledAds) -> str:
    digest = hashlib.sha256()
    for text, label, group in sorted(zip(map(str, ads.texts), map(str, ads.labels), map(str, ads.groups), strict=True)):
        digest.update(f"{label}\0{group}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()
