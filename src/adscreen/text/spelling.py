"""Rules about words whose letters are spaced out, dotted out or swapped for digits."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from adscreen.text import characters as ch
from adscreen.text import classes as cl
from adscreen.text.links import TOKEN_END, around, is_link
from adscreen.text.rule import Rule

MAX_RUN: Final = 200
"""Letters joined at once; bounds the work on text that is spaced out for pages."""

MIN_SLASHED: Final = 5
"""Alphabetic letters with slashes between: shorter runs are abbreviations and choices ('m/w/d/x')."""

_HAN = ch.char_class(ch.HAN_KANA_RANGES)
_MARK = ch.char_class(ch.as_ranges(ch.marks()))
_SIGN = re.escape(cl.SEPARATORS.replace("_", "")) + ch.char_class(cl.EMOJI_RANGES)
_UNIT = rf"[^\W\d_{_HAN}][{_MARK}]{{0,4}}+(?![^\W_]|[{_MARK}])"
_SPELLED: Final = re.compile(rf"(?<![^\W_{_HAN}])(?<![@/{_MARK}]){_UNIT}(?P<gap> ?[{_SIGN}_] ?| ){_UNIT}(?:(?P=gap){_UNIT}){{2,{MAX_RUN}}}+(?!@)")
_SPACED_HAN: Final = re.compile(rf"(?<![{_HAN}])[{_HAN}](?: [{_HAN}](?![{_HAN}])){{2,{MAX_RUN}}}+")

_MIDDLE = "·・‧/|-~+\\"
_DOTTED_HAN: Final = re.compile(rf"[{_HAN}]++(?:[{re.escape(cl.STRONG_SEPARATORS + _MIDDLE)}][{_HAN}]++)++")
_EDGES = bytes.maketrans(cl.OTHER + cl.NEWLINE, cl.SPACE * 2)
_HAN_GAP: Final = re.compile(rf"([^{_HAN}])")
_COUNTED: Final = frozenset("一二三四五六七八九十日周月年天时人男女元早中晚夜上下左右是否有无甲乙丙丁单次号米")
"""Single characters that stand beside one another in ordinary ads: list numbers, shifts, units, choices."""

MIN_LETTERS: Final = 3
MIN_CAPITALS: Final = 6
MAX_CONTACT_LABEL: Final = 16
_VOWELS = "aeiouy"
_LEET_LETTERS: Final = str.maketrans("0345$", "oeass")
_SHORT: Final = re.compile("[b-df-hj-np-tv-z]0[b-df-hj-np-tv-z]")
_VOWEL_CLASH: Final = re.compile("[aeiou][34]|[34][aeiou]|[1345]{2}|[1345]0")
_NAMES: Final = re.compile(r"[0-9](?:am|pm|hrs?|days?|yrs?|years?|months?|to|th|st|nd|rd|x|kg|js?|d)$|^(?:log4|neo4|sha1|auth0|web3|x[01]|s1)")
"""Times, counts and products whose digits are digits."""
_CONTACT_LABEL: Final = re.compile(
    r"(?:(?<![a-z])(?:id|line|wechat|weixin|wx|vx|whats ?app|telegram|tg|zalo|viber|skype|kakao|qq|signal|user(?:name)?)"
    rf" ?[:：=-] ?|[{_HAN}][:： ]?)$",
    re.IGNORECASE,
)
"""What stands before a contact name; in Chinese text a word with digits is one nearly always."""
_WORD_CHARS = "A-Za-z0-9_$"
_LEET_WORD: Final = re.compile(r"\$?[A-Za-z]+(?:[01345$]{1,2}[A-Za-z]+)*")
_AT_WORD: Final = re.compile("[A-Za-z]@[A-Za-z]{2,6}|[A-Za-z]{2,8}@[A-Za-z]{1,2}")
_LEET_SIGN: Final = re.compile(rf"[01345$@](?:(?<=[A-Za-z].)[01345$]?|(?<![{_WORD_CHARS}].)(?<=\$))(?=[A-Za-z])")
"""A sign between two letters, or a dollar before the first; the set of signs stands first so that text without any is skipped at memory speed."""
_WORD_END: Final = re.compile(f"[^{_WORD_CHARS}]")
_AT_WORD_END: Final = re.compile(f"[^{_WORD_CHARS}.@-]")
_LEET_SHAPES: Final = ((b"0a", b"a0a", b"a00a"), (b"$a", b"a$a", b"$aaa"), (b"@a", b"a@a ", b"a@aa ", b" a@a"))
"""What a letter in disguise looks like in the classes of characters; the first of each row is in all the others."""


def _joined(match: re.Match[str]) -> str:
    run, gap = match[0], match["gap"]
    letters = run.split(gap)
    steps = {ord(after[0]) - ord(before[0]) for before, after in pairwise(letters)}
    # 'A B C D' and 'x x x x' are lists and rulers, not words.
    if steps in ({0}, {1}) or ("/" in gap and len(letters) < MIN_SLASHED):
        return run
    return "".join(letters)


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


def _one_between(word: str, index: int) -> str:
    before, after = word[index - 1].lower(), word[index + 1].lower()
    return "l" if after in _VOWELS and before in _VOWELS + "bcfgps" else "i"


def _unleet(match: re.Match[str]) -> str:
    """The signs read as letters, if that gives a plausible word which is no link and no contact name."""
    text, signs = match.string, match[0]
    if signs == "@":
        start, end = around(match, _AT_WORD_END)
        return "a" if _AT_WORD.fullmatch(text, start, end) and not _names_contact(text, around(match, TOKEN_END)[0]) else signs
    start, end = around(match, _WORD_END)
    word = text[start:end]
    if _LEET_WORD.fullmatch(word) is None or not _plausible(word):
        return signs
    token = around(match, TOKEN_END)
    if is_link(text[slice(*token)]) or _names_contact(text, token[0]) or _names_contact(text, start):
        return signs
    at = match.start() - start
    plain = "".join(_one_between(word, at + i) if sign == "1" else sign for i, sign in enumerate(signs)).translate(_LEET_LETTERS)
    return plain.upper() if word.isupper() else plain


def _plausible(word: str) -> bool:
    """Whether digits can be letters here: letters dominate, case is that of a word, and E and A stand between consonants.

    A zero between two consonants needs no further letter ('j0b'); other signs need three ('H1B' stays), in capitals six, because
    short codes in capitals are product names ('S4HANA', 'ST5KM').
    """
    lower = word.lower()
    letters = sum(char.isalpha() for char in word)
    if _NAMES.search(lower) or not (word.isupper() or word[1:].islower()):
        return False
    if set(word) & set("1345$") and letters < (MIN_CAPITALS if word.isupper() else MIN_LETTERS):
        return False
    if letters < MIN_LETTERS and _SHORT.fullmatch(lower) is None:
        return False
    return (len(word) - letters) * 2 <= letters and not _VOWEL_CLASH.search(lower)


def _names_contact(text: str, start: int) -> bool:
    return _CONTACT_LABEL.search(text[max(start - MAX_CONTACT_LABEL, 0) : start]) is not None


def _leet(_: str, kinds: bytes) -> bool:
    for rare, *shapes in _LEET_SHAPES:
        if rare in kinds:
            for shape in shapes:
                if shape in kinds:
                    return True
    return False


def _spelled_out(_: str, kinds: bytes) -> bool:
    shape = cl.letters_and_gaps(kinds)
    return b"sasasa" in shape or b"asssasssasssa" in shape


def _dotted_han(_: str, kinds: bytes) -> bool:
    if cl.HAN + cl.STRONG_SEPARATOR + cl.HAN in kinds:
        return True
    return b"hsh" in kinds and (b"shsh" in kinds or b" hsh " in b" " + kinds.translate(_EDGES) + b" ")


SPELLING_RULES: Final = (
    Rule("spelled-out words", _spelled_out, _SPELLED, _joined),
    Rule("spaced Han", lambda _, kinds: b"h h h" in kinds, _SPACED_HAN, _joined_han),
    Rule("dotted Han", _dotted_han, _DOTTED_HAN, _undotted),
    Rule("digits for letters", _leet, _LEET_SIGN, _unleet, same_length=True),
)
