"""The road of one ad: composed text, clean text, triage for every ad, signs and passages of the few that triage lets through, the transformer for the
fewer that these leave open, verdict. Nothing else knows the order.

`Screener.screen` is the kernel: an iterator of Arrow batches of ads in, one of verdicts out, same rows, same order. The model is loaded once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from adscreen import __version__
from adscreen.classifiers.bundle import Bundle, load_bundle
from adscreen.classifiers.ngram import CLASSES
from adscreen.classifiers.passages import COLUMNS, passages_of
from adscreen.classifiers.segments import GLOSSES, gloss_segments, text_segments
from adscreen.classifiers.transformer import CPU, Transformer
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

TRANSFORMER_LURE = len(COLUMNS) + len(CLASSES)
"""Where the transformer's score of lure stands among the scores of a reading."""

AUTO, ALL, NONE = "auto", "all", "none"
EXAMINE = (AUTO, ALL, NONE)
"""What is examined: what triage lets through, and by the transformer what signs and passages leave open; every ad by everything; nothing."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one clean `text`, before it is tied to a row.

    `triage`: its scores; `first`: its reading by signs and passages, None when it was not examined; `reading`: the last one, after the transformer's
    if that was asked.
    """

    text: str
    lure: float
    scam: float
    language: str
    triage: FloatArray
    first: Reading | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What each part of the road says of one clean text by itself, in log-odds of lure; and the ids of its hits.

    `signs` and `passages` are terms of the combination with its prior, all others left out; `features` is that combination, without the transformer;
    `transformer` its score alone, 0 in a bundle without one; `examined` all together. `hits`: (indicator, value) as read.
    """

    triage: float
    signs: float
    passages: float
    features: float
    transformer: float
    examined: float
    hits: frozenset[tuple[str, str]]


class Screener:
    """A bundle and a policy, loaded once and used for any number of batches. Not shared between threads. `examine`: one of EXAMINE."""

    def __init__(self, bundle: Bundle, policy: Policy, keep: Sequence[str] = (), examine: str = AUTO) -> None:
        self._bundle = bundle
        self._policy = policy
        self._keep = tuple(dict.fromkeys(keep))
        self._examine = examine
        self._combiner = Combiner(bundle.combination, bundle.passages, bundle.catalogue, prior_shift(bundle.facts, policy))
        self._glosses = GlossReader(bundle.glossary)
        self._floor = float(bundle.facts["floor"]["score"])
        self._sure_from = int(bundle.facts["floor"]["sure_from_characters"])
        self._scam_from = float(bundle.facts["floor"].get("scam_probability", SCAM_EXAMINED_FROM))
        of_transformer = bundle.facts["transformer"]["floor"] if bundle.transformer is not None else {}
        self._transformer_from = tuple(float(of_transformer.get(name, math.inf)) for name in ("score", "scam_probability"))
        self._known_languages = frozenset(bundle.facts["floor"]["languages"])
        self._made_by = {"adscreen": __version__, "bundle": bundle.label, "policy": policy.name}

    @classmethod
    def load(cls, model: Path, policy: Path | None = None, keep: Sequence[str] = (), examine: str = AUTO, device: str = CPU) -> Screener:
        """Load a bundle and, if given, a policy file laid over the bundle's own thresholds. `device`: where its transformer runs."""
        bundle = load_bundle(model, device)
        own = parse_policy({"name": "default", **bundle.facts["policy"]}, Policy(), f"of bundle {model}")
        return cls(bundle, load_policy(policy, own) if policy else own, keep, examine)

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
        return self.verdicts(batch, self.judge(batch))

    def judge(self, batch: pa.RecordBatch) -> list[Judgement]:
        """What is said of each ad of a batch; one object for all that have the same clean text and language."""
        keys = list(zip((clean(raw) for raw in compose_batch(batch)), batch.column("language").to_pylist(), strict=True))
        position = dict.fromkeys(keys)
        judged = dict(zip(position, self._judge(list(position)), strict=True))
        return [judged[key] for key in keys]

    def verdicts(self, batch: pa.RecordBatch, judgements: Sequence[Judgement], quote: bool = True) -> pa.RecordBatch:
        """Judgements tied to the rows of their batch. Without `quote`, flagged ads are not read again for the passages that moved the transformer."""
        ids = batch.column("id").to_pylist()
        rows = [self._verdict(ids[row], judgement, batch, row, quote) for row, judgement in enumerate(judgements)]
        columns = {name: [getattr(verdict, name) for verdict in rows] for name in VERDICT_COLUMNS}
        columns["evidence"] = [[_as_dict(item) for item in verdict.evidence] for verdict in rows]
        arrays = [pa.array(columns[name], type=self.schema.field(name).type) for name in VERDICT_COLUMNS]
        return pa.RecordBatch.from_arrays([*arrays, *(batch.column(name) for name in self._keep)], schema=self.schema)

    def reading_in_bulk(self, values: Sequence[str], language: str = "") -> Reading | None:
        """What scoring in bulk would read of this ad: nothing, or a reading with or without the transformer."""
        return self._judge([(clean(compose(values)), language)])[0].reading

    def examine(self, values: Sequence[str], language: str = "", ad_id: str = "") -> tuple[Verdict, Reading]:
        """Read one ad in full whatever triage says of it; `values` are its TEXT_FIELDS. For explaining, not for bulk."""
        mapped = clean_with_map(compose(values))
        language = language_of(language, mapped.text)
        triage = self._bundle.triage.scores([mapped.text])[0]
        (reading,) = self._transformed([self._read(mapped.text, language, triage)])
        judgement = Judgement(mapped.text, *_probabilities(reading), language, triage, None, reading)
        return self._finish(ad_id or content_id(mapped.text), judgement, values, mapped, quote=True), reading

    def parts(self, judgements: Sequence[Judgement]) -> list[Parts]:
        """What each part says of texts that were judged; what they were spared is read now. For evaluation: the cost of examining everything."""
        first = [one.first or self._read(one.text, one.language, one.triage) for one in judgements]
        open_rows = [
            row for row, one in enumerate(judgements) if one.reading is None or (self._transformer is not None and not one.reading.was_transformed)
        ]
        whole = dict(zip(open_rows, self._transformed([first[row] for row in open_rows]), strict=True))
        alone = self._combiner.triage_log_odds(np.array([one.triage for one in judgements]))[:, 0] + self._combiner.prior_shift
        return [
            _parts(float(alone[row]), reading, whole.get(row, judgement.reading or reading))
            for row, (reading, judgement) in enumerate(zip(first, judgements, strict=True))
        ]

    def triage_log_odds(self, texts: Sequence[str]) -> FloatArray:
        """What the floor is compared with: lure log-odds of clean texts from triage alone, shape (len(texts),)."""
        return self._combiner.triage_log_odds(self._bundle.triage.scores(texts))[:, 0]

    @property
    def _transformer(self) -> Transformer | None:
        return self._bundle.transformer

    def _judge(self, keys: Sequence[tuple[str, str]]) -> list[Judgement]:
        texts = [text for text, _ in keys]
        scores = self._bundle.triage.scores(texts)
        log_odds = self._combiner.triage_log_odds(scores)
        lures = probability(log_odds[:, 0] + self._combiner.prior_shift)
        scams = chain(lures, probability(log_odds[:, 1]))
        languages = [language_of(given, text) for text, given in keys]
        first = {
            row: self._read(text, languages[row], scores[row])
            for row, text in enumerate(texts)
            if self._examine == ALL
            or (self._examine == AUTO and (scams[row] >= self._scam_from or self._needs_examination(text, languages[row], log_odds[row, 0])))
        }
        asked = [row for row, reading in first.items() if self._needs_transformer(reading)]
        last = {**first, **dict(zip(asked, self._transformed([first[row] for row in asked]), strict=True))}
        return [
            Judgement(texts[row], *_probabilities(last[row]), languages[row], scores[row], first[row], last[row])
            if row in last
            else Judgement(texts[row], float(lures[row]), float(scams[row]), languages[row], scores[row])
            for row in range(len(keys))
        ]

    def _needs_examination(self, text: str, language: str, log_odds: float) -> bool:
        """Above the floor, or a text that triage cannot judge: too short, or in a language it was not trained on."""
        known = language in self._known_languages or ANY_LANGUAGE in self._known_languages
        return log_odds >= self._floor or len(text) < self._sure_from or not known

    def _needs_transformer(self, reading: Reading) -> bool:
        """Whether signs and passages leave open what an ad is: its log-odds are above the transformer's floor, or it may be a job scam."""
        if self._transformer is None or self._examine == ALL:
            return self._transformer is not None
        lure_from, scam_from = self._transformer_from
        return reading.lure.log_odds - self._combiner.prior_shift >= lure_from or _probabilities(reading)[1] >= scam_from

    def _read(self, text: str, language: str, triage: FloatArray) -> Reading:
        text = text[:EXAMINED_CHARACTERS]
        glosses = self._glosses.read(text, language)
        by_gloss = self._transformer is None or self._transformer.reads == GLOSSES
        segments = gloss_segments(glosses) if by_gloss else text_segments(text)
        return self._combiner.read(passages_of(glosses), segments, self._reader.read(text, language), triage)

    def _transformed(self, readings: Sequence[Reading]) -> list[Reading]:
        if self._transformer is None or not readings:
            return list(readings)
        scores = self._transformer.scores([reading.segments for reading in readings])
        return [self._combiner.reread(reading, score) for reading, score in zip(readings, scores, strict=True)]

    def _verdict(self, ad_id: str, judgement: Judgement, batch: pa.RecordBatch, row: int, quote: bool) -> Verdict:
        values = [batch.column(field)[row].as_py() for field in TEXT_FIELDS] if judgement.reading is not None else []
        mapped = clean_with_map(compose(values)) if judgement.reading is not None else None
        flagged = band_of(self._policy.of(judgement.language), judgement.lure, judgement.scam) != "low"
        return self._finish(ad_id or content_id(judgement.text), judgement, values, mapped, quote and flagged)

    def _finish(self, ad_id: str, judgement: Judgement, values: Sequence[str], mapped: CleanText | None, quote: bool) -> Verdict:
        policy = self._policy.of(judgement.language)
        evidence: tuple[Evidence, ...] = ()
        if mapped is not None and judgement.reading is not None:
            target = int(is_scam_only(policy, judgement.lure, judgement.scam))
            terms = (judgement.reading.lure, judgement.reading.scam)[target]
            evidence = gather(values, mapped, judgement.reading.hits, terms.signs, self._passage_terms(judgement.reading, target, quote))
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

    def _passage_terms(self, reading: Reading, target: int, quote: bool) -> list[tuple[int, int, float]]:
        """What each passage adds, by the passage model and, with `quote`, by the transformer without it; spans that both weigh are told once."""
        found = {(start, end): weight for start, end, weight in self._combiner.passage_terms(reading, target)}
        if quote and reading.was_transformed and self._transformer is not None:
            for start, end, weight in self._combiner.segment_terms(reading, self._transformer.shares(reading.segments), target):
                found[start, end] = found.get((start, end), 0.0) + weight
        return [(start, end, weight) for (start, end), weight in found.items()]


def _probabilities(reading: Reading) -> tuple[float, float]:
    """Probability of lure and of job scam."""
    lure = probability(np.array([reading.lure.log_odds]))
    return float(lure[0]), float(chain(lure, probability(np.array([reading.scam.log_odds])))[0])


def _parts(triage: float, first: Reading, whole: Reading) -> Parts:
    terms = first.lure
    transformer = float(whole.scores[TRANSFORMER_LURE]) if whole.was_transformed else 0.0
    hits = frozenset((hit.indicator, hit.value) for hit in first.hits)
    signs = terms.prior + sum(terms.signs.values())
    return Parts(triage, signs, terms.prior + terms.passages, terms.log_odds, transformer, whole.lure.log_odds, hits)


def prior_shift(facts: Mapping[str, Any], policy: Policy) -> float:
    """What scores under a policy are shifted by, in log-odds, from the prevalence that the bundle was calibrated at to that of the policy."""
    if policy.prevalence is None:
        return 0.0
    return _logit(policy.prevalence) - _logit(float(facts["calibration"]["prevalence"]))


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _as_dict(item: Evidence) -> dict[str, Any]:
    return {name: getattr(item, name) for name in Evidence.__slots__}
