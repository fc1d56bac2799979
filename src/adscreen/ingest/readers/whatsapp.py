"""Chats exported from WhatsApp: `_chat.txt` of iPhones, `WhatsApp Chat with X.txt` of Android, the zip of either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.whatsapp_files import ChatFile, chat_files
from adscreen.ingest.readers.whatsapp_layouts import ORDERS, DateEvidence, Shape, moment, survey
from adscreen.ingest.readers.whatsapp_messages import Message, is_blank, messages, phone_of, read_message, whole
from adscreen.ingest.rejects import without_surrogates
from adscreen.ingest.sources import DamagedStreamError
from adscreen.records import JobAd

DATE_ORDERS = ("auto", "strict", *ORDERS)


@dataclass(frozen=True, slots=True)
class WhatsAppReader:
    """Reads exported chats: every message with text is an ad; how dates are written is told from the whole file.

    Where every date of a file can be read in two ways and both run forward in time, `date_order=auto` takes the day for the first number (the month, where the
    file is written as in US English: unpadded, two-digit year, AM or PM in capitals); `strict` raises InputError instead, so that the caller can say.
    Senders' names are left out; the number of a sender who was not among the contacts is the ad's contact.
    """

    kind: ClassVar[str] = "whatsapp"
    about: ClassVar[str] = "chats exported from WhatsApp: .txt of iPhone or Android, the .zip of either, folders of them"
    example: ClassVar[str] = "adscreen ingest whatsapp 'WhatsApp Chat with Jobs.zip' --option timezone=Asia/Bangkok -o ads.jsonl"
    extra: ClassVar[str | None] = None
    options: ClassVar[Mapping[str, str]] = {
        "timezone": "zone of the phone that exported the chat, such as Asia/Manila; exports do not say (default UTC)",
        "date_order": "auto (told from the whole file, day first where it cannot be told), strict (an error then), dmy, mdy or ymd",
        "encoding": "encoding of the text, such as cp874 (default UTF-8, or UTF-16 with a byte-order mark)",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        "unread_media": "the message is a file without words; the file was exported beside the chat",
        "before_first_message": "the file starts with text that belongs to no message",
        "not_a_chat": "the file has no line that starts like a WhatsApp message",
        "damaged_file": "the file breaks off; what stood before was read",
    }

    timezone: str = "UTC"
    date_order: str = "auto"
    encoding: str = ""

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of one chat, archive or folder. Raises InputError when nothing in it is an exported chat, or an option has no such value."""
        if self.date_order not in DATE_ORDERS:
            raise InputError(f"--option date_order={self.date_order}: use one of {', '.join(DATE_ORDERS)}")
        ReadOptions(encoding=self.encoding or None)  # raises for an unknown encoding
        zone = _zone(self.timezone)
        with chat_files(source, self.encoding or None, log) as (files, is_single):
            for file in files:
                yield from self._chat(file, zone, is_single, log)

    def _chat(self, file: ChatFile, zone: tzinfo, is_single: bool, log: SourceLog) -> Iterator[JobAd]:
        try:
            shapes = _shapes(file)
        except InputError as error:
            if is_single:
                raise
            log.reject(0, "not_a_chat", str(error), file=file.path)
            return
        orders = {shape: self._order(file, evidence) for shape, evidence in shapes.items()}
        try:
            for message in whole(messages(file.blocks(), orders)):
                yield from _ads(message, file, orders, zone, log)
        except DamagedStreamError as error:
            log.reject(0, "damaged_file", f"the file breaks off ({error}); what stood before was read", file=file.path)

    def _order(self, file: ChatFile, evidence: DateEvidence) -> str:
        if self.date_order in ORDERS:
            return self.date_order
        orders = evidence.orders()
        if self.date_order == "strict" and len(orders) > 1:
            raise InputError(
                f"{file.path}: its dates can be read as {' or '.join(orders)}; pass --option date_order={orders[0]} or another of {', '.join(ORDERS)}"
            )
        return evidence.default()


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"--option timezone={name}: no such time zone; use an IANA name such as Asia/Bangkok or America/Lima") from error


def _shapes(file: ChatFile) -> dict[Shape, DateEvidence]:
    shapes = survey(_undamaged(file))
    if not shapes:
        raise InputError(f"{file.path}: is no chat exported from WhatsApp: no line starts with a date, a time and a sender")
    return shapes


def _undamaged(file: ChatFile) -> Iterator[str]:
    try:
        for _, text in file.blocks():
            yield text
    except DamagedStreamError:
        return


def _ads(message: Message, file: ChatFile, orders: Mapping[Shape, str], zone: tzinfo, log: SourceLog) -> Iterator[JobAd]:
    """The ad that a message is; a reject or a skip where it is none."""
    if message.head is None:
        if not is_blank(message.text):
            log.reject(1, "before_first_message", "the file starts with text that belongs to no message", message.text, file=file.path)
        return
    sender, text = message.parted()
    reading = read_message(sender, text, message.head.written)
    if reading.skip:
        log.skip(reading.skip)
    elif reading.reject:
        log.reject(
            message.line,
            reading.reject,
            _DETAILS[reading.reject].format(", ".join(reading.media)[: limits.EXCERPT_CHARS]),
            reading.text,
            file=file.path,
        )
    else:
        log.ads += 1
        place = without_surrogates(f"{file.name}/{message.line}")
        yield JobAd(id=place, text=reading.text, contact=phone_of(sender), posted_at=moment(message.head, orders, zone), source=f"whatsapp:{place}")


_DETAILS = {
    "unread_media": "the message is a file without words ({}); look at it, or read pictures with the image reader",
    "empty_text": "the message has no text",
    "too_long": f"the message has more than {limits.MAX_TEXT_CHARS:,} characters",
    "bad_encoding": "the message's bytes are not in the file's encoding; pass --option encoding=NAME with the encoding it was saved in",
}
