"""Which words rose between two streams of ads, and which ads are nearly the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from scipy.stats import binom

from adscreen.evaluate.sketches import FrequentCounts, HashedCounts

PRIOR_ADS = 1000.0
"""Strength of the prior, in ads of the pooled mix: with a thousand, a term that rises from 0 to 40 in 2,500 ads ranks beside one from 200 to 300."""
LEAST_ADS = 5
"""Unlike ads that a term must stand in to be shown: a rarer one may be a person's name, and proves nothing."""
SHOWN = 40
CHANCE = 0.01
"""Chance that any term at all is shown though none rose (Bonferroni over the terms that are frequent enough)."""

_HAN = "\u3400-\u9fff\u3041-\u3096\u30a1-\u30fa"
_SYLLABIC = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1050-\u109f\u1780-\u17d3"
_MARKS = "\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
_RUN = re.compile(rf"[{_HAN}]+|[{_SYLLABIC}]+|[^\W\d_{_HAN}{_SYLLABIC}](?:[^\W\d_{_HAN}{_SYLLABIC}]|[{_MARKS}])*")
"""Letters of one way of writing, with the marks that stand on them: Python's letters leave out the vowels of Hindi, Thai, Khmer and others."""
_IS_HAN, _IS_SYLLABIC = re.compile(f"[{_HAN}]"), re.compile(f"[{_SYLLABIC}]")
_HAN_SIZES, _SYLLABIC_SIZES = (2, 3), (5,)
"""Characters per piece of scripts without spaces: a Chinese or Japanese word has mostly 2; a Thai, Lao, Khmer or Burmese one some 5."""
_LONGEST = 30
KEYS = 4
_SHINGLE = 5
"""Letters per shingle, as in `corpora.duplicates`."""
_FACTOR, _OFFSET = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x9E3779B9)
"""Odd multiplier with well-spread bits (that of splitmix64)."""


@dataclass(frozen=True, slots=True)
class RisenTerm:
    """A term with the unlike ads that hold it in OLD and in NEW, and the standard errors by which its log-odds rose."""

    term: str
    old: int
    new: int
    z: float


def terms_of(runs: Iterable[str]) -> set[str]:
    """Words of lower-cased letter runs; of scripts without spaces, overlapping pieces."""
    found: set[str] = set()
    for run in runs:
        if _IS_HAN.match(run):
            found.update(_pieces(run, _HAN_SIZES))
        elif _IS_SYLLABIC.match(run):
            found.update(_pieces(run, _SYLLABIC_SIZES))
        elif (2 if run.isascii() else 1) < len(run) <= _LONGEST:
            found.add(run)
    return found


def _pieces(run: str, sizes: tuple[int, ...]) -> Iterable[str]:
    return (run[start : start + size] for size in sizes for start in range(len(run) - size + 1))


def letter_runs(text: str) -> list[str]:
    """The runs of letters of a clean text, in lower case: what is left when numbers, signs and handles change."""
    return _RUN.findall(text.lower())


def risen(old: HashedCounts, new: FrequentCounts[str], old_ads: int, new_ads: int) -> tuple[RisenTerm, ...]:
    """The terms whose log-odds rose most, the surest first, each in unlike ads; terms that say the same again are left out.

    Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008, Fightin' Words, eq. 16 to 22), over ads that hold a term, the prior
    being the share of the term in both streams together; of the terms whose rise chance would hardly bring (binomial test).
    """
    if not old_ads or not new_ads:
        return ()
    frequent = [(term, min(old[term], old_ads), count) for term, count in new.counts.items() if count >= LEAST_ADS]
    before, after = np.array([counts for _, *counts in frequent], np.int64).reshape(-1, 2).T
    chance = binom.sf(after - 1, before + after, new_ads / (old_ads + new_ads))
    sure = np.flatnonzero(chance * len(frequent) < CHANCE)
    found = [RisenTerm(*frequent[row], _rise(int(before[row]), int(after[row]), old_ads, new_ads)) for row in sure]
    return _without_repeats(sorted(found, key=lambda one: (-round(one.z, 1), -len(one.term), one.term)))


def _rise(before: int, after: int, old_ads: int, new_ads: int) -> float:
    prior = PRIOR_ADS * (before + after) / (old_ads + new_ads)
    odds = [(count + prior, ads + PRIOR_ADS - count - prior) for count, ads in ((after, new_ads), (before, old_ads))]
    rise = np.log(odds[0][0] / max(odds[0][1], 0.5)) - np.log(odds[1][0] / max(odds[1][1], 0.5))
    return float(rise / np.sqrt(1 / odds[0][0] + 1 / odds[1][0]))


def _without_repeats(ranked: list[RisenTerm]) -> tuple[RisenTerm, ...]:
    """Pieces of one phrase rise together; only the surest of those that share most of their letters stands."""
    kept: list[RisenTerm] = []
    for one in ranked:
        if len(kept) == SHOWN:
            break
        if not any(_overlap(one.term, other.term) for other in kept):
            kept.append(one)
    return tuple(kept)


def _overlap(one: str, other: str) -> bool:
    if not any(script.match(one) and script.match(other) for script in (_IS_HAN, _IS_SYLLABIC)):
        return False
    short, long = sorted((one, other), key=len)
    size = max(len(short) - 2, 2)
    return any(short[start : start + size] in long for start in range(len(short) - size + 1))


def near_keys(runs: Iterable[str]) -> tuple[int, ...]:
    """The smallest hashes, under KEYS functions, of a text's shingles: two ads share each as often as their shingles are alike (MinHash, Broder 1997).

    Sharing the first means that ads may be related; sharing all, that one is a repost: so do half of those .85 alike, and 1 in 100 of those .3 alike.
    """
    letters = "".join(runs)
    codes = np.frombuffer(letters.encode("utf-32-le", "replace"), "<u4").astype(np.uint64)
    if len(codes) < _SHINGLE:
        return (crc32(letters.encode("utf-8", "replace")),) * KEYS
    mixed = np.zeros(len(codes) - _SHINGLE + 1, np.uint64)
    for place in range(_SHINGLE):
        mixed = (mixed * _FACTOR) ^ (codes[place : place + len(mixed)] + _OFFSET)
    keys = []
    for _ in range(KEYS):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * _FACTOR
        keys.append(int((mixed ^ (mixed >> np.uint64(32))).min()))
    return tuple(keys)
