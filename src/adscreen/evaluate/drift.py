"""Drift: how the ads of two streams differ, as far as it can be told without labels."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from adscreen.engines.local import ScreenerSpec
from adscreen.errors import InputError
from adscreen.evaluate.sketches import FrequentCounts, HashedCounts
from adscreen.evaluate.stability import Category, Change, Counts, Shift, Tally, changes, common_bins, design_effect, equal_bins, shift
from adscreen.evaluate.stream import (
    ALL,
    EXAMINED,
    FLAGGED,
    LENGTHS_PER_DOUBLING,
    LOG_ODDS_END,
    LOG_ODDS_STEP,
    REPOSTED,
    URGENT,
    NewContacts,
    Stream,
    read_new,
    read_old,
)
from adscreen.evaluate.terms import RisenTerm, risen
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.tables import read_ads

SHOWN_CONTACTS = 20
LEAST_CONTACT_ADS = 2
"""Ads that a new contact must stand in to be listed: one ad is no campaign."""
_HASH_DIGITS = 12


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """One stream in short: rows read, rows rejected, ads that are not a repost of another, characters of the median ad, design effect of its scores."""

    name: str
    ads: int
    rejects: int
    unlike: int
    median_length: int
    design_effect: float


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """Shares of OLD and NEW whose lure log-odds lie in [low, high)."""

    low: float
    high: float
    old: float
    new: float


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact that NEW has and OLD does not: kind, how it may be shown, and the ads, unlike ads and flagged ads that name it."""

    kind: str
    shown_as: str
    ads: int
    unlike: int
    flagged: int


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed from OLD to NEW. Shifts are of whole distributions, changes of single shares; `indicators` are shares of the examined ads."""

    scored_by: str
    policy: str
    old: StreamFacts
    new: StreamFacts
    score_shift: Shift
    length_shift: Shift
    language_shift: Shift
    scores: tuple[ScoreBin, ...]
    outcomes: tuple[Change, ...]
    languages: tuple[Change, ...]
    indicators: tuple[Change, ...]
    contact_kinds: tuple[Change, ...]
    terms: tuple[RisenTerm, ...]
    new_contacts: int
    contacts: tuple[NewContact, ...]


@dataclass(frozen=True, slots=True)
class Showing:
    """How new contacts are shown: as they are, as a keyed hash (HMAC-SHA256, the same in every report with that key), or as a running number only."""

    plainly: bool = False
    key: bytes = b""

    def of(self, kind: str, value: str, number: int) -> str:
        if self.plainly:
            return value
        return hmac.new(self.key, f"{kind}\0{value}".encode(), sha256).hexdigest()[:_HASH_DIGITS] if self.key else f"no. {number}"


def compare(
    old: Sequence[str],
    new: Sequence[str],
    spec: ScreenerSpec,
    options: ReadOptions,
    on_reject: RejectSink,
    showing: Showing = Showing(),
    workers: int = 1,
    progress: Callable[[str], object] = lambda step: None,
) -> Drift:
    """Score two streams of ads and compare them. Reads each once, in memory that does not grow with them.

    Raises InputError when a source cannot be read or holds no ad.
    """
    rejects: Counter[str] = Counter()

    def log(which: str) -> RejectSink:
        def count(reject: object) -> None:
            rejects[which] += 1
            on_reject(reject)  # type: ignore[arg-type]

        return count

    plain = replace(options, keep=())
    progress("scoring OLD")
    before, old_terms = read_old(read_ads(old, plain, log("old")), spec, workers)
    _check(old, before)
    progress("scoring NEW")
    after, new_terms = read_new(read_ads(new, plain, log("new")), spec, before, workers)
    _check(new, after)
    facts = (_facts(old, before, rejects["old"]), _facts(new, after, rejects["new"]))
    return _compare(facts, (before, after), old_terms, new_terms, showing)


def _check(sources: Sequence[str], stream: Stream) -> None:
    if not stream.ads:
        raise InputError(f"{', '.join(sources)}: no ad was read; give a table with at least one ad")


def _compare(
    facts: tuple[StreamFacts, StreamFacts],
    streams: tuple[Stream, Stream],
    old_terms: HashedCounts,
    new_terms: FrequentCounts[str],
    showing: Showing,
) -> Drift:
    old, new = streams
    sizes = _sizes(old, ALL), _sizes(new, ALL)
    examined = _sizes(old, EXAMINED), _sizes(new, EXAMINED)
    return Drift(
        scored_by=new.made_by["bundle"],
        policy=new.made_by["policy"],
        old=facts[0],
        new=facts[1],
        score_shift=shift(*equal_bins(*_matrices(old.scores, new.scores))),
        length_shift=shift(*equal_bins(*_matrices(old.lengths, new.lengths))),
        language_shift=shift(*common_bins(*_matrices(old.languages, new.languages))),
        scores=_score_bins(old, new),
        outcomes=_named_changes(old.outcomes, new.outcomes, *sizes, (FLAGGED, URGENT, EXAMINED, REPOSTED)),
        languages=_named_changes(old.languages, new.languages, *sizes),
        indicators=_named_changes(old.indicators, new.indicators, *examined),
        contact_kinds=_named_changes(old.contact_kinds, new.contact_kinds, *sizes),
        terms=risen(old_terms, new_terms, old.unlike, new.unlike),
        new_contacts=len(new.new_contacts.ads.counts),
        contacts=_contacts(new.new_contacts, showing),
    )


def _sizes(stream: Stream, outcome: str) -> Counts:
    return stream.outcomes.matrix([outcome])[:, 0]


def _matrices(old: Tally[Category], new: Tally[Category]) -> tuple[Counts, Counts]:
    names = sorted(old.categories() | new.categories())
    return old.matrix(names), new.matrix(names)


def _named_changes(old: Tally[str], new: Tally[str], old_sizes: Counts, new_sizes: Counts, names: Sequence[str] = ()) -> tuple[Change, ...]:
    wanted = list(names) or sorted(old.categories() | new.categories())
    found = changes(wanted, old.matrix(wanted), new.matrix(wanted), old_sizes, new_sizes) if wanted else ()
    return tuple(sorted(found, key=lambda change: wanted.index(change.name))) if names else found


def _score_bins(old: Stream, new: Stream) -> tuple[ScoreBin, ...]:
    end = round(LOG_ODDS_END / LOG_ODDS_STEP)
    return tuple(
        ScoreBin(number * LOG_ODDS_STEP, (number + 1) * LOG_ODDS_STEP, old.scores.total(number) / old.ads, new.scores.total(number) / new.ads)
        for number in range(-end, end + 1)
    )


def _facts(sources: Sequence[str], stream: Stream, rejects: int) -> StreamFacts:
    bins = sorted(stream.lengths.columns)
    middle = int(np.searchsorted(np.cumsum([stream.lengths.total(one) for one in bins]), stream.ads / 2))
    median = round(2 ** (int(bins[middle]) / LENGTHS_PER_DOUBLING)) if bins else 0
    effect = design_effect(stream.scores.matrix(sorted(stream.scores.columns))) if stream.ads else 1.0
    return StreamFacts(", ".join(sources), stream.ads, rejects, stream.unlike, median, effect)


def _contacts(found: NewContacts, showing: Showing) -> tuple[NewContact, ...]:
    """The most widespread new contacts, by ads times unlike ads; those in one ad are counted only, not listed."""
    ranked = sorted(found.ads.counts.items(), key=lambda item: (-item[1] * (1 + found.unlike.counts[item[0]]), item[0]))
    several = [(contact, ads) for contact, ads in ranked if ads >= LEAST_CONTACT_ADS][:SHOWN_CONTACTS]
    return tuple(
        NewContact(kind, showing.of(kind, value, number), ads, found.unlike.counts[kind, value], found.flagged.counts[kind, value])
        for number, ((kind, value), ads) in enumerate(several, 1)
    )
