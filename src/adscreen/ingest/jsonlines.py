"""JSONL: one object per line, as cells of the output columns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import orjson

from adscreen.ingest import limits
from adscreen.ingest.columns import Cells
from adscreen.ingest.encoding import Decoder, open_text
from adscreen.ingest.lines import OversizedLine, line_blocks
from adscreen.ingest.objects import ObjectCells, reject_undecodable
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.rejects import FileLog
from adscreen.ingest.sources import ByteStream

WIDE_INTEGER = 2**63
"""From here on orjson reads integers as floats, which would change an id."""


def read_json_lines(stream: ByteStream, options: ReadOptions, log: FileLog) -> Iterator[tuple[int, Cells]]:
    """Line and cells of each object. Raises InputError when a needed column never turns up."""
    text = open_text(stream, options.encoding)
    cells = ObjectCells(options, log)
    for number, line in _lines(line_blocks(text.read)):
        if isinstance(line, OversizedLine):
            log.reject_long_row(number, line.head.decode("utf-8", "replace"))
        elif line and not line.isspace() and (item := _parsed(line, number, text.decoder, log)) is not None:
            yield number, cells.of(item)
    cells.finish()


def _lines(blocks: Iterator[bytes | OversizedLine]) -> Iterator[tuple[int, bytes | OversizedLine]]:
    number = 0
    for block in blocks:
        if isinstance(block, OversizedLine):
            number += 1
            yield number, block
            continue
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines, number + 1):  # noqa: B020 - counts on
            yield number, line


def _parsed(line: bytes, number: int, decoder: Decoder, log: FileLog) -> dict[str, Any] | None:
    """The object on a line; None after rejecting what is none."""
    try:
        value = orjson.loads(line if decoder.is_utf8 else line.decode(decoder.codec))
    except ValueError:  # not JSON by the letter, or undecodable: both have a second chance
        return _parsed_leniently(line, number, decoder, log)
    if type(value) is not dict:
        _reject_other(value, number, line, log)
        return None
    if float in map(type, value.values()) and any(type(v) is float and abs(v) >= WIDE_INTEGER for v in value.values()):
        return json.loads(decoder.line(line))  # type: ignore[no-any-return]  # an object, as above
    return value


def _parsed_leniently(line: bytes, number: int, decoder: Decoder, log: FileLog) -> dict[str, Any] | None:
    """What Python's own parser makes of a line: cut emoji, NaN and raw control characters pass, as none may hide an ad."""
    text = decoder.line(line)
    if reject_undecodable(log, number, text, decoder):
        return None
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        log.reject(number, "bad_json", f"the line is not JSON: {error}", text[: limits.EXCERPT_CHARS])
        return None
    if isinstance(value, dict):
        return value
    _reject_other(value, number, line, log)
    return None


def _reject_other(value: object, number: int, line: bytes, log: FileLog) -> None:
    detail = f"the line is a JSON {type(value).__name__}, not an object with named columns"
    log.reject(number, "not_an_object", detail, line[: limits.EXCERPT_CHARS].decode("utf-8", "replace"))
