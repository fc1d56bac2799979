"""Campaigns: ads that share a given group, a contact handle or near-identical text. No split parts them, and figures count them once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from adscreen.corpora.duplicates import near_duplicates
from adscreen.indicators.values import find_values
from adscreen.text.fingerprint import content_id

MIN_HANDLE = 6
"""Letters and digits of a handle that names somebody; shorter ones are mostly words that stand beside the name of a messenger."""
MAX_GROUPS_OF_CONTACT = 20
"""A contact in the ads of more groups belongs to the site, not to a campaign: two addresses of one real job board stand in 130 groups, the busiest
recruiter's in 16."""
SHARED_BY_NATURE = frozenset(("contact_website",))
"""Kinds of contact that unrelated ads share: the page of a site, a form."""

_NOT_ADDRESS = re.compile(r"[\W_]+")
_HOSTS = frozenset(("telegram", "whatsapp", "instagram", "facebook", "messenger", "example"))


def campaigns(texts: Sequence[str], groups: Sequence[str]) -> list[str]:
    """The campaign of each ad, named after the first group (or text) in it. `texts`: clean composed texts; `groups`: the given ones, "" for none."""
    given = grouping(groups, texts)
    keys: list[list[str]] = [[name] for name in given]
    for name, rows in _contacts(texts, given).items():
        for row in rows:
            keys[row].append(name)
    for pair in near_duplicates(texts):
        for row in (pair.first, pair.second):
            keys[row].append(f"near {pair.first}")
    return joined(keys)


def joined(keys: Sequence[Sequence[str]]) -> list[str]:
    """For each row the first key of all rows that are connected with it; rows that have a key in common are connected."""
    names: dict[int, str] = {}
    return [names.setdefault(part, own[0]) for part, own in zip(_components(keys), keys, strict=True)]


def grouping(groups: Sequence[str], texts: Sequence[str]) -> list[str]:
    """The given groups; rows without one are grouped by their clean text."""
    return [group or f"text:{content_id(text)}" for group, text in zip(groups, texts, strict=True)]


def contact_keys(text: str) -> Iterator[str]:
    """Normalised contacts of a clean text by which its campaign is told: messenger handles, phones, mail addresses."""
    for hit in find_values(text):
        if hit.indicator.startswith("contact_") and hit.indicator not in SHARED_BY_NATURE:
            address = _NOT_ADDRESS.sub("", hit.value).lower()
            if len(address) >= MIN_HANDLE and address not in _HOSTS:
                yield f"contact {address}"


def _contacts(texts: Sequence[str], groups: Sequence[str]) -> dict[str, set[int]]:
    rows: dict[str, set[int]] = defaultdict(set)
    for row, text in enumerate(texts):
        for key in contact_keys(text):
            rows[key].add(row)
    return {key: found for key, found in rows.items() if len({groups[row] for row in found}) <= MAX_GROUPS_OF_CONTACT}


def _components(keys: Sequence[Sequence[str]]) -> list[int]:
    """The number of the connected part of each row."""
    numbers: dict[str, int] = {}
    columns = [numbers.setdefault(key, len(numbers)) for row in keys for key in row]
    rows = np.repeat(np.arange(len(keys)), [len(row) for row in keys])
    size = len(keys) + len(numbers)
    graph = sp.csr_matrix((np.ones(len(rows), np.int8), (rows, np.array(columns, np.int64) + len(keys))), shape=(size, size))
    _, parts = connected_components(graph, directed=False)
    return list(map(int, parts[: len(keys)]))
