"""How much of a figure is leakage? adscreen, a tuned linear SVM and fastText on two public labelled sets, under three splits.

    python scripts/leak_audit.py --shared ../shared

Every contender is fitted on the same rows and scores the same rows; its settings are chosen on inner folds of the rows it is fitted on, and these respect the
split's groups. Needs the extra `bench`. Only the group-safe rows say how good a contender is; the other two show what copies are worth.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import floret
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC

from adscreen.corpora.duplicates import near_duplicates
from adscreen.corpora.labelled import LabelledAds, read_labelled
from adscreen.ingest.options import ReadOptions
from adscreen.train.config import TrainConfig
from adscreen.train.fit import FloatArray, Folds
from adscreen.train.leak import IntArray, LeakRow, Scorer, audit_splits, judge, road
from adscreen.train.readings import read_ads

SETS = ("emscad-partial", "orfd-58")
POSITIVE = "job_scam"
FOLDS, INNER_FOLDS = 5, 3
SVM_C = (0.01, 0.1, 1.0)
FASTTEXT = ({"wordNgrams": 1, "epoch": 25}, {"wordNgrams": 2, "epoch": 10}, {"wordNgrams": 2, "epoch": 25})
"""Settings that fastText may choose from: with word bigrams or without, and more or fewer epochs."""
OWN = {
    "adscreen": TrainConfig(),
    "adscreen, triage left out": TrainConfig(triage_scale=0.0),
    "adscreen, rare n-grams": TrainConfig(triage_rarity=1.0, triage_c=1.0, triage_scale=3.0),
}
"""adscreen as it is, without the score of triage in the combination, and with more weight on it and on rare n-grams."""

_NO_SPACES = re.compile("([\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff])")
"""Letters of scripts that are written without spaces between words."""


def fit_svm(ads: LabelledAds, train: IntArray, test: IntArray) -> FloatArray:
    """TF-IDF of words and letters, linear SVM; C by PR-AUC on inner group folds."""
    words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, sublinear_tf=True, max_features=1 << 18)
    features = FeatureUnion([("words", words), ("letters", letters)])
    matrix, positive = features.fit_transform(ads.texts[train]), ads.labels[train] == POSITIVE
    model = LinearSVC(class_weight="balanced", random_state=0)
    search = GridSearchCV(model, {"C": SVM_C}, cv=inner_folds(ads, train), scoring="average_precision")
    return np.asarray(search.fit(matrix, positive).decision_function(features.transform(ads.texts[test])), np.float64)


def fit_fasttext(ads: LabelledAds, train: IntArray, test: IntArray) -> FloatArray:
    """fastText, its setting chosen by PR-AUC on the first inner group fold (all of them would take an hour)."""
    known, held = inner_folds(ads, train)[0]
    positive = ads.labels[train[held]] == POSITIVE
    best = max(FASTTEXT, key=lambda setting: float(average_precision_score(positive, _fasttext(ads, train[known], train[held], setting))))
    return _fasttext(ads, train, test, best)


def inner_folds(ads: LabelledAds, train: IntArray) -> Folds:
    splitter = StratifiedGroupKFold(INNER_FOLDS, shuffle=True, random_state=0)
    return list(splitter.split(train, ads.labels[train] == POSITIVE, ads.groups[train].astype(str)))


def _fasttext(ads: LabelledAds, train: IntArray, test: IntArray, setting: dict[str, Any]) -> FloatArray:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", errors="replace") as file:
        file.writelines(f"__label__{int(ads.labels[row] == POSITIVE)} {_line(ads.texts[row])}\n" for row in train)
        file.flush()
        model = floret.train_supervised(file.name, bucket=200_000, dim=20, lr=0.5, verbose=0, thread=1, **setting)
    labels, shares = model.predict([_line(ads.texts[row]) for row in test], k=2)
    return np.array([dict(zip(names, found, strict=True))["__label__1"] for names, found in zip(labels, shares, strict=True)], np.float64)


def _line(text: str) -> str:
    return " ".join(_NO_SPACES.sub(r" \1 ", text).lower().split())


def contenders(ads: LabelledAds) -> dict[str, Scorer]:
    readings = read_ads(ads, TrainConfig().training_characters)
    own = {name: road(readings, POSITIVE, config) for name, config in OWN.items()}
    return {**own, "TF-IDF + linear SVM, tuned": fit_svm, "fastText, tuned": fit_fasttext}


def show(name: str, row: LeakRow, seconds: float) -> None:
    print(
        f"{name:28} {row.split:28} {row.rows:6} {row.groups:6}  PR-AUC {row.pr_auc:.3f} ± {row.pr_auc_spread:.3f}  ROC-AUC {row.roc_auc:.3f} ± "
        f"{row.roc_auc_spread:.3f}  twins in train: exact {row.exact_twins:6.1%} near {row.near_twins:6.1%}  ({seconds:.0f} s)",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write the rows as JSON too")
    options = parser.parse_args()
    found = []
    for name in options.sets:
        ads = read_labelled([str(options.shared / "data" / "ads" / f"{name}.jsonl.gz")], ReadOptions(check_labels=True), lambda reject: None)
        pairs = near_duplicates(list(ads.texts))
        print(f"\n{name}: {len(ads)} ads, {np.mean(ads.labels == POSITIVE):.1%} {POSITIVE}", flush=True)
        for contender, scorer in contenders(ads).items():
            for split in audit_splits(ads, POSITIVE, 0, FOLDS, options.repeats):
                started = time.perf_counter()
                row = judge(split, ads, POSITIVE, pairs, scorer)
                show(contender, row, time.perf_counter() - started)
                found.append({"set": name, "contender": contender, **asdict(row)})
    if options.out:
        options.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
