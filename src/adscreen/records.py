"""The records that travel the road of one ad. Standard library only; every type is frozen."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

LABELS = ("lure", "job_scam", "legitimate", "other")
"""What an ad can be: recruitment into a scam compound; fraud after money or data; lawful work; not a job ad."""

REVIEW_LABELS = (*LABELS, "unsure")
"""What a reviewer may say; `unsure` rows are kept but never trained on."""

TEXT_FIELDS = ("title", "company", "location", "salary", "contact", "text")
"""Fields that are read, in the order in which they are joined into one composed text."""

AD_COLUMNS = ("id", *TEXT_FIELDS, "language", "url", "posted_at", "source", "label", "group")
"""All columns of an ad. Only `text` is required."""

COLUMN_ALIASES = {"description": "text"}
"""Column names accepted for an ad column when that column itself is absent."""

Band = Literal["low", "review", "urgent", "unscored"]


@dataclass(frozen=True, slots=True)
class JobAd:
    """One posting or message, as received. Absent fields are empty strings."""

    id: str
    text: str
    title: str = ""
    company: str = ""
    location: str = ""
    salary: str = ""
    contact: str = ""
    language: str = ""
    url: str = ""
    posted_at: str = ""
    source: str = ""
    label: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Input that could not become an ad.

    `line` is the 1-based physical line on which the row starts (for Parquet: the 1-based row), 0 when the file as a whole is meant.
    `reason` is a lower_snake code that never changes meaning; `detail` is one sentence for a person; `excerpt` at most 200 characters of the input.
    """

    file: str
    line: int
    reason: str
    detail: str
    excerpt: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of the ad as received that moved the score, with its weight in log-odds (negative: speaks for lawful work).

    `quote` is exactly `ad[field][start:end]`, offsets in Unicode code points.
    """

    indicator: str
    field: str
    start: int
    end: int
    quote: str
    weight: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What adscreen says of one ad: it resembles known lures this much. Never a finding about a person."""

    id: str
    lure_probability: float | None
    scam_probability: float | None
    band: Band
    language: str
    examined: bool
    evidence: tuple[Evidence, ...]
    reason: str
    made_by: dict[str, str]
