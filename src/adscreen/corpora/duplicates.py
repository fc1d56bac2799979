"""Near-duplicates among labelled ads: MinHash signatures and locality-sensitive hashing over character shingles."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from datasketch import MinHash, MinHashLSH

SHINGLE = 5
"""Letters per shingle: one to three words of a script without spaces, about one word of others."""
NEAR = 0.8
"""Jaccard similarity of shingles from which two ads count as near-duplicates (Broder 1997 and later practice use .7 to .9)."""
PERMUTATIONS = 64
"""MinHash values per ad: an error of about .06 near the threshold, which the exact similarity then removes."""

BANDS = (12, 5)
"""Bands and rows of the hashing: candidates are found with probability .99 at .8 alike, .5 at .6."""

_NOT_LETTERS = re.compile(r"@\w+|https?://\S+|[\W\d_]+")


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two rows (numbers in the order given) whose texts are nearly the same, and their exact Jaccard similarity."""

    first: int
    second: int
    similarity: float


def shingles(text: str) -> frozenset[str]:
    """SHINGLE-letter pieces of a clean text without handles, links, digits and punctuation, which differ between copies of one ad."""
    letters = _NOT_LETTERS.sub("", text).lower()
    return frozenset(letters[i : i + SHINGLE] for i in range(len(letters) - SHINGLE + 1))


def near_duplicates(texts: Sequence[str], near: float = NEAR) -> list[NearPair]:
    """Pairs of clean texts whose shingles are at least `near` alike, each with first < second; at `near` itself one in a hundred is missed.

    Texts with fewer than SHINGLE letters (a number, a link) are like no other.
    """
    index = MinHashLSH(num_perm=PERMUTATIONS, params=BANDS)
    blank = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=zlib.crc32)  # in half the time of the default, SHA-1
    pieces = [shingles(text) for text in texts]
    found: list[NearPair] = []
    for row, own in enumerate(pieces):
        if not own:
            continue
        signature = blank.copy()
        signature.update_batch([piece.encode("utf-8", "replace") for piece in own])
        for other in sorted(index.query(signature)):
            similarity = len(own & pieces[other]) / len(own | pieces[other])
            if similarity >= near:
                found.append(NearPair(other, row, similarity))
        index.insert(row, signature)
    return found
