"""What screenshots and machine translation do to an ad."""

from __future__ import annotations

import re
import unicodedata
from random import Random
from typing import Final

from adscreen.evaluate.robustness.mutator import chosen, replaced, rewriter, rewriter_in
from adscreen.evaluate.robustness.pieces import unspaced, words
from adscreen.evaluate.robustness.tables import function_words, pattern, untranslated

CONFUSED_SHARE: Final = 0.1
"""Share of confusable places that are misread; chosen: it garbles 1.1 % of the characters of the project's English ads, marks and line breaks not counted."""
MARKS_SHARE: Final = 0.1
"""Share of diacritics, vowel signs and tone marks that are lost; chosen."""
LINE: Final = 28
"""Characters of a line on a phone's screen at common type sizes."""
DROPPED_SHARE: Final = 0.4
REPEATED_SHARE: Final = 0.03
EXCHANGED_SHARE: Final = 0.05
LEFT_SHARE: Final = 0.5
"""Machine translation: share of function words dropped, of words repeated, of neighbours exchanged, and of known notions left in the source language. Chosen so that
the text stays readable as bad translation."""

_CONFUSED: Final = {
    "rn": "m", "m": "rn", "cl": "d", "vv": "w", "w": "vv", "O": "0", "0": "O", "l": "1", "1": "l", "I": "l", "S": "5", "5": "S", "B": "8", "8": "B", "ii": "u",
    "己": "已", "日": "曰", "未": "末", "末": "未", "大": "太", "太": "大", "人": "入", "入": "人", "千": "干", "土": "士", "口": "□", "元": "无", "天": "夭", "问": "间",
    "ン": "ソ", "シ": "ツ", "ロ": "口", "カ": "力", "っ": "つ", "ょ": "よ",
    "ш": "щ", "щ": "ш", "н": "и", "и": "н", "ё": "е", "б": "6", "з": "3", "о": "0",
    "ค": "ด", "ด": "ค", "ถ": "ก", "ภ": "ถ", "ซ": "ช", "ຄ": "ດ", "ရ": "၇", "ဝ": "၀",
    "ख": "रव", "घ": "ध", "भ": "म", "ব": "র", "ر": "ز", "ح": "ج", "ف": "ق", "대": "데", "애": "에",
}  # fmt: skip
"""Glyphs that readers of images confuse, by shape, one direction or both."""
_CONFUSABLE: Final = re.compile("|".join(sorted(map(re.escape, _CONFUSED), key=len, reverse=True)))


def ocr_noise(text: str, rng: Random) -> str:
    """Misread glyphs, lost diacritics and vowel signs, and lines broken every 28 characters: between words, or inside them where a script writes no spaces. All scripts."""
    return _broken(_without_marks(_confused(text, rng), rng))


def machine_translation(text: str, language: str, rng: Random) -> str:
    """Function words dropped, words repeated and exchanged with their neighbours, known notions left in Chinese or English. Languages of machine.toml; the second and third step apply to all."""
    small = pattern(function_words(language))
    places = [match.span() for match in small.finditer(text)]
    text = replaced(text, [(start, end, "") for start, end in chosen(places, DROPPED_SHARE, rng)])
    left = untranslated(language)
    spans = [match.span() for match in pattern(left).finditer(text)]
    text = replaced(text, [(start, end, rng.choice(left[text[start:end].lower()])) for start, end in chosen(spans, LEFT_SHARE, rng)])
    return _shuffled(_repeated(text, rng), rng)


def _confused(text: str, rng: Random) -> str:
    places = list(_CONFUSABLE.finditer(text))
    return replaced(text, [(*match.span(), _CONFUSED[match[0]]) for match in chosen(places, CONFUSED_SHARE, rng)])


def _without_marks(text: str, rng: Random) -> str:
    apart = unicodedata.normalize("NFD", text)
    places = [place for place, char in enumerate(apart) if _is_mark(char)]
    return unicodedata.normalize("NFC", replaced(apart, [(place, place + 1, "") for place in chosen(places, MARKS_SHARE, rng)]))


def _broken(text: str) -> str:
    parts, column = [], 0
    for match in re.finditer(r"\n|[^\S\n]+|\S", text):
        char = match[0]
        column = 0 if char == "\n" else column + 1
        if column > LINE and (char.isspace() or (unspaced(char) and not _is_mark(char))):
            parts.append("\n" if char.isspace() else f"\n{char}")
            column = 0
        else:
            parts.append(char)
    return "".join(parts)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _repeated(text: str, rng: Random) -> str:
    spans = words(text, rng)
    return replaced(text, [(end, end, _gap(text[start]) + text[start:end]) for start, end in chosen(spans, REPEATED_SHARE, rng)])


def _shuffled(text: str, rng: Random) -> str:
    spans = words(text, rng)
    pairs = [(one, two) for one, two in zip(spans[::2], spans[1::2], strict=False) if text[one[1] : two[0]] in ("", " ")]
    edits = []
    for (first, first_end), (second, second_end) in chosen(pairs, EXCHANGED_SHARE * 2, rng):  # a pair holds two words
        edits += [(first, first_end, text[second:second_end]), (second, second_end, text[first:first_end])]
    return replaced(text, edits)


def _gap(char: str) -> str:
    return "" if unspaced(char) else " "


NOISE: Final = (rewriter("ocr_noise", ocr_noise), rewriter_in("machine_translation", machine_translation))
