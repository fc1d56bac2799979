"""Other words, less of the ad, or more around it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from random import Random
from typing import Final

from adscreen.evaluate.robustness.mutator import Row, changed, language_in, mutator, rewriter_in
from adscreen.evaluate.robustness.tables import FALLBACK, Neutral, neutral, pattern, swaps
from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import SEPARATOR

KEPT_SHARE: Final = 0.6
"""Share of the text that a truncated copy keeps; chosen: a cut that takes the end of an ad, where contact and conditions stand."""
MIDDLE_CUT: Final = (0.4, 0.8)
"""Where the stretch lies that "see more" hides; feeds show a start and, below it, the last lines with the contact."""
MIN_CUT: Final = 40
"""Characters of the shortest text that is cut."""
PADDING_RATIO: Final = 1.0
"""Length of the padding at least, relative to the ad; chosen: half of what is read is not the ad."""
MAX_PARAGRAPHS: Final = 12
"""Paragraphs of padding at most; longer ads get relatively less."""


def swapped_words(text: str, language: str, rng: Random) -> str:
    """All terms of the ad's language, and English ones, that stand in swaps.toml become code words, euphemisms or synonyms. Not where no listed term occurs."""
    terms = {**swaps().get(FALLBACK, {}), **swaps().get(language, {})}
    return pattern(terms).sub(lambda match: rng.choice(terms[match[0].lower()]), text)


def truncated(row: Row, rng: Random) -> Row | None:
    """The first 60 % of the text, as exports and previews cut it; other fields stay. All scripts, not for texts of less than 40 characters."""
    text = row["text"]
    return changed(row, {"text": text[: round(KEPT_SHARE * len(text))].rstrip()}) if len(text) >= MIN_CUT else None


def middle_cut(row: Row, rng: Random) -> Row | None:
    """The text from 40 to 80 % gives way to "... see more" in the language of the ad. All scripts, not for texts of less than 40 characters."""
    text = row["text"]
    start, end = (round(share * len(text)) for share in MIDDLE_CUT)
    more = neutral(language_in(row)).more
    return changed(row, {"text": f"{text[:start].rstrip()}... {more}\n{text[end:].lstrip()}"}) if len(text) >= MIN_CUT else None


def padded_before(row: Row, rng: Random) -> Row | None:
    """As much lawful boiler-plate as the ad is long, before its text, in its language or in English."""
    return changed(row, {"text": SEPARATOR.join([*_padding(row, rng), row["text"]])})


def padded_after(row: Row, rng: Random) -> Row | None:
    """As much lawful boiler-plate as the ad is long, after its text, in its language or in English."""
    return changed(row, {"text": SEPARATOR.join([row["text"], *_padding(row, rng)])})


def _padding(row: Row, rng: Random) -> Iterator[str]:
    size = PADDING_RATIO * sum(len(row.get(field, "")) for field in TEXT_FIELDS)
    own: Neutral = neutral(language_in(row))
    paragraphs = cycle(rng.sample(own.boilerplate, len(own.boilerplate)))
    for _ in range(MAX_PARAGRAPHS):
        if size > 0:
            paragraph = next(paragraphs)
            size -= len(paragraph)
            yield paragraph


WORDING: Final = (
    rewriter_in("swapped_words", swapped_words),
    mutator("truncated", truncated),
    mutator("middle_cut", middle_cut),
    mutator("padded_before", padded_before),
    mutator("padded_after", padded_after),
)
