"""Settings that people change: the policy that turns probabilities into bands, and where the default bundle lies."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from adscreen.errors import InputError

DEFAULT_BUNDLE = "adscreen-base"


@dataclass(frozen=True, slots=True)
class Policy:
    """Which probabilities a team wants to see.

    An ad is `review` from `review` on and `urgent` from `urgent` on (lure probability); an ad whose job-scam probability reaches
    `scam_review` is `review` too. `prevalence`, if given, is the share of lures among the team's ads: probabilities are re-based from the
    prevalence that the bundle was calibrated at. Changing a policy never re-runs a model.
    """

    name: str = "default"
    review: float = 0.5
    urgent: float = 0.9
    scam_review: float = 0.9
    prevalence: float | None = None


def parse_policy(values: Mapping[str, Any], base: Policy, where: str) -> Policy:
    """Return `base` with `values` laid over it; all problems are reported in one InputError."""
    known = {field.name for field in fields(Policy)}
    problems = [f"unknown key {key!r}; known are {', '.join(sorted(known))}" for key in values if key not in known]
    merged: dict[str, Any] = {field: values.get(field, getattr(base, field)) for field in known}
    if not isinstance(merged["name"], str):
        problems.append(f"name = {merged['name']!r} is not a string")
    for key in ("review", "urgent", "scam_review", "prevalence"):
        value = merged[key]
        if value is None and key == "prevalence":
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            problems.append(f"{key} = {value!r} is not a probability in (0, 1]")
    if not problems and merged["review"] > merged["urgent"]:
        problems.append(f"review = {merged['review']} is above urgent = {merged['urgent']}")
    if not problems and merged["prevalence"] == 1:
        problems.append("prevalence = 1 would make every ad a lure; give the share of lures among your ads, such as 0.001")
    if problems:
        raise InputError(f"policy {where}: " + "; ".join(problems))
    return Policy(**merged)


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
