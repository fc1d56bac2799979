"""What the transformer is fine-tuned on: tokenised ads with their labels, twins side by side in batches of about equal length."""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.passages import HEADS
from adscreen.classifiers.segments import GLOSSES, HEAD_TAIL, Layout, Segments, text_segments
from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.train.config import TransformerConfig
from adscreen.train.readings import Readings
from adscreen.train.transformer.base import Base

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

FILLER_TOKENS = (10, 60)
"""Fewest and most tokens of ordinary ads that are added to an ad in training."""
SPREAD = 0.15
"""Lengths are taken up to so much too long or short when ads are sorted into batches, so that batches differ from epoch to epoch."""


@dataclass(frozen=True, slots=True)
class Examples:
    """One entry per ad: `pieces`, token ids of its segments; `label`, its number in HEADS; `weight` (0: not trained on); `twin`, "" for none.

    `fillers`: token ids of segments of ordinary lawful ads, for padding.
    """

    pieces: Sequence[Sequence[Sequence[int]]]
    label: IntArray
    weight: FloatArray
    twin: npt.NDArray[np.object_]
    fillers: Sequence[Sequence[Sequence[int]]]

    def __len__(self) -> int:
        return len(self.pieces)


def segments_of(ads: LabelledAds, readings: Readings, reads: str, characters: int) -> list[Segments]:
    """What a transformer that `reads` so sees of each ad."""
    if reads == GLOSSES:
        return [Segments(texts, one.spans) for texts, one in zip(readings.glossed, readings.passages, strict=True)]
    return [text_segments(text[:characters]) for text in ads.texts]


def examples_of(ads: LabelledAds, segments: Sequence[Segments], twins: npt.NDArray[np.object_], base: Base, config: TransformerConfig) -> Examples:
    """Tokenise ads; those of sources that hold no lures are sampled, and weigh less."""
    ordinary = ~mixed_sources(ads.sources, ads.labels)
    weight = ads.weights * np.where(ordinary, _sampled(ads, config.ordinary_rows) * config.ordinary_weight, 1.0)
    pieces = tokenised(segments, base)
    fillers = [pieces[row] for row in np.flatnonzero(ordinary & (ads.labels == "legitimate") & (weight > 0)) if pieces[row]]
    return Examples(pieces, np.array([HEADS.index(label) for label in ads.labels]), weight, twins, fillers)


def tokenised(segments: Sequence[Segments], base: Base) -> list[list[list[int]]]:
    """Token ids of the segments of every ad."""
    backend = base.tokenizer.backend_tokenizer
    backend.no_truncation()
    flat = [text for ad in segments for text in ad.texts]
    ids = iter([encoding.ids for encoding in backend.encode_batch(flat, add_special_tokens=False)])
    return [[next(ids) for _ in ad.texts] for ad in segments]


def _sampled(ads: LabelledAds, rows: int) -> npt.NDArray[np.bool_]:
    """`rows` ads of each source and label, by the hash of their text."""
    ranked = np.argsort([hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in ads.texts])
    taken, counts = np.zeros(len(ads), bool), dict[tuple[str, str], int]()
    for row in ranked:
        key = ads.sources[row], ads.labels[row]
        counts[key] = counts.get(key, 0) + 1
        taken[row] = counts[key] <= rows
    return taken


class Batches:
    """Batches of row numbers for every epoch, all drawn from `seed`: about `batch_tokens` each, twins in one batch.

    A batch sampler for torch's DataLoader; `set_epoch` chooses the epoch.
    """

    def __init__(self, examples: Examples, rows: Sequence[int], layout: Layout, config: TransformerConfig, seed: int) -> None:
        self._config = config
        self._seed, self._examples, self._layout = seed, examples, layout
        units: Mapping[str, list[int]] = defaultdict(list)
        for row in rows:
            units[examples.twin[row] or f"\0{row}"].append(int(row))
        self._units = list(units.values())
        self._steps = max(len(self._batches(epoch)) for epoch in range(max(config.epochs, 1)))
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return self._steps

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        """Batches of (row, seed of the epoch, for `varied`); every epoch has as many, so that checkpoints fall on its end."""
        batches = self._batches(self.epoch)
        for batch in batches + batches[: self._steps - len(batches)]:
            yield [(row, self._epoch_seed(self.epoch)) for row in batch]

    def _epoch_seed(self, epoch: int) -> int:
        return hash((self._seed, epoch))

    def _batches(self, epoch: int) -> list[list[int]]:
        chance, seed = random.Random(f"{self._seed} {epoch}"), self._epoch_seed(epoch)
        sized = [(max(len(varied(self._examples, row, seed, self._layout, self._config)) for row in unit), unit) for unit in self._units]
        found: list[list[int]] = []
        rows: list[int] = []
        longest = 0
        for length, unit in sorted(sized, key=lambda one: one[0] * chance.uniform(1 - SPREAD, 1 + SPREAD)):
            if rows and max(longest, length) * (len(rows) + len(unit)) > self._config.batch_tokens:
                found.append(rows)
                rows, longest = [], 0
            rows = rows + unit
            longest = max(longest, length)
        found.append(rows)
        chance.shuffle(found)
        return found


def varied(examples: Examples, row: int, seed: int, layout: Layout, config: TransformerConfig) -> list[int]:
    """The input of one ad in one epoch: perhaps with filler before or after it, and without some of its tokens."""
    of_twins = random.Random(f"{seed} {examples.twin[row] or row}")
    pieces = list(examples.pieces[row])
    if examples.fillers and of_twins.random() < config.padding:
        filler = _filler(examples.fillers, of_twins)
        pieces = filler + pieces if of_twins.random() < 0.5 else pieces + filler
    chance = random.Random(f"{seed} {row}")
    pieces = [[token for token in piece if chance.random() >= config.drop_tokens] for piece in pieces]
    return head_tail(pieces, layout)


def head_tail(pieces: Sequence[Sequence[int]], layout: Layout) -> list[int]:
    """Beginning and end of an ad as one input, which is what training reads also where scoring reads windows."""
    return Layout(layout.reads, layout.tokens, HEAD_TAIL, layout.first, layout.last).inputs(pieces)[0]


def _filler(fillers: Sequence[Sequence[Sequence[int]]], chance: random.Random) -> list[Sequence[int]]:
    """Segments of one ordinary ad, one after the other, from a random place."""
    ad, room = chance.choice(fillers), chance.randint(*FILLER_TOKENS)
    start = chance.randrange(len(ad))
    taken, tokens = [ad[start]], len(ad[start])
    for piece in ad[start + 1 :]:
        tokens += len(piece)
        if tokens > room:
            break
        taken.append(piece)
    return taken
