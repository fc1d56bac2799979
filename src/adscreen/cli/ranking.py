"""The ranked table of a scoring run: the ads that resemble lures most, for a terminal."""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from shlex import quote
from unicodedata import category

import pyarrow as pa
from rich.console import Console
from rich.table import Table
from rich.text import Text

_BAND_STYLES = {"urgent": "bold red", "review": "yellow", "low": "green", "unscored": "dim"}
_WIDTH_IN_A_PIPE = 140
_SHOWN_CHARACTERS = 90


def printable(text: str) -> str:
    """`text` with control and direction characters replaced one for one, so that an ad cannot steer the terminal and offsets still hold."""
    return "".join(char if char == "\n" or category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else " " for char in text)


@dataclass(order=True, frozen=True, slots=True)
class _Row:
    probability: float
    order: int  # earlier ads first among equals
    id: str = field(compare=False)
    scam: float = field(compare=False)
    band: str = field(compare=False)
    language: str = field(compare=False)
    reason: str = field(compare=False)
    words: str = field(compare=False)


class Ranking:
    """Keeps the `top` highest-ranking ads of a stream, and counts of bands; memory does not grow with the stream."""

    def __init__(self, top: int) -> None:
        self._top = top
        self._rows: list[_Row] = []
        self._bands: Counter[str] = Counter()
        self._words: deque[str] = deque()
        self._seen = 0

    def expect(self, ads: pa.RecordBatch) -> None:
        """See a batch of ads before its verdicts come."""
        for title, text in zip(ads.column("title").to_pylist(), ads.column("text").to_pylist(), strict=True):
            self._words.append(" ".join(f"{title} {text[: 2 * _SHOWN_CHARACTERS]}".split())[:_SHOWN_CHARACTERS])

    def add(self, verdicts: pa.RecordBatch) -> None:
        """Take in a batch of verdicts, in the order of the ads."""
        columns = [verdicts.column(name).to_pylist() for name in ("id", "lure_probability", "scam_probability", "band", "language", "reason")]
        for ad_id, lure, scam, band, language, reason in zip(*columns, strict=True):
            self._bands[band] += 1
            self._seen += 1
            row = _Row(lure or 0.0, -self._seen, ad_id, scam or 0.0, band, language, reason, self._words.popleft())
            if len(self._rows) < self._top:
                heapq.heappush(self._rows, row)
            elif self._rows:
                heapq.heappushpop(self._rows, row)

    def show(self, inputs: Sequence[str]) -> None:
        """Print the table, the counts, and what to do next."""
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=_WIDTH_IN_A_PIPE)
        table = Table("lure", "scam", "band", "lang", "ad and why", box=None, pad_edge=False)
        for row in sorted(self._rows, reverse=True):
            why = Text.assemble((printable(row.id), "bold"), "  ", printable(row.words), "\n", (row.reason, "dim"))
            table.add_row(f"{row.probability:.3f}", f"{row.scam:.3f}", Text(row.band, _BAND_STYLES[row.band]), Text(row.language or "?"), why)
        console.print(table)
        counts = ", ".join(f"{self._bands[band]} {band}" for band in _BAND_STYLES if self._bands[band])
        console.print(f"\n{self._seen} ads: {counts or 'none'}")
        if self._rows:
            first = max(self._rows)
            console.print(f"Look into one:    adscreen explain {quote(inputs[0])} --id {quote(printable(first.id))}", markup=False, soft_wrap=True)
            console.print(f"Keep all of them: adscreen score {' '.join(map(quote, inputs))} -o verdicts.jsonl", markup=False, soft_wrap=True)
