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

from adscreen.classifiers.bundle import Combination, save_bundle
from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import NgramModel
from adscreen.corpora import LabelledAds, mixed_sources
from adscreen.errors import InputError
from adscreen.evaluate.metrics import figures, threshold_at
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
from adscreen.verdict.combine import SCORE_LIMIT, chain, probability

MIN_GROUPS = 10
"""Independent groups of lures, and of other ads, below which held-out calibration means nothing."""
SURE_FROM_CHARACTERS = 150
"""Shorter texts hold too few n-grams for triage to judge; they are always examined, which is cheap for them."""
MIN_LANGUAGE_ROWS = 20
"""Training rows of a language from which triage may judge it alone; other languages are always examined."""

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
    facts = _facts(ads, fitted, targets, config, catalogue.digest)
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
    careful = source_weights(ads.sources, ads.labels, config.examined_source_cap)
    log_odds = out_of_fold_combination(design, targets, careful, folds, config)
    rest = ~targets.lure
    scales = np.array([calibrate(log_odds[:, 0], targets.lure, careful), calibrate(log_odds[rest, 1], targets.scam[rest], careful[rest])])
    triage_only = np.array([calibrate(triage[:, 0], targets.lure, careful), calibrate(triage[rest, 1], targets.scam[rest], careful[rest])])
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


def _facts(ads: LabelledAds, fitted: _Fitted, targets: Targets, config: TrainConfig, catalogue_digest: str) -> dict[str, Any]:
    floor, examined = _floor(ads, fitted.held_out_triage[:, 0], targets, config)
    log_odds = np.where(examined[:, None], fitted.held_out, fitted.held_out_triage)
    lure = probability(log_odds[:, 0])
    scam = chain(lure, probability(log_odds[:, 1]))
    look_alike = targets.lure | (mixed_sources(ads.sources, ads.labels) & (ads.labels == "legitimate"))
    careful = source_weights(ads.sources, ads.labels, config.examined_source_cap)
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
        "calibration": {
            "method": "Platt scaling on out-of-fold log-odds, groups kept together",
            "prevalence": round(float(careful[targets.lure].sum() / careful.sum()), 6),
        },
        "held_out": figures(targets.lure, lure).as_dict(),
        "held_out_look_alikes": figures(targets.lure[look_alike], lure[look_alike]).as_dict(),
        "floor": floor,
        "policy": _policy(lure, scam, targets, ads.labels == "legitimate", look_alike, config),
    }


def _policy(lure: FloatArray, scam: FloatArray, targets: Targets, lawful: BoolArray, look_alike: BoolArray, config: TrainConfig) -> dict[str, float]:
    """Thresholds that keep the share of flagged lawful ads below the configured rates, among look-alikes and among ordinary ads."""

    def at(scores: FloatArray, share: float) -> float:
        kinds = ((scores[lawful & look_alike], config.look_alike_rate), (scores[lawful & ~look_alike], config.ordinary_rate))
        return max((threshold_at(kind, rate * share) for kind, rate in kinds if len(kind)), default=0.5)

    review = at(lure, 1.0)
    return {
        "review": _round_up(review),
        "urgent": _round_up(max(at(lure, config.urgent_share), review)),
        "scam_review": _round_up(max(at(scam, 1.0), 0.5)),
    }


def _round_up(threshold: float) -> float:
    return min(float(np.ceil(threshold * 1e4) / 1e4), 1.0)


def _floor(ads: LabelledAds, log_odds: FloatArray, targets: Targets, config: TrainConfig) -> tuple[dict[str, Any], BoolArray]:
    """The triage floor that loses at most `floor_loss` of the held-out lures, what it loses and lets through, and which rows it lets through."""
    counts = Counter(map(str, ads.languages))
    known = sorted(language for language, count in counts.items() if count >= MIN_LANGUAGE_ROWS)
    judged = np.array([len(text) >= SURE_FROM_CHARACTERS and language in known for text, language in zip(ads.texts, ads.languages, strict=True)])
    floor = float(np.quantile(log_odds[targets.lure & judged], config.floor_loss, method="lower")) if (targets.lure & judged).any() else 0.0
    examined = ~judged | (log_odds >= floor)
    facts = {
        "score": round(floor, 6),
        "sure_from_characters": SURE_FROM_CHARACTERS,
        "languages": known,
        "examined_share_of_others": round(float(examined[~targets.lure].mean()), 4),
        "lures_lost": {
            language: [int((~examined & targets.lure & (ads.languages == language)).sum()), int((targets.lure & (ads.languages == language)).sum())]
            for language in sorted(set(map(str, ads.languages[targets.lure])))
        },
    }
    return facts, examined


def _corpus_digest(ads: LabelledAds) -> str:
    digest = hashlib.sha256()
    for text, label, group in sorted(zip(map(str, ads.texts), map(str, ads.labels), map(str, ads.groups), strict=True)):
        digest.update(f"{label}\0{group}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()
