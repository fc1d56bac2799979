"""Three bundles that must not go live, and what the gate says of them.

    python scripts/gate_trials.py --train build/train.jsonl --ads build/heldout.jsonl --champion models/adscreen-base --out build/trials

Trains one challenger on shuffled labels and one without an ad of one language; a third is the champion with its log-odds doubled, hence too sure of itself.
Exits 1 if the gate lets any of them pass.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from adscreen.classifiers.bundle import load_bundle, save_bundle
from adscreen.corpora.labelled import LabelledAds, read_labelled
from adscreen.evaluate.outcome import Request, carry_out
from adscreen.ingest.options import ReadOptions
from adscreen.screen import Screener
from adscreen.train.config import TrainConfig
from adscreen.train.run import train_bundle


def shuffled(ads: LabelledAds) -> LabelledAds:
    """The same ads, labels dealt anew among ads of one source, so that not even the mix of a source gives it away."""
    labels, random = ads.labels.copy(), np.random.default_rng(0)
    for source in sorted(set(ads.sources)):
        where = np.flatnonzero(ads.sources == source)
        labels[where] = random.permutation(labels[where])
    return replace(ads, labels=labels, pairs=np.full(len(ads), "", dtype=object))


def too_sure(champion: Path, out: Path) -> None:
    """The champion with doubled log-odds: the same order, other probabilities."""
    old = load_bundle(champion)
    names = ("weights", "bias", "whole_weights", "whole_bias")
    doubled = {name: 2 * value for name in names if (value := getattr(old.combination, name)) is not None}
    save_bundle(out, replace(old, combination=replace(old.combination, **doubled)), "too sure")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, default=Path("build/train.jsonl"))
    parser.add_argument("--ads", nargs="+", default=["build/heldout.jsonl"])
    parser.add_argument("--champion", type=Path, default=Path("models/adscreen-base"))
    parser.add_argument("--language", default="th")
    parser.add_argument("--out", type=Path, default=Path("build/trials"))
    options = parser.parse_args()
    reading = ReadOptions(check_labels=True)
    ads = read_labelled([str(options.train)], reading, lambda reject: None)
    trials = {name: options.out / name for name in ("shuffled-labels", f"without-{options.language}", "too-sure")}
    shuffle, without, sure = trials.values()
    train_bundle(shuffled(ads), shuffle, TrainConfig())
    train_bundle(ads.select(ads.languages != options.language), without, TrainConfig())
    too_sure(options.champion, sure)
    passed = []
    champion = Screener.load(options.champion)
    for name, folder in trials.items():
        outcome = carry_out(Screener.load(folder), Request(options.ads, reading, champion=champion), lambda reject: None)
        print(f"{name}: {len(outcome.failed)} of {len(outcome.gate)} checks failed")
        for finding in outcome.failed:
            print(f"  {finding.check}: {finding.detail}")
        if not outcome.failed:
            passed.append(name)
    if passed:
        sys.exit(f"the gate let pass: {', '.join(passed)}")


if __name__ == "__main__":
    main()
