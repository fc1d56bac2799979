"""Gather every labelled ad at hand into one set for training and one for judging, group-safe, in adscreen's ad columns.

    python scripts/gather.py --shared ../shared --out build

Writes `train.jsonl`, `heldout.jsonl` (the test split of our own corpora, a fifth of all groups of other data) and, from the shared folder, `lures_dev.jsonl` (never trained on).
Only the project's own corpora are needed; the shared data are used where present. A row that is nearly the same as one in
`lures_dev.jsonl` is left out of the other two, and a campaign (shared contact, nearly identical text) that is judged is not trained on.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from adscreen.corpora.duplicates import shingles
from adscreen.corpora.groups import campaigns
from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import compose
from adscreen.text.normalise import clean

HELD_OUT_SHARE = 5
"""One group in so many is held out."""
NEAR = 0.5
"""Share of common 5-character shingles from which two texts count as the same campaign."""
LABELS_OF_SOURCES = {"other_spam": "other", "not_an_ad": "other"}
ONLY_WITHIN_ITSELF = {"emscad-partial"}
"""Sources whose artefacts (#URL_...# tokens) give the label away; see the data's own description."""

Row = dict[str, Any]


def own_rows(corpora: Path) -> Iterator[Row]:
    """Ads of the project's corpora with their split (the file's name)."""
    for path in sorted(corpora.glob("*/data/*.jsonl")):
        yield from ({**json.loads(line), "split": path.stem} for line in path.read_bytes().splitlines())


def shared_rows(shared: Path, decisions: dict[str, str]) -> Iterator[Row]:
    for path in sorted((shared / "data" / "ads").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["source"] in ONLY_WITHIN_ITSELF or not (row["text"] or row["title"]).strip():
                    continue
                label = decisions.get(key_of(row["id"]), LABELS_OF_SOURCES.get(row["label"], row["label"]))
                yield {**row, "label": label, "channel": "", "group": f"{row['source']}:{row['group']}"}


def key_of(row_id: str) -> str:
    """One-way key of a public row, so that our decisions hold nothing of the row itself."""
    return hashlib.sha256(row_id.encode()).hexdigest()[:16]


def read_decisions(folder: Path) -> dict[str, str]:
    """Labels that a person of the project gave to rows of public data, by `key_of` the row's id."""
    decisions: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            decisions |= {row["key"]: row["label"] for row in csv.DictReader(lines)}
    return decisions


def without_near(rows: Iterable[Row], judged: list[Row]) -> Iterator[Row]:
    """Rows that share less than NEAR of the shorter one's shingles with every row of `judged`."""
    index: dict[str, set[int]] = {}
    sets = [shingles(row["text"]) for row in judged]
    for number, found in enumerate(sets):
        for shingle in found:
            index.setdefault(shingle, set()).add(number)
    for row in rows:
        own = shingles(row["text"])
        common = Counter(number for shingle in own for number in index.get(shingle, ()))
        if not any(count >= NEAR * min(len(own), len(sets[number])) for number, count in common.items()):
            yield row


def campaigns_of(rows: list[Row]) -> list[str]:
    texts = [clean(compose([row.get(field) or "" for field in TEXT_FIELDS])) for row in rows]
    return campaigns(texts, [str(row["group"]) for row in rows])


def held_out(row: Row) -> bool:
    """The test split of the project's own corpora, and a fifth of all groups of other data."""
    if "split" in row:
        return bool(row["split"] == "test")
    return int.from_bytes(hashlib.sha256(str(row["group"]).encode()).digest()[:4]) % HELD_OUT_SHARE == 0


def write(path: Path, rows: list[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    print(f"{path}: {len(rows)} ads, {dict(Counter(row['label'] for row in rows))}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, default=Path("corpora"))
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--out", type=Path, default=Path("build"))
    options = parser.parse_args()
    dev_path = options.shared / "data" / "lures-dev.jsonl"
    dev = [json.loads(line) for line in dev_path.read_bytes().splitlines()] if dev_path.exists() else []
    rows = [*own_rows(options.corpora), *shared_rows(options.shared, read_decisions(options.corpora / "decisions"))]
    kept = list(without_near(rows, dev))
    names = campaigns_of([*kept, *dev])
    of_dev, judged = set(names[len(kept) :]), {name for row, name in zip(kept, names, strict=False) if held_out(row)}
    write(options.out / "train.jsonl", [row for row, name in zip(kept, names, strict=False) if name not in judged | of_dev])
    write(options.out / "heldout.jsonl", [row for row, name in zip(kept, names, strict=False) if held_out(row) and name not in of_dev])
    if dev:
        write(options.out / "lures_dev.jsonl", [{**row, "source": "lures-dev"} for row in dev])


if __name__ == "__main__":
    main()
