"""MIME messages opened with caps: headers, texts in whatever charset, and what else is inside."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from typing import Any

from adscreen.ingest.encoding import guess_encoding
from adscreen.ingest.readers.charsets import codec_of
from adscreen.ingest.readers.markup import html_tree, tree_text
from adscreen.ingest.rejects import GUESS_BYTES, without_surrogates

MAX_HEADER_CHARS = 4096
"""Characters of a header that are read. Long ones list recipients; parsing takes more than linear time."""

MAX_DEPTH = 12
"""Messages and multiparts inside each other. A forward of a forward with pictures has six levels."""

MAX_PARTS = 300
"""Parts of one message. Forwarded newsletters reach some 50."""

MAX_WORK = 20_000_000
"""Lines times boundaries: the parser compares every line with every open boundary, 10 million of these take some seconds."""

MAX_HTML_CHARS = 4_000_000
"""Characters of an HTML part that are read; a page of MAX_TEXT_CHARS visible ones seldom has ten times that."""

_UTF8_MEANT = ("ascii", "us-ascii")
"""Charsets of mail programs that name none: text that is not ASCII is UTF-8 then, or whatever it looks like."""

_BOUNDARY = re.compile(rb"boundary\s*=|message/", re.IGNORECASE)


class TooMuchError(Exception):
    """A message over one of the caps; `reason` is a reject code."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _Policy(Compat32):
    """Keeps headers as they are, cut off at MAX_HEADER_CHARS. The newer policies parse every header by grammar: slow on long ones, and they fail on broken ones."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARS]


_POLICY = _Policy()


@dataclass(frozen=True, slots=True)
class Opened:
    """What one message holds: its own text, the messages inside it, and the other parts."""

    text: str
    messages: tuple[Message, ...]
    files: tuple[Message, ...]


def parse_message(data: bytes) -> Message:
    """The message in bytes. Raises TooMuchError for one whose structure would take too long to parse."""
    boundaries = len(_BOUNDARY.findall(data))
    if boundaries * data.count(b"\n") > MAX_WORK:
        raise TooMuchError("too_deep", f"the message names {boundaries:,} boundaries or inner messages; it cannot be parsed in reasonable time")
    try:
        return email.message_from_bytes(data, policy=_POLICY)
    except RecursionError as error:
        raise TooMuchError("too_deep", "its parts are nested hundreds deep") from error


def header(message: Message, name: str) -> str:
    """A header's text on one line, encoded words decoded as far as they can be; "" when absent."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        pieces = decode_header(str(value) if isinstance(value, str) else value)
        text = "".join(piece if isinstance(piece, str) else decoded(piece, charset or "") for piece, charset in pieces)
    except (HeaderParseError, ValueError):
        text = str(value)
    return " ".join(without_surrogates(text).split())


def decoded(data: bytes, charset: str) -> str:
    """Bytes as text: in the charset that the message names, else UTF-8, else the likeliest one, else Windows Western."""
    named = codec_of(charset) if charset.strip("'\" ").casefold() not in _UTF8_MEANT else None
    for candidate in (named, "utf-8"):
        if candidate and (text := _strictly(data, candidate)) is not None:
            return text
    return _strictly(data, guess_encoding(data[:GUESS_BYTES]) or "") or data.decode("cp1252", "replace")


def _strictly(data: bytes, charset: str) -> str | None:
    try:
        return data.decode(charset)
    except (LookupError, UnicodeError):
        return None


def payload(part: Message) -> bytes:
    """The bytes of a part, transfer encoding undone as far as it can be."""
    content: Any = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def charset_of(part: Message) -> str:
    """The charset that a part names, "" for none."""
    try:
        return part.get_content_charset() or ""
    except ValueError:  # a NUL in a name
        return ""


def text_of(part: Message) -> str:
    """The text of a text part; of HTML what a reader sees. Raises OutsideError for HTML without lxml."""
    text = decoded(payload(part), charset_of(part))
    if part.get_content_type() != "text/html":
        return text.replace("\r\n", "\n")
    root = html_tree(text[:MAX_HTML_CHARS])
    return "" if root is None else tree_text(root)


def opened(message: Message) -> Opened:
    """Sort the parts of a message. Raises TooMuchError above the caps on depth and number of parts."""
    texts: list[str] = []
    inner: list[Message] = []
    files: list[Message] = []
    for part in _parts(message):
        if part.get_content_maintype() == "message" and _inner(part):
            inner.extend(_inner(part))
        elif _is_body(part):
            texts.append(text_of(part))
        else:
            files.append(part)
    return Opened("\n\n".join(text.strip("\r\n") for text in texts if text.strip()), tuple(inner), tuple(files))


def _inner(part: Message) -> list[Message]:
    return _held(part) if part.get_content_type() in ("message/rfc822", "message/global", "message/news") else []


def _held(part: Message) -> list[Message]:
    """The messages that a part consists of. The payload of others is not asked for like this: it would be decoded by whatever charset they name."""
    content: Any = part.get_payload() if part.is_multipart() else []
    return [item for item in content if isinstance(item, Message)]


def _parts(message: Message) -> Iterator[Message]:
    """The leaves in order, of alternatives the best one; inner messages are leaves."""
    stack: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while stack:
        part, depth = stack.pop()
        seen += 1
        if seen > MAX_PARTS:
            raise TooMuchError("too_many_parts", f"the message has more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise TooMuchError("too_deep", f"the parts of the message are nested more than {MAX_DEPTH} deep")
        children = _held(part)
        if part.get_content_maintype() != "multipart" or not part.is_multipart():
            yield part
            continue
        if part.get_content_subtype() == "alternative":
            children = _best(children)
        stack.extend((child, depth + 1) for child in reversed(children))


def _best(alternatives: list[Message]) -> list[Message]:
    """The plain text, if it says anything, else the last alternative, which is the richest one."""
    plain = next((part for part in alternatives if part.get_content_type() == "text/plain" and payload(part).strip()), None)
    rest = [part for part in alternatives if part.get_content_maintype() not in ("text", "multipart")]
    return [plain, *rest] if plain is not None else alternatives[-1:]


def _is_body(part: Message) -> bool:
    if part.get_content_type() not in ("text/plain", "text/html") and part.get_content_maintype() != "multipart":
        return False
    return part.get_content_disposition() != "attachment" and not file_name(part)


def file_name(part: Message) -> str:
    """The name of an attached file, "" for none."""
    try:
        name = part.get_filename() or ""
    except (LookupError, UnicodeError, ValueError, TypeError):  # broken RFC 2231 parameters
        return "unnamed"
    if "=?" not in name:
        return " ".join(without_surrogates(name).split())
    holder = Message(_POLICY)
    holder["Subject"] = name.replace("\n", " ").replace("\r", " ")
    return header(holder, "Subject")
