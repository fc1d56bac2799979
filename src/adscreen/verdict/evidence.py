"""Evidence: the spans of the ad as received that moved its score, each with its share of the log-odds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from adscreen.indicators.matcher import Hit
from adscreen.records import TEXT_FIELDS, Evidence
from adscreen.text.compose import locate
from adscreen.text.normalise import CleanText

PASSAGE = "passage"
"""The indicator id of spans that the passage model weighs."""
MAX_PASSAGES, MAX_SIGNS = 4, 12
"""Spans shown per ad: what a reviewer reads in half a minute; the terms themselves are all in the score."""
MIN_WEIGHT = 0.05
"""Log-odds below which a span is not worth a reviewer's glance (5 % change of the odds)."""
_QUOTE_LIMIT = 240


def gather(
    values: Sequence[str], clean: CleanText, hits: Sequence[Hit], terms: Mapping[str, float], passages: Sequence[tuple[int, int, float]]
) -> tuple[Evidence, ...]:
    """Evidence of one ad, weightiest first; never empty when there is a hit or a passage.

    `values` are the fields of TEXT_FIELDS as received, `terms` the log-odds of each sign (shared among all of its spans), `passages` the start, end
    and log-odds of each passage of the clean text.
    """
    signs = _sign_evidence(values, clean, hits, terms)
    told = _passage_evidence(values, clean, passages, MIN_WEIGHT if signs else 0.0)
    found = (*signs, *told) or _sign_evidence(values, clean, hits, terms, 0.0)
    return tuple(sorted(found, key=lambda item: -abs(item.weight)))


def _sign_evidence(
    values: Sequence[str], clean: CleanText, hits: Sequence[Hit], terms: Mapping[str, float], least: float = MIN_WEIGHT
) -> list[Evidence]:
    spans: dict[str, list[Hit]] = {}
    for hit in hits:
        spans.setdefault(hit.indicator, []).append(hit)
    found: list[Evidence] = []
    for sign, weight in sorted(terms.items(), key=lambda term: -abs(term[1])):
        if abs(weight) >= least and len(found) < MAX_SIGNS:
            item = _quote(values, clean, spans[sign][0].start, spans[sign][0].end, sign, weight)
            found += [item] if item else []
    return found


def _passage_evidence(values: Sequence[str], clean: CleanText, passages: Sequence[tuple[int, int, float]], least: float) -> list[Evidence]:
    top = sorted(passages, key=lambda passage: -abs(passage[2]))[:MAX_PASSAGES]
    items = [_quote(values, clean, start, end, PASSAGE, weight) for start, end, weight in top if abs(weight) >= least]
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
