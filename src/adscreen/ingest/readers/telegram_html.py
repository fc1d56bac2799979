"""Messages of Telegram Desktop's `messages.html`, page by page.

The pages are written by a machine, one message after another, so they are cut at the messages and each is read by itself with a small scanner:
flat memory, linear time, and a broken message spoils no other.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from html import unescape

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.encoding import open_text
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.telegram_markup import Fields, read_fields
from adscreen.ingest.readers.telegram_message import Chat, Message
from adscreen.ingest.sources import ByteStream, DamagedStreamError

HEAD_CHARS = 1024 * 1024
"""Characters before the first message; the style of a page that holds it inside has some 50,000."""

_BEGIN = re.compile(r'<div class="message (?:default|service)\b[^"<>]*+"[^<>]*+>')
_IS_SERVICE = re.compile(r'<div class="message service')
_NUMBER = re.compile(r'\bid="message(-?\d+)"')
_NAME = re.compile(r'<div class="text bold">([^<]*+)')
_FRAME = re.compile(r'class="(?:page_wrap|page_header|page_body)')
_DATE = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d):(\d\d):(\d\d)(?: UTC([+-]\d\d):(\d\d))?")


def read_html(stream: ByteStream, log: SourceLog, part: str, unwanted: Callable[[Chat], str]) -> Iterator[Message | Chat]:
    """The chat of a page, then its messages.

    `part`: the folder of the page, which tells chats of one name apart. `unwanted`: why a chat's messages are skipped, "" for those that are read.
    Raises InputError when the page is no page of a Telegram chat.
    """
    pieces = _pieces(stream, log)
    head = next(pieces, "")
    if not _FRAME.search(head):
        raise InputError(f"{stream.name}: is a web page, but none of a Telegram export; name messages.html or the folder it is in")
    found = _NAME.search(head)
    chat = Chat(unescape(found[1]).strip() if found else "", part)
    yield chat
    sender = ""
    for line, piece in enumerate(pieces, start=1):
        if reason := unwanted(chat):
            log.skip(reason)
        elif _IS_SERVICE.match(piece):
            log.skip("service_message")
        elif len(piece) > limits.MAX_ROW_BYTES:
            log.reject(line, "too_long", f"the message is longer than {limits.MAX_ROW_BYTES:,} characters of HTML", "", stream.name)
        elif not _encodes(piece):
            log.reject(line, "bad_encoding", "bytes of the message are not UTF-8: the export was changed after Telegram wrote it", "", stream.name)
        else:
            fields = read_fields(piece)
            sender = fields.sender or sender  # messages in a row name their sender once
            yield _message(fields, piece, chat, sender, line)


def _message(fields: Fields, piece: str, chat: Chat, sender: str, line: int) -> Message:
    number = _NUMBER.search(piece)
    return Message(
        chat=chat,
        line=line,
        number=number[1] if number else "message",
        time=_time(fields.date),
        text=fields.text,
        contact=fields.contact,
        location=fields.location,
        sender=sender,
        has_media=fields.has_media,
    )


def _time(date: str) -> int | None:
    """Seconds since 1970 of `31.12.2025 23:59:59 UTC+03:00`; old exports name no zone and are read as UTC."""
    match = _DATE.search(date)
    if match is None:
        return None
    day, month, year, hour, minute, second = map(int, match.groups()[:6])
    try:
        zone = timezone(timedelta(hours=int(match[7]), minutes=int(f"{match[7][0]}{match[8]}"))) if match[7] else UTC
        return int(datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp())
    except (ValueError, OverflowError):
        return None


def _pieces(stream: ByteStream, log: SourceLog) -> Iterator[str]:
    """What stands before the first message, then each message; one that is over the cap comes shortened to just over it."""
    text = open_text(stream, None)
    decode = codecs.getincrementaldecoder(text.decoder.codec)("surrogateescape").decode
    pending, scanned, ended = "", 0, False
    while not ended:
        try:
            raw = text.read(limits.block_bytes())
        except DamagedStreamError as error:
            log.reject(0, "cut_off", f"the compressed file breaks off ({error}); what came before was read", "", stream.name)
            raw = b""
        ended = not raw
        pending += decode(raw, ended)
        start = 0
        for match in _BEGIN.finditer(pending, scanned):
            if match.start() > start or start:
                yield pending[start : match.start()]
            start = match.start()
        pending = pending[start:]
        if len(pending) > limits.MAX_ROW_BYTES + HEAD_CHARS:
            pending = pending[: limits.MAX_ROW_BYTES] + pending[-HEAD_CHARS:]
        scanned = max(1, len(pending) - HEAD_CHARS) if len(pending) > HEAD_CHARS else 1
    yield pending


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
