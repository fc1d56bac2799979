"""Evidence: the spans of the ad as received that moved its score, each with its share of the log-odds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from adscreen.indicators.matcher import Hit
from adscreen.records import TEXT_FIELDS, Evidence
from adscreen.text.compose import locate
from adscreen.text.normalise import CleanText

WORDING = "wording"
"""The indicator id of spans that the n-gram model weighs."""
MAX_WORDING, MAX_SIGNS = 4, 12
"""Spans shown per ad: what a reviewer reads in half a minute; the terms themselves are all in the score."""
MIN_WEIGHT = 0.05
"""Log-odds below which a span is not worth a reviewer's glance (5 % change of the odds)."""
_QUOTE_LIMIT = 160

_STOP = r"\n.!?;。！？；၊။।"
_SEGMENT = re.compile(rf"[^{_STOP}]{{1,80}}(?![^\s\W{_STOP}])|[^{_STOP}]{{1,80}}")
"""Pieces of a sentence of at most 80 characters, which end at a word's end where the script has words."""


def gather(
    values: Sequence[str], clean: CleanText, hits: Sequence[Hit], terms: Mapping[str, float], shares: npt.NDArray[np.float64]
) -> tuple[Evidence, ...]:
    """Evidence of one ad, weightiest first.

    `values` are the fields of TEXT_FIELDS as received, `terms` the log-odds of each sign (shared among all of its spans), `shares` the log-odds
    of each clean character's wording.
    """
    signs = _sign_evidence(values, clean, hits, terms)
    wording = _wording_evidence(values, clean, shares)
    return tuple(sorted((*signs, *wording), key=lambda item: -abs(item.weight)))


def _sign_evidence(values: Sequence[str], clean: CleanText, hits: Sequence[Hit], terms: Mapping[str, float]) -> list[Evidence]:
    spans: dict[str, list[Hit]] = {}
    for hit in hits:
        spans.setdefault(hit.indicator, []).append(hit)
    found: list[Evidence] = []
    for sign, weight in sorted(terms.items(), key=lambda term: -abs(term[1])):
        if abs(weight) >= MIN_WEIGHT and len(found) < MAX_SIGNS:
            item = _quote(values, clean, spans[sign][0].start, spans[sign][0].end, sign, weight)
            found += [item] if item else []
    return found


def _wording_evidence(values: Sequence[str], clean: CleanText, shares: npt.NDArray[np.float64]) -> list[Evidence]:
    sums = np.concatenate(([0.0], np.cumsum(shares)))
    segments = [(float(sums[m.end()] - sums[m.start()]), m.start(), m.end()) for m in _SEGMENT.finditer(clean.text)]
    top = sorted(segments, key=lambda segment: -abs(segment[0]))[:MAX_WORDING]
    items = (_quote(values, clean, start, end, WORDING, weight) for weight, start, end in top if abs(weight) >= MIN_WEIGHT)
    return [item for item in items if item]


def _quote(values: Sequence[str], clean: CleanText, start: int, end: int, indicator: str, weight: float) -> Evidence | None:
    text = clean.text[start:end]
    start, end = start + len(text) - len(text.lstrip()), end - len(text) + len(text.rstrip())
    if start >= end:
        return None
    span = locate(values, *clean.raw_span(start, end))
    if span is None:
        return None
    value = values[TEXT_FIELDS.index(span.field)]
    stop = min(span.end, span.start + _QUOTE_LIMIT)
    return Evidence(indicator, span.field, span.start, stop, value[span.start : stop], round(weight, 4))
