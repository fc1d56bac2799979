"""One run of `adscreen evaluate`: a bundle measured on ads, if asked for also disguised, and against the bundle in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from adscreen.evaluate.floors import Floors
from adscreen.evaluate.gate import Finding, Measure, gate, measures
from adscreen.evaluate.histogram import Histogram, score_histogram
from adscreen.evaluate.robustness.measure import MutatorResult, ShortcutResult, measure_robustness, measure_shortcuts, screener_scores
from adscreen.evaluate.robustness.mutator import Row
from adscreen.evaluate.run import DEFAULT_PREVALENCE, Evaluation, summarise
from adscreen.evaluate.scored import score_ads
from adscreen.ingest.options import ReadOptions, RejectSink
from adscreen.ingest.tables import read_ads
from adscreen.screen import Screener

DISGUISED_ADS = 150
"""Ads of each label that are disguised; with some twenty disguises, about as many readings as 6,000 ads."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of an evaluation. `champion`: the bundle in use; `floors`: pinned limits that hold for these very ads."""

    sources: Sequence[str]
    options: ReadOptions
    prevalence: float = DEFAULT_PREVALENCE
    budget: int | None = None
    robustness: bool = False
    champion: Screener | None = None
    floors: Floors | None = None

    @property
    def disguises(self) -> bool:
        """Whether ads are disguised: asked for, or needed for a floor."""
        limits = (*self.floors.least, *self.floors.most) if self.floors else ()
        return self.robustness or any(name.startswith(("robustness.", "shortcuts.")) for name in limits)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `robustness` and `shortcuts` are empty when not asked for, `gate` without a champion."""

    evaluation: Evaluation
    histogram: Histogram
    robustness: tuple[MutatorResult, ...]
    shortcuts: tuple[ShortcutResult, ...]
    gate: tuple[Finding, ...]

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The checks that forbid replacing the champion."""
        return tuple(finding for finding in self.gate if not finding.passed)

    @property
    def measures(self) -> dict[str, Measure]:
        """What floors can be set on."""
        return measures(self.evaluation, self.robustness, self.shortcuts)


def carry_out(screener: Screener, request: Request, on_reject: RejectSink) -> Outcome:
    """Measure a bundle as requested. Raises InputError when the ads have no labels."""
    scoring = score_ads(screener, request.sources, request.options, on_reject)
    result = summarise(screener, scoring, request.prevalence, request.budget)
    robustness, shortcuts = _disguised(screener, request) if request.disguises else ((), ())
    histogram = score_histogram(scoring.ads)
    if request.champion is None:
        return Outcome(result, histogram, robustness, shortcuts, ())
    rival = score_ads(request.champion, request.sources, request.options, lambda reject: None)
    trained_on = (screener.bundle.facts["training"], request.champion.bundle.facts["training"])
    findings = gate(scoring, rival, *trained_on, measures(result, robustness, shortcuts), request.floors)
    return Outcome(result, histogram, robustness, shortcuts, findings)


def _disguised(screener: Screener, request: Request) -> tuple[tuple[MutatorResult, ...], tuple[ShortcutResult, ...]]:
    """Lures and lawful ads of sources that hold both, so that what a disguise does is not confounded with where an ad was found."""
    rows = [row for row in _rows(request) if row["label"] in ("lure", "legitimate")]
    both = {row["source"] for row in rows if row["label"] == "lure"} & {row["source"] for row in rows if row["label"] == "legitimate"}
    rows = [row for row in rows if row["source"] in both] or rows
    score, threshold = screener_scores(screener), screener.policy.review
    positive = np.array([row["label"] == "lure" for row in rows], bool)
    return measure_robustness(score, rows, positive, threshold, sample=DISGUISED_ADS), measure_shortcuts(score, rows, threshold, sample=DISGUISED_ADS)


def _rows(request: Request) -> list[Row]:
    batches = read_ads(request.sources, replace(request.options, keep=()), lambda reject: None)
    return [{name: value or "" for name, value in row.items()} for batch in batches for row in batch.to_pylist()]
