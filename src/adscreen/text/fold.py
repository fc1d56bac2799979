"""Folding for matching: one character in, one character out, so offsets stay valid.

Phrases and ads are folded the same way: case, Latin diacritics (people type Vietnamese, Portuguese or Spanish without them), Arabic
letter variants, and typographic quotes and dashes stop mattering. Nothing is deleted.
"""

from __future__ import annotations

import unicodedata

_ARABIC = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ۃ": "ه", "ھ": "ه"}
_LATIN = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "ß": "s", "œ": "o", "æ": "a"}
_CYRILLIC = {"ё": "е"}
_PUNCTUATION = dict.fromkeys("’‘ʼ´`′", "'") | dict.fromkeys("–—−‐‑‒", "-") | dict.fromkeys("“”„«»", '"')
_SAME = _ARABIC | _LATIN | _CYRILLIC | _PUNCTUATION


def _fold_char(char: str) -> str:
    lower = char.lower()
    if len(lower) != 1:  # 'İ' lowers to two characters
        lower = lower[0]
    if lower in _SAME:
        return _SAME[lower]
    base = unicodedata.normalize("NFD", lower)[0]
    if base != lower and base.isascii():
        return base
    return lower


class _FoldTable(dict[int, str]):
    """Maps code points on first sight, so the table holds only what the texts use (at most all of Unicode)."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        self[code] = folded
        return folded


_TABLE = _FoldTable()


def fold(text: str) -> str:
    """Return `text` folded for matching; same length, position by position."""
    return text.translate(_TABLE)
