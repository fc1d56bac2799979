"""What is kept of a stream of scored ads: counts that say what the ads are like, in memory that does not grow with the stream."""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

import pyarrow as pa

from adscreen.engines.local import ScreenerSpec, screen_all
from adscreen.evaluate.sketches import FrequentCounts, HashedCounts, SeenBefore
from adscreen.evaluate.stability import SLOTS, Tally
from adscreen.evaluate.terms import letter_runs, near_keys, terms_of
from adscreen.indicators.matcher import Hit
from adscreen.indicators.values import find_values
from adscreen.text.compose import compose_batch
from adscreen.text.normalise import clean
from adscreen.verdict.evidence import PASSAGE

LOG_ODDS_STEP, LOG_ODDS_END = 0.25, 12.0
"""Width of the bins of lure scores, and where they end: beyond, scores are cut by `verdict.combine.SCORE_LIMIT`."""
LENGTHS_PER_DOUBLING = 4
MAX_CONTACTS = 50_000
"""Counters of contacts that NEW alone has."""
ALL, FLAGGED, URGENT, EXAMINED, REPOSTED = "all", "flagged", "urgent", "examined", "reposts"

_OF_ANY_SERVICE = ("handle", "phone")
_NUMBER, _NOT_DIGITS = re.compile(r"[+\d][\d\-() ]+"), re.compile(r"\D")

Contact = tuple[str, str]
"""Kind of contact and what stands in the ad; personal data."""


class Vocabulary(Protocol):
    """Takes in the terms of one ad."""

    def add(self, terms: set[str], /) -> None: ...


@dataclass(frozen=True, slots=True)
class NewContacts:
    """Contacts that OLD does not have: ads, unlike ads and flagged ads that name each."""

    ads: FrequentCounts[Contact] = field(default_factory=lambda: FrequentCounts(MAX_CONTACTS))
    unlike: FrequentCounts[Contact] = field(default_factory=lambda: FrequentCounts(MAX_CONTACTS))
    flagged: FrequentCounts[Contact] = field(default_factory=lambda: FrequentCounts(MAX_CONTACTS))


@dataclass(slots=True)
class Stream:
    """Counts of one stream, by slots of near-duplicates; `outcomes` are of all ads, `indicators` of those that were examined.

    `made_by`: versions of bundle and policy that the verdicts name. `known`: contacts of this stream; `known_before`: those of the stream before it, if there is one.
    """

    vocabulary: Vocabulary
    known_before: SeenBefore | None = None
    known: SeenBefore = field(default_factory=SeenBefore)
    scores: Tally[int] = field(default_factory=Tally)
    lengths: Tally[int] = field(default_factory=Tally)
    languages: Tally[str] = field(default_factory=Tally)
    outcomes: Tally[str] = field(default_factory=Tally)
    indicators: Tally[str] = field(default_factory=Tally)
    contact_kinds: Tally[str] = field(default_factory=Tally)
    new_contacts: NewContacts = field(default_factory=NewContacts)
    unlike: int = 0
    made_by: Mapping[str, str] = field(default_factory=dict)
    _near: SeenBefore = field(default_factory=SeenBefore)

    @property
    def ads(self) -> int:
        return self.outcomes.total(ALL)

    def add(self, batch: pa.RecordBatch, verdicts: pa.RecordBatch) -> None:
        """Take in a batch of ads with their verdicts."""
        self.made_by = verdicts.column("made_by")[0].as_py()
        columns = ("lure_probability", "band", "language", "examined", "evidence")
        rows = zip(*(verdicts.column(name).to_pylist() for name in columns), strict=True)
        for text, row in zip(compose_batch(batch), rows, strict=True):
            self._add_ad(clean(text), *row)

    def _add_ad(self, text: str, lure: float, band: str, language: str, examined: bool, evidence: Sequence[Mapping[str, str]]) -> None:
        contacts = [hit for hit in find_values(text) if hit.indicator.startswith("contact_")]
        runs = letter_runs(_without(text, contacts))
        keys = near_keys(runs)
        slot, repost, flagged = keys[0] % SLOTS, self._near.add(repr(keys).encode()), band in ("review", "urgent")
        self.lengths.add(slot, round(LENGTHS_PER_DOUBLING * math.log2(max(len(text), 1))))
        self.languages.add(slot, language)
        self.scores.add(slot, score_bin(lure))
        outcomes = ((ALL, True), (FLAGGED, flagged), (URGENT, band == "urgent"), (EXAMINED, examined), (REPOSTED, repost))
        for name in (name for name, true in outcomes if true):
            self.outcomes.add(slot, name)
        for indicator in {item["indicator"] for item in evidence} - {PASSAGE}:
            self.indicators.add(slot, indicator)
        self._add_contacts(contacts, slot, repost, flagged)
        if not repost:
            self.unlike += 1
            self.vocabulary.add(terms_of(runs))

    def _add_contacts(self, contacts: Sequence[Hit], slot: int, repost: bool, flagged: bool) -> None:
        for kind in {hit.indicator for hit in contacts}:
            self.contact_kinds.add(slot, kind)
        for contact in _named(contacts):
            thing = "\0".join(contact).encode("utf-8", "replace")
            self.known.add(thing)
            if self.known_before is not None and thing not in self.known_before:
                self.new_contacts.ads.add([contact])
                self.new_contacts.unlike.add([] if repost else [contact])
                self.new_contacts.flagged.add([contact] if flagged else [])


def _named(hits: Sequence[Hit]) -> set[Contact]:
    """The contacts of one ad, each once: a handle behind the name of a service is that service's, and a number is its digits however it is spaced."""
    kinds: dict[str, str] = {}
    for hit in hits:
        value = hit.value.casefold().lstrip("@")
        value = _NOT_DIGITS.sub("", value) if _NUMBER.fullmatch(value) else value
        if kinds.get(value, "handle") in _OF_ANY_SERVICE:
            kinds[value] = hit.indicator.removeprefix("contact_")
    return {(kind, value) for value, kind in kinds.items()}


def score_bin(lure: float) -> int:
    """The number of the bin, LOG_ODDS_STEP wide, of a lure probability's log-odds."""
    low, high = -LOG_ODDS_END, LOG_ODDS_END
    log_odds = high if lure >= 1 else low if lure <= 0 else math.log(lure / (1 - lure))
    return math.floor(min(max(log_odds, low), high) / LOG_ODDS_STEP)


def _without(text: str, hits: Sequence[Hit]) -> str:
    """The text without the hits: handles and addresses are no words, and may name a person."""
    spans = sorted((hit.start, hit.end) for hit in hits)
    edges = [(0, 0), *spans, (len(text), len(text))]
    return " ".join(text[before[1] : after[0]] for before, after in pairwise(edges))


def read_old(batches: Iterator[pa.RecordBatch], spec: ScreenerSpec, workers: int = 1) -> tuple[Stream, HashedCounts]:
    """Score and count the stream that is compared with."""
    terms = HashedCounts()
    stream = Stream(terms)
    _read(stream, batches, spec, workers)
    return stream, terms


def read_new(batches: Iterator[pa.RecordBatch], spec: ScreenerSpec, old: Stream, workers: int = 1) -> tuple[Stream, FrequentCounts[str]]:
    """Score and count the stream that may have drifted from `old`."""
    terms: FrequentCounts[str] = FrequentCounts()
    stream = Stream(terms, known_before=old.known)
    _read(stream, batches, spec, workers)
    return stream, terms


def _read(stream: Stream, batches: Iterator[pa.RecordBatch], spec: ScreenerSpec, workers: int) -> None:
    waiting: deque[pa.RecordBatch] = deque()  # ads whose verdicts are on their way: a few batches

    def remembered() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            waiting.append(batch)
            yield batch

    for verdicts in screen_all(remembered(), spec, workers):
        stream.add(waiting.popleft(), verdicts)
