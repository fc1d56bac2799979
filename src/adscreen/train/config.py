"""What can be set in training, with its defaults and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from adscreen.classifiers.segments import HEAD_TAIL, LONG, READS
from adscreen.errors import InputError
from adscreen.settings import read_toml

NOISE = ("keep", "down_weight", "drop")
"""What training may do with rows whose label it doubts."""


PRECISIONS = ("auto", "fp32", "bf16", "fp16")
"""Number formats of training. "auto": bf16 on a GPU or CPU that computes with it, else fp32."""


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """Settings of the transformer (table `[transformer]`); how the defaults were found is in models/EXPERIMENTS.md.

    `base`: name or folder of a Hugging Face encoder, "" for no transformer. `reads`: "glosses" (English words for every language) or "text".
    `layers`: how many of the base's layers are kept, evenly chosen; 0 for all. `tokens`: longest input; `long`: what is done with longer ads.
    `epochs`: at most so many; training stops when `patience` epochs in a row were no better on held-out groups. `batch_tokens`: tokens of one step, with
    padding. `drop_tokens`: share of tokens left out at random in training. `padding`: share of ads to which passages of ordinary ads are added in
    training, as people do who hide a lure. `pair_weight`: weight of the loss that ranks the lure of a pair above its lawful twin. `frozen_embeddings`:
    leave the word vectors as they are, so that words that no training ad holds keep their place beside those that do. `ordinary_rows`: ads of each
    source without lures and label that it trains on, each at `ordinary_weight`. `folds`: group folds for out-of-fold scores. `floor_loss`: share of
    held-out lures that may be kept from the transformer.
    """

    base: str = ""
    reads: str = "glosses"
    layers: int = 0
    tokens: int = 160
    long: str = HEAD_TAIL
    epochs: int = 2
    patience: int = 1
    learning_rate: float = 1e-4
    weight_decay: float = 0.05
    batch_tokens: int = 1600
    drop_tokens: float = 0.1
    padding: float = 0.15
    pair_weight: float = 1.0
    frozen_embeddings: bool = True
    ordinary_rows: int = 75
    ordinary_weight: float = 0.5
    folds: int = 3
    floor_loss: float = 0.02
    precision: str = "auto"
    gradient_checkpointing: bool = False


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
    transformer: TransformerConfig = field(default_factory=TransformerConfig)


_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {"noise": NOISE, "reads": READS, "long": LONG, "precision": PRECISIONS}


def load_config(path: Path | None) -> TrainConfig:
    """Read a TOML file that overrides only what it names; all problems in one InputError."""
    if path is None:
        return TrainConfig()
    values = read_toml(path, "config", "folds = 5")
    table = values.pop("transformer", {})
    problems = _problems(values, TrainConfig(), "")
    if isinstance(table, Mapping):
        problems += _problems(table, TransformerConfig(), "transformer.")
    else:
        problems.append(f"transformer = {table!r} is not a table; write [transformer] and its settings below it")
    if problems:
        raise InputError(f"config {path}: " + "; ".join(problems))
    return TrainConfig(**values, transformer=TransformerConfig(**table))


def _problems(values: Mapping[str, Any], defaults: TrainConfig | TransformerConfig, where: str) -> list[str]:
    known = {field.name: getattr(defaults, field.name) for field in fields(defaults) if field.name != "transformer"}
    problems = [f"unknown key {where + key!r}; known are {', '.join(known)}" for key in values if key not in known]
    for key, value in values.items():
        if key in known:
            problems += [f"{where}{key} = {value!r} {problem}" for problem in _value_problems(key, value, known[key])]
    return problems


def _value_problems(key: str, value: object, default: object) -> list[str]:
    if key in _CHOICES:
        return [] if value in _CHOICES[key] else [f"is none of {', '.join(_CHOICES[key])}"]
    if isinstance(default, str | bool):
        return [] if isinstance(value, type(default)) else [f"is not {'text' if isinstance(default, str) else 'true or false'}"]
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return ["is not a number of at least 0"]
    if isinstance(default, int) and not isinstance(value, int):
        return ["is not a whole number"]
    return ["holds nothing out; use 2 or more"] if key == "folds" and value < 2 else []
