"""Counts in memory that does not grow with the stream.

Of two streams to compare, OLD is kept as hashed counts, which never fall short of the truth, NEW as counts of its frequent terms, which never exceed it. Both
errors make a rise look smaller, so that none is invented.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from hashlib import blake2b
from typing import Generic, TypeVar
from zlib import crc32

import numpy as np

BUCKETS = 1 << 22
"""Buckets of hashed counts (16 MiB): a stream of a hundred thousand ads has some two million different terms, most of them once."""
SEEN_BITS = 1 << 24
"""Bits of a memory of things seen (2 MiB as bits, 16 MiB as held): a million things are confused with a new one 1 time in 70."""
FREQUENT = 200_000
"""Counters of frequent terms: of n occurrences at most n / 200,000 are missed of any term."""
Item = TypeVar("Item", bound=Hashable)


class SeenBefore:
    """Remembers things in fixed memory (a Bloom filter); may take a new thing for a seen one, never a seen one for new."""

    def __init__(self) -> None:
        self._bits = np.zeros(SEEN_BITS, bool)

    def add(self, thing: bytes) -> bool:
        """Take a thing in; say whether it was there before."""
        places = self._places(thing)
        before = bool(self._bits[places].all())
        self._bits[places] = True
        return before

    def __contains__(self, thing: bytes) -> bool:
        return bool(self._bits[self._places(thing)].all())

    @staticmethod
    def _places(thing: bytes) -> list[int]:
        digest = blake2b(thing, digest_size=8).digest()
        return [int.from_bytes(part, "little") % SEEN_BITS for part in (digest[:4], digest[4:])]


class HashedCounts:
    """Counts of any number of terms in fixed memory; a count is never too low."""

    def __init__(self) -> None:
        self._counts = np.zeros(BUCKETS, np.int32)

    def add(self, terms: Iterable[str]) -> None:
        np.add.at(self._counts, [crc32(term.encode()) % BUCKETS for term in terms], 1)

    def __getitem__(self, term: str) -> int:
        return int(self._counts[crc32(term.encode()) % BUCKETS])


class FrequentCounts(Generic[Item]):
    """Counts of the frequent among any number of things; a count is never too high (Misra & Gries 1982, cut in batches: Agarwal et al. 2012)."""

    def __init__(self, counters: int = FREQUENT) -> None:
        self._counters = counters
        self.counts: Counter[Item] = Counter()

    def add(self, things: Iterable[Item]) -> None:
        self.counts.update(things)
        if len(self.counts) > 2 * self._counters:
            cut = sorted(self.counts.values(), reverse=True)[self._counters]
            self.counts = Counter({thing: count - cut for thing, count in self.counts.items() if count > cut})
