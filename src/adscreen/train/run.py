"""Train a bundle: fit on groups, calibrate on groups that the fits did not see, set floor and thresholds there, and write what was measured."""

from __future__ import annotations

import hashlib
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adscreen.classifiers.bundle import Bundle, Combination, check_target, save_bundle
from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import NgramModel
from adscreen.classifiers.transformer import Transformer
from adscreen.corpora.labelled import LabelledAds
from adscreen.errors import InputError
from adscreen.indicators.catalogue import CATALOGUE_DIR, Catalogue, load_catalogue
from adscreen.records import LABELS
from adscreen.text.fingerprint import digest
from adscreen.text.gloss import GLOSSARY_DIR, glossary_digest, load_glossary
from adscreen.train.card import write_card
from adscreen.train.config import TrainConfig
from adscreen.train.measure import measure
from adscreen.train.model import Model, fit_model, twins_of
from adscreen.train.noise import Suspect, suspects
from adscreen.train.readings import Readings, read_ads
from adscreen.train.tune import Try, tune
from adscreen.train.work import Work, code_digest

if TYPE_CHECKING:
    from adscreen.train.transformer.fit import TransformerRun

MIN_GROUPS = 10
"""Independent groups of lures, and of other ads, below which held-out calibration means nothing."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a run gave besides the bundle: the facts of its bundle.json, the readings of its ads, and the rows whose label it doubts."""

    facts: dict[str, Any]
    readings: Readings
    suspects: tuple[Suspect, ...]


def train_bundle(
    ads: LabelledAds,
    out: Path,
    config: TrainConfig,
    catalogue_dir: Path = CATALOGUE_DIR,
    glossary_dir: Path = GLOSSARY_DIR,
    *,
    tuned: bool = False,
    origin: Mapping[str, Any] | None = None,
    work: Work | None = None,
) -> Trained:
    """Train on labelled ads and write the bundle to `out`; with `tuned`, choose the settings of the grid first.

    `origin` goes into the facts of training as it is. Raises InputError when lures or other ads come from too few groups to hold any out.
    """
    out, work = check_target(out), work or Work()
    tries: tuple[Try, ...] = ()
    check_groups(ads, config)
    _check_transformer(config)
    catalogue, glossary = load_catalogue(catalogue_dir), load_glossary(glossary_dir)
    digests = {"catalogue_sha256": catalogue.digest, "glossary_sha256": glossary_digest(glossary)}
    with work.step(f"reading {len(ads)} ads"):
        made_with = "\0".join((*digests.values(), code_digest()))
        readings = read_ads(ads, config.training_characters, catalogue_dir, glossary_dir, work.keep, made_with)
    if tuned:
        with work.step("choosing settings on group folds"):
            config, tries = tune(ads, readings, config)
    with work.step(f"fitting on {config.folds} group folds, then on all"):
        transformer = _transformer(ads, readings, config, work)
        fitted = fit_model(ads, readings, config, transformer.out_of_fold if transformer else None)
    training = {**_training_facts(ads, config), **digests, **(origin or {}), "tries": [one.as_dict() for one in tries]}
    facts = {"training": training, **measure(ads, fitted, config)}
    triage, combination = _triage(fitted.model), _combination(fitted.model, catalogue)
    seen = np.array([digest(text) for text in ads.texts], np.uint64)
    with tempfile.TemporaryDirectory() as scratch:
        files = None
        if transformer:
            exported = transformer.export(Path(scratch))
            settings = asdict(config.transformer)
            facts["transformer"] |= {
                "base": Path(settings.pop("base")).name,
                "settings": settings,
                "export": exported.as_dict(),
                "curve": [{"epoch": one.number, "loss": round(one.loss, 4), "roc_auc": one.roc_auc} for one in transformer.curve],
            }
            files = Transformer(Path(scratch))
        bundle = Bundle(triage, fitted.model.passages, combination, catalogue, glossary, facts, seen, files)
        save_bundle(out, bundle, write_card(out.name, facts))
    return Trained(facts, readings, suspects(ads, fitted.held_out))


def _check_transformer(config: TrainConfig) -> None:
    """Load the base once, so that one that cannot be had is refused before the ads are read."""
    if config.transformer.base:
        from adscreen.train.transformer.base import load_base

        load_base(config.transformer)


def _transformer(ads: LabelledAds, readings: Readings, config: TrainConfig, work: Work) -> TransformerRun | None:
    if not config.transformer.base:
        return None
    from adscreen.train.transformer.fit import TransformerRun  # brings torch, which training without a transformer does without

    return TransformerRun(ads, readings, twins_of(ads), config, work)


def check_groups(ads: LabelledAds, config: TrainConfig) -> None:
    lure = ads.labels == "lure"
    for what, mask in (("lure", lure), ("other than lure", ~lure)):
        groups = len(set(ads.groups[mask]))
        if groups < max(MIN_GROUPS, config.folds):
            raise InputError(
                f"training needs at least {max(MIN_GROUPS, config.folds)} independent groups of ads labelled {what}, got {groups}; add labelled ads, "
                "such as this project's corpora, beside your own"
            )


def _triage(model: Model) -> NgramModel:
    return NgramModel.from_coefficients(np.vstack([head.weights for head in model.triage]), np.array([head.bias for head in model.triage]))


def _combination(model: Model, catalogue: Catalogue) -> Combination:
    weights, bias = np.vstack([head.weights for head in model.combined]), np.array([head.bias for head in model.combined])
    names = FeatureSpace.of(catalogue).names
    if model.whole is None:
        return Combination(names, weights, bias, model.triage_only)
    whole_weights, whole_bias = np.vstack([head.weights for head in model.whole]), np.array([head.bias for head in model.whole])
    return Combination(names, weights, bias, model.triage_only, whole_weights, whole_bias)


def _training_facts(ads: LabelledAds, config: TrainConfig) -> dict[str, Any]:
    return {
        "corpus_sha256": _corpus_digest(ads),
        "ads": len(ads),
        "labels": {label: int((ads.labels == label).sum()) for label in LABELS},
        "groups": len(set(ads.groups)),
        "languages": dict(sorted(Counter(map(str, ads.languages)).items())),
        "sources": dict(sorted(Counter(map(str, ads.sources)).items())),
        "config": {key: value for key, value in asdict(config).items() if key != "transformer"},
    }


def _corpus_digest(ads: LabelledAds) -> str:
    digest = hashlib.sha256()
    columns = (ads.texts, ads.labels, ads.groups, ads.languages, ads.sources, ads.pairs, ads.weights)
    for row in sorted(zip(*(map(str, column) for column in columns), strict=True)):
        digest.update("".join(f"{value}\0" for value in row).encode("utf-8", "replace"))
    return digest.hexdigest()
