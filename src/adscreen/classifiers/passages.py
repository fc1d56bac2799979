"""Which passages of an ad decide: a linear model over the English glosses of a few clauses at a time.

A whole ad is mostly about its trade and place, which say nothing; the few words that decide stand in one or two clauses. So clauses are judged, not ads:
the model learns from pairs of ads that differ only where the label flips which clauses speak for a lure, which for lawful work, a job scam or no job ad at
all, and which are the same in both. An ad's score is the log of how much its passages speak for one label, less the log of how much for lawful work
(log-sum-exp, as in multiple-instance learning: Dietterich et al. 1997; counterfactual pairs: Kaushik et al. 2020).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from adscreen.text.gloss import Gloss

HEADS = ("legitimate", "lure", "job_scam", "other")
"""What a passage can speak for."""
COLUMNS = HEADS[1:]
"""The scores of an ad: each of these against the first head."""

BITS = 18
MIN_GLOSSES = 6
"""Clauses are joined to passages of at least so many glosses, but for an ad's last one; shorter ones are fragments of lists."""
REACH = 4
"""Glosses of one clause that are paired, so far apart; word order differs between languages, nearness less."""
FAR_WEIGHT = 0.7
"""Weight of a pair that is not adjacent."""
NO_VOICE = 1e-3
"""What an ad without any passage counts for each head; keeps the logarithms finite."""
WEIGHT_LIMIT = 32767

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_FIRST, _SECOND, _MIX = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages of one ad. `spans`: shape (n, 2), where each stands in the clean text; `keys`: shape (n,), equal for equal glosses.

    `owner`, `bucket`, `value`: one entry per feature of a passage: its number, the feature's bucket and its value (each passage has length 1).
    """

    spans: IntArray
    keys: npt.NDArray[np.uint32]
    owner: IntArray
    bucket: IntArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.keys)


@lru_cache(maxsize=1 << 16)
def _hash(stem: str) -> int:
    return zlib.crc32(stem.encode())


def passages_of(glosses: Sequence[Gloss]) -> Passages:
    """Cut glosses into passages and compute their features: glosses and pairs of near glosses."""
    cuts = passage_cuts(glosses)
    hashes = np.array([_hash(gloss.stem) for gloss in glosses], np.uint32)
    clauses = np.array([gloss.clause for gloss in glosses], np.int64)
    owners = np.repeat(np.arange(len(cuts)), [last - first for first, last in cuts])
    hashed, owned, values = [hashes * _MIX], [owners], [np.ones(len(glosses))]
    for apart in range(1, min(REACH, len(glosses) - 1) + 1):
        near = clauses[:-apart] == clauses[apart:]
        hashed.append((hashes[:-apart] * _FIRST + hashes[apart:] * _SECOND)[near] * _MIX)
        owned.append(owners[:-apart][near])
        values.append(np.full(int(near.sum()), 1.0 if apart == 1 else FAR_WEIGHT))
    slots = (np.concatenate(owned) << BITS) | (np.concatenate(hashed) >> np.uint32(32 - BITS)).astype(np.int64)
    distinct, where = np.unique(slots, return_inverse=True)
    sums = np.bincount(where, weights=np.concatenate(values), minlength=len(distinct))
    owner = distinct >> BITS
    norms = np.sqrt(np.bincount(owner, weights=sums**2, minlength=len(cuts)))
    return Passages(
        np.array([(glosses[first].start, glosses[last - 1].end) for first, last in cuts], np.int64).reshape(-1, 2),
        np.array([_hash(" ".join(gloss.stem for gloss in glosses[first:last])) for first, last in cuts], np.uint32),
        owner,
        distinct & ((1 << BITS) - 1),
        sums / norms[owner],
    )


def passage_cuts(glosses: Sequence[Gloss]) -> list[tuple[int, int]]:
    """Passages as [first, last) gloss numbers: whole clauses, as many as make up MIN_GLOSSES."""
    cuts: list[tuple[int, int]] = []
    first = 0
    for at in range(1, len(glosses) + 1):
        ends = at == len(glosses) or (glosses[at].clause != glosses[at - 1].clause and at - first >= MIN_GLOSSES)
        if ends:
            cuts.append((first, at))
            first = at
    return cuts


@dataclass(frozen=True, slots=True)
class PassageModel:
    """`weights`: int16, shape (len(HEADS), 2**BITS), in units of `scale` (log-odds); `bias`: float64, shape (len(HEADS),)."""

    weights: npt.NDArray[np.int16]
    scale: float
    bias: FloatArray

    @classmethod
    def from_coefficients(cls, coefficients: FloatArray, bias: FloatArray) -> PassageModel:
        """Quantise fitted coefficients of shape (len(HEADS), 2**BITS)."""
        scale = float(np.abs(coefficients).max()) / WEIGHT_LIMIT or 1.0
        return cls(np.rint(coefficients / scale).astype(np.int16), scale, bias)

    def scores(self, passages: Passages) -> FloatArray:
        """Log of how much the ad speaks for each of COLUMNS less that for lawful work, shape (len(COLUMNS),)."""
        voices = np.log(self._voices(passages).sum(axis=1) + NO_VOICE)
        return np.asarray(voices[1:] - voices[0], np.float64)

    def shares(self, passages: Passages) -> FloatArray:
        """What the scores would lose without each passage, shape (len(COLUMNS), len(passages))."""
        voices = self._voices(passages)
        whole = voices.sum(axis=1, keepdims=True) + NO_VOICE
        lost = np.log(whole) - np.log(np.maximum(whole - voices, NO_VOICE))
        return np.asarray(lost[1:] - lost[0], np.float64)

    def _voices(self, passages: Passages) -> FloatArray:
        """Odds of each head for each passage, shape (len(HEADS), len(passages))."""
        each = self.weights[:, passages.bucket] * (passages.value * self.scale)
        sums = [np.bincount(passages.owner, weights=row, minlength=len(passages)) for row in each]
        return np.asarray(np.exp(np.array(sums).reshape(len(HEADS), -1) + self.bias[:, None]), np.float64)
