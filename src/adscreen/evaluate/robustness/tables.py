"""The word lists of the mutators, read once from the TOML files beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from adscreen.evaluate.robustness.pieces import MARK, script, unspaced
from adscreen.settings import read_toml

_FOLDER: Final = Path(__file__).parent
FALLBACK: Final = "en"
"""Language of the boiler-plate where there is none in the ad's own: recruiters paste English."""


@dataclass(frozen=True, slots=True)
class Neutral:
    """Lawful text of one language; see neutral.toml."""

    company: str
    profile: str
    lodging: str
    more: str
    boilerplate: tuple[str, ...]


@cache
def swaps() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Language to term to what may stand in its place."""
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in read_toml(_FOLDER / "swaps.toml", "list of swaps", 'terms = ["salary"]')["swap"]:
        own = table.setdefault(row["language"], {})
        for term in row["terms"]:
            own[term.lower()] = tuple(new for new in row["instead"] if new.lower() != term.lower())
    return table


@cache
def neutral(language: str) -> Neutral:
    """Lawful text in the language, or in FALLBACK."""
    table = read_toml(_FOLDER / "neutral.toml", "list of neutral text", 'lodging = "Meals and a room are provided."')
    row = table.get(language, table[FALLBACK])
    return Neutral(**{**row, "boilerplate": tuple(row["boilerplate"])})


@cache
def nationalities(language: str) -> tuple[str, ...]:
    """Words for nationalities; none for a language without a list."""
    return tuple(_people()["nationalities"].get(language, []))


@cache
def genders(language: str) -> Mapping[str, str]:
    """Words for genders, each to its counterpart; of several counterparts the first."""
    table: dict[str, str] = {}
    for one, other in _people()["genders"].get(language, ()):
        table.setdefault(one, other)
        table.setdefault(other, one)
    return table


@cache
def function_words(language: str) -> tuple[str, ...]:
    """Small words that machine translation drops."""
    return tuple(_machine()["function_words"].get(language, "").split())


@cache
def untranslated(language: str) -> Mapping[str, tuple[str, ...]]:
    """Words of the language to the Chinese and English ones that machine translation leaves in their place."""
    rows = [row for row in _machine()["concepts"] if language in row]
    return {row[language].lower(): tuple(row[source] for source in ("zh", "en") if source != language) for row in rows}


def _people() -> dict[str, Any]:
    return read_toml(_FOLDER / "people.toml", "list of words for people", 'en = [["he", "she"]]')


def _machine() -> dict[str, Any]:
    return read_toml(_FOLDER / "machine.toml", "list of words of machine translation", 'en = "the of to"')


def pattern(terms: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the terms, the longest first: as whole words, in Korean at the start of one, anywhere where the script writes no spaces between words."""
    ordered = sorted(terms, key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_bounded, ordered)) or r"(?!)", re.IGNORECASE)


def _bounded(term: str) -> str:
    if unspaced(term[0]):
        return re.escape(term)
    end = "" if script(term[0]) == "HANGUL" else rf"(?![^\W_]|[{MARK}])"  # Korean particles are written onto the word
    return rf"(?<![^\W_])(?<![{MARK}]){re.escape(term)}{end}"
