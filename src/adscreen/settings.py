"""Settings that people change: the policy that turns probabilities into bands, and where the default bundle lies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adscreen.errors import InputError

DEFAULT_BUNDLE = "adscreen-base"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which probabilities a team wants to see.

    An ad is `review` from `review` on and `urgent` from `urgent` on (lure probability); an ad whose job-scam probability reaches
    `scam_review` is `review` too. `prevalence`, if given, is the share of lures among the team's ads: probabilities are re-based from the
    prevalence that the bundle was calibrated at. `by_language` holds the policy of languages (ISO 639-1) with thresholds of their own.
    Changing a policy never re-runs a model.
    """

    name: str = "default"
    review: float = 0.5
    urgent: float = 0.9
    scam_review: float = 0.9
    prevalence: float | None = None
    by_language: Mapping[str, Policy] = field(default_factory=dict)

    def of(self, language: str) -> Policy:
        """The policy for ads in a language."""
        return self.by_language.get(language, self)


_THRESHOLDS = ("review", "urgent", "scam_review")
_KEYS = ("name", *_THRESHOLDS, "prevalence", "language", "evidence")
"""Keys of a policy file. `language`: tables of thresholds by language. `evidence`: how the thresholds came about, for people; scoring does not read it."""


def parse_policy(values: Mapping[str, Any], base: Policy, where: str) -> Policy:
    """Return `base` with `values` laid over it; all problems are reported in one InputError."""
    problems = [f"unknown key {key!r}; known are {', '.join(sorted(_KEYS))}" for key in values if key not in _KEYS]
    name, prevalence = values.get("name", base.name), values.get("prevalence", base.prevalence)
    if not isinstance(name, str):
        problems.append(f"name = {name!r} is not a string")
    if prevalence is not None:
        problems += _probability_problems("prevalence", prevalence)
    if prevalence == 1:
        problems.append("prevalence = 1 would make every ad a lure; give the share of lures among your ads, such as 0.001")
    merged = _thresholds(values, base, "", problems)
    tables = values.get("language", {})
    if not isinstance(tables, Mapping) or not all(isinstance(table, Mapping) for table in tables.values()):
        problems.append("language is not a set of tables; write [language.th] and thresholds below it")
        tables = {}
    own = {language: _of_language(language, table, merged, problems) for language, table in tables.items()}
    if problems:
        raise InputError(f"policy {where}: " + "; ".join(problems))
    languages = {language: _policy(name, thresholds, prevalence, {}) for language, thresholds in own.items()}
    inherited = {} if any(key in values for key in _THRESHOLDS) else base.by_language
    return _policy(name, merged, prevalence, {**inherited, **languages})


def _policy(name: str, thresholds: Mapping[str, float], prevalence: float | None, by_language: Mapping[str, Policy]) -> Policy:
    return Policy(name, thresholds["review"], thresholds["urgent"], thresholds["scam_review"], prevalence, by_language)


def _of_language(language: str, table: Mapping[str, Any], merged: Mapping[str, float], problems: list[str]) -> dict[str, float]:
    where = f"language.{language}: "
    problems += [f"{where}unknown key {key!r}; known are {', '.join(_THRESHOLDS)}" for key in table if key not in _THRESHOLDS]
    return _thresholds({**merged, **table}, Policy(), where, problems)


def _thresholds(values: Mapping[str, Any], base: Policy, where: str, problems: list[str]) -> dict[str, float]:
    merged = {key: values.get(key, getattr(base, key)) for key in _THRESHOLDS}
    faults = [f"{where}{problem}" for key, value in merged.items() for problem in _probability_problems(key, value)]
    if not faults and merged["review"] > merged["urgent"]:
        faults.append(f"{where}review = {merged['review']} is above urgent = {merged['urgent']}")
    problems += faults
    return merged


def _probability_problems(key: str, value: object) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        return [f"{key} = {value!r} is not a probability in (0, 1]"]
    return []


def read_toml(path: Path, what: str, example: str) -> dict[str, Any]:
    """The values of a TOML file that people write; raises InputError that says `what` it was meant to be, with an `example` line."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{what} {path}: cannot be read ({error.strerror}); give the path of a TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{what} {path}: is not TOML ({error}); expected lines such as {example}") from error


def load_policy(path: Path, base: Policy) -> Policy:
    """Read a TOML policy file that overrides only what it names."""
    return parse_policy({"name": path.stem, **read_toml(path, "policy", "review = 0.5")}, base, str(path))


def default_bundle() -> Path:
    """The folder of the bundle that ships with adscreen: inside the wheel, or at the top of a source checkout."""
    package = Path(__file__).parent
    for folder in (package / "models" / DEFAULT_BUNDLE, package.parent.parent / "models" / DEFAULT_BUNDLE):
        if folder.is_dir():
            return folder
    raise InputError(f"the default bundle {DEFAULT_BUNDLE!r} is not installed; name one with --model DIR, or train one with `adscreen train`")
