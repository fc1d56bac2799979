"""What a caller may say about tables, and who receives the rejects."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adscreen.errors import InputError
from adscreen.records import AD_COLUMNS, COLUMN_ALIASES, Reject

FORMATS = ("csv", "tsv", "jsonl", "json", "parquet")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How tables are read.

    `mapping`: ad column -> source column; `a+b` joins several with a line break, `a[*]` joins a[0], a[1], ..., dots lead inwards.
    `keep`: further source columns that survive. `encoding`: None means UTF-8, or UTF-16 with a byte-order mark.
    `format`: one of FORMATS; None means by suffix, for stdin by its first byte. `batch_rows`: rows of every batch but the last.
    `check_labels`: reject rows with a label that is none of `records.REVIEW_LABELS`; an empty one passes as unlabelled.
    `header`: False for CSV and TSV without a header line; their columns are then named 1, 2, 3, ...
    Raises InputError that lists every problem at once.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    keep: tuple[str, ...] = ()
    encoding: str | None = None
    format: str | None = None
    batch_rows: int = 1024
    check_labels: bool = False
    header: bool = True

    def __post_init__(self) -> None:
        problems = [*_mapping_problems(self.mapping), *_encoding_problems(self.encoding)]
        if self.format is not None and self.format not in FORMATS:
            problems.append(f"format {self.format!r} is unknown; use one of {', '.join(FORMATS)}")
        if self.batch_rows < 1:
            problems.append(f"batch_rows is {self.batch_rows}; use 1 or more")
        if problems:
            raise InputError("; ".join(problems))

    def source_of(self, column: str) -> str | None:
        """The source column that the caller mapped to an ad column, if any."""
        for name, source in self.mapping.items():
            if _ad_column(name) == column:
                return source
        return None


class RejectSink(Protocol):
    """Receives each row that could not become an ad, in input order."""

    def __call__(self, reject: Reject, /) -> object: ...


def _ad_column(name: str) -> str:
    folded = name.strip().casefold()
    return COLUMN_ALIASES.get(folded, folded)


def _mapping_problems(mapping: Mapping[str, str]) -> list[str]:
    problems = []
    for name, source in mapping.items():
        if _ad_column(name) not in AD_COLUMNS:
            near = difflib.get_close_matches(_ad_column(name), AD_COLUMNS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"ad columns are {', '.join(AD_COLUMNS)}"
            problems.append(f"--map {name}={source}: {name!r} is not an ad column; {hint}")
        elif not source.strip():
            problems.append(f"--map {name}=: the source column is missing; write {name}=COLUMN")
    return problems


def _encoding_problems(encoding: str | None) -> list[str]:
    if encoding is None:
        return []
    try:
        b"a".decode(encoding)  # an empty string would not look the codec up
    except LookupError:
        return [f"encoding {encoding!r} is unknown; common ones are utf-8, utf-16, cp1252, gb18030, big5, cp874, shift_jis"]
    except UnicodeDecodeError:  # one byte is no character in UTF-16
        return []
    return []
