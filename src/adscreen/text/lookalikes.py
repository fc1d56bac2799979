"""Rules about letters of one script inside the words of another."""

from __future__ import annotations

import re
from typing import Final

from adscreen.text import characters as ch
from adscreen.text import classes as cl
from adscreen.text.links import REACH, around, in_link
from adscreen.text.rule import Rule

_SCRIPT_OF: Final = {char: script for script, ranges in ch.SCRIPT_RANGES.items() for char in ch.characters(ranges)}
_STRICT: Final = {char: latin for table in ch.STRICT_LOOKALIKES.values() for char, latin in table.items()}
_TO_LATIN: Final = {char: latin for table in ch.LOOSE_LOOKALIKES.values() for char, latin in table.items()} | _STRICT
_FROM_LATIN: Final = {
    script: {latin: char for char, latin in reversed(ch.STRICT_LOOKALIKES[script].items()) if char not in ch.NEVER_MEANT}
    for script in ("cyrillic", "greek")
}
_FOREIGN = ch.char_class(*ch.SCRIPT_RANGES.values())
_CYRILLIC: Final = frozenset(_FROM_LATIN["cyrillic"].values())
_LATIN = ch.char_class(ch.LATIN_RANGES)
_MIXED_WORD: Final = re.compile(f"(?<![{_LATIN}{_FOREIGN}])(?:[{_LATIN}]++[{_FOREIGN}]|[{_FOREIGN}]++[{_LATIN}])[{_LATIN}{_FOREIGN}]*+")
_SPLICED: Final = re.compile(f"[{_LATIN}]+[{_FOREIGN}]+|[{_FOREIGN}]+[{_LATIN}]+")
_ACRONYM_COMPOUND: Final = re.compile(f"[A-Z]{{2,}}[{_FOREIGN}]+")
_UNMISTAKABLE: Final = re.compile(f"[{ch.char_class(ch.as_ranges(sorted(ord(char) for char in _SCRIPT_OF if char not in _TO_LATIN)))}]")
_EDGE_TWINS: Final = "вгикмнптшяЬ" + "εηικρτυ"
_EDGE_TWIN: Final = re.compile(f"[{_EDGE_TWINS}][{_LATIN}]{{2,}}|[{_LATIN}]{{2,}}[{_EDGE_TWINS}]")
"""One loose twin at the edge of a Latin word; alpha, beta, gamma, chi and omega are left out because they name things ('βglucan')."""


def one_script(word: str, among_latin: bool = False) -> str:
    """The word in the one script that it is meant to be read in, or as it is when it may be a real mixture ('ITшник', 'TNFα').

    `among_latin` says that no letter around it is unmistakably foreign: then every look-alike is read as Latin, even where most letters
    are foreign or one stands at the edge of a lower-case word. The result has the length of the word.
    """
    foreign = [char for char in word if char in _SCRIPT_OF]
    latin = len(word) - len(foreign)
    if not foreign or not latin:
        return word
    if among_latin and all(char in _TO_LATIN for char in foreign) and (not _SPLICED.fullmatch(word) or _lone_edge_twin(word)):
        return "".join(_TO_LATIN.get(char, char) for char in word)
    twins = _FROM_LATIN.get(_SCRIPT_OF[foreign[0]], {})
    reads_foreign = all(char in twins or char in _SCRIPT_OF for char in word)
    if all(char in _STRICT for char in foreign) and (latin >= len(foreign) or not reads_foreign or foreign[0] not in _CYRILLIC):
        return "".join(_STRICT.get(char, char) for char in word)
    if reads_foreign:
        compound = _ACRONYM_COMPOUND.fullmatch(word) and not word.isupper()
        return word if compound or latin >= len(foreign) else "".join(twins.get(char, char) for char in word)
    if latin >= len(foreign) and all(char in _TO_LATIN for char in foreign) and not _SPLICED.fullmatch(word):
        return "".join(_TO_LATIN.get(char, char) for char in word)
    return word


def _lone_edge_twin(word: str) -> bool:
    return word[1:].islower() and _EDGE_TWIN.fullmatch(word) is not None


def _among_latin(match: re.Match[str]) -> bool:
    text, (start, end) = match.string, match.span()
    return _UNMISTAKABLE.search(text, max(start - REACH, 0), end + REACH) is None


def _in_one_script(match: re.Match[str]) -> str:
    return match[0] if in_link(match) else one_script(match[0], _among_latin(match))


MIN_CAPITAL_I: Final = 5
"""Letters of a word in which a capital I may be an l: shorter ones are abbreviations and contact names."""
MAX_CAPITAL_I: Final = 40
"""No word is longer, and what lies beyond the reach of a look never decides."""
_LATIN_WORD_END: Final = re.compile(f"[^{_LATIN}0-9_]")
_CAPITAL_I: Final = re.compile("I(?<=[a-z]I)(?=[aeiouylI][a-z])")
_CAPITAL_I_WORD: Final = re.compile("(?!Ma?c)[A-Za-z][a-z]*I[aeiouylI](?!(?<=Io)[st]s?$)[a-z]+(?:I[a-z]+)*")
_TURKIC: Final = re.compile("[ğĞşŞİəƏçÇöÖüÜňŇ]")
_NOT_TURKIC: Final = re.compile(r"\b(?:the|and|of|for|you|your|are|que|para|con|los|yang|untuk|dan|và|của)\b")
"""Dotless i is a letter in Turkish, Azeri and their kin, where it seldom comes without the other letters of theirs, or with these words."""


_FOREIGN_KINDS: Final = (*cl.TWINS.values(), *(twin.upper() for twin in cl.TWINS.values()))


def _mixed(text: str, kinds: bytes) -> bool:
    return not text.isascii() and any(kind in kinds and (cl.LATIN + kind in kinds or kind + cl.LATIN in kinds) for kind in _FOREIGN_KINDS)


def _disguised_latin(text: str, _: bytes) -> bool:
    return "ı" in text or _CAPITAL_I.search(text) is not None


def _plain_latin(match: re.Match[str]) -> str:
    char, text, (start, end) = match[0], match.string, match.span()
    if char == "ı":
        window = text[max(start - REACH, 0) : end + REACH]
        return "ı" if _TURKIC.search(window) or not _NOT_TURKIC.search(window) or in_link(match) else "i"
    word = text[slice(*around(match, _LATIN_WORD_END))]
    return "l" if MIN_CAPITAL_I <= len(word) <= MAX_CAPITAL_I and _CAPITAL_I_WORD.fullmatch(word) and not in_link(match) else "I"


def _whole_word_rule(script: str, twin: bytes) -> Rule:
    table = ch.STRICT_LOOKALIKES[script]
    letters = "".join(table)
    return Rule(
        f"{script} words of look-alikes",
        lambda _, kinds: twin in kinds and twin * 2 in kinds and twin.upper() not in kinds and cl.LATIN in kinds,
        re.compile(rf"(?<![^\W\d_])[{letters}]{{2,}}+(?![^\W\d_])"),
        lambda match: "".join(table[char] for char in match[0]),
        same_length=True,
    )


LOOKALIKE_RULES: Final = (
    Rule("mixed scripts", _mixed, _MIXED_WORD, _in_one_script, same_length=True),
    Rule("capital and dotless I", _disguised_latin, re.compile(f"ı|{_CAPITAL_I.pattern}"), _plain_latin, same_length=True),
    *(_whole_word_rule(script, twin) for script, twin in cl.TWINS.items()),
)
"""The second kind reads whole words of look-alikes as Latin in a Latin text that holds no unmistakable letter of their script."""
