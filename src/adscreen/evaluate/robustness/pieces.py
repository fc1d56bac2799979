"""Words and letters of any script, as one who disguises them sees them."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from random import Random
from typing import Final

from adscreen.text import characters as ch

Span = tuple[int, int]

MARK: Final = ch.char_class(ch.as_ranges(ch.marks()))
"""The inside of [...] for combining marks, which Python does not count among the characters of a word."""
_VIRAMA: Final = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"
"""Signs that tie a consonant to the next one: Indic viramas, Burmese and Khmer stackers (not Thai, Tamil and Burmese signs that only silence a letter)."""
_UNIT: Final = rf"[^\W\d_][{MARK}\u200c\u200d]*"
LETTER: Final = re.compile(rf"{_UNIT}(?:(?<=[{_VIRAMA}\u200d]){_UNIT})*")
"""A letter with its marks, and the letters tied to it: what a reader takes for one character."""
_WORD: Final = re.compile(rf"(?:{_UNIT})+")
_REACHABLE: Final = re.compile(r"\S*(?:@|_|://|www\.|\.me/)\S*")
"""Handles, links and mail addresses: a recruiter who disguises these is not reached."""

_UNSPACED: Final = frozenset(["CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "THAI", "LAO", "KHMER", "MYANMAR"])
HAN_PIECE: Final = (2, 4)
LETTER_PIECE: Final = (3, 8)
"""Letters of a word in scripts that put no space between words: Chinese words have two to four characters, Thai ones three to eight letters."""


def script(char: str) -> str:
    """The first word of the character's Unicode name, such as LATIN, CJK or THAI."""
    return unicodedata.name(char, "?").split(" ")[0]


def letters(text: str) -> list[Span]:
    """Spans of letters with their marks, outside what must stay reachable."""
    shut = [match.span() for match in _REACHABLE.finditer(text)]
    return [match.span() for match in LETTER.finditer(text) if not _within(match.span(), shut)]


def words(text: str, rng: Random) -> list[Span]:
    """Spans of words outside what must stay reachable; where a script writes no spaces, runs of letters cut into pieces of the length of a word."""
    shut = [match.span() for match in _REACHABLE.finditer(text)]
    found: list[Span] = []
    for match in _WORD.finditer(text):
        if not _within(match.span(), shut):
            units = [unit.span() for unit in LETTER.finditer(text, *match.span())]
            for run in (list(run) for _, run in groupby(units, lambda unit: unspaced(text[unit[0]]))):
                found += _cut(text, run, rng) if unspaced(text[run[0][0]]) else [_whole(run)]
    return found


def unspaced(char: str) -> bool:
    """Whether the character is of a script that puts no space between words."""
    return script(char) in _UNSPACED


def _within(span: Span, shut: list[Span]) -> bool:
    return any(start <= span[0] < end for start, end in shut)


def _whole(units: list[Span]) -> Span:
    return units[0][0], units[-1][1]


def _cut(text: str, units: list[Span], rng: Random) -> list[Span]:
    low, high = HAN_PIECE if script(text[units[0][0]]) == "CJK" else LETTER_PIECE
    pieces = []
    while units:
        size = rng.randint(low, high)
        pieces.append(_whole(units[:size]))
        units = units[size:]
    return pieces
