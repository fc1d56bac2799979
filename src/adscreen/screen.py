"""The road of one ad: composed text, clean text, triage for every ad, examination of the few, verdict. Nothing else knows the order.

`Screener.screen` is the kernel: an iterator of Arrow batches of ads in, one of verdicts out, same rows, same order. The model is loaded once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from adscreen import __version__
from adscreen.classifiers.bundle import Bundle, load_bundle
from adscreen.classifiers.passages import passages_of
from adscreen.indicators.reader import Reader
from adscreen.outputs.schema import VERDICT_COLUMNS, verdict_schema
from adscreen.records import TEXT_FIELDS, Evidence, Verdict
from adscreen.settings import Policy, load_policy, parse_policy
from adscreen.text.compose import compose, compose_batch
from adscreen.text.fingerprint import content_id
from adscreen.text.gloss import GlossReader
from adscreen.text.language import language_of
from adscreen.text.normalise import CleanText, clean, clean_with_map
from adscreen.verdict.band import band_of, is_scam_only, reason_of
from adscreen.verdict.combine import SCAM_EXAMINED_FROM, Combiner, Reading, chain, probability
from adscreen.verdict.evidence import gather

EXAMINED_CHARACTERS = 20_000
"""Clean characters that examination reads: twenty times the median ad; the rest is left to triage."""

ANY_LANGUAGE = "*"
"""In a bundle's list of languages that triage judges: all of them."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one clean text, before it is tied to a row. `reading` is None when it was not examined."""

    lure: float
    scam: float
    language: str
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Parts:
    """What each part of the road says of one clean text by itself, in log-odds of lure; and the ids of its hits.

    `signs` and `passages` are the terms of the combination with its prior, the other left out. `hits`: (indicator, value) as read.
    """

    triage: float
    signs: float
    passages: float
    examined: float
    hits: frozenset[tuple[str, str]]


class Screener:
    """A bundle and a policy, loaded once and used for any number of batches. Not shared between threads."""

    def __init__(self, bundle: Bundle, policy: Policy, keep: Sequence[str] = ()) -> None:
        self._bundle = bundle
        self._policy = policy
        self._keep = tuple(dict.fromkeys(keep))
        self._combiner = Combiner(bundle.combination, bundle.passages, bundle.catalogue, _prior_shift(bundle, policy))
        self._glosses = GlossReader(bundle.glossary)
        self._floor = float(bundle.facts["floor"]["score"])
        self._sure_from = int(bundle.facts["floor"]["sure_from_characters"])
        self._scam_from = float(bundle.facts["floor"].get("scam_probability", SCAM_EXAMINED_FROM))
        self._known_languages = frozenset(bundle.facts["floor"]["languages"])
        self._made_by = {"adscreen": __version__, "bundle": bundle.label, "policy": policy.name}

    @classmethod
    def load(cls, model: Path, policy: Path | None = None, keep: Sequence[str] = ()) -> Screener:
        """Load a bundle and, if given, a policy file laid over the bundle's own thresholds."""
        bundle = load_bundle(model)
        own = parse_policy({"name": "default", **bundle.facts["policy"]}, Policy(), f"of bundle {model}")
        return cls(bundle, load_policy(policy, own) if policy else own, keep)

    @property
    def policy(self) -> Policy:
        return self._policy

    @property
    def bundle(self) -> Bundle:
        return self._bundle

    @property
    def schema(self) -> pa.Schema:
        return verdict_schema(self._keep)

    @cached_property
    def _reader(self) -> Reader:
        # Compiled when the first ad needs it. The spaCy component does the same reading, but its tokens are not needed here: tokenising costs as
        # much again, grows spaCy's string store with every new word, and takes time quadratic in a run of symbols.
        return Reader.of(self._bundle.catalogue)

    def screen(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Verdicts for batches of ads (schema of `ingest.tables.ad_schema`), one row each, in order."""
        return map(self.screen_batch, batches)

    def screen_batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Verdicts of one batch. Identical clean texts are judged once."""
        texts = [clean(raw) for raw in compose_batch(batch)]
        given = batch.column("language").to_pylist()
        position = dict.fromkeys(zip(texts, given, strict=True))
        judged = dict(zip(position, self._judge(list(position)), strict=True))
        ids = batch.column("id").to_pylist()
        rows = [
            self._verdict(ids[row] or content_id(text), judged[text, language], text, batch, row)
            for row, (text, language) in enumerate(zip(texts, given, strict=True))
        ]
        columns = {name: [getattr(verdict, name) for verdict in rows] for name in VERDICT_COLUMNS}
        columns["evidence"] = [[_as_dict(item) for item in verdict.evidence] for verdict in rows]
        arrays = [pa.array(columns[name], type=self.schema.field(name).type) for name in VERDICT_COLUMNS]
        return pa.RecordBatch.from_arrays([*arrays, *(batch.column(name) for name in self._keep)], schema=self.schema)

    def passes_triage(self, values: Sequence[str], language: str = "") -> bool:
        """Whether scoring in bulk would examine this ad."""
        text = clean(compose(values))
        return self._judge([(text, language)])[0].reading is not None

    def examine(self, values: Sequence[str], language: str = "", ad_id: str = "") -> tuple[Verdict, Reading]:
        """Read one ad in full whatever triage says of it; `values` are its TEXT_FIELDS. For explaining, not for bulk."""
        mapped = clean_with_map(compose(values))
        language = language_of(language, mapped.text)
        reading = self._read(mapped.text, language, self._bundle.triage.scores([mapped.text])[0])
        judgement = self._examined(reading, language)
        verdict = self._finish(ad_id or content_id(mapped.text), judgement, values, mapped)
        return verdict, reading

    def parts(self, texts: Sequence[str], languages: Sequence[str]) -> list[Parts]:
        """Read clean texts in full whatever triage says, and give what each part says of them. For evaluation: the cost of examining everything."""
        scores = self._bundle.triage.scores(texts)
        triage = self._combiner.triage_log_odds(scores)[:, 0] + self._combiner.prior_shift
        found = []
        for text, given, own, alone in zip(texts, languages, scores, triage, strict=True):
            reading = self._read(text, language_of(given, text), own)
            terms, hits = reading.lure, frozenset((hit.indicator, hit.value) for hit in reading.hits)
            found.append(Parts(float(alone), terms.prior + sum(terms.signs.values()), terms.prior + terms.passages, terms.log_odds, hits))
        return found

    def triage_log_odds(self, texts: Sequence[str]) -> FloatArray:
        """What the floor is compared with: lure log-odds of clean texts from triage alone, shape (len(texts),)."""
        return self._combiner.triage_log_odds(self._bundle.triage.scores(texts))[:, 0]

    def _judge(self, keys: Sequence[tuple[str, str]]) -> list[Judgement]:
        texts = [text for text, _ in keys]
        scores = self._bundle.triage.scores(texts)
        log_odds = self._combiner.triage_log_odds(scores)
        lures = probability(log_odds[:, 0] + self._combiner.prior_shift)
        scams = chain(lures, probability(log_odds[:, 1]))
        judged = []
        for row, (text, given) in enumerate(keys):
            language = language_of(given, text)
            if scams[row] >= self._scam_from or self._needs_examination(text, language, log_odds[row, 0]):
                judged.append(self._examined(self._read(text, language, scores[row]), language))
            else:
                judged.append(Judgement(float(lures[row]), float(scams[row]), language, None))
        return judged

    def _needs_examination(self, text: str, language: str, log_odds: float) -> bool:
        """Above the floor, or a text that triage cannot judge: too short, or in a language it was not trained on."""
        known = language in self._known_languages or ANY_LANGUAGE in self._known_languages
        return log_odds >= self._floor or len(text) < self._sure_from or not known

    def _read(self, text: str, language: str, triage: FloatArray) -> Reading:
        hits = self._reader.read(text[:EXAMINED_CHARACTERS], language)
        passages = passages_of(self._glosses.read(text[:EXAMINED_CHARACTERS], language))
        return self._combiner.read(passages, hits, triage)

    def _examined(self, reading: Reading, language: str) -> Judgement:
        lure = probability(np.array([reading.lure.log_odds]))
        scam = chain(lure, probability(np.array([reading.scam.log_odds])))
        return Judgement(float(lure[0]), float(scam[0]), language, reading)

    def _verdict(self, ad_id: str, judgement: Judgement, text: str, batch: pa.RecordBatch, row: int) -> Verdict:
        if judgement.reading is None:
            return self._finish(ad_id, judgement, (), None)
        values = [batch.column(field)[row].as_py() for field in TEXT_FIELDS]
        return self._finish(ad_id, judgement, values, clean_with_map(compose(values)))

    def _finish(self, ad_id: str, judgement: Judgement, values: Sequence[str], mapped: CleanText | None) -> Verdict:
        policy = self._policy.of(judgement.language)
        evidence: tuple[Evidence, ...] = ()
        if mapped is not None and judgement.reading is not None:
            reading, target = judgement.reading, int(is_scam_only(policy, judgement.lure, judgement.scam))
            terms = (reading.lure, reading.scam)[target]
            evidence = gather(values, mapped, reading.hits, terms.signs, self._combiner.passage_terms(reading.passages, target))
        return Verdict(
            id=ad_id,
            lure_probability=round(judgement.lure, 6),
            scam_probability=round(judgement.scam, 6),
            band=band_of(policy, judgement.lure, judgement.scam),
            language=judgement.language,
            examined=judgement.reading is not None,
            evidence=evidence,
            reason=reason_of(policy, judgement.lure, judgement.scam, evidence, judgement.reading is not None),
            made_by=self._made_by,
        )


def _prior_shift(bundle: Bundle, policy: Policy) -> float:
    if policy.prevalence is None:
        return 0.0
    calibrated = float(bundle.facts["calibration"]["prevalence"])
    return _logit(policy.prevalence) - _logit(calibrated)


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _as_dict(item: Evidence) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Evidence.__slots__}
