"""Why input could not become an ad: the codes, and the count of one file's rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from adscreen.ingest import limits
from adscreen.ingest.options import RejectSink
from adscreen.records import Reject

REJECT_CODES = {
    "ragged_row": "the row has more or fewer cells than the header (only optional cells at the end may be missing)",
    "unclosed_quote": "the row opens a quotation mark that never closes; reading went on with the next line",
    "bad_json": "the line or array element is not JSON",
    "not_an_object": "the line or array element is JSON, but not an object with named columns",
    "empty_text": "there is nothing to read in any text field",
    "bad_encoding": "the row's bytes do not decode in the file's encoding",
    "too_long": "the row exceeds the cap in bytes, or a cell the cap in characters",
    "bad_label": "the label is none that a reviewer may give",
}
"""Reason codes of rejected rows. A code never changes its meaning."""

GUESS_BYTES = 64 * 1024
"""Undecodable bytes kept to guess a file's encoding from; more does not change the guess."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def without_surrogates(text: str) -> str:
    """Text that every writer can encode: paired surrogates become their character, lone ones U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if _SURROGATE.search(text) else text


@dataclass(slots=True)
class FileLog:
    """Counts the rows of one file and hands its rejects on."""

    name: str
    sink: RejectSink
    ads: int = 0
    rejects: int = 0
    undecodable: int = 0
    undecodable_bytes: bytearray = field(default_factory=bytearray)

    @property
    def rows(self) -> int:
        return self.ads + self.rejects

    def reject(self, line: int, reason: str, detail: str, excerpt: str = "") -> None:
        self.rejects += 1
        self.sink(Reject(self.name, line, reason, detail, without_surrogates(excerpt[: limits.EXCERPT_CHARS])))

    def reject_bytes(self, line: int, column: str, byte: int, encoding: str, row: bytes) -> None:
        """Reject a row whose bytes do not decode; `byte` is the first offending value."""
        self.undecodable += 1
        self.undecodable_bytes += row[: max(0, GUESS_BYTES - len(self.undecodable_bytes))]
        detail = f"byte 0x{byte:02x} in column {column!r} is not {encoding}"
        self.reject(line, "bad_encoding", without_surrogates(detail), row[: limits.EXCERPT_CHARS].decode("ascii", "replace"))

    def reject_long_row(self, line: int, head: str) -> None:
        self.reject(line, "too_long", f"the row is longer than {limits.MAX_ROW_BYTES:,} bytes", head)
