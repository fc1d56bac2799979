"""Invented labelled ads with readings that take no time: a few n-gram columns, a few features, glosses written out."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse as sp

from adscreen.classifiers.passages import passages_of
from adscreen.corpora.labelled import LabelledAds
from adscreen.text.gloss import Gloss
from adscreen.train.readings import Readings

LURE_WORDS = "driver wait airport boss keep phone gate"
LAWFUL_WORDS = "interview offic sign contract before fly permit"


@dataclass(frozen=True, slots=True)
class Invented:
    ads: LabelledAds
    readings: Readings


def _column(values) -> np.ndarray:
    return np.array(list(values), dtype=object)


def _labelled(texts, labels, groups, pairs=None, weights=None) -> LabelledAds:
    """Labelled ads of one source and language."""
    count = len(texts)
    columns = {"ids": (f"a{n}" for n in range(count)), "texts": texts, "labels": labels, "groups": groups, "pairs": pairs or [""] * count}
    given = {name: _column(values) for name, values in columns.items()}
    return LabelledAds(
        **given, languages=_column(["en"] * count), sources=_column(["invented"] * count), weights=np.array(weights or [1.0] * count), unsure=0
    )


@pytest.fixture(scope="session")
def labelled() -> Callable[..., LabelledAds]:
    """Make labelled ads from texts, labels and groups."""
    return _labelled


def _passages(words: str):
    return passages_of([Gloss(stem, at, at + 1, 0, stem) for at, stem in enumerate(words.split())])


@pytest.fixture(scope="session")
def invent() -> Callable[..., Invented]:
    """Make lures and lawful ads in pairs; `clear` is the share whose readings say what the label says, in n-grams and passages alike."""

    def make(pairs: int, clear: float = 1.0, seed: int = 0) -> Invented:
        random = np.random.default_rng(seed)
        truth = np.array([True, False] * pairs)
        seen = np.where(random.random(2 * pairs) < clear, truth, random.random(2 * pairs) < 0.5)
        ngrams = sp.csr_matrix(np.column_stack((seen, ~seen, random.random((2 * pairs, 6)))).astype(np.float32))
        features = np.column_stack((seen & (random.random(2 * pairs) < 0.5), random.random(2 * pairs) < 0.5)).astype(float)
        words = [LURE_WORDS if one else LAWFUL_WORDS for one in seen]
        passages, glossed = tuple(map(_passages, words)), tuple((f"{one} .",) for one in words)
        groups = [f"g{n // 2}" for n in range(2 * pairs)]
        ads = _labelled([f"ad number {n}" for n in range(2 * pairs)], np.where(truth, "lure", "legitimate"), groups)
        return Invented(ads, Readings(ngrams, features, passages, glossed))

    return make
