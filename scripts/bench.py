"""Compare adscreen's triage with what a team would otherwise use, in one run on the same ads, and show what each stage of our road costs.

    python scripts/bench.py --shared ../shared

Every contender runs in a process of its own, on one core, and is trained on the same few thousand ads first; training is not timed.
Read the ratios: absolute figures are this machine's.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

MIN_MEGABYTES = 15.0
TRAIN_ADS = 2000
REFERENCE = "adscreen triage"
REPEATS = 3
"""The fast contenders are timed so many times and the best is kept; slow ones run once."""

Predict = Callable[[list[str]], object]


def bench_ads(shared: Path, corpora: Path) -> list[dict[str, str]]:
    """Real ads where present, else the project's own; repeated until there are MIN_MEGABYTES."""
    rows: list[dict[str, str]] = []
    for path in sorted((shared / "data" / "ads").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines]
    if not rows:
        rows = [json.loads(line) for path in sorted(corpora.glob("*/data/*.jsonl")) for line in path.read_bytes().splitlines()]
    ads = [{"text": "\n".join(filter(None, (row.get("title"), row["text"]))), "label": row["label"]} for row in rows]
    ads = [ad for ad in ads if ad["text"].strip()]
    size = sum(len(ad["text"].encode()) for ad in ads) / 1e6
    return list(islice(cycle(ads), int(len(ads) * max(MIN_MEGABYTES / size, 1.0))))


# Each contender: given training texts and labels (1: not a lawful ad), return the function that is timed.


def adscreen_triage(texts: list[str], labels: list[int]) -> Predict:
    from adscreen.classifiers.bundle import load_bundle
    from adscreen.settings import default_bundle

    return load_bundle(default_bundle()).triage.scores


def adscreen_clean_and_triage(texts: list[str], labels: list[int]) -> Predict:
    from adscreen.text.normalise import clean

    triage = adscreen_triage(texts, labels)
    return lambda ads: triage([clean(ad) for ad in ads])


def sklearn_words(texts: list[str], labels: list[int]) -> Predict:
    return _sklearn(texts, labels, analyzer="word", ngram_range=(1, 2))


def sklearn_characters(texts: list[str], labels: list[int]) -> Predict:
    return _sklearn(texts, labels, analyzer="char", ngram_range=(3, 5))


def _sklearn(texts: list[str], labels: list[int], **options: Any) -> Predict:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(TfidfVectorizer(max_features=1 << 18, **options), LogisticRegression(max_iter=200))
    return model.fit(texts, labels).predict_proba  # type: ignore[no-any-return]


def floret_word_bigrams(texts: list[str], labels: list[int]) -> Predict:
    import floret

    lines = [" ".join(text.split()) for text in texts]
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"__label__{label} {line}\n" for label, line in zip(labels, lines, strict=True))
        file.flush()
        model = floret.train_supervised(file.name, wordNgrams=2, dim=16, epoch=5, verbose=0, thread=1)

    return lambda ads: model.predict([ad.replace("\n", " ") for ad in ads], k=2)


def spacy_textcat(texts: list[str], labels: list[int]) -> Predict:
    import spacy
    from spacy.training import Example

    nlp = spacy.blank("xx")
    category = nlp.add_pipe("textcat")
    for name in ("1", "0"):
        category.add_label(name)  # type: ignore[attr-defined]
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {"1": float(label), "0": 1.0 - label}})
        for text, label in zip(texts[:300], labels, strict=False)
    ]
    nlp.initialize(lambda: examples)
    nlp.update(examples)
    return lambda ads: [doc.cats for doc in nlp.pipe(ads, batch_size=256)]


CONTENDERS: dict[str, Callable[[list[str], list[int]], Predict]] = {
    REFERENCE: adscreen_triage,
    "adscreen clean + triage": adscreen_clean_and_triage,
    "scikit-learn TF-IDF words + LR": sklearn_words,
    "scikit-learn TF-IDF characters + LR": sklearn_characters,
    "floret (fastText) word bigrams": floret_word_bigrams,
    "spaCy blank + textcat": spacy_textcat,
}


def run_contender(name: str, ads_path: Path) -> dict[str, float]:
    """Time one contender in this process."""
    ads = [json.loads(line) for line in ads_path.read_bytes().splitlines()]
    texts, labels = [ad["text"] for ad in ads], [int(ad["label"] != "legitimate") for ad in ads]
    step = max(len(ads) // TRAIN_ADS, 1)
    started = time.perf_counter()
    predict = CONTENDERS[name](texts[::step], labels[::step])
    predict(texts[:8])
    ready = time.perf_counter() - started
    best = float("inf")
    for _ in range(REPEATS):
        started = time.perf_counter()
        predict(texts)
        best = min(best, time.perf_counter() - started)
        if best > 10:
            break
    size = sum(len(text.encode()) for text in texts) / 1e6
    return {
        "mb_per_s": size / best,
        "ads_per_s": len(texts) / best,
        "ready_s": ready,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_stages(ads_path: Path) -> dict[str, float]:
    """Microseconds per ad of each stage of our own road."""
    from adscreen.engines.local import ScreenerSpec
    from adscreen.ingest.options import ReadOptions
    from adscreen.ingest.tables import read_ads
    from adscreen.settings import default_bundle
    from adscreen.text.compose import compose_batch
    from adscreen.text.language import guess_language
    from adscreen.text.normalise import clean

    screener = ScreenerSpec(default_bundle()).load()
    stages: dict[str, float] = {}

    def timed(name: str, count: int, work: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        result = work()
        stages[name] = (time.perf_counter() - started) / count * 1e6
        return result

    total = sum(1 for _ in ads_path.open("rb"))
    batches = timed("read JSONL", total, lambda: list(read_ads([str(ads_path)], ReadOptions(), lambda reject: None)))
    raw = timed("compose fields", total, lambda: [text for batch in batches for text in compose_batch(batch)])
    texts = timed("clean", len(raw), lambda: [clean(text) for text in raw])
    timed("guess language", len(texts), lambda: [guess_language(text) for text in texts])
    timed("triage", len(texts), lambda: screener.bundle.triage.scores(texts))
    some = texts[:: max(len(texts) // 300, 1)]
    screener.examine(["", "", "", "", "", some[0]])
    timed("examine, with evidence (per examined ad)", len(some), lambda: [screener.examine(["", "", "", "", "", text]) for text in some])
    verdicts = timed("whole road (per ad of this stream)", total, lambda: list(screener.screen(iter(batches))))
    examined = sum(sum(batch.column("examined").to_pylist()) for batch in verdicts)
    stages["share examined, %"] = 100 * examined / len(texts)
    return stages


def child(arguments: list[str]) -> dict[str, float]:
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, env={**os.environ, **threads}, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stderr}")
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(shared: Path, corpora: Path) -> None:
    ads = bench_ads(shared, corpora)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ads.jsonl"
        path.write_text("".join(json.dumps(ad, ensure_ascii=False) + "\n" for ad in ads), "utf-8")
        size = sum(len(ad["text"].encode()) for ad in ads) / 1e6
        print(f"{len(ads):,} ads, {size:.1f} MB, one core each\n")
        results = {name: child(["--contender", name, "--ads", str(path)]) for name in CONTENDERS}
        print(f"{'':38}{'MB/s':>8}{'ads/s':>10}{'peak MB':>9}{'ready s':>9}   {REFERENCE} is")
        for name, row in results.items():
            ratio = results[REFERENCE]["mb_per_s"] / row["mb_per_s"]
            print(f"{name:38}{row['mb_per_s']:8.2f}{row['ads_per_s']:10,.0f}{row['peak_mb']:9,.0f}{row['ready_s']:9.1f}   {ratio:.1f} times as fast")
        print("\n'ready s' holds imports, and for the alternatives training on the sample. Cost of our stages, microseconds per ad:\n")
        for stage, cost in child(["--stages", "--ads", str(path)]).items():
            print(f"{stage:44}{cost:10.1f}")
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "adscreen.cli", "--help"], stdout=subprocess.DEVNULL, check=True)
    helped = time.perf_counter()
    subprocess.run([sys.executable, "-m", "adscreen.cli", "explain", "--text", "We hire clerks, flight paid"], stdout=subprocess.DEVNULL, check=True)
    print(f"\nstart-up: adscreen --help {helped - started:.2f} s, adscreen explain --text {time.perf_counter() - helped:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--corpora", type=Path, default=Path("corpora"))
    parser.add_argument("--contender", choices=list(CONTENDERS), help=argparse.SUPPRESS)
    parser.add_argument("--stages", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--ads", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        print(json.dumps(run_contender(options.contender, options.ads)))
    elif options.stages:
        print(json.dumps(run_stages(options.ads)))
    else:
        compare(options.shared, options.corpora)


if __name__ == "__main__":
    main()
