"""Which language an ad is written in, as far as its script and its commonest words tell."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Final

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from adscreen.text import function_words as fw

SAMPLE: Final = 400
"""Characters read; ads switch language between a title and a body, seldom later."""

LANGID_SAMPLE: Final = 250
"""Characters given to langid; more cost time and changed no answer on the labelled ads that were tried."""

MIN_LETTERS: Final = 3
"""Fewer letters tell no language."""

MIN_SCRIPT_SHARE: Final = 0.3
"""Share of letters (Chinese characters counted HAN_WEIGHT times) at which a script outweighs Latin product names beside it."""

HAN_WEIGHT: Final = 3
MIN_KANA_SHARE: Final = 0.1
MIN_VIETNAMESE_SHARE: Final = 0.04
NEPALI_STEM: Final = 3
"""Longer words may carry a Nepali ending."""

MIN_WORDS: Final = 2
"""Function words that settle a language without langid, when they are twice those of the next one."""

LANGUAGES: Final = ("en", "id", "ms", "vi", "tl", "sw", "pt", "es", "fr", "de", "it", "tr", "nl", "pl", "ro")
"""What langid chooses from: Latin-script languages in which ads were seen."""

_SCRIPTS: Final = (
    ("", ()),
    ("latin", ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0x24F), (0x1E00, 0x1EFF))),
    ("cyrillic", ((0x400, 0x52F),)),
    ("arabic", ((0x620, 0x6FF), (0x750, 0x77F))),
    ("devanagari", ((0x900, 0x97F),)),
    ("zh", ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))),
    ("ja", ((0x3041, 0x30FA),)),
    ("ko", ((0x1100, 0x11FF), (0xAC00, 0xD7A3))),
    ("th", ((0xE01, 0xE4E),)),
    ("lo", ((0xE81, 0xECD),)),
    ("km", ((0x1780, 0x17D3),)),
    ("my", ((0x1000, 0x109F),)),
    ("bn", ((0x980, 0x9FF),)),
    ("pa", ((0xA00, 0xA7F),)),
    ("gu", ((0xA80, 0xAFF),)),
    ("ta", ((0xB80, 0xBFF),)),
    ("te", ((0xC00, 0xC7F),)),
    ("kn", ((0xC80, 0xCFF),)),
    ("ml", ((0xD00, 0xD7F),)),
    ("si", ((0xD80, 0xDFF),)),
    ("am", ((0x1200, 0x139F),)),
    ("he", ((0x5D0, 0x5EA),)),
    ("ka", ((0x10A0, 0x10FF),)),
    ("hy", ((0x531, 0x587),)),
    ("el", ((0x370, 0x3FF), (0x1F00, 0x1FFF))),
)
"""Scripts by their ranges; where one decides the language it bears the language's code."""


def _script_table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    table = np.zeros(0x10000, np.uint8)
    for number, (_, ranges) in enumerate(_SCRIPTS):
        for first, last in ranges:
            table[first : last + 1] = number
    return table


_TABLE: Final = _script_table()
_NUMBER: Final = {name: number for number, (name, _) in enumerate(_SCRIPTS)}
_LATIN, _HAN, _KANA = _NUMBER["latin"], _NUMBER["zh"], _NUMBER["ja"]
_WORD: Final = re.compile(r"[^\W\d_]+")
_LETTERS: Final = re.compile("[A-Za-z]")
_VIETNAMESE: Final = re.compile("[\u1ea0-\u1ef9đơưĐƠƯăĂ]")
_URDU: Final = re.compile("[ٹڈڑںےھہ]")
_PERSIAN: Final = re.compile("[پچژگکی]")
_CYRILLIC: Final = (
    ("kk", re.compile("[әғқңұһ]", re.IGNORECASE)),
    ("uk", re.compile("[їєґ]", re.IGNORECASE)),
    ("be", re.compile("ў", re.IGNORECASE)),
    ("mn", re.compile("[өү]", re.IGNORECASE)),
    ("sr", re.compile("[ђћљњџј]", re.IGNORECASE)),
)
"""Letters that Russian lacks, the most telling first."""


def language_of(given: str, clean: str) -> str:
    """The given language as a lower-case ISO 639-1 code ('en-GB' is 'en'); guessed where none, or no such code, is given."""
    code = given.strip().lower().replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else guess_language(clean)


def guess_language(clean: str) -> str:
    """ISO 639-1 code of the language that the clean text is mainly written in, or "" when nothing tells.

    The script decides where it can, then telling letters and function words, then langid among LANGUAGES. Deterministic.
    """
    sample = clean[:SAMPLE]
    script = _main_script(sample)
    if script == "latin":
        return _latin_language(sample)
    if script == "cyrillic":
        return next((language for language, letters in _CYRILLIC if letters.search(sample)), "ru")
    if script == "arabic":
        if len(_URDU.findall(sample)) >= MIN_WORDS:
            return "ur"
        return "fa" if len(_PERSIAN.findall(sample)) >= MIN_WORDS else "ar"
    return _devanagari_language(sample) if script == "devanagari" else script


def _main_script(sample: str) -> str:
    if sample.isascii():
        return "latin" if len(_LETTERS.findall(sample)) >= MIN_LETTERS else ""
    points = np.frombuffer(sample.encode("utf-16-le", "surrogatepass"), "<u2")
    counts = np.bincount(_TABLE.take(points), minlength=len(_SCRIPTS))
    counts[0] = 0
    if counts.sum() < MIN_LETTERS and not counts[_HAN]:
        return ""
    kana = counts[_KANA]
    if kana and kana >= MIN_KANA_SHARE * (kana + counts[_HAN]):
        counts[_KANA] = (kana + counts[_HAN]) * HAN_WEIGHT
        counts[_HAN] = 0
    counts[_HAN] *= HAN_WEIGHT
    latin, total = counts[_LATIN], counts.sum()
    counts[_LATIN] = 0
    best = int(counts.argmax())
    if counts[best] >= MIN_SCRIPT_SHARE * total:
        return _SCRIPTS[best][0]
    return "latin" if latin else _SCRIPTS[best][0]


def _latin_language(sample: str) -> str:
    if not sample.isascii():
        vietnamese = len(_VIETNAMESE.findall(sample))
        if vietnamese >= MIN_WORDS and vietnamese >= MIN_VIETNAMESE_SHARE * len(sample):
            return "vi"
    words = _WORD.findall(sample.lower())
    votes = Counter(language for word in words for language in fw.LATIN_WORDS.get(word, ()))
    # Filipino ads mix English in; their own function words are the sign.
    if votes["tl"] >= MIN_WORDS and votes["tl"] * 2 >= votes["en"]:
        votes["en"] = 0
    ranked = votes.most_common(2)
    runner_up = ranked[1][1] if len(ranked) > 1 else 0
    settled = bool(ranked) and ranked[0][1] >= max(MIN_WORDS, 2 * runner_up)
    language = ranked[0][0] if settled else str(_identifier().classify(sample[:LANGID_SAMPLE])[0])
    return _malay_side(words) if language in (fw.MALAY, "id", "ms") else language


def _malay_side(words: list[str]) -> str:
    indonesian, malay = (sum(word in fw.MALAY_SIDES[side] for word in words) for side in ("id", "ms"))
    return "ms" if malay > indonesian else "id"


def _devanagari_language(sample: str) -> str:
    words = sample.replace("।", " ").split()
    hindi = sum(word in fw.HINDI_WORDS for word in words)
    nepali = sum(word in fw.NEPALI_WORDS or (len(word) > NEPALI_STEM and word.endswith(fw.NEPALI_ENDINGS)) for word in words)
    return "ne" if nepali > hindi else "hi"


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(LANGUAGES)
    return identifier
