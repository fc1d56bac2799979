"""Letters and digits in disguise: what is done to get an ad past a filter while a reader still reads it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Final

from adscreen.evaluate.robustness.lookalikes import LOOKALIKES
from adscreen.evaluate.robustness.mutator import chosen, replaced, rewriter
from adscreen.evaluate.robustness.pieces import LETTER, letters, script, unspaced, words

LETTER_SHARE: Final = 0.3
"""Share of eligible letters that are disguised; chosen, not measured: about two letters of a word, which a reader still reads, and few words of four letters stay whole (.7^4)."""
WORD_SHARE: Final = 0.3
"""Share of words that are spaced out or restyled; chosen: a headline and some key words, not the whole ad."""
MIN_SPACED: Final = 3
"""Letters of the shortest word that is spaced out."""

GAPS: Final = (".", "·", "-", "_", "*", "/", "~", "•", "|")
HAN_GAPS: Final = (*GAPS, "。", "、")
"""Signs that are put between letters, the last two in Chinese and Japanese only; a word gets one kind."""
BLANK_SHARE: Final = 0.5
"""Share of spaced words that get a blank instead; two fifths of the spelled-out words of the project's own corpus have one, more than any sign (198 of 497)."""
INVISIBLE: Final = "\u200b\u200d\u2060\u2063\ufeff\u00ad\u034f\u180e"
"""Zero-width space, joiner, word joiner, invisible separator, byte-order mark, soft hyphen, grapheme joiner, Mongolian vowel separator."""

_LEET: Final = {
    "a": "4@", "e": "3", "i": "1!", "l": "1|", "o": "0", "s": "5$", "t": "7+", "b": "8", "g": "9", "z": "2",
    "а": "4@", "е": "3", "з": "3", "о": "0", "ч": "4", "б": "6", "в": "8", "и": "u",
}  # fmt: skip
_CIRCLED: Final = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
_DIGIT_STYLES: Final[tuple[Callable[[str], str], ...]] = (
    lambda digit: f"{digit}\ufe0f\u20e3",
    _CIRCLED.__getitem__,
    lambda digit: chr(ord("０") + int(digit)),
    lambda digit: chr(0x1D7CE + int(digit)),
    lambda digit: chr(0x1D7EC + int(digit)),
)
"""Keycaps, circled, full-width, mathematical bold and sans-serif bold digits."""
_SMALL_CAPITALS: Final = dict(zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True))
_STYLES: Final = ((0x1D400, 0x1D41A), (0x1D5D4, 0x1D5EE), (0x1D670, 0x1D68A), (0xFF21, 0xFF41), (0x24B6, 0x24D0), (0x1F170, 0x1F170))
"""First capital and first small letter of mathematical bold, sans-serif bold, monospace, full-width, circled and squared letters."""


def homoglyphs(text: str, rng: Random) -> str:
    """30 % of the letters that have a look-alike of another script or glyph are swapped for it. Not where the script has none: Hangul, Khmer and the Indic scripts but Tamil."""
    found = [span for span in letters(text) if text[span[0]] in LOOKALIKES]
    return replaced(text, [(start, start + 1, rng.choice(LOOKALIKES[text[start]])) for start, _ in chosen(found, LETTER_SHARE, rng)])


def zero_width(text: str, rng: Random) -> str:
    """An invisible character after 30 % of the letters that another letter follows. All scripts; the non-joiner is left out, since it shows in Arabic and is spelling in Persian."""
    found = [end for (_, end), (start, _) in pairwise(letters(text)) if end == start]
    return replaced(text, [(end, end, rng.choice(INVISIBLE)) for end in chosen(found, LETTER_SHARE, rng)])


def spacing(text: str, rng: Random) -> str:
    """30 % of the words of three letters and more are written letter by letter, with one kind of gap. All scripts; runs of unspaced scripts are cut into words first."""
    units = {span: [unit.span() for unit in LETTER.finditer(text, *span)] for span in words(text, rng)}
    long = [span for span, found in units.items() if len(found) >= MIN_SPACED or (unspaced(text[span[0]]) and len(found) > 1)]
    edits = []
    for span in chosen(long, WORD_SHARE, rng):
        signs = HAN_GAPS if script(text[span[0]]) in ("CJK", "HIRAGANA", "KATAKANA") else GAPS
        gap = " " if rng.random() < BLANK_SHARE else rng.choice(signs)
        edits.append((*span, gap.join(text[start:end] for start, end in units[span])))
    return replaced(text, edits)


def leetspeak(text: str, rng: Random) -> str:
    """30 % of the Latin or Cyrillic letters that a digit or sign resembles are swapped for it. Other scripts have no such custom."""
    found = [(start, text[start].lower()) for start, _ in letters(text) if text[start].lower() in _LEET]
    return replaced(text, [(start, start + 1, rng.choice(_LEET[letter])) for start, letter in chosen(found, LETTER_SHARE, rng)])


def emoji_digits(text: str, rng: Random) -> str:
    """All digits of a field, of any script, become keycaps, circled, wide or bold ones of one kind: who hides a number hides it whole."""
    style = rng.choice(_DIGIT_STYLES)
    places = [place for place, char in enumerate(text) if char.isdecimal()]
    return replaced(text, [(place, place + 1, style(str(unicodedata.decimal(text[place])))) for place in places])


def styled_letters(text: str, rng: Random) -> str:
    """30 % of the words are set in bold, wide, circled, squared or small-capital letters. Unicode has these for Latin only."""
    found = [span for span in words(text, rng) if text[span[0] : span[1]].isascii()]
    return replaced(text, [(*span, _styled(text[span[0] : span[1]], rng)) for span in chosen(found, WORD_SHARE, rng)])


def _styled(word: str, rng: Random) -> str:
    place = rng.randint(0, len(_STYLES))
    if place == len(_STYLES):
        return "".join(_SMALL_CAPITALS.get(char, char) for char in word.lower())
    capital, small = _STYLES[place]
    return "".join(chr(capital + ord(char) - 65) if char.isupper() else chr(small + ord(char) - 97) for char in word)


DISGUISES: Final = (
    rewriter("homoglyphs", homoglyphs),
    rewriter("zero_width", zero_width),
    rewriter("spacing", spacing),
    rewriter("leetspeak", leetspeak),
    rewriter("emoji_digits", emoji_digits),
    rewriter("styled_letters", styled_letters),
)
