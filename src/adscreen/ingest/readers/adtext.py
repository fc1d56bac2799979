"""The last steps from collected columns to an ad: labelled lines, caps, and the count in the log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from adscreen.ingest import limits
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.rejects import without_surrogates
from adscreen.records import TEXT_FIELDS, JobAd


def with_lines(text: str, parts: Iterable[tuple[str, str]]) -> str:
    """The text followed by `Label: part` for each part that it does not hold already; an empty text stays empty: facts alone are no ad."""
    if not text:
        return ""
    folded = folded_words(text)
    lines = [f"{label}:\n{part}" if "\n" in part else f"{label}: {part}" for label, part in parts if part and folded_words(part) not in folded]
    return "\n".join([text, *lines])


def folded_words(text: str) -> str:
    """Text without regard to case, spacing and list marks, for "does it hold this already"."""
    return re.sub(r"[\s•·*\-–]+", " ", text).casefold().strip()


def counted(columns: dict[str, str], source: str, log: SourceLog, position: int, file: str = "", hint: str = "") -> Iterator[JobAd]:
    """The ad with these columns, counted; nothing after rejecting one that is empty or too long.

    `source` is its id too. `hint`: what to do about a missing description.
    """
    source = without_surrogates(source)
    columns = {name: without_surrogates(value) for name, value in columns.items()}
    longest = max((len(columns.get(name, "")) for name in TEXT_FIELDS), default=0)
    if longest > limits.MAX_TEXT_CHARS:
        log.reject(position, "too_long", f"{source} has more than {limits.MAX_TEXT_CHARS:,} characters in one field", columns.get("text", ""), file)
    elif not columns.get("text", "").strip():
        log.reject(position, "empty_text", f"{source} has no description{hint and f'; {hint}'}", columns.get("title", ""), file)
    else:
        log.ads += 1
        yield JobAd(id=source, source=source, **columns)
