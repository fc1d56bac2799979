"""JSON arrays, and JSON objects one after another, read value by value so that memory stays flat."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from adscreen.ingest import limits
from adscreen.ingest.columns import Cells
from adscreen.ingest.encoding import Decoder, TextStream, open_text
from adscreen.ingest.objects import ObjectCells, reject_undecodable
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.rejects import FileLog
from adscreen.ingest.sources import ByteStream, DamagedStreamError

_BETWEEN = re.compile(r"[\s,]*")
_IN_STRING = re.compile(r'["\\]')
_OUTSIDE = re.compile(r'["{}\[\]]')
_SCALAR_END = re.compile(r"[\s,\[\]{}]")


def read_json_values(stream: ByteStream, options: ReadOptions, log: FileLog) -> Iterator[tuple[int, Cells]]:
    """Line and cells of each object in a JSON array or of each top-level object.

    Raises InputError when a needed column never turns up, DamagedStreamError when the file ends inside a value or an array.
    """
    text = open_text(stream, options.encoding)
    cells = ObjectCells(options, log)
    for line, value, source in _Values(text, log).parsed():
        if isinstance(value, dict):
            yield line, cells.of(value)
        else:
            detail = f"the element is a JSON {type(value).__name__}, not an object with named columns"
            log.reject(line, "not_an_object", detail, source)
    cells.finish()


class _Values:
    """Walks over the values of one text."""

    def __init__(self, text: TextStream, log: FileLog) -> None:
        self._read = text.read
        self._decoder: Decoder = text.decoder
        self._log = log
        self._decode = codecs.getincrementaldecoder(text.decoder.codec)("surrogateescape").decode
        self._parse = json.JSONDecoder(strict=False).raw_decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def parsed(self) -> Iterator[tuple[int, Any, str]]:
        """Line, value and first characters of each value that is one; the others become rejects."""
        in_array = False
        while self._find_next():
            if not in_array and self._text[self._at] == "[":
                in_array = True
                self._at += 1
            elif in_array and self._text[self._at] == "]":
                in_array = False
                self._at += 1
            else:
                yield from self._value()
        if in_array:
            raise DamagedStreamError("the array is not closed: the file is cut off")

    def _find_next(self) -> bool:
        """Move to the next value or bracket; False at the end."""
        while True:
            between = _BETWEEN.match(self._text, self._at)
            self._move_to(between.end() if between else self._at)
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _move_to(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _more(self) -> bool:
        """Append the next characters, forgetting those before the current value; False at the end of the file."""
        if self._ended:
            return False
        raw = self._read(limits.block_bytes())
        self._ended = not raw
        self._text = self._text[self._at :] + self._decode(raw, self._ended)
        self._at = 0
        return True

    def _value(self) -> Iterator[tuple[int, Any, str]]:
        line = self._line
        parsed = self._parsed_here()
        if parsed is None:
            end = self._end_of_value()
            if end is None:
                self._log.reject_long_row(line, "")
                return
            parsed = self._parsed_until(end, line)
            if parsed is None:
                return
        value, end = parsed
        source = self._text[self._at : end]
        self._move_to(end)
        if source.isascii() or not reject_undecodable(self._log, line, source, self._decoder):
            yield line, value, source[: limits.EXCERPT_CHARS]

    def _parsed_here(self) -> tuple[Any, int] | None:
        """The value at hand and where it ends; None when it is incomplete or no JSON."""
        try:
            value, end = self._parse(self._text, self._at)
        except (ValueError, RecursionError):
            return None
        may_go_on = end == len(self._text) and not isinstance(value, (dict, list, str))
        return None if may_go_on else (value, end)

    def _parsed_until(self, end: int, line: int) -> tuple[Any, int] | None:
        """The value whose end is known; None after rejecting what is no JSON."""
        source = self._text[self._at : end]
        try:
            value, length = self._parse(source, 0)
        except (ValueError, RecursionError) as error:
            self._log.reject(line, "bad_json", f"the element is not JSON: {error}", source)
            self._move_to(end)
            return None
        return value, self._at + length

    def _end_of_value(self) -> int | None:
        """Read on to the end of the current value; None when it is over the row cap and was read past.

        Raises DamagedStreamError when the file ends first: what follows the damage cannot be told apart from it.
        """
        scan = _ValueEnd()
        start, scanned, is_too_long = self._line, 0, False
        while (end := scan.find(self._text, self._at + scanned)) is None:
            if self._ended:
                if not scan.is_open:
                    return len(self._text)
                raise DamagedStreamError(f"the value that starts on line {start} does not end: the file is cut off, or a quote or bracket is missing")
            is_too_long = is_too_long or len(self._text) - self._at > limits.MAX_ROW_BYTES
            if is_too_long:
                self._move_to(len(self._text))
            scanned = len(self._text) - self._at
            self._more()
        if is_too_long or end - self._at > limits.MAX_ROW_BYTES:
            self._move_to(end)
            return None
        return end


class _ValueEnd:
    """Finds where a JSON value ends without parsing it; goes on where the last text stopped."""

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._is_scalar: bool | None = None
        self._escaped = 0  # characters of the next text that an escape at the end of the last one covers

    @property
    def is_open(self) -> bool:
        return self._in_string or self._depth > 0

    def find(self, text: str, at: int) -> int | None:
        """Index behind the value's last character; None when the text ends first."""
        if self._is_scalar is None:
            self._is_scalar = text[at] not in '{["'
            if self._is_scalar:
                at += 1
        if self._is_scalar:
            found = _SCALAR_END.search(text, at)
            return found.start() if found else None
        at += self._escaped
        self._escaped = 0
        while mark := (_IN_STRING if self._in_string else _OUTSIDE).search(text, at):
            at = mark.end()
            if mark[0] == "\\":
                at += 1
                self._escaped = max(0, at - len(text))
            elif self._closes(mark[0]):
                return at
        return None

    def _closes(self, mark: str) -> bool:
        if mark == '"':
            self._in_string = not self._in_string
        else:
            self._depth += 1 if mark in "{[" else -1
        return not self.is_open
