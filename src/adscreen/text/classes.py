"""One byte per character: what kind of character stands where, so that plain text is told from tricks at memory speed.

Looking every character up in one table and searching the resulting bytes costs about 10 ns per character in every script, where a
regular expression over the text costs several times that.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from adscreen.text import characters as ch

OTHER, SPACE, NEWLINE, FOLDS, FOLDS_ASTRAL = b"o", b" ", b"n", b"x", b"X"
LATIN, HAN, LETTER = b"a", b"h", b"l"
THAI_MARK, JOINING, JOINING_MARK, JOINER = b"m", b"j", b"J", b"z"
GENERIC_MARK, SURROGATE, REGIONAL, NUMBER_FORM = b"^", b"q", b"f", b"e"
DIGIT, LEET_DIGIT, DOLLAR, AT = b"9", b"0", b"$", b"@"
SEPARATOR, STRONG_SEPARATOR = b"s", b"S"
TWINS: Final = {"cyrillic": b"c", "greek": b"g", "armenian": b"r", "cherokee": b"k"}
"""Letters that look like a Latin one, by script; the other letters of the script have the capital."""

STRONG_SEPARATORS = ".*_^●•⋅∙"
SEPARATORS = "·・‧|~+=/\\-–—'#!" + STRONG_SEPARATORS
EMOJI_RANGES = ((0x2600, 0x27BF), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1FAFF))
"""Symbols that are put between the letters of a word to break it; the strong ones seldom stand between Chinese words otherwise."""


def _table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    table = np.full(0x110000, OTHER[0], np.uint8)

    def put(kind: bytes, *ranges: tuple[int, int]) -> None:
        for first, last in ranges:
            table[first : last + 1] = kind[0]

    def put_chars(kind: bytes, chars: str) -> None:
        table[[ord(char) for char in chars]] = kind[0]

    put(LATIN, *ch.LATIN_RANGES)
    put(HAN, *ch.HAN_KANA_RANGES)
    put(LETTER, *ch.THAI_LAO_RANGES, *ch.OTHER_LETTER_RANGES)
    put(JOINING, *ch.JOINING_RANGES)
    marks = np.fromiter(ch.marks(), np.int64)
    table[marks] = np.where(table[marks] == LETTER[0], THAI_MARK[0], JOINING_MARK[0])
    for script, twin in TWINS.items():
        put(twin.upper(), *ch.SCRIPT_RANGES[script])
        put_chars(twin, "".join(ch.STRICT_LOOKALIKES[script]))
    put(SEPARATOR, *ch.as_ranges(sorted(map(ord, SEPARATORS))), *EMOJI_RANGES)
    put_chars(STRONG_SEPARATOR, STRONG_SEPARATORS)
    put(GENERIC_MARK, *ch.GENERIC_MARK_RANGES)
    put(SURROGATE, (0xD800, 0xDFFF))
    put(REGIONAL, (0x1F1E6, 0x1F1FF))
    put_chars(DIGIT, "0123456789")
    put_chars(LEET_DIGIT, "01345")
    put_chars(FOLDS, "".join(char for char in ch.FOLDED if char <= "\uffff"))
    put_chars(FOLDS_ASTRAL, "".join(char for char in ch.FOLDED if char > "\uffff"))
    put_chars(JOINER, ch.JOINERS)
    put_chars(NUMBER_FORM, "".join(ch.ENCLOSED_NUMBERS) + "\u20e3")
    for kind, char in ((SPACE, " "), (NEWLINE, "\n"), (DOLLAR, "$"), (AT, "@")):
        put_chars(kind, char)
    return table


_TABLE: Final = _table()

MARKS = THAI_MARK + JOINING_MARK
_LETTERS = LATIN + LETTER + JOINING + b"".join(twin + twin.upper() for twin in TWINS.values())
_LETTERS_AND_GAPS = bytes.maketrans(_LETTERS + SPACE + STRONG_SEPARATOR, LATIN * len(_LETTERS) + SEPARATOR * 2)


def classes(text: str) -> bytes:
    """The class of every character of the text, one byte each."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return _TABLE.take(points).tobytes()


def letters_and_gaps(kinds: bytes) -> bytes:
    """The same without marks, every alphabetic letter as LATIN and every gap as SEPARATOR: the shape of spelled-out words."""
    return kinds.translate(_LETTERS_AND_GAPS, MARKS)
