"""The indicator catalogue: documented signs and places, read from TOML files, one per family.

Adding an indicator is one edit in one file: its definition, published source, phrases per language, examples that fire and near misses
that must not. Everything else (matching, features, docs, contract tests) picks it up.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from adscreen.errors import InputError

KINDS = ("lure", "scam", "lawful", "role", "context")
TIERS = ("compound", "hot_spot", "hot_region", "hot_country", "transit_or_bait", "ordinary")
CATALOGUE_DIR = Path(__file__).parent / "catalogue"

_INDICATOR_KEYS = frozenset(
    [
        "id",
        "family",
        "reference",
        "kind",
        "strength",
        "definition",
        "sources",
        "honest",
        "needs",
        "vetoes",
        "phrases",
        "not_near",
        "examples",
        "near_misses",
    ]
)
_PLACE_KEYS = frozenset(["id", "country", "tier", "sources", "names"])


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with its language (ISO 639-1), to show and to test an indicator."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """One documented sign. `strength` 1-3 is what the sources give it; the weight that scores it is fitted in training."""

    id: str
    family: str
    kind: str
    reference: str
    strength: int
    definition: str
    sources: tuple[str, ...]
    honest: str
    phrases: Mapping[str, tuple[str, ...]]
    not_near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    near_misses: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A place with its names in all scripts; `tier` says how often documented lures name it."""

    id: str
    country: str
    tier: str
    sources: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All indicators and places, in file order, and `digest`, a sha256 over the files' bytes."""

    indicators: tuple[Indicator, ...]
    places: tuple[Place, ...]
    digest: str

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator with this id, or raise InputError with the nearest ids."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        import difflib

        near = difflib.get_close_matches(indicator_id, [i.id for i in self.indicators], n=3, cutoff=0.4)
        hint = f"; did you mean {', '.join(near)}?" if near else ";"
        raise InputError(f"no indicator {indicator_id!r} in the catalogue{hint} `adscreen indicators list` shows all")


def load_catalogue(path: Path = CATALOGUE_DIR) -> Catalogue:
    """Read a folder of `*.toml`, or a file that `dump_catalogue` wrote. All problems are reported at once in one InputError."""
    return _load_dump(path) if path.is_file() else _load_folder(path)


def dump_catalogue(catalogue: Catalogue) -> bytes:
    """The catalogue as one JSON file, as bundles carry it: quicker to parse than the TOML that people edit."""
    return orjson.dumps(catalogue, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _load_dump(path: Path) -> Catalogue:
    problems: list[str] = []
    data = orjson.loads(path.read_bytes())
    indicators = tuple(_indicator(row, row["family"], path.name, problems) for row in data["indicators"])
    places = tuple(_place(row, path.name, problems) for row in data["places"])
    if problems:
        raise InputError(f"the catalogue {path} has problems:\n  " + "\n  ".join(problems))
    return Catalogue(indicators, places, data["digest"])


def _load_folder(folder: Path) -> Catalogue:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise InputError(f"no indicator catalogue in {folder}: expected one TOML file per family")
    digest = hashlib.sha256()
    problems: list[str] = []
    indicators: list[Indicator] = []
    places: list[Place] = []
    for path in files:
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + content)
        try:
            data = tomllib.loads(content.decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        family = str(data.get("family", path.stem))
        indicators += [_indicator(row, family, path.name, problems) for row in data.get("indicator", [])]
        places += [_place(row, path.name, problems) for row in data.get("place", [])]
    problems += _cross_problems(indicators, places)
    if problems:
        raise InputError("the indicator catalogue has problems:\n  " + "\n  ".join(problems))
    return Catalogue(tuple(indicators), tuple(places), digest.hexdigest())


def _indicator(row: Mapping[str, Any], family: str, file: str, problems: list[str]) -> Indicator:
    where = f"{file}: indicator {row.get('id', '?')!r}"
    problems += [f"{where}: unknown key {key!r}" for key in row.keys() - _INDICATOR_KEYS]
    problems += [f"{where}: {key} is missing" for key in ("id", "kind", "definition", "phrases") if not row.get(key)]
    if row.get("kind") not in KINDS:
        problems.append(f"{where}: kind {row.get('kind')!r} is not one of {', '.join(KINDS)}")
    return Indicator(
        id=str(row.get("id", "")),
        family=family,
        kind=str(row.get("kind", "")),
        reference=str(row.get("reference", "")),
        strength=int(row.get("strength", 1)),
        definition=str(row.get("definition", "")),
        sources=tuple(row.get("sources", ())),
        honest=str(row.get("honest", "")),
        phrases=_phrases(row.get("phrases", {})),
        not_near=_phrases(row.get("not_near", {})),
        needs=tuple(row.get("needs", ())),
        vetoes=tuple(row.get("vetoes", ())),
        examples=tuple(Example(e["language"], e["text"]) for e in row.get("examples", ())),
        near_misses=tuple(Example(e["language"], e["text"]) for e in row.get("near_misses", ())),
    )


def _phrases(table: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {language: tuple(phrases) for language, phrases in table.items()}


def _place(row: Mapping[str, Any], file: str, problems: list[str]) -> Place:
    where = f"{file}: place {row.get('id', '?')!r}"
    problems += [f"{where}: unknown key {key!r}" for key in row.keys() - _PLACE_KEYS]
    if row.get("tier") not in TIERS:
        problems.append(f"{where}: tier {row.get('tier')!r} is not one of {', '.join(TIERS)}")
    if not row.get("names"):
        problems.append(f"{where}: names is empty")
    return Place(
        id=str(row.get("id", "")),
        country=str(row.get("country", "")),
        tier=str(row.get("tier", "")),
        sources=tuple(row.get("sources", ())),
        names=tuple(row.get("names", ())),
    )


def _cross_problems(indicators: list[Indicator], places: list[Place]) -> list[str]:
    problems: list[str] = []
    for what, ids in (("indicator", [i.id for i in indicators]), ("place", [p.id for p in places])):
        problems += [f"{what} id {name!r} stands twice" for name in sorted({n for n in ids if ids.count(n) > 1})]
    known = {i.id for i in indicators}
    for indicator in indicators:
        for name in (*indicator.needs, *indicator.vetoes):
            if name not in known:
                problems.append(f"indicator {indicator.id!r}: needs or vetoes an unknown indicator {name!r}")
    return problems
