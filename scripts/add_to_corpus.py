"""Add newly written ads to a corpus: contacts filled, columns completed, each group put into its split for good.

    python scripts/add_to_corpus.py new/*.jsonl --corpus corpora/lures

A group goes to test, validation or train by its hash, so a row never changes its split, whoever adds rows, in whatever order.
Ads of weight below 1 (read while the catalogue was written) stay in train. Run `adscreen corpus check` afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from adscreen.records import LABELS
from adscreen.text.normalise import clean
from fill_contacts import fill

COLUMNS = (
    *("id", "language", "variant", "channel", "title", "company", "location", "salary", "contact", "text", "label", "pair_id", "campaign", "group"),
    *("destination", "pattern", "quiet", "obfuscated", "source", "origin", "weight"),
)
SPLITS = ("train", "validation", "test")
ORIGIN = "language model under a brief, checked by script"
DISGUISED_CHARACTERS = 3
"""Characters that normalisation changes, white space apart, from which an ad counts as obfuscated or decorated."""

Row = dict[str, Any]


def split_of(group: str, weight: float) -> str:
    """A fifth of the groups to test, a tenth to validation."""
    number = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4])
    if weight < 1 or number % 5 > 1:
        return "train"
    return "test" if number % 5 == 0 else "validation" if number // 5 % 2 == 0 else "train"


def completed(row: Row) -> Row:
    """The row with contacts and every column; raises SystemExit when it cannot be used."""
    if row.get("label") not in LABELS or not str(row.get("text", "")).strip() or not row.get("id"):
        sys.exit(f"row {row.get('id')!r}: needs id, text and a label of {', '.join(LABELS)}")
    row = fill(row)
    campaign = row.get("campaign") or row.get("pair_id") or row["id"]
    defaults = {"campaign": campaign, "group": f"lures:{campaign}", "source": "adscreen-lures", "origin": ORIGIN, "weight": 1.0}
    whole = {column: row.get(column) or defaults.get(column, "") for column in COLUMNS}
    quiet = bool(row.get("quiet")) and row["label"] == "lure"
    return {**whole, "quiet": quiet, "obfuscated": bool(row.get("obfuscated")) or _disguised(str(row["text"]))}


def _disguised(text: str) -> bool:
    """Whether normalisation changes more than white space."""
    raw, plain = Counter("".join(text.split())), Counter("".join(clean(text).split()))
    return max((raw - plain).total(), (plain - raw).total()) >= DISGUISED_CHARACTERS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--corpus", type=Path, default=Path("corpora/lures"))
    options = parser.parse_args()
    new = [completed(json.loads(line)) for path in options.files for line in path.read_bytes().splitlines() if line.strip()]
    splits: dict[str, list[Row]] = defaultdict(list)
    for split in SPLITS:
        path = options.corpus / "data" / f"{split}.jsonl"
        splits[split] = [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []
    known = {row["id"] for rows in splits.values() for row in rows}
    twice = [name for name, count in Counter(row["id"] for row in new).items() if count > 1 or name in known]
    if twice:
        sys.exit(f"ids stand twice: {', '.join(twice[:10])}; give new ads ids of their own")
    for row in new:
        splits[split_of(row["group"], float(row["weight"]))].append(row)
    for split, rows in splits.items():
        rows.sort(key=lambda row: (row["language"], row["id"]))
        path = options.corpus / "data" / f"{split}.jsonl"
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        print(f"{path}: {len(rows)} ads, {dict(Counter(row['label'] for row in rows))}")


if __name__ == "__main__":
    main()
