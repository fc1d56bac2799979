"""Rules about words whose letters are spaced out or dotted out."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from adscreen.text import characters as ch
from adscreen.text import classes as cl
from adscreen.text.rule import Rule

MAX_RUN: Final = 200
"""Letters joined at once; bounds the work on text that is spaced out for pages."""

MIN_SLASHED: Final = 5
"""Alphabetic letters with slashes between: shorter runs are abbreviations and choices ('m/w/d/x')."""

_SLASHED_WORD: Final = re.compile("[b-df-hj-np-tv-z]?[b-df-hj-np-tv-z][aeiou][b-df-hj-np-tv-z][b-df-hj-np-tv-z]?")
_CHOICES: Final = frozenset("dfhimwx")
"""The letters of German and English choices of sex."""

_HAN = ch.char_class(ch.HAN_KANA_RANGES)
_MARK = ch.char_class(ch.as_ranges(ch.marks()))
_SIGN = re.escape(cl.SEPARATORS.replace("_", "")) + ch.char_class(cl.EMOJI_RANGES)
_UNIT = rf"[^\W\d_{_HAN}][{_MARK}]{{0,4}}+(?![^\W_]|[{_MARK}])"
_SPELLED: Final = re.compile(rf"(?<![^\W_{_HAN}])(?<![@/{_MARK}]){_UNIT}(?P<gap> ?[{_SIGN}_] ?| ){_UNIT}(?:(?P=gap){_UNIT}){{2,{MAX_RUN}}}+(?!@)")
_ANY_HAN = "\u3005-\u30ff\u3400-\u9fff"
_SPACED_HAN: Final = re.compile(
    rf"(?<![{_HAN}])[{_HAN}](?: [{_HAN}](?![{_HAN}])){{2,{MAX_RUN}}}+"
    rf"|[\u4e00-\u9fff](?<![\w{_SIGN}].)(?<![\d{_ANY_HAN}{_SIGN}] .) [\u4e00-\u9fff](?![\w{_SIGN}])(?! (?:[{_SIGN}]|[{_ANY_HAN}](?!\w)))"
)
"""Characters that stand alone: three and more of any kind, or two ideographs (single kana are words in Japanese)."""

_MIDDLE = "·・‧/|-~+\\"
_DOTTED_HAN: Final = re.compile(rf"[{_HAN}]++(?:[{re.escape(cl.STRONG_SEPARATORS + _MIDDLE)}][{_HAN}]++)++")
_EDGES = bytes.maketrans(cl.OTHER + cl.NEWLINE, cl.SPACE * 2)
_HAN_GAP: Final = re.compile(rf"([^{_HAN}])")
_COUNTED: Final = frozenset("一二三四五六七八九十日周月年天时人男女元早中晚夜上下左右是否有无甲乙丙丁单次号米")
"""Single characters that stand beside one another in ordinary ads: list numbers, shifts, units, choices."""


def _joined(match: re.Match[str]) -> str:
    run, gap = match[0], match["gap"]
    letters = run.split(gap)
    steps = {ord(after[0]) - ord(before[0]) for before, after in pairwise(letters)}
    # 'A B C D' and 'x x x x' are lists and rulers, not words.
    if steps in ({0}, {1}) or ("/" in gap and len(letters) < MIN_SLASHED and not _is_slashed_word("".join(letters))):
        return run
    return "".join(letters)


def _is_slashed_word(word: str) -> bool:
    return _SLASHED_WORD.fullmatch(word) is not None and not _CHOICES.issuperset(word)


def _joined_han(match: re.Match[str]) -> str:
    characters = match[0].split(" ")
    return match[0] if _COUNTED.issuperset(characters) else "".join(characters)


def _undotted(match: re.Match[str]) -> str:
    """Joins stretches of Han about a single character, since a clause of one character does not occur.

    A slash, dash or middle dot also stands between choices, ranges and parts of names: it needs a single character between two of
    them, or one on either side and nothing else.
    """
    pieces = _HAN_GAP.split(match[0])
    if 1 not in map(len, pieces[::2]):
        return match[0]
    text, start, end = match.string, match.start(), match.end()
    last = len(pieces) - 1
    attached = {i for i, beside in ((0, text[start - 1 : start]), (last, text[end : end + 1])) if beside.isalnum()}
    alone = not attached and list(map(len, pieces)) == [1, 1, 1]
    for gap in range(1, last, 2):
        around = (gap - 1, gap + 1)
        singles = [i for i in around if len(pieces[i]) == 1 and pieces[i] not in _COUNTED]
        inside = any(0 < i < last for i in singles)
        beside = any(i not in attached for i in singles) and (alone or pieces[gap] in cl.STRONG_SEPARATORS)
        if inside or beside:
            pieces[gap] = ""
    return "".join(pieces)


def _spelled_out(_: str, kinds: bytes) -> bool:
    shape = cl.letters_and_gaps(kinds)
    return b"sasasa" in shape or b"asssasssasssa" in shape


def _spaced_han(_: str, kinds: bytes) -> bool:
    if cl.HAN not in kinds or b"h h" not in kinds:
        return False
    return b"h h h" in kinds or b" h h " in b" " + kinds.translate(_EDGES) + b" "


def _dotted_han(_: str, kinds: bytes) -> bool:
    if cl.HAN not in kinds:
        return False
    if cl.HAN + cl.STRONG_SEPARATOR + cl.HAN in kinds:
        return True
    return b"hsh" in kinds and (b"shsh" in kinds or b" hsh " in b" " + kinds.translate(_EDGES) + b" ")


SPELLING_RULES: Final = (
    Rule("spelled-out words", _spelled_out, _SPELLED, _joined),
    Rule("spaced Han", _spaced_han, _SPACED_HAN, _joined_han),
    Rule("dotted Han", _dotted_han, _DOTTED_HAN, _undotted),
)
