"""Finds the catalogue's phrases and places in a clean text, in all scripts at once.

All phrase pieces of all languages go into one Aho-Corasick automaton over folded text, so the cost does not grow with the catalogue.
Word boundaries are then checked where the script has words; Chinese, Japanese, Thai, Lao, Khmer, Burmese and Hangul match anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from adscreen.errors import InputError
from adscreen.indicators.catalogue import Catalogue
from adscreen.text.fold import fold

GAP = 20
"""Characters allowed between two pieces of one phrase: about three words of Latin text or one clause of Chinese."""
NEGATION_REACH = 30
"""Characters before a hit in which a `not_near` phrase cancels it: about five words."""
MAX_PIECES = 4
MAX_WORD = 60
"""Characters to which an open piece may grow: longer runs of letters are no words."""
_SENTENCE_END = re.compile(r"[\n.!?;。！？；។။।]")

_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF))


@dataclass(frozen=True, slots=True)
class Hit:
    """An indicator or place found at `[start, end)` of the clean text. `value` is what was extracted (a place id, an amount), if any."""

    indicator: str
    start: int
    end: int
    value: str = ""


class _Piece(NamedTuple):
    literal: str
    open_start: bool = False
    open_end: bool = False


class _Phrase(NamedTuple):
    target: str
    value: str
    negation: bool
    pieces: tuple[_Piece, ...]


class _Uses(NamedTuple):
    """What a literal found with the same demands on its edges stands for: whole phrases, and pieces (phrase number, position) of longer ones."""

    piece: _Piece
    whole: list[_Phrase]
    parts: list[tuple[int, int]]


@lru_cache(maxsize=65536)
def _continues_word(char: str) -> bool:
    code = ord(char)
    if any(low <= code <= high for low, high in _UNSPACED):
        return False
    return char.isalnum() or unicodedata.category(char).startswith("M")


def parse_phrase(phrase: str) -> tuple[_Piece, ...]:
    """Split a catalogue phrase into folded pieces; raises InputError when it cannot be matched as written."""
    folded = fold(phrase)
    if "*" not in folded and ".." not in folded and (literal := " ".join(folded.split())):
        return (_Piece(literal),)
    pieces = []
    for part in _open_inner_stars(folded).split(" .. "):
        literal = part.strip()
        piece = _Piece(literal.strip("*"), literal.startswith("*"), literal.endswith("*"))
        if not piece.literal.strip() or "*" in piece.literal or ".." in piece.literal:
            raise InputError(f"phrase {phrase!r}: a piece is empty, or has `*` or `..` in its middle")
        pieces.append(piece)
    if len(pieces) > MAX_PIECES:
        raise InputError(f"phrase {phrase!r}: {len(pieces)} pieces, at most {MAX_PIECES} are allowed")
    return tuple(pieces)


def _open_inner_stars(phrase: str) -> str:
    """'ticket* and visa*' means the same as 'ticket* .. and visa*': an open word ending makes a gap."""
    return re.sub(r"(?<! \.\.) (?=\*\S)", " .. ", re.sub(r"\* (?!\.\. )", "* .. ", " ".join(phrase.split())))


class PhraseMatcher:
    """All phrases of a catalogue, compiled once. `hits(clean)` is pure and thread-safe."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._needs = {i.id: frozenset(i.needs) for i in catalogue.indicators if i.needs}
        self._vetoes = {i.id: frozenset(i.vetoes) for i in catalogue.indicators if i.vetoes}
        self._phrases = _compile(catalogue)
        uses: dict[str, dict[_Piece, _Uses]] = defaultdict(dict)
        for number, phrase in enumerate(self._phrases):
            for position, piece in enumerate(phrase.pieces):
                use = uses[piece.literal].setdefault(piece, _Uses(piece, [], []))
                if len(phrase.pieces) == 1:
                    use.whole.append(phrase)
                else:
                    use.parts.append((number, position))
        self._uses = [tuple(same_literal.values()) for same_literal in uses.values()]
        self._automaton = AhoCorasick(list(uses), matchkind=MatchKind.Standard)

    def hits(self, clean: str) -> list[Hit]:
        """Return the hits in `clean`, ordered by start, after negation, needs and vetoes; overlapping hits of one indicator are merged to the longest."""
        folded = fold(clean)
        spans: list[tuple[_Phrase, int, int]] = []
        partial: dict[int, list[list[tuple[int, int]]]] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            for piece, whole, parts in self._uses[index]:
                if not _at_boundaries(piece, folded, start, end):
                    continue
                span = _whole_word(piece, folded, start, end)
                spans += [(phrase, *span) for phrase in whole]
                for number, position in parts:
                    if not position and number not in partial:
                        partial[number] = [[] for _ in self._phrases[number].pieces]
                    if number in partial:  # matches come in order of their ends, so a piece before the first one of its phrase is of no use
                        partial[number][position].append(span)
        for number, positions in partial.items():
            spans += [(self._phrases[number], start, end) for start, end in _join(positions, folded)]
        negations: dict[str, list[int]] = defaultdict(list)
        for phrase, _, end in spans:
            if phrase.negation:
                negations[phrase.target].append(end)
        found = [Hit(phrase.target, start, end, phrase.value) for phrase, start, end in spans if not phrase.negation]
        ends = {target: sorted(found_ends) for target, found_ends in negations.items()}
        kept = [hit for hit in found if not _negated(hit, ends.get(hit.indicator, ()), folded)]
        return _longest(self._in_context(kept))

    def _in_context(self, hits: list[Hit]) -> list[Hit]:
        present = {hit.indicator for hit in hits}
        dropped = {
            name
            for name in present
            if (name in self._needs and not self._needs[name] & present) or (name in self._vetoes and self._vetoes[name] & present)
        }
        return [hit for hit in hits if hit.indicator not in dropped] if dropped else hits


def place_indicator(tier: str) -> str:
    """The indicator id under which places of a tier are reported."""
    return f"place_{tier}"


def _compile(catalogue: Catalogue) -> list[_Phrase]:
    """All phrases as pieces; every phrase that cannot be matched as written is reported in one InputError."""
    phrases: list[_Phrase] = []
    problems: list[str] = []

    def add(target: str, value: str, negation: bool, texts: Iterable[str]) -> None:
        for text in texts:
            try:
                phrases.append(_Phrase(target, value, negation, parse_phrase(text)))
            except InputError as error:
                problems.append(f"{value or target}: {error}")

    for indicator in catalogue.indicators:
        for texts in indicator.phrases.values():
            add(indicator.id, "", False, texts)
        for texts in indicator.not_near.values():
            add(indicator.id, "", True, texts)
    for place in catalogue.places:
        add(place_indicator(place.tier), place.id, False, place.names)
    if problems:
        raise InputError("the indicator catalogue has phrases that cannot be matched:\n  " + "\n  ".join(problems))
    return phrases


def _at_boundaries(piece: _Piece, text: str, start: int, end: int) -> bool:
    if not piece.open_start and start and _continues_word(text[start]) and _continues_word(text[start - 1]):
        return False
    return piece.open_end or end == len(text) or not (_continues_word(text[end - 1]) and _continues_word(text[end]))


def _whole_word(piece: _Piece, text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a piece with an open end to the whole word, so that evidence quotes words, not stems."""
    while piece.open_end and end < len(text) and end - start < MAX_WORD and _continues_word(text[end - 1]) and _continues_word(text[end]):
        end += 1
    while piece.open_start and start and end - start < MAX_WORD and _continues_word(text[start]) and _continues_word(text[start - 1]):
        start -= 1
    return start, end


def _join(positions: Sequence[list[tuple[int, int]]], text: str) -> Iterable[tuple[int, int]]:
    """Chains of pieces in order, each starting within GAP characters of the one before, on one line."""
    chains = positions[0]
    for unordered in positions[1:]:
        options = sorted(unordered)
        starts = [start for start, _ in options]
        grown = []
        for first, last in chains:
            at = bisect_left(starts, last)
            if at < len(starts) and starts[at] - last <= GAP and "\n" not in text[last : starts[at]]:
                grown.append((first, options[at][1]))
        chains = grown
    return chains


def _negated(hit: Hit, negation_ends: Sequence[int], text: str) -> bool:
    """Whether a `not_near` phrase ends shortly before the hit, in the same sentence; `negation_ends` ascend."""
    nearest = bisect_right(negation_ends, hit.start) - 1
    return nearest >= 0 and hit.start - NEGATION_REACH <= negation_ends[nearest] and not _SENTENCE_END.search(text, negation_ends[nearest], hit.start)


def _longest(hits: list[Hit]) -> list[Hit]:
    """Of hits of one indicator that overlap, the longest; ordered by start."""
    kept: dict[str, list[tuple[int, int, Hit]]] = defaultdict(list)
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.value)):
        others = kept[hit.indicator]
        at = bisect_left(others, hit.start, key=lambda other: other[0])
        if (at == 0 or others[at - 1][1] <= hit.start) and (at == len(others) or hit.end <= others[at][0]):
            others.insert(at, (hit.start, hit.end, hit))
    return sorted((hit for found in kept.values() for _, _, hit in found), key=lambda h: (h.start, -h.end, h.indicator, h.value))
