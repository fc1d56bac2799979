"""Runs many regular expressions over a text by trying each only where it can begin.

A pattern that starts with one of many words costs a look at every character, for every pattern. One automaton over all those words costs one look
at every character in all; the patterns are then tried at the few places that it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick

from adscreen.text.fold import fold


class Sought(NamedTuple):
    """A pattern with the words, one of which it begins with. `name` is handed back with each match."""

    name: str
    words: Sequence[str]
    pattern: re.Pattern[str]

    @classmethod
    def after_words(cls, name: str, words: str, rest: str, before: str = "") -> Sought:
        """Words parted by `|` (plain text, any case), then the regular expression `rest`; `before` is a look-behind."""
        plain = words.split("|")
        longest_first = sorted(plain, key=len, reverse=True)
        return cls(name, plain, re.compile(f"{before}(?:{'|'.join(map(re.escape, longest_first))}){rest}", re.IGNORECASE))


class Seeker:
    """Several patterns, sought together. `find` yields what each pattern's own `finditer` would, pattern by pattern."""

    def __init__(self, sought: Sequence[Sought]) -> None:
        self._sought = tuple(sought)
        begins: dict[str, set[int]] = defaultdict(set)
        for number, one in enumerate(self._sought):
            for word in one.words:
                begins[fold(word)].add(number)
        self._numbers = [sorted(numbers) for numbers in begins.values()]
        self._automaton = AhoCorasick(list(begins))

    def find(self, text: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield (name, match) for non-overlapping matches of each pattern."""
        places: dict[int, set[int]] = defaultdict(set)
        for index, start, _ in self._automaton.find_matches_as_indexes(fold(text), overlapping=True):
            for number in self._numbers[index]:
                places[number].add(start)
        for number in sorted(places):
            name, _, pattern = self._sought[number]
            for match in matches_at(pattern, text, sorted(places[number])):
                yield name, match


def matches_at(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """What `pattern.finditer` yields when it can only begin at `starts`, which ascend."""
    done = 0
    for start in starts:
        match = pattern.match(text, start) if start >= done else None
        if match:
            yield match
            done = match.end()
