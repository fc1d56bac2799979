"""Objects with named values (JSON) as cells of the output columns, whatever keys each object happens to have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from adscreen.ingest import limits
from adscreen.ingest.columns import Cells, ColumnNames, ColumnPlan, missing_columns_error, needed_names, output_columns, plan_columns
from adscreen.ingest.encoding import ESCAPED, Decoder
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.rejects import FileLog
from adscreen.ingest.values import cell_of, cell_text, value_at
from adscreen.records import AD_COLUMNS

MAX_PLANS = 1024
"""Key sets whose plan is remembered; more would only help sources whose every object has other keys."""


class ObjectCells:
    """Picks the cells out of each object of one file, and notices mapped columns that never turn up."""

    def __init__(self, options: ReadOptions, log: FileLog) -> None:
        self._options = options
        self._log = log
        self._plans: dict[tuple[str, ...], ColumnPlan] = {}
        self._blank = [""] * len(AD_COLUMNS) + [None] * (len(output_columns(options.keep)) - len(AD_COLUMNS))
        self._missing = needed_names(options)
        self._objects = 0
        self._names: dict[str, None] = {}
        self._lengths: dict[str, int] = {}

    def of(self, item: Mapping[str, Any]) -> Cells:
        """Cells in the order of the output columns. Raises InputError once enough objects lack a needed column."""
        plan = self._plan(tuple(item))
        values = list(item.values())
        cells: list[str | None] = self._blank.copy()
        for column, sources in plan.filled:
            text = values[sources[0].index]
            if type(text) is not str or len(sources) > 1 or sources[0].path:
                text = cell_of(values, sources)
            if text is not None:
                cells[column] = text
        if self._missing:
            self._watch(item, plan)
        return tuple(cells)

    def finish(self) -> None:
        """Raises InputError when the file ended and no object had a needed column."""
        if self._missing and self._objects:
            means = {name: length / self._objects for name, length in self._lengths.items()}
            raise missing_columns_error(self._log.name, self._missing, list(self._names), self._options, means)

    def _plan(self, keys: tuple[str, ...]) -> ColumnPlan:
        plan = self._plans.get(keys)
        if plan is None:
            if len(self._plans) >= MAX_PLANS:
                self._plans.clear()
            plan = self._plans[keys] = plan_columns(ColumnNames(keys, nested=True), self._options)
        return plan

    def _watch(self, item: Mapping[str, Any], plan: ColumnPlan) -> None:
        """Take note of the columns of an early object; a nested one counts when it leads to a value."""
        self._objects += 1
        values = list(item.values())
        led = {name for name, source in plan.nested if value_at(values[source.index], source.path) is not None}
        self._missing -= plan.found | led
        self._names.update(dict.fromkeys(item))
        if self._objects <= limits.CANDIDATE_ROWS:
            for name, value in item.items():
                self._lengths[name] = self._lengths.get(name, 0) + len(cell_text(value) or "")
        if self._objects >= limits.COLUMN_SAMPLE_ROWS:
            self.finish()


def reject_undecodable(log: FileLog, line: int, text: str, decoder: Decoder) -> bool:
    """Reject an object whose text holds undecodable bytes, naming the column where it can be told; False when it holds none."""
    escaped = ESCAPED.search(text)
    if not escaped:
        return False
    try:
        item = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        item = None
    fields = item.items() if isinstance(item, dict) else ()
    column = next((name for name, value in fields if ESCAPED.search(f"{name}{value}")), "?")
    log.reject_bytes(line, column, ord(escaped[0]) - 0xDC00, decoder.codec, decoder.encode(text))
    return True
