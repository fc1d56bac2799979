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

from adscreen.classifiers.bundle import Combination, check_target, save_bundle
from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import NgramModel
from adscreen.classifiers.passages import PassageModel, Passages, passages_of
from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.errors import InputError
from adscreen.indicators.catalogue import CATALOGUE_DIR, load_catalogue
from adscreen.indicators.reader import Reader
from adscreen.records import LABELS
from adscreen.text.gloss import GLOSSARY_DIR, GlossReader, glossary_digest, load_glossary
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
from adscreen.train.passages import PassageCorpus
from adscreen.verdict.combine import SCORE_LIMIT

MIN_GROUPS = 10
"""Independent groups of lures, and of other ads, below which held-out calibration means nothing."""
Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Models fitted on all rows, and the held-out log-odds of the same rows, calibrated; columns: lure, scam among the rest."""

    triage: tuple[Linear, Linear]
    passages: PassageModel
    combination: Combination
    held_out: FloatArray
    held_out_triage: FloatArray


def train_bundle(
    ads: LabelledAds,
    out: Path,
    config: TrainConfig,
    catalogue_dir: Path = CATALOGUE_DIR,
    glossary_dir: Path = GLOSSARY_DIR,
    progress: Progress = lambda step: None,
) -> dict[str, Any]:
    """Train on labelled ads and write the bundle to `out`; return the facts that stand in its bundle.json.

    Raises InputError when lures or other ads come from too few groups to hold any out.
    """
    out = check_target(out)
    _check(ads, config)
    catalogue, glossary = load_catalogue(catalogue_dir), load_glossary(glossary_dir)
    space = FeatureSpace.of(catalogue)
    targets, weights = Targets.of(ads.labels), ads.weights * source_weights(ads.sources, ads.labels, config.source_cap)
    progress(f"reading n-grams of {len(ads)} ads")
    matrix = ngram_matrix(list(ads.texts), config.training_characters)
    progress("reading indicators and passages")
    features, passages = _read_all(ads, catalogue_dir, glossary_dir, config)
    progress(f"fitting on {config.folds} group folds")
    fitted = _fit(matrix, features, passages, targets, weights, ads, space, config)
    facts = {
        "training": _training_facts(ads, config, catalogue.digest, glossary_digest(glossary)),
        **measure(ads, targets, fitted.held_out, fitted.held_out_triage, _examined_weights(ads, config), config),
    }
    progress("writing the bundle")
    save_bundle(out, _quantised(fitted.triage), fitted.passages, fitted.combination, catalogue, glossary, facts, write_card(out.name, facts))
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


def _read_all(ads: LabelledAds, catalogue_dir: Path, glossary_dir: Path, config: TrainConfig) -> tuple[FloatArray, list[Passages]]:
    jobs = [(text[: config.training_characters], language) for text, language in zip(ads.texts, ads.languages, strict=True)]
    context = multiprocessing.get_context("spawn")  # forking a process that holds Arrow's threads can deadlock
    with ProcessPoolExecutor(mp_context=context, initializer=_start_reader, initargs=(catalogue_dir, glossary_dir)) as pool:
        features, passages = zip(*pool.map(_read, jobs, chunksize=64), strict=True)
    return np.array(features), list(passages)


_reader: tuple[Reader, FeatureSpace, GlossReader] | None = None


def _start_reader(catalogue_dir: Path, glossary_dir: Path) -> None:
    global _reader  # one compiled catalogue for each worker process
    catalogue = load_catalogue(catalogue_dir)
    _reader = Reader.of(catalogue), FeatureSpace.of(catalogue), GlossReader(load_glossary(glossary_dir))


def _read(job: tuple[str, str]) -> tuple[FloatArray, Passages]:
    assert _reader is not None
    reader, space, glosses = _reader
    return space.vector(reader.read(*job)), passages_of(glosses.read(*job))


def _examined_weights(ads: LabelledAds, config: TrainConfig) -> FloatArray:
    """Weights for what is read in full: sources without lures count little there, as triage has told most of their ads from lures already."""
    capped = source_weights(ads.sources, ads.labels, config.examined_source_cap)
    return ads.weights * np.where(mixed_sources(ads.sources, ads.labels), 1.0, capped)


def _twins(ads: LabelledAds) -> npt.NDArray[np.object_]:
    """Pair and group of each row, "" without a pair: rows of two groups are no twins, since folds may part them."""
    return np.array([f"{group}\t{pair}" if pair else "" for group, pair in zip(ads.groups, ads.pairs, strict=True)], dtype=object)


def _calibrations(scores: FloatArray, targets: Targets, weights: FloatArray, where: BoolArray) -> FloatArray:
    """Slope and offset for the lure column, and for the scam column among the rows that are no lure; shape (2, 2)."""
    rest = where & ~targets.lure
    return np.array([calibrate(scores[where, 0], targets.lure[where], weights[where]), calibrate(scores[rest, 1], targets.scam[rest], weights[rest])])


def _quantised(heads: tuple[Linear, Linear]) -> NgramModel:
    return NgramModel.from_coefficients(np.vstack([head.weights for head in heads]), np.array([head.bias for head in heads]))


def _fit(
    matrix: Any,
    features: FloatArray,
    passages: list[Passages],
    targets: Targets,
    weights: FloatArray,
    ads: LabelledAds,
    space: FeatureSpace,
    config: TrainConfig,
) -> _Fitted:
    folds = folds_of(ads.labels, ads.groups, config)
    mixed = mixed_sources(ads.sources, ads.labels)
    triage = out_of_fold_ngrams(matrix, targets, weights, folds, config.triage_c, config.lure_share)
    corpus = PassageCorpus(passages, ads.labels, _twins(ads), ads.weights, config)
    design = design_matrix(corpus.out_of_fold(folds, mixed), features)
    careful = _examined_weights(ads, config)
    gentle = np.where(mixed & ~targets.lure & ~targets.lawful, config.not_lawful_weight, 1.0)
    log_odds = out_of_fold_combination(design, targets, careful, gentle, folds, config)
    scales, triage_only = (_calibrations(scores, targets, careful, judges(ads)) for scores in (log_odds, triage))
    whole = fit_combination(design, targets, careful, gentle, config)
    combination = Combination(
        space.names,
        np.vstack([model.weights * slope for model, (slope, _) in zip((whole.lure, whole.scam), scales, strict=True)]),
        np.array([model.bias * slope + offset for model, (slope, offset) in zip((whole.lure, whole.scam), scales, strict=True)]),
        triage_only,
    )
    return _Fitted(
        fit_ngrams(matrix, targets, weights, config.triage_c, config.lure_share),
        corpus.fit(mixed),
        combination,
        log_odds * scales[:, 0] + scales[:, 1],
        np.clip(triage, -SCORE_LIMIT, SCORE_LIMIT) * triage_only[:, 0] + triage_only[:, 1],
    )


def _training_facts(ads: LabelledAds, config: TrainConfig, catalogue_digest: str, glossary_digest: str) -> dict[str, Any]:
    return {
        "corpus_sha256": _corpus_digest(ads),
        "ads": len(ads),
        "labels": {label: int((ads.labels == label).sum()) for label in LABELS},
        "groups": len(set(ads.groups)),
        "languages": dict(sorted(Counter(map(str, ads.languages)).items())),
        "sources": dict(sorted(Counter(map(str, ads.sources)).items())),
        "config": asdict(config),
        "catalogue_sha256": catalogue_digest,
        "glossary_sha256": glossary_digest,
    }


def _corpus_digest(ads: LabelledAds) -> str:
    digest = hashlib.sha256()
    columns = (ads.texts, ads.labels, ads.groups, ads.languages, ads.sources, ads.pairs, ads.weights)
    for row in sorted(zip(*(map(str, column) for column in columns), strict=True)):
        digest.update("".join(f"{value}\0" for value in row).encode("utf-8", "replace"))
    return digest.hexdigest()
