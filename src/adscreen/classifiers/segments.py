"""What the transformer reads of an ad: segments of it, each with its place in the clean text, so that each can be left out and its share measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.passages import passage_cuts
from adscreen.text.gloss import Gloss

GLOSSES, TEXT = "glosses", "text"
READS: Final = (GLOSSES, TEXT)
"""What a transformer may read: the English glosses of an ad, or its clean text as it is."""
HEAD_TAIL, WINDOWS = "head_tail", "windows"
LONG: Final = (HEAD_TAIL, WINDOWS)
"""Rules for ads of more tokens than the encoder reads at once: its beginning and end, or windows one after the other, whose scores are averaged."""
HEAD_SHARE: Final = 2 / 3
"""Share of the tokens that the beginning of an ad gets where its beginning and end are read (after Sun et al. 2019, How to Fine-Tune BERT)."""
MAX_WINDOWS: Final = 8
MIN_CHARACTERS: Final = 40
"""Sentences are joined to segments of at least so many characters."""

_SENTENCE_END: Final = re.compile(r"[\n.!?;。！？；؟۔။៖។।፡።]+")


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of one ad: `texts`, and `spans` of shape (n, 2), where each stands in the clean text."""

    texts: tuple[str, ...]
    spans: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.texts)


def gloss_segments(glosses: Sequence[Gloss]) -> Segments:
    """One segment for each passage (`passages.passage_cuts`): its English words, with a full stop after each clause."""
    texts, spans = [], []
    for first, last in passage_cuts(glosses):
        words: list[str] = []
        for at in range(first, last):
            if at > first and glosses[at].clause != glosses[at - 1].clause:
                words.append(".")
            words.append(glosses[at].word)
        texts.append(" ".join((*words, ".")))
        spans.append((glosses[first].start, glosses[last - 1].end))
    return Segments(tuple(texts), np.array(spans, np.int64).reshape(-1, 2))


def text_segments(clean: str) -> Segments:
    """The sentences of a clean text, short ones joined to the next."""
    spans, first = [], 0
    for end in (*(match.end() for match in _SENTENCE_END.finditer(clean)), len(clean)):
        if end - first >= MIN_CHARACTERS or (end == len(clean) and end > first):
            spans.append((first, end))
            first = end
    kept = [(start, end) for start, end in spans if clean[start:end].strip()]
    return Segments(tuple(clean[start:end] for start, end in kept), np.array(kept, np.int64).reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class Layout:
    """How segments become the encoder's input. `tokens`: longest input, with the special tokens `first` and `last`; `long`: one of LONG."""

    reads: str
    tokens: int
    long: str
    first: tuple[int, ...]
    last: tuple[int, ...]

    def inputs(self, pieces: Sequence[Sequence[int]]) -> list[list[int]]:
        """One input, or with WINDOWS several, for the token ids of an ad's segments."""
        tokens = [token for piece in pieces for token in piece]
        room = self.tokens - len(self.first) - len(self.last)
        if len(tokens) <= room:
            parts = [tokens]
        elif self.long == HEAD_TAIL:
            head = int(room * HEAD_SHARE)
            parts = [tokens[:head] + tokens[head - room :]]
        else:
            parts = [tokens[at : at + room] for at in range(0, min(len(tokens), room * MAX_WINDOWS), room)]
        return [[*self.first, *part, *self.last] for part in parts]
