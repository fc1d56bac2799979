"""Labels to doubt: confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70).

The rule is short enough to stand here; the library that its authors made for it brings pandas along, which adscreen does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adscreen.corpora.labelled import LabelledAds
from adscreen.train.fit import FloatArray
from adscreen.verdict.combine import chain, probability

DOUBTED_WEIGHT = 0.3
"""What a doubted row still counts with "down_weight": as little as a passage that is known to be mixed (`unpaired_weight`)."""
KINDS = ("lure", "job_scam", "neither")
"""The classes that the model gives probabilities for: it does not tell lawful ads from texts that are no ad."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row whose label the model doubts: its number, the held-out probability of the label it bears, and the kind the model takes it for."""

    row: int
    probability: float
    taken_for: str


def suspects(ads: LabelledAds, log_odds: FloatArray) -> tuple[Suspect, ...]:
    """Rows off the diagonal of the confident joint, the most doubted first; `log_odds`, shape (n, 2), come from models that did not see the row.

    A kind claims a row when its probability is at least the mean that rows which bear the kind get; of several claimants the most probable wins.
    The order is by normalised margin: probability of the given label less that of the claimant.
    """
    shares, given = _probabilities(log_odds), kinds_of(ads.labels)
    means = [shares[given == kind, kind].mean() if (given == kind).any() else np.inf for kind in range(len(KINDS))]
    claimed = np.where(shares >= np.array(means), shares, -1.0)
    winner = claimed.argmax(axis=1)
    doubted = np.flatnonzero((claimed.max(axis=1) >= 0) & (winner != given))
    margins = shares[doubted, given[doubted]] - shares[doubted, winner[doubted]]
    ranked = doubted[np.argsort(margins, kind="stable")]
    return tuple(Suspect(int(row), float(shares[row, given[row]]), KINDS[winner[row]]) for row in ranked)


def trust_in(ads: LabelledAds, log_odds: FloatArray, noise: str) -> FloatArray:
    """What each row's weight is to be multiplied by, shape (n,): 1, or less where the label is doubted and `noise` says so."""
    trust = np.ones(len(ads))
    trust[rows_of(suspects(ads, log_odds))] = {"keep": 1.0, "down_weight": DOUBTED_WEIGHT, "drop": 0.0}[noise]
    return trust


def rows_of(found: Sequence[Suspect]) -> npt.NDArray[np.int64]:
    return np.array([suspect.row for suspect in found], np.int64)


def kinds_of(labels: npt.NDArray[np.object_]) -> npt.NDArray[np.int64]:
    """Number of the kind in KINDS that each label belongs to."""
    return np.array([KINDS.index(label) if label in KINDS else len(KINDS) - 1 for label in labels], np.int64)


def _probabilities(log_odds: FloatArray) -> FloatArray:
    lure = probability(log_odds[:, 0])
    scam = chain(lure, probability(log_odds[:, 1]))
    return np.column_stack((lure, scam, 1.0 - lure - scam))
