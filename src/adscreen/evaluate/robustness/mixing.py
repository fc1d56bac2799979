"""Script mixing: words or letters of an ad written in another script by sound or by shape, as chat writers do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from random import Random
from typing import Final

from adscreen.evaluate.robustness.mutator import chosen, replaced, rewriter
from adscreen.evaluate.robustness.pieces import script, words

MIXED_SHARE: Final = 0.2
"""Share of words in the other script; chosen: with many more an ad would be one in the other script."""

_CYRILLIC: Final = dict(zip("абвгдезийклмнопрстуфхыэ", "abvgdeziyklmnoprstufhye", strict=True)) | dict(
    zip("жцчшщюяёьъ", ("zh", "ts", "ch", "sh", "sch", "yu", "ya", "yo", "", ""), strict=True)
)
_FAUX: Final = dict(zip("RNWUYXEAFTOBKHMPC", "ЯИШЦЧЖЭДҒГФБКНМРС", strict=True))
"""Latin capitals to Cyrillic letters that resemble them, as lettering does it."""
_ARABIC: Final = dict(zip("ابتحدرزسصطعفقكلمنهويپگکیےں", "abt7drzs963fqklmnhwypgkyen", strict=True)) | dict(
    zip("شخغجچثذضظةہھٹڈڑآأإىئؤ", ("sh", "kh", "gh", "j", "ch", "th", "z", "d", "z", *"ahhtdraaiayw"), strict=True)
)
"""Arabic chat alphabet."""
_PINYIN: Final = dict(
    zip(
        "高薪招聘公司工资包吃住机票面试客服打字推广网投园区微信电话出国人事提成底待遇月万钱老板中文微加联系护照",
        [
            "gao",
            "xin",
            "zhao",
            "pin",
            "gong",
            "si",
            "gong",
            "zi",
            "bao",
            "chi",
            "zhu",
            "ji",
            "piao",
            "mian",
            "shi",
            "ke",
            "fu",
            "da",
            "zi",
            "tui",
            "guang",
            "wang",
            "tou",
            "yuan",
            "qu",
            "wei",
            "xin",
            "dian",
            "hua",
            "chu",
            "guo",
            "ren",
            "shi",
            "ti",
            "cheng",
            "di",
            "dai",
            "yu",
            "yue",
            "w",
            "qian",
            "lao",
            "ban",
            "zhong",
            "wen",
            "v",
            "jia",
            "lian",
            "xi",
            "hu",
            "zhao",
        ],
        strict=True,
    )
)
"""Characters of job ads to pinyin without tones."""
_SYLLABIC: Final = ("HANGUL", "ETHIOPIC", "HIRAGANA", "KATAKANA")
_SKELETON: Final = frozenset(["DEVANAGARI", "BENGALI", "GUJARATI"])
"""Scripts in which a consonant carries an 'a' that a vowel sign or the virama takes away."""


def script_mixing(text: str, rng: Random) -> str:
    """20 % of the words are written in another script: Cyrillic, Arabic, Devanagari, Bengali, Ethiopic, Hangul, kana and common Chinese words in Latin letters, Latin words with
    Cyrillic capitals. Not for Thai, Lao, Khmer, Burmese, Tamil and Sinhala, whose romanisation no letter table gives."""
    found = [span for span in words(text, rng) if _rewrite(text[span[0] : span[1]]) != text[span[0] : span[1]]]
    return replaced(text, [(start, end, _rewrite(text[start:end])) for start, end in chosen(found, MIXED_SHARE, rng)])


def _rewrite(word: str) -> str:
    return _WRITERS.get(script(word[0]), str)(word)


def _by_table(table: dict[str, str]) -> Callable[[str], str]:
    return lambda word: "".join(table.get(char.lower(), char) for char in word)


def _faux(word: str) -> str:
    return "".join(_FAUX.get(char, char) for char in word.upper())


def _by_name(word: str) -> str:
    """By the syllables that the Unicode names of the letters spell."""
    return "".join(unicodedata.name(char).rsplit(" ", 1)[1].lower() if script(char) in _SYLLABIC else char for char in word)


def _by_skeleton(word: str) -> str:
    parts: list[str] = []
    for char in word:
        name = unicodedata.name(char, "? ?")
        if "VIRAMA" in name or " VOWEL SIGN " in name:
            if parts and parts[-1].endswith("a"):
                parts[-1] = parts[-1][:-1]
            parts.append("" if "VIRAMA" in name else _short(name))
        elif " LETTER " in name:
            parts.append(_short(name))
        else:
            parts.append("n" if name.endswith(("ANUSVARA", "CANDRABINDU")) else "")
    plain = "".join(parts)
    return plain[:-1] if len(parts) > 1 and plain.endswith("a") and not plain.endswith("aa") else plain


def _short(name: str) -> str:
    return name.rsplit(" ", 1)[1].lower().replace("vocalic", "").replace("tt", "t").replace("dd", "d").replace("nn", "n").replace("ss", "sh")


_WRITERS: Final[dict[str, Callable[[str], str]]] = {
    "CYRILLIC": _by_table(_CYRILLIC),
    "ARABIC": _by_table(_ARABIC),
    "CJK": _by_table(_PINYIN),
    "LATIN": _faux,
    **dict.fromkeys(_SYLLABIC, _by_name),
    **dict.fromkeys(_SKELETON, _by_skeleton),
}

MIXING: Final = (rewriter("script_mixing", script_mixing),)
