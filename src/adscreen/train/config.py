"""What can be set in training, with its defaults and why."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from adscreen.errors import InputError
from adscreen.settings import read_toml

NOISE = ("keep", "down_weight", "drop")
"""What training may do with rows whose label it doubts."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Training settings; defaults were chosen by cross-validation over groups of the training set.

    `folds`: group folds for out-of-fold scores. `triage_c`, `passages_c`, `features_c`: inverse L2 strength.
    `triage_rarity`: power of the inverse document frequency by which n-grams are scaled when triage is fitted; 1 goes with a `triage_c` about 10 times smaller.
    `unpaired_weight`: weight of passages of ads without a twin, in which those that decide are not told apart.
    `passages_scale`: how many times more freely than signs the passage scores may weigh in the combination; `triage_scale`: the same for the
    scores of triage, 0 for leaving them out: they tell well where an ad was found, so with them lures stand out from all other ads and not from lawful look-alikes;
    for ads of one source they help. `not_lawful_weight`: weight of job scams and of what
    is no job ad, in sources that hold lures, when the combination is fitted: mistaking them for a lure costs a glance, mistaking a lawful ad costs somebody a job. `lure_share`: share of the total
    weight that lures get in the fits (class weight, no resampling). `source_cap`: rows of one source and label that count in full; beyond it
    the whole source counts as this many, so that a big scrape does not drown the hard cases; `examined_source_cap`: the same in the
    combination, for sources that hold no lures. `floor_loss`: largest share of held-out lures that triage may lose. `look_alike_rate`, `ordinary_rate`: largest shares of
    held-out lawful ads that `review` may flag, in sources that hold lures too and in all others; `urgent_share`: that share for `urgent`,
    relative to `review`. `training_characters`: characters of an ad that training reads. `noise`: what is done with rows whose label a first
    fit doubts: "keep", "down_weight" or "drop".
    """

    seed: int = 0
    folds: int = 5
    triage_c: float = 10.0
    triage_rarity: float = 0.0
    passages_c: float = 2.0
    passages_scale: float = 3.0
    triage_scale: float = 0.0
    unpaired_weight: float = 0.3
    not_lawful_weight: float = 0.3
    features_c: float = 0.02
    lure_share: float = 0.3
    source_cap: int = 300
    examined_source_cap: int = 75
    floor_loss: float = 0.005
    look_alike_rate: float = 0.03
    ordinary_rate: float = 0.001
    urgent_share: float = 0.2
    training_characters: int = 6000
    noise: str = "keep"


def load_config(path: Path | None) -> TrainConfig:
    """Read a TOML file that overrides only what it names; all problems in one InputError."""
    if path is None:
        return TrainConfig()
    values = read_toml(path, "config", "folds = 5")
    known = {field.name: field.default for field in fields(TrainConfig)}
    problems = [f"unknown key {key!r}; known are {', '.join(known)}" for key in values if key not in known]
    for key, value in values.items():
        if key == "noise":
            if value not in NOISE:
                problems.append(f"noise = {value!r} is none of {', '.join(NOISE)}")
        elif key in known and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            problems.append(f"{key} = {value!r} is not a number of at least 0")
        elif isinstance(known.get(key), int) and not isinstance(value, int):
            problems.append(f"{key} = {value!r} is not a whole number")
    if isinstance(values.get("folds"), int) and values["folds"] < 2:
        problems.append(f"folds = {values['folds']} holds nothing out; use 2 or more")
    if problems:
        raise InputError(f"config {path}: " + "; ".join(problems))
    return TrainConfig(**values)
