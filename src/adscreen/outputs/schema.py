"""The columns of what adscreen writes (DESIGN: verdict columns; `records.Reject`)."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from adscreen.errors import InputError

EVIDENCE_TYPE = pa.list_(
    pa.struct(
        [
            pa.field("indicator", pa.string()),
            pa.field("field", pa.string()),
            pa.field("start", pa.int32()),
            pa.field("end", pa.int32()),
            pa.field("quote", pa.string()),
            pa.field("weight", pa.float64()),
        ]
    )
)
"""Spans of the ad as received, offsets in code points, weights in log-odds."""

MADE_BY_TYPE = pa.struct([pa.field(name, pa.string()) for name in ("adscreen", "bundle", "policy")])

_VERDICT_FIELDS = (
    pa.field("id", pa.string()),
    pa.field("lure_probability", pa.float64()),
    pa.field("scam_probability", pa.float64()),
    pa.field("band", pa.string()),
    pa.field("language", pa.string()),
    pa.field("examined", pa.bool_()),
    pa.field("evidence", EVIDENCE_TYPE),
    pa.field("reason", pa.string()),
    pa.field("made_by", MADE_BY_TYPE),
)

VERDICT_COLUMNS = tuple(field.name for field in _VERDICT_FIELDS)

REJECT_SCHEMA = pa.schema(
    [
        pa.field("file", pa.string()),
        pa.field("line", pa.int64()),
        pa.field("reason", pa.string()),
        pa.field("detail", pa.string()),
        pa.field("excerpt", pa.string()),
    ]
)


def verdict_schema(keep: Sequence[str] = ()) -> pa.Schema:
    """Verdict columns, then the kept columns as strings; probabilities are null for unscored ads.

    Raises InputError when a kept column has the name of a verdict column: one of the two would be lost.
    """
    kept = list(dict.fromkeys(keep))
    clashes = [name for name in kept if name in VERDICT_COLUMNS]
    if clashes:
        raise InputError(f"--keep {', '.join(clashes)}: verdicts have a column of that name; rename it in the input to keep it")
    return pa.schema([*_VERDICT_FIELDS, *(pa.field(name, pa.string()) for name in kept)])
