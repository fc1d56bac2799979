"""What a mutator is, and how one is made from a rewriting of strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import compose
from adscreen.text.language import language_of
from adscreen.text.normalise import clean

Row = Mapping[str, str]
Mutate = Callable[[Row, Random], Row | None]
Rewrite = Callable[[str, Random], str]
RewriteIn = Callable[[str, str, Random], str]
"""Rewrites a string of a language (ISO 639-1)."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Mutator:
    """One way to change an ad. `mutate` returns a changed copy, or None where the change cannot be made to this ad; `about` says what it does and where it applies."""

    name: str
    about: str
    mutate: Mutate


def mutator(name: str, mutate: Mutate) -> Mutator:
    """A mutator that is described by the docstring of its function."""
    return Mutator(name, _about(mutate), mutate)


def rewriter(name: str, rewrite: Rewrite) -> Mutator:
    """A mutator that rewrites every text field by itself, described by the docstring of `rewrite`."""
    return Mutator(name, _about(rewrite), lambda row, rng: changed(row, {f: rewrite(row[f], rng) for f in filled(row)}))


def rewriter_in(name: str, rewrite: RewriteIn) -> Mutator:
    """The same for rewritings that must know the language of the ad."""

    def mutate(row: Row, rng: Random) -> Row | None:
        language = language_in(row)
        return changed(row, {field: rewrite(row[field], language, rng) for field in filled(row)})

    return Mutator(name, _about(rewrite), mutate)


def _about(function: Callable[..., object]) -> str:
    return " ".join((function.__doc__ or "").split())


def filled(row: Row) -> list[str]:
    """The text fields that hold something, in the order in which they are composed."""
    return [field for field in TEXT_FIELDS if row.get(field)]


def changed(row: Row, values: Mapping[str, str]) -> Row | None:
    """The row with these values; None when they are what it holds already, or leave no text."""
    if all(row.get(field, "") == value for field, value in values.items()):
        return None
    new = {**row, **values}
    return new if any(new[field].strip() for field in filled(new)) else None


def language_in(row: Row) -> str:
    """The language of the ad: as given, or guessed."""
    return language_of(row.get("language", ""), clean(compose([row.get(field, "") for field in TEXT_FIELDS])))


def chosen(items: Sequence[Item], share: float, rng: Random) -> list[Item]:
    """This share of the items, one at least, in their order."""
    count = min(len(items), max(1, round(share * len(items))))
    return [items[place] for place in sorted(rng.sample(range(len(items)), count))]


def replaced(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """The text with stretches [start, end) replaced; stretches must not overlap."""
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(edits):
        parts += text[done:start], new
        done = end
    return "".join((*parts, text[done:]))
