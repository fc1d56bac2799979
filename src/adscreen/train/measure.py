"""What rows say of models that did not see them: figures, the triage floor, and the thresholds of the bundle's own policy."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.evaluate.metrics import figures, threshold_at
from adscreen.train.config import TrainConfig
from adscreen.train.fit import BoolArray, FloatArray, Targets
from adscreen.train.model import Fitted, examined_weights, floor_at, judges
from adscreen.verdict.combine import SCAM_EXAMINED_FROM, chain, probability

SURE_FROM_CHARACTERS = 150
"""Shorter texts hold too few n-grams for triage to judge; they are always examined, which is cheap for them."""
MIN_LANGUAGE_ROWS = 20
"""Training rows of a language from which triage may judge it alone; other languages are always examined."""


def measure(ads: LabelledAds, fitted: Fitted, config: TrainConfig) -> dict[str, Any]:
    """Facts for bundle.json from the held-out log-odds of all rows, as examination and as triage alone give them."""
    examined_log_odds, triage_log_odds, weights = fitted.held_out, fitted.held_out_triage, examined_weights(ads, config)
    where, targets = judges(ads), Targets.of(ads.labels)
    held, target = ads.select(where), targets.select(np.flatnonzero(where))
    floor, examined = _floor(held, triage_log_odds[where, 0], target, config)
    triage_scam = chain(probability(triage_log_odds[where, 0]), probability(triage_log_odds[where, 1]))
    examined |= triage_scam >= SCAM_EXAMINED_FROM
    log_odds = np.where(examined[:, None], examined_log_odds[where], triage_log_odds[where])
    lure = probability(log_odds[:, 0])
    scam = chain(lure, probability(log_odds[:, 1]))
    lawful = held.labels == "legitimate"
    look_alike = target.lure | (mixed_sources(held.sources, held.labels) & lawful)
    transformer = _transformer(fitted, held, target, where, examined) if fitted.model.whole else {}
    return {
        **transformer,
        "calibration": {
            "method": "Platt scaling on out-of-fold log-odds, groups kept together",
            "prevalence": round(float(weights[where & targets.lure].sum() / weights[where].sum()), 6),
        },
        "held_out": figures(target.lure, lure).as_dict(),
        "held_out_look_alikes": figures(target.lure[look_alike], lure[look_alike]).as_dict(),
        "floor": floor,
        "policy": _policy(lure, scam, lawful, look_alike, config),
    }


def _policy(lure: FloatArray, scam: FloatArray, lawful: BoolArray, look_alike: BoolArray, config: TrainConfig) -> dict[str, float]:
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
    floor = floor_at(log_odds[targets.lure & judged], config.floor_loss)
    examined = ~judged | (log_odds >= floor)
    facts = {"score": round(floor, 6), "sure_from_characters": SURE_FROM_CHARACTERS, "languages": known, **_passed(ads, targets, examined)}
    return facts, examined


def _transformer(fitted: Fitted, ads: LabelledAds, targets: Targets, judged: BoolArray, examined: BoolArray) -> dict[str, Any]:
    """Which of the examined ads the transformer reads, and what that lets through and loses."""
    passed = _passed(ads, targets, examined & fitted.transformed[judged])
    return {"transformer": {"floor": {"score": round(fitted.floor, 6), "scam_probability": SCAM_EXAMINED_FROM, **passed}}}


def _passed(ads: LabelledAds, targets: Targets, passed: BoolArray) -> dict[str, Any]:
    """What a floor lets through of other ads, and for each language how many of the lures it keeps back."""
    lost = {}
    for language in sorted(set(map(str, ads.languages[targets.lure]))):
        lures = targets.lure & (ads.languages == language)
        lost[language] = [int((lures & ~passed).sum()), int(lures.sum())]
    return {"examined_share_of_others": round(float(passed[~targets.lure].mean()), 4), "lures_lost": lost}
