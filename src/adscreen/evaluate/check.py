"""`adscreen corpus check`: is a labelled corpus fit to train and to judge on?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from adscreen.corpora.duplicates import near_duplicates
from adscreen.corpora.labelled import PAIR
from adscreen.evaluate.audit import CONTACT_KINDS, Audit, audit
from adscreen.indicators.values import find_values
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.sources import expand
from adscreen.ingest.tables import read_ads
from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import compose
from adscreen.text.normalise import clean

CHANNEL, SPLIT = "channel", "split"
PERSONAL = tuple(kind for kind in CONTACT_KINDS if kind != "contact_website")
MAX_SHOWN = 10
"""Problems of one kind that are listed; the rest are counted."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """What a corpus is like. `problems` make it unfit; `notes` are for a person to weigh.

    `labels`: (language, channel) -> label -> rows. `personal`: kind of contact -> rows that hold one.
    """

    rows: int
    labels: Mapping[tuple[str, str], Counter[str]]
    personal: Counter[str]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    audit: Audit


def check_corpus(sources: Sequence[str], options: ReadOptions, on_reject: RejectSink) -> Check:
    """Check labelled ads; besides the ad columns, `channel`, `pair_id` and `split` are read where present."""
    kept = ReadOptions(options.mapping, (CHANNEL, PAIR, SPLIT), options.encoding, options.format, check_labels=True, header=options.header)
    rows: list[Row] = []
    for file in expand(sources, options.format):
        for batch in read_ads([file.name], kept, on_reject):
            named = [{name: value or "" for name, value in row.items()} for row in batch.to_pylist()]
            rows += [{**row, SPLIT: row[SPLIT] or file.name} for row in named]
    labels: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        labels[row["language"], row[CHANNEL]][row["label"] or "(none)"] += 1
    texts = [clean(compose([row[field] for field in TEXT_FIELDS])) for row in rows]
    personal = Counter(kind for text in texts for kind in {hit.indicator for hit in find_values(text)} if kind in PERSONAL)
    twins = _near(rows, texts)
    problems = (*_row_problems(rows), *_pair_problems(rows), *_group_problems(rows), *twins[0])
    findings = audit(rows)
    leaks = tuple(
        f"{finding.view} alone tells lures from lawful ads{f' in channel {finding.channel}' if finding.channel else ''}: ROC-AUC {finding.roc_auc:.3f}"
        for finding in findings.findings
        if finding.leaks
    )
    return Check(len(rows), dict(labels), personal, (*problems, *leaks), twins[1], findings)


def _listed(problems: list[str]) -> list[str]:
    more = len(problems) - MAX_SHOWN
    return [*problems[:MAX_SHOWN], *([f"... and {more} more of this kind"] if more > 0 else [])]


def _row_problems(rows: Sequence[Row]) -> list[str]:
    ids = Counter(row["id"] for row in rows if row["id"])
    problems = [f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1]
    unlabelled = [f"row {row['id'] or number} has no label" for number, row in enumerate(rows, 1) if not row["label"]]
    return [*_listed(problems), *_listed(unlabelled)]


def _pair_problems(rows: Sequence[Row]) -> list[str]:
    pairs: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row[PAIR]:
            pairs[row[PAIR]].append(row)
    problems = []
    for name, ads in pairs.items():
        if len(ads) != 2:
            problems.append(f"pair {name!r} has {len(ads)} rows; a pair is two")
        elif ads[0]["label"] == ads[1]["label"]:
            problems.append(f"pair {name!r}: both rows are {ads[0]['label']!r}; a pair differs in the label")
        elif ads[0]["group"] != ads[1]["group"]:
            problems.append(f"pair {name!r}: its rows are in groups {ads[0]['group']!r} and {ads[1]['group']!r}; a split could part them")
    return _listed(problems)


def _group_problems(rows: Sequence[Row]) -> list[str]:
    splits: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["group"]:
            splits[row["group"]].add(row[SPLIT])
    return _listed([f"group {name!r} stands in several splits: {', '.join(sorted(found))}" for name, found in splits.items() if len(found) > 1])


def _near(rows: Sequence[Row], texts: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """Near-duplicates that leak between splits or contradict each other outside a pair; and how many there are in all."""
    pairs = near_duplicates(texts)
    leaks, contradictions = [], []
    for pair in pairs:
        one, two = rows[pair.first], rows[pair.second]
        named = f"{one['id'] or pair.first + 1} and {two['id'] or pair.second + 1} ({pair.similarity:.2f} alike)"
        if one[SPLIT] != two[SPLIT]:
            leaks.append(f"near-duplicates in two splits: {named}")
        elif one["label"] != two["label"] and not (one[PAIR] and one[PAIR] == two[PAIR]):
            contradictions.append(f"near-duplicates with two labels: {named}")
    note = f"{len(pairs)} pairs of near-duplicates, of which {sum(rows[p.first]['group'] != rows[p.second]['group'] or not rows[p.first]['group'] for p in pairs)} outside one group"
    return [*_listed(leaks), *_listed(contradictions)], (note,)
