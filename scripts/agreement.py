"""Agreement of two blind annotators with each other, and of each with the label that the ad was written as: Cohen's kappa, overall and per class.

python scripts/agreement.py corpora/lures/agreement.csv
"""

from __future__ import annotations

import csv
import sys
from itertools import combinations
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from adscreen.records import LABELS

READERS = ("annotator_a", "annotator_b", "written_as")


def main() -> None:
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    print(f"{len(rows)} ads")
    for one, two in combinations(READERS, 2):
        first, second = ([row[reader] for row in rows] for reader in (one, two))
        kappas = {"all": cohen_kappa_score(first, second)}
        for label in LABELS:
            kappas[label] = cohen_kappa_score([value == label for value in first], [value == label for value in second])
        print(f"{one} and {two}: " + ", ".join(f"{name} {kappa:.3f}" for name, kappa in kappas.items()))
    for row in rows:
        if len({row[reader] for reader in READERS}) > 1:
            print("differs:", ", ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
