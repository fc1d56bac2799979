"""Try a recipe for the transformer on writers that it did not learn from, and keep what came out.

    python scripts/encoder_trials.py build/train.jsonl --name glosses-6 --base FOLDER --note "as it is, English glosses"
    python scripts/encoder_trials.py --table          # what models/EXPERIMENTS.md holds

The ads of every fourth writer of corpora/lures (their ids begin with the writer's) are judged by a network fitted on all other ads; none of them is read
while it is fitted, nor any ad of their campaigns. The training rows themselves choose the epoch, in group folds. Figures are of lures against lawful
look-alikes of those writers. A record goes to build/trials/NAME.json.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from adscreen.classifiers.segments import READS
from adscreen.classifiers.transformer import scores_of
from adscreen.corpora.labelled import LabelledAds, mixed_sources, read_labelled
from adscreen.corpora.splits import by_group
from adscreen.evaluate.metrics import figures
from adscreen.ingest.options import ReadOptions
from adscreen.train.config import TrainConfig, TransformerConfig
from adscreen.train.model import judges, twins_of
from adscreen.train.passages import PassageCorpus
from adscreen.train.readings import Readings, read_ads
from adscreen.train.transformer.base import load_base
from adscreen.train.transformer.data import examples_of, segments_of
from adscreen.train.transformer.tuning import fine_tune, torch_logits
from adscreen.train.work import Work, code_digest
from adscreen.verdict.combine import probability

RECORDS = Path("build/trials")
CORPUS = "adscreen-lures"
EVERY = 4
LANGUAGES = ("zh", "th", "id", "vi", "km", "my", "en", "hi", "ar", "sw", "am", "ru")

FloatArray = npt.NDArray[np.float64]


def unseen_writers(ads: LabelledAds) -> npt.NDArray[np.bool_]:
    """Rows of every fourth writer, in an order drawn once."""
    writers = np.array([ad_id.split("-")[0] if source == CORPUS else "" for ad_id, source in zip(ads.ids, ads.sources, strict=True)])
    names = sorted(set(writers) - {""})
    np.random.default_rng(1).shuffle(names)
    return np.isin(writers, names[::EVERY])


def judged(scores: FloatArray, ads: LabelledAds) -> dict[str, Any]:
    """Figures of log-odds of lure against lawful work, over all judged ads and by language, and the share of pairs ranked rightly."""
    lure = ads.labels == "lure"
    where = lure | (ads.labels == "legitimate")
    found = figures(lure[where], probability(scores[where])).as_dict()
    pairs: dict[str, dict[str, float]] = {}
    for pair, label, score in zip(twins_of(ads), ads.labels, scores, strict=True):
        if pair and label in ("lure", "legitimate"):
            pairs.setdefault(pair, {})[label] = float(score)
    ranked = [one["lure"] > one["legitimate"] for one in pairs.values() if len(one) == 2]
    by_language = {}
    for language in sorted(set(ads.languages)):
        rows = where & (ads.languages == language)
        if lure[rows].sum() >= 10 and (~lure[rows]).sum() >= 10:
            by_language[language] = round(float(roc_auc_score(lure[rows], scores[rows])), 3)
    return {
        "ads": int(where.sum()),
        "roc_auc": round(float(roc_auc_score(lure[where], scores[where])), 4),
        "pr_auc": round(float(average_precision_score(lure[where], scores[where])), 4),
        "recall": found["recall_at_fpr"],
        "pairs": [int(sum(ranked)), len(ranked)],
        "languages": by_language,
    }


def passage_scores(ads: LabelledAds, readings: Readings, test: npt.NDArray[np.bool_]) -> FloatArray:
    """What the passage model alone says of the judged ads, fitted on the same rows."""
    corpus = PassageCorpus(readings.passages, ads.labels, twins_of(ads), ads.weights, TrainConfig())
    groups = set(ads.groups[test])
    train = mixed_sources(ads.sources, ads.labels) & np.array([group not in groups for group in ads.groups])
    return corpus.scores(corpus.fit(train), np.flatnonzero(test))[:, 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ads", nargs="*", help="training ads, with corpora/lures among them")
    parser.add_argument("--name", default="trial")
    parser.add_argument("--note", default="", help="the recipe in a few words")
    parser.add_argument("--base", default="", help="encoder to fine-tune; without one the passage model alone is judged")
    parser.add_argument("--reads", choices=READS, default="glosses")
    parser.add_argument("--romanised", action="store_true", help="other scripts in Latin letters (needs the anyascii package)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="a setting of the [transformer] table")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cost", default="", help="what making the base cost, for the table")
    parser.add_argument("--table", action="store_true", help="print all records as a Markdown table")
    arguments = parser.parse_args()
    if arguments.table:
        print_table()
        return
    import torch

    torch.set_num_threads(arguments.threads)
    values = {key: json.loads(value) for key, _, value in (one.partition("=") for one in arguments.set)}
    config = TrainConfig(transformer=TransformerConfig(base=arguments.base, reads=arguments.reads, **values))
    ads = read_labelled(arguments.ads, ReadOptions(check_labels=True), lambda reject: None)
    lures = mixed_sources(ads.sources, ads.labels)
    rng = np.random.default_rng(0)
    ads = ads.select(lures | (rng.random(len(ads)) < 0.25))
    work = Work(RECORDS / "work", lambda line: print(line, file=sys.stderr, flush=True))
    readings = read_ads(ads, config.training_characters, keep=work.keep, made_with=code_digest())
    test = unseen_writers(ads)
    record = {"name": arguments.name, "note": arguments.note, "cost": arguments.cost, "settings": values, "reads": arguments.reads}
    if arguments.romanised:
        from anyascii import anyascii

        ads.texts[:] = [anyascii(text) for text in ads.texts]
    held, passages = ads.select(test), passage_scores(ads, readings, test)
    if arguments.base:
        scores, cost = trial(ads, readings, test, config)
        record |= {**judged(scores, held), **cost, "with_passages": judged(together(scores, passages, held), held)}
    else:
        record |= judged(passages, held)
    RECORDS.mkdir(parents=True, exist_ok=True)
    (RECORDS / f"{arguments.name}.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    print(json.dumps(record))


def together(scores: FloatArray, passages: FloatArray, ads: LabelledAds) -> FloatArray:
    """The sum of both, each in units of its spread over lures and lawful ads: what a combination would make of them at least."""
    where = np.isin(ads.labels.astype(str), ("lure", "legitimate"))
    return np.asarray(scores / scores[where].std() + passages / passages[where].std(), np.float64)


def trial(ads: LabelledAds, readings: Readings, test: npt.NDArray[np.bool_], config: TrainConfig) -> tuple[FloatArray, dict[str, Any]]:
    """Fine-tune on the other writers; the scores of the judged ads, and what it took."""
    settings, base = config.transformer, load_base(config.transformer)
    examples = examples_of(ads, segments_of(ads, readings, settings.reads, config.training_characters), twins_of(ads), base, settings)
    groups = set(ads.groups[test])
    rows = np.array([row for row in np.flatnonzero(~test & (examples.weight > 0)) if ads.groups[row] not in groups])
    split = by_group(ads.labels[rows], ads.groups[rows], 10)[0]
    validation = rows[split.test][(mixed_sources(ads.sources, ads.labels) & judges(ads))[rows[split.test]]]
    started = time.perf_counter()
    network, curve = fine_tune(
        base,
        examples,
        rows[split.train],
        validation,
        settings,
        config.seed,
        RECORDS / f"{config.transformer.base.replace('/', '_')}-{time.time_ns()}",
        print,
    )
    seconds = time.perf_counter() - started
    held = np.flatnonzero(test).tolist()
    scores = scores_of([examples.pieces[row] for row in held], base.layout, lambda inputs: torch_logits(network, inputs))
    return np.asarray(scores[:, 0], np.float64), {
        "parameters": sum(one.numel() for one in network.parameters()),
        "tokens_mean": round(float(np.mean([min(sum(map(len, examples.pieces[row])), settings.tokens) for row in rows])), 1),
        "epochs": [[one.number, round(one.loss, 3), one.roc_auc] for one in curve],
        "minutes": round(seconds / 60, 1),
    }


def print_table() -> None:
    """All records, best first."""
    records = sorted((json.loads(path.read_text("utf-8")) for path in RECORDS.glob("*.json")), key=lambda one: -one["roc_auc"])
    print(
        "| recipe | ROC-AUC | PR-AUC | recall at 3 % | pairs | with passages: ROC-AUC | recall at 3 % | parameters | minutes | "
        + " | ".join(LANGUAGES)
        + " |"
    )
    print("|---|" + "--:|" * (8 + len(LANGUAGES)))
    for one in records:
        cells = [
            f"{one['roc_auc']:.3f}",
            f"{one['pr_auc']:.3f}",
            f"{one['recall']['3.0%']:.3f}",
            f"{one['pairs'][0]} of {one['pairs'][1]}",
            *(f"{both['roc_auc']:.3f} | {both['recall']['3.0%']:.3f}".split(" | ") if (both := one.get("with_passages")) else ("", "")),
            f"{one['parameters'] / 1e6:.1f} M" if "parameters" in one else "",
            f"{one.get('minutes', '')}" + (f" + {one['cost']}" if one["cost"] else ""),
            *(f"{one['languages'][language]:.2f}" if language in one["languages"] else "" for language in LANGUAGES),
        ]
        print(f"| {one['name']}: {one['note']} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
