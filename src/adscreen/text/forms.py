"""Rules about single characters: disguised letters, invisible characters, stacked marks, white space."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from adscreen.text import characters as ch
from adscreen.text import classes as cl
from adscreen.text.rule import Rule

MAX_GENERIC_MARKS: Final = 2
"""Vietnamese, Yoruba and Navajo put two marks on a letter; nothing in use puts more on a Latin or Cyrillic one."""

MAX_GREEK_MARKS: Final = 3
"""Polytonic Greek: breathing, accent and iota subscript."""

MAX_THAI_MARKS: Final = 3
"""A Thai or Lao consonant takes a vowel and a tone mark, in loan words one sign more."""

MAX_JOINING_MARKS: Final = 8
"""The longest Burmese syllables run to seven signs, Tibetan ones and vocalised Arabic stay below."""

_FOLDED = ch.char_class(ch.as_ranges(sorted(ord(char) for char in ch.FOLDED if char <= "\uffff")))
_FOLDED_ASTRAL = ch.char_class(ch.as_ranges(sorted(ord(char) for char in ch.FOLDED if char > "\uffff")))
_GENERIC = ch.char_class(ch.GENERIC_MARK_RANGES)
_MARKS = ch.char_class(ch.as_ranges(ch.marks()))
_NUMBER_FORMS = ch.char_class(ch.as_ranges(sorted(map(ord, ch.ENCLOSED_NUMBERS))))
_MARKED_SCRIPTS = re.compile(r"[^\W\d_\u0590-\u109f\u1100-\u1cff\u2e80-\ua63f\ua6a0-\ua71f\ua800-\U0010ffff]")
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca"


def _pair_surrogates(match: re.Match[str]) -> str:
    pair = match[0]
    return ch.REPLACEMENT if len(pair) == 1 else pair.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _plain_number(match: re.Match[str]) -> str:
    forms, text = match[0], match.string
    number = "".join(ch.ENCLOSED_NUMBERS.get(char, char if char in "0123456789#*" else "") for char in forms)
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    # A numbered list ("①5 years") must not become fifteen years; a spelled-out phone number must stay in one piece.
    lone = number.isdecimal() and len(forms.rstrip("\ufe0f\u20e3")) == 1 and after.isdecimal() and not before.isdecimal()
    return number + " " if lone else number


def _fold(match: re.Match[str]) -> str:
    run = match[0]
    plain = "".join(map(ch.FOLDED.__getitem__, run))
    return plain[:-1] if run[-1] == "\r" and match.string[match.end() : match.end() + 1] == "\n" else plain


def _letters_or_flags(match: re.Match[str]) -> str:
    letters = "".join(chr(ord(char) - 0x1F1E6 + 0x41) for char in match[0])
    flags = len(letters) % 2 == 0 and all(letters[i : i + 2] in ch.REGIONS for i in range(0, len(letters), 2))
    return match[0] if flags else letters


def _needed_joiner(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    around = cl.classes(text[max(start - 1, 0) : start] + text[end : end + 1])
    before, after = text[start - 1 : start], text[end : end + 1]
    inside = len(around) == 2 and set(around) <= _JOINING_KINDS
    if before in _VIRAMAS or (inside and (after in _VIRAMAS or not _JOIN_ANYWAY.fullmatch(before + after))):
        return match[0][0]
    return _NON_JOINER if inside and _NON_JOINER in match[0] else ""


_JOINING_KINDS = frozenset(cl.JOINING + cl.JOINING_MARK)
_VIRAMAS = frozenset(_VIRAMA)
_NON_JOINER: Final = "\u200c"
_JOIN_ANYWAY: Final = re.compile("[\u0620-\u06ff\u0750-\u077f\u0900-\u0dff\u1000-\u109f\u1780-\u17dd]{2}")
"""Neighbours between which a joiner shows nothing: Arabic letters join of themselves, Indic ones only with a virama, Burmese and Khmer ones never."""


def _allowed_marks(base: str) -> int:
    if not _MARKED_SCRIPTS.match(base):
        return 0
    return MAX_GREEK_MARKS if "\u0370" <= base <= "\u03ff" or "\u1f00" <= base <= "\u1fff" else MAX_GENERIC_MARKS


def _unstacked(match: re.Match[str]) -> str:
    base, cluster = match[0][0], unicodedata.normalize("NFD", match[0])
    if unicodedata.category(base).startswith("M"):
        return "" if cl.classes(base) == cl.GENERIC_MARK else base
    bare = len(unicodedata.normalize("NFD", base)) if not _allowed_marks(base) else 1 + _allowed_marks(base)
    return unicodedata.normalize("NFC", cluster[:bare])


def _shortened(match: re.Match[str]) -> str:
    kept = MAX_THAI_MARKS if cl.classes(match[0][0]) == cl.THAI_MARK else MAX_JOINING_MARKS
    return match[0][:kept]


_WHOLE: Final = {"เเ": "แ", "ເເ": "ແ", "ํ": "ำ", "ໍ": "ຳ", "၀": "ဝ", "၇": "ရ"}
_PIECES: Final = re.compile("เเ|ເເ|ํ[่-๋]?า|ໍ[່-໋]?າ|(?<![\u1040-\u1049])[၀၇](?=[\u102b-\u103e]|[\u1000-\u1021]\u1037?[\u1039\u103a])")
"""A digit that carries a vowel sign, or that a consonant closes as a syllable, is the letter drawn like it; '၇ ရက်' (7 days) is not."""


def _long_marks(_: str, kinds: bytes) -> bool:
    if cl.THAI_MARK in kinds and cl.THAI_MARK * (MAX_THAI_MARKS + 1) in kinds:
        return True
    return cl.JOINING_MARK in kinds and cl.JOINING_MARK * (MAX_JOINING_MARKS + 1) in kinds


def _in_pieces(text: str, kinds: bytes) -> bool:
    if cl.LETTER in kinds and ("เเ" in text or "ํ" in text or "ເເ" in text or "ໍ" in text):
        return True
    return cl.JOINING in kinds and ("၀" in text or "၇" in text)


def _whole_letter(match: re.Match[str]) -> str:
    signs = match[0]
    # A tone mark may stand inside the vowel sign AM; it is written before the whole one.
    return _WHOLE.get(signs) or signs[1:-1] + _WHOLE[signs[0]]


FORM_RULES: Final = (
    Rule(
        "surrogates",
        lambda _, kinds: cl.SURROGATE in kinds,
        re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]"),
        _pair_surrogates,
    ),
    Rule(
        "number forms",
        lambda _, kinds: cl.NUMBER_FORM in kinds,
        re.compile(f"(?:[{_NUMBER_FORMS}]|[0-9#*]?\ufe0f?\u20e3)+"),
        _plain_number,
    ),
    Rule(
        "folded characters",
        lambda _, kinds: cl.FOLDS in kinds,
        re.compile(f"[{_FOLDED}]+"),
        _fold,
        traced=re.compile(f"[{_FOLDED}]"),
    ),
    # Apart, because a character class that leaves the basic plane makes Python's matcher several times slower.
    Rule(
        "folded astral characters",
        lambda _, kinds: cl.FOLDS_ASTRAL in kinds,
        re.compile(f"[{_FOLDED_ASTRAL}]+"),
        _fold,
        traced=re.compile(f"[{_FOLDED_ASTRAL}]"),
    ),
    Rule("wide colon", lambda text, _: "：" in text and "：//" in text, re.compile("：(?=//)"), lambda _: ":"),
    Rule("regional letters", lambda _, kinds: cl.REGIONAL in kinds, re.compile("[\U0001f1e6-\U0001f1ff]+"), _letters_or_flags),
    Rule("joiners", lambda _, kinds: cl.JOINER in kinds, re.compile("[\u200c\u200d]+"), _needed_joiner),
    Rule("kashida", lambda text, _: "\u0640" in text, re.compile("(?<=[\u0620-\u064a])\u0640+(?=[\u0620-\u064a])"), lambda _: ""),
    Rule("stacked marks", lambda _, kinds: cl.GENERIC_MARK in kinds, re.compile(f"(?s:.)[{_GENERIC}]+"), _unstacked),
    Rule(
        "long mark runs",
        _long_marks,
        re.compile(f"[\u0e31-\u0ecd]{{{MAX_THAI_MARKS + 1},}}|[{_MARKS}]{{{MAX_JOINING_MARKS + 1},}}"),
        _shortened,
    ),
    Rule("letters in pieces", _in_pieces, _PIECES, _whole_letter),
    Rule(
        "composition",
        lambda text, _: not (text.isascii() or unicodedata.is_normalized("NFC", text)),
        re.compile(f"[^\x00-\x7f][{_MARKS}\u1160-\u11ff]*|[\x00-\x7f][{_MARKS}]+"),
        lambda match: unicodedata.normalize("NFC", match[0]),
    ),
)
"""Before words are looked at."""

SPACE_RULES: Final = (
    Rule("wide gaps", lambda text, _: "  " in text, re.compile(" {2,}"), lambda _: " "),
    Rule(
        "blank lines",
        lambda text, _: "\n\n\n" in text or "\n \n" in text,
        re.compile("\n(?: ?\n){2,}"),
        lambda _: "\n\n",
    ),
)
"""After words are looked at, because wide gaps part the words of spelled-out text."""
