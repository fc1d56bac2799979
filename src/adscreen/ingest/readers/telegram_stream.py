"""The messages of a Telegram JSON export one by one, in flat memory, also where the file is damaged.

Looks for lists called "messages" and parses each element of them with the JSON parser of the standard library: half as fast as a streaming parser
in C, but it can go on behind a broken element. Telegram Desktop itself writes such: control characters as `\\x0B`, which is no JSON.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from adscreen.ingest import limits
from adscreen.ingest.encoding import open_text
from adscreen.ingest.sources import ByteStream

_BETWEEN = re.compile(r"[\s,]*+")
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|.)", re.DOTALL)
_OPEN = re.compile(
    r'(?P<list>"messages"\s*+:\s*+\[)|(?P<message>\{\s*+"id"\s*+:\s*+-?\d{1,20}+\s*+,\s*+"type"\s*+:\s*+"(?:message|service|unsupported)")'
)
"""How a list of messages and, as Telegram writes it, a message begin. Neither can stand inside a JSON string, where quotation marks are escaped."""

_VALUE = r'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"|[-\w.]++)'
_HEADER = re.compile(rf'\{{\s*+((?:"\w++"\s*+:\s*+{_VALUE}\s*+,\s*+)*+)$', re.DOTALL)
_PAIR = re.compile(rf'"(name|type|id)"\s*+:\s*+({_VALUE})', re.DOTALL)
"""What a chat says of itself before its messages."""

HEADER_CHARS = 2048
"""Characters kept before the next list: more than the beginning of a chat with the longest name (255 characters, each escaped)."""

DEEP_CHARS = 500
"""A value nested too deep for the parser has at least so many characters, so none of them begins the next message."""

CUT_CHARS = 16
"""An error this near to the end of what was read so far may be due to what is still to come: an escaped character beyond U+FFFF takes twelve."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a list of messages. `header`: name, type and id of its chat, where they stood before the list.

    `fault`: reason and detail when it could not be parsed; `value` is then None. `start`: its first characters.
    """

    header: dict[str, str]
    line: int
    value: Any
    fault: tuple[str, str] | None
    start: str


class MessageStream:
    """Walks once over the bytes of one export. `lists` counts the lists of messages found so far."""

    def __init__(self, stream: ByteStream) -> None:
        text = open_text(stream, None)
        self._read = text.read
        self._decode = codecs.getincrementaldecoder(text.decoder.codec)("surrogateescape").decode
        self._parse = json.JSONDecoder(strict=False).raw_decode
        self._text = ""
        self._at = 0
        self._ended = False
        self._undecodable = False  # whether bytes that are not UTF-8 were read so far
        self._found = ""  # what stands next: "list", "message", or nothing more
        self._before = ""  # what stood before the list
        self._is_lost = False  # whether a broken message was left for what was found next
        self._line = 0
        self.lists = 0

    def elements(self) -> Iterator[Element]:
        """All elements of all lists of messages, in order; also messages that stand outside of one because what is around them is damaged."""
        header: dict[str, str] = {}
        self._seek()
        while self._found:
            if self._found == "list":
                self.lists += 1
                header = self._header()
            yield from self._list(header)

    def _seek(self) -> None:
        """Move to where the next list begins, or the next message where a list's beginning or a message before is damaged."""
        while (match := _OPEN.search(self._text, self._at)) is None:
            self._at = max(self._at, len(self._text) - HEADER_CHARS)
            if not self._more():
                self._at = len(self._text)
                self._found = ""
                return
        self._found = str(match.lastgroup)
        if self._found == "list":
            self._before = self._text[max(0, match.start() - HEADER_CHARS) : match.start()]
            self._at = match.end()
        else:
            self._at = match.start()

    def _header(self) -> dict[str, str]:
        match = _HEADER.search(self._before)
        return {key: _unquoted(value) for key, value in _PAIR.findall(match[1])} if match else {}

    def _list(self, header: dict[str, str]) -> Iterator[Element]:
        self._is_lost = False
        while not self._is_lost:
            if not self._find_next():
                detail = "the file ends before its list of messages does: the export was stopped, or the copy is incomplete"
                yield Element(header, self._line + 1, None, ("cut_off", detail), "")
                self._found = ""
                return
            if self._text[self._at] == "]":
                self._at += 1
                self._seek()
                return
            self._line += 1
            yield self._element(header)

    def _find_next(self) -> bool:
        while True:
            between = _BETWEEN.match(self._text, self._at)
            self._at = between.end() if between else self._at
            if self._at < len(self._text):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        """Append what comes next, at least as much as is pending (so that a long element costs linear time); False at the end of the file."""
        if self._ended:
            return False
        raw = self._read(max(limits.block_bytes(), len(self._text) - self._at))
        self._ended = not raw
        new = self._decode(raw, self._ended)
        self._undecodable = self._undecodable or not _encodes(new)
        self._text = self._text[self._at :] + new
        self._at = 0
        return True

    def _element(self, header: dict[str, str]) -> Element:
        while True:
            try:
                value, end = self._parse(self._text, self._at)
            except (ValueError, RecursionError) as error:
                is_cut = _is_cut(error, self._text)
                is_long = is_cut and len(self._text) - self._at > limits.MAX_ROW_BYTES
                if is_cut and not is_long and self._more():
                    continue
                if isinstance(error, json.JSONDecodeError) and error.msg.startswith("Invalid \\escape") and self._repair():
                    continue
                return self._broken(header, error, is_cut, is_long)
            if end == len(self._text) and not isinstance(value, dict | list | str) and self._more():
                continue  # a number may go on
            return self._whole(header, value, end)

    def _whole(self, header: dict[str, str], value: Any, end: int) -> Element:
        start = self._text[self._at : self._at + limits.EXCERPT_CHARS]
        fault = None
        if end - self._at > limits.MAX_ROW_BYTES:
            fault = _too_long()
        elif self._undecodable and not _encodes(self._text[self._at : end]):
            fault = ("bad_encoding", "bytes of the message are not UTF-8: the export was changed after Telegram wrote it")
        self._at = end
        return Element(header, self._line, None if fault else value, fault, start)

    def _repair(self) -> bool:
        """Make JSON of the control characters in what was read so far; False when there was nothing to repair."""
        repaired = _ESCAPE.sub(lambda match: f"\\u00{match[1]}" if match[1] else match[0], self._text[self._at :])
        changed = len(repaired) != len(self._text) - self._at
        self._text, self._at = repaired, 0
        return changed

    def _broken(self, header: dict[str, str], error: Exception, is_cut: bool, is_long: bool) -> Element:
        start = self._text[self._at : self._at + limits.EXCERPT_CHARS]
        self._at += DEEP_CHARS if isinstance(error, RecursionError) else 1
        self._is_lost = True
        self._seek()
        if is_long:
            fault = _too_long()
        elif is_cut and not self._found:
            fault = ("cut_off", "the file ends inside the message: the export was stopped, or the copy is incomplete")
        else:
            rest = "reading went on with the next message" if self._found else "no further message was found behind it"
            fault = ("bad_json", f"the message is not JSON ({type(error).__name__}: {str(error)[:80]}); {rest}")
        return Element(header, self._line, None, fault, start)


def _is_cut(error: Exception, text: str) -> bool:
    """Whether an error of the parser may be due to the end of what was read so far."""
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos >= len(text) - CUT_CHARS or error.msg.startswith("Unterminated string")


def _encodes(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unquoted(word: str) -> str:
    try:
        return str(json.loads(word, strict=False)) if word.startswith('"') else word
    except ValueError:
        return word


def _too_long() -> tuple[str, str]:
    return "too_long", f"the message is longer than {limits.MAX_ROW_BYTES:,} bytes"
