"""Rules about letters of one script inside the words of another."""

from __future__ import annotations

import re
from typing import Final

from adscreen.text import characters as ch
from adscreen.text import classes as cl
from adscreen.text.links import in_link
from adscreen.text.rule import Rule

_SCRIPT_OF: Final = {char: script for script, ranges in ch.SCRIPT_RANGES.items() for char in ch.characters(ranges)}
_STRICT: Final = {char: latin for table in ch.STRICT_LOOKALIKES.values() for char, latin in table.items()}
_TO_LATIN: Final = {char: latin for table in ch.LOOSE_LOOKALIKES.values() for char, latin in table.items()} | _STRICT
_FROM_LATIN: Final = {script: {latin: char for char, latin in reversed(ch.STRICT_LOOKALIKES[script].items())} for script in ("cyrillic", "greek")}
_FOREIGN = ch.char_class(*ch.SCRIPT_RANGES.values())
_CYRILLIC: Final = frozenset(_FROM_LATIN["cyrillic"].values())
_LATIN = ch.char_class(ch.LATIN_RANGES)
_MIXED_WORD: Final = re.compile(f"(?<![{_LATIN}{_FOREIGN}])(?:[{_LATIN}]++[{_FOREIGN}]|[{_FOREIGN}]++[{_LATIN}])[{_LATIN}{_FOREIGN}]*+")
_SPLICED: Final = re.compile(f"[{_LATIN}]+[{_FOREIGN}]+|[{_FOREIGN}]+[{_LATIN}]+")
_ACRONYM_COMPOUND: Final = re.compile(f"[A-Z]{{2,}}[{_FOREIGN}]+")


def one_script(word: str) -> str:
    """The word in the one script that it is meant to be read in, or as it is when it may be a real mixture ('ITшник', 'TNFα').

    The result has the length of the word.
    """
    foreign = [char for char in word if char in _SCRIPT_OF]
    latin = len(word) - len(foreign)
    if not foreign or not latin:
        return word
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


_FOREIGN_KINDS: Final = (*cl.TWINS.values(), *(twin.upper() for twin in cl.TWINS.values()))


def _mixed(_: str, kinds: bytes) -> bool:
    return any(kind in kinds and (cl.LATIN + kind in kinds or kind + cl.LATIN in kinds) for kind in _FOREIGN_KINDS)


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
    Rule("mixed scripts", _mixed, _MIXED_WORD, lambda match: match[0] if in_link(match) else one_script(match[0]), same_length=True),
    *(_whole_word_rule(script, twin) for script, twin in cl.TWINS.items()),
)
"""The second kind reads whole words of look-alikes as Latin in a Latin text that holds no unmistakable letter of their script."""
