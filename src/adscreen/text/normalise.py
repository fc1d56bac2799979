"""Raw ad text to clean text, undoing what gets recruiters past filters, with the way back to every raw character."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from adscreen.text.classes import classes
from adscreen.text.forms import FORM_RULES, SPACE_RULES
from adscreen.text.leet import LEET_RULES
from adscreen.text.lookalikes import LOOKALIKE_RULES
from adscreen.text.rule import Rule
from adscreen.text.spelling import SPELLING_RULES

RULES: Final = (*FORM_RULES, *LOOKALIKE_RULES, *SPELLING_RULES, *LEET_RULES, *SPACE_RULES)

MAX_STEPS: Final = 10 * len(RULES)
"""One round of the rules undoes nearly every ad and tricks within tricks take two or three; the bound keeps hostile text from buying time."""


@dataclass(frozen=True, slots=True)
class CleanText:
    """Clean text and, for each of its characters, the raw stretch [start, end) that it was read from.

    `starts` and `ends` have the length of `text`, count raw code points and never decrease; `starts[i] < ends[i]`.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of the clean span [start, end); an empty span stays empty.

        Raises ValueError when the span does not lie in the clean text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"span [{start}, {end}) does not lie in a clean text of {len(self.text)} characters")
        if start < end:
            return self.starts[start], self.ends[end - 1]
        place = self.starts[start] if start < len(self.text) else self.ends[-1] if self.text else 0
        return place, place


def clean(raw: str) -> str:
    """The text as a reader would read it aloud: no disguised letters, no invisible characters, words whole.

    Case, diacritics, punctuation and emoji stay. `clean(clean(x)) == clean(x)`; the same as `clean_with_map(raw).text`.
    """
    text, kinds = raw, classes(raw)
    unchanged = 0
    for rule in islice(cycle(RULES), MAX_STEPS):
        unchanged += 1
        if rule.fires(text, kinds):
            replaced = rule.pattern.sub(rule.replace, text)
            if replaced != text:
                text, kinds, unchanged = replaced, classes(replaced), 0
        if unchanged == len(RULES):
            break
    return text


def clean_with_map(raw: str) -> CleanText:
    """`clean(raw)` with the way back, for ads that are examined or explained."""
    found = CleanText(raw, range(len(raw)), range(1, len(raw) + 1))
    kinds = classes(raw)
    unchanged = 0
    for rule in islice(cycle(RULES), MAX_STEPS):
        unchanged += 1
        if rule.fires(found.text, kinds):
            replaced = _traced(rule, found)
            if replaced is not found:
                found, kinds, unchanged = replaced, classes(replaced.text), 0
        if unchanged == len(RULES):
            break
    return found


def _traced(rule: Rule, found: CleanText) -> CleanText:
    """`found` after one rule; the same object when the rule changes nothing."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in (rule.traced or rule.pattern).finditer(found.text):
        old, new = match[0], rule.replace(match)
        if new == old:
            continue
        at = match.start()
        parts += found.text[done:at], new
        starts += found.starts[done:at]
        ends += found.ends[done:at]
        for first, last in _sources(old, new, rule.same_length):
            starts.append(found.starts[at + first])
            ends.append(found.ends[at + last])
        done = match.end()
    if not done:
        return found
    return CleanText("".join((*parts, found.text[done:])), (*starts, *found.starts[done:]), (*ends, *found.ends[done:]))


def _sources(old: str, new: str, same_length: bool) -> Iterator[tuple[int, int]]:
    """For each character of `new`, the first and last index of what it was made from in `old`."""
    if same_length:
        return ((i, i) for i in range(len(new)))
    kept = _kept(old, new)
    return ((i, i) for i in kept) if kept is not None else ((0, len(old) - 1) for _ in new)


def _kept(old: str, new: str) -> list[int] | None:
    """Where the characters of `new` stand in `old` if it came about by leaving characters out."""
    kept: list[int] = []
    for char in new:
        kept.append(old.find(char, kept[-1] + 1 if kept else 0))
        if kept[-1] < 0:
            return None
    return kept
