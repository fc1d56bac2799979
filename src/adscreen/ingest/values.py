"""The text of a typed value: what JSON and Parquet hold, as the cell of an ad."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from adscreen.ingest.columns import Source, fold


def cell_text(value: Any) -> str | None:
    """A string as it is, a number in plain decimals, a list of strings joined by line breaks, other structure as JSON.

    None when null, not a number, or nested a thousand deep.
    """
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return None if math.isnan(value) else np.format_float_positional(value, trim="-")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(filter(None, value))
    if isinstance(value, (list, dict)):
        return _json_text(value)
    return str(value)


def value_at(value: Any, path: Sequence[str]) -> Any:
    """What the keys lead to, None where they lead nowhere; a list on the way is followed in each of its items."""
    for depth, key in enumerate(path):
        if isinstance(value, list):
            found = [value_at(item, path[depth:]) for item in value]
            return [item for item in found if item is not None] or None
        if not isinstance(value, dict):
            return None
        value = value[key] if key in value else next((value[name] for name in value if fold(name) == fold(key)), None)
    return value


def cell_of(values: Sequence[Any], sources: Sequence[Source]) -> str | None:
    """The cell of a column; of several sources the non-empty texts, one per line; None when all are null."""
    if len(sources) == 1 and not sources[0].path:
        return cell_text(values[sources[0].index])
    texts = [cell_text(value_at(values[source.index], source.path)) for source in sources]
    if all(text is None for text in texts):
        return None
    return "\n".join(text for text in texts if text and not text.isspace())


def _json_text(value: Any) -> str | None:
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # lone surrogates, integers over 64 bits, values of types that JSON lacks, or nested too deep
        pass
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        return None
