"""Writes a policy file whose thresholds come from labelled ads, with the evidence for them inside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from adscreen.evaluate.scored import DataFile
from adscreen.evaluate.thresholds import Chosen, Thresholds, at_or_above
from adscreen.settings import Policy

_HEAD = """# Made by `adscreen threshold`. Thresholds are probabilities of this bundle; choose them again after retraining.
# A flag is a reason to look at an ad, never a finding about a person.
"""


def policy_toml(thresholds: Thresholds, base: Policy, bundle: str, files: tuple[DataFile, ...]) -> str:
    """The text of a policy file; `base` gives what is not chosen (urgent at least, scam_review, prevalence)."""
    evidence = {
        "bundle": bundle,
        "method": "exact binomial bounds over campaigns (Clopper-Pearson), threshold chosen by the bound",
        "data": [f"{file.name} sha256:{file.sha256} ads:{file.ads}" for file in files],
    }
    tables: list[tuple[str, Mapping[str, object]]] = [("", _thresholds(thresholds.everywhere, base))]
    tables += [(f"language.{language}", _review(chosen, base)) for language, chosen in thresholds.by_language.items()]
    tables += [("evidence", evidence), ("evidence.everywhere", _facts(thresholds.everywhere))]
    tables += [(f"evidence.{language}", _facts(chosen)) for language, chosen in thresholds.by_language.items()]
    return _HEAD + "\n".join(_table(name, values) for name, values in tables)


def _review(chosen: Chosen, base: Policy) -> dict[str, object]:
    return {"review": chosen.threshold, "urgent": at_or_above(chosen, base.urgent)}


def _thresholds(chosen: Chosen, base: Policy) -> dict[str, object]:
    shift = {} if base.prevalence is None else {"prevalence": base.prevalence}
    return {**_review(chosen, base), "scam_review": base.scam_review, **shift}


def _facts(chosen: Chosen) -> dict[str, object]:
    facts = asdict(chosen)
    return {name: round(value, 6) if isinstance(value, float) else value for name, value in facts.items() if name != "threshold"}


def _table(name: str, values: Mapping[str, object]) -> str:
    head = f"[{name}]\n" if name else ""
    return head + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
