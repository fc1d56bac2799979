"""Which source columns feed which column of an ad, whatever the source calls them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adscreen.errors import InputError
from adscreen.ingest.options import ReadOptions
from adscreen.records import AD_COLUMNS, COLUMN_ALIASES

SHOWN_COLUMNS = 40
"""Columns listed in a message; wide exports have hundreds."""

SHOWN_NAME_CHARS = 60
"""Characters of a column name shown in a message; a file without header shows an ad there."""

LONG_NAME_CHARS = 30
"""Mean length from which column names look like data; those of the tables tried are below 20, however wide."""

Cells = tuple[str | None, ...]
"""One row, in the order of `output_columns`."""

TEXT_INDEX = AD_COLUMNS.index("text")

_FAMILY = re.compile(r"(.*)\[(\d{1,6})\]", re.DOTALL)
_ANY_MEMBER = "[*]"


@dataclass(frozen=True, slots=True)
class Source:
    """One source column: its position among the names, and the keys that lead into a nested value."""

    index: int
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """Sources of each output column (ad columns, then kept ones), and `filled`: the columns that have any, with their position.

    `found`: the needed names (see `needed_names`) among the columns; `nested`: those that lead into a value, with the way.
    """

    sources: tuple[tuple[Source, ...], ...]
    filled: tuple[tuple[int, tuple[Source, ...]], ...]
    found: frozenset[str]
    nested: tuple[tuple[str, Source], ...]


def output_columns(keep: Sequence[str]) -> tuple[str, ...]:
    """Names of all columns of a batch: those of an ad, then the kept ones that are not already among them."""
    return (*AD_COLUMNS, *dict.fromkeys(name for name in keep if name not in AD_COLUMNS))


def fold(name: str) -> str:
    """A column name as compared: without byte-order mark, outer spaces and case."""
    return name.replace("\ufeff", "").strip().casefold()


class ColumnNames:
    """The columns of one table (or the keys of one object), to look up what a caller calls them.

    `nested`: dots lead into structured values. Of names that differ in case only, the exact one counts; where a table
    (named by `file`) leaves it open, an InputError says so; an object (`file` None) is one row, whose first such key counts.
    """

    def __init__(self, names: Sequence[str], nested: bool, file: str | None = None) -> None:
        self.names = names
        self._file = file
        self.nested = nested
        self._by_fold: dict[str, list[int]] = {}
        self._families: dict[str, list[tuple[int, int]]] = {}
        for index, name in enumerate(names):
            self._by_fold.setdefault(fold(name), []).append(index)
            if member := _FAMILY.fullmatch(fold(name)):
                self._families.setdefault(member[1], []).append((int(member[2]), index))

    def find(self, expression: str) -> tuple[Source, ...]:
        """Sources of `a`, `a+b`, `a[*]` or `a.b`, without the parts that are unknown."""
        whole = self.part(expression)
        return whole or tuple(source for part in expression.split("+") for source in self.part(part))

    def part(self, expression: str) -> tuple[Source, ...]:
        """Sources of one part of an expression; none when it is unknown."""
        wanted = fold(expression)
        if wanted in self._by_fold:
            return (Source(self._exact(expression, wanted)),)
        stem = wanted.removesuffix(_ANY_MEMBER)
        if stem in self._families:
            return tuple(Source(index) for _, index in sorted(self._families[stem]))
        if not self.nested:
            return ()
        if stem != wanted and stem in self._by_fold:
            return (Source(self._exact(stem, stem)),)
        return self._into(expression.strip().removesuffix(_ANY_MEMBER))

    def _into(self, expression: str) -> tuple[Source, ...]:
        """The longest column name that the dotted expression begins with, and the keys that follow it."""
        keys = expression.split(".")
        for length in range(len(keys) - 1, 0, -1):
            stem = ".".join(keys[:length])
            if fold(stem) in self._by_fold:
                return (Source(self._exact(stem, fold(stem)), tuple(keys[length:])),)
        return ()

    def _exact(self, name: str, folded: str) -> int:
        indexes = self._by_fold[folded]
        same = [index for index in indexes if self.names[index] == name] if len(indexes) > 1 else indexes
        if len(same) == 1 or self._file is None:
            return (same or indexes)[0]
        places = " and ".join(str(index + 1) for index in indexes)
        raise InputError(f"{self._file}: column {name!r} occurs more than once (columns {places}); rename all but one")


def plan_columns(columns: ColumnNames, options: ReadOptions) -> ColumnPlan:
    """Where each output column of a table comes from."""
    sources = tuple(columns.find(_expression(columns, name, options)) for name in output_columns(options.keep))
    filled = tuple((position, found) for position, found in enumerate(sources) if found)
    found = {} if sources[TEXT_INDEX] == () or options.source_of("text") is not None else {"text": sources[TEXT_INDEX][0]}
    for expression in options.mapping.values():
        for name in _parts(expression):
            if places := columns.part(expression) or columns.part(name):
                found[name] = places[0]
    nested = tuple((name, source) for name, source in found.items() if source.path)
    return ColumnPlan(sources, filled, frozenset(found).difference(name for name, _ in nested), nested)


def _expression(columns: ColumnNames, name: str, options: ReadOptions) -> str:
    mapped = options.source_of(name) if name in AD_COLUMNS else None
    if mapped is not None:
        return mapped
    aliases = [alias for alias, column in COLUMN_ALIASES.items() if column == name]
    return next((candidate for candidate in (name, *aliases) if columns.part(candidate)), name)


def _parts(expression: str) -> list[str]:
    return expression.split("+")


def needed_names(options: ReadOptions) -> frozenset[str]:
    """Source columns that a table must have: those that the caller mapped, each part of a sum, and `text` unless mapped."""
    names = {name for source in options.mapping.values() for name in _parts(source)}
    return frozenset(names if options.source_of("text") is not None else names | {"text"})


def missing_columns_error(
    file: str, missing: frozenset[str], names: Sequence[str], options: ReadOptions, mean_lengths: Mapping[str, float]
) -> InputError:
    """One error for all columns that a table lacks: what it has, the nearest names, and the likeliest text column."""
    lacks_text = "text" in missing and options.source_of("text") is None
    problems = [_unknown(source, names) for source in sorted(missing) if not (lacks_text and source == "text")]
    if lacks_text:
        problems.append(
            f"there is no text column; try --map {_shown(f'text={_likely_text(mean_lengths, options)}')}; exports of chats and saved pages are no tables: adscreen ingest --list"
        )
    if sum(map(len, names)) > LONG_NAME_CHARS * len(names):
        problems.append("if the first line is data, put a line with column names above it")
    return InputError(f"{file}: {'; '.join(problems)}. Columns seen: {_listed(names)}")


def _likely_text(mean_lengths: Mapping[str, float], options: ReadOptions) -> str:
    """The unmapped column, or family of columns, with the longest cells."""
    taken = {fold(name) for source in options.mapping.values() for name in _parts(source)}
    lengths: dict[str, float] = {}
    for name, length in mean_lengths.items():
        if length > 0 and fold(name) not in taken:
            member = _FAMILY.fullmatch(name)
            key = f"{member[1]}{_ANY_MEMBER}" if member else name
            lengths[key] = lengths.get(key, 0) + length
    return max(lengths, key=lambda name: lengths[name], default="COLUMN")


def _unknown(source: str, names: Sequence[str]) -> str:
    by_fold = {fold(name): name for name in names}
    near = difflib.get_close_matches(fold(source), by_fold, n=1)
    return f"there is no column {source!r}" + (f", did you mean {_shown(by_fold[near[0]])}?" if near else "")


def _shown(name: str) -> str:
    return repr(name if len(name) <= SHOWN_NAME_CHARS else name[:SHOWN_NAME_CHARS] + "...")


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_shown(name) for name in names[:SHOWN_COLUMNS]) or "none"
    return shown + (f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else "")
