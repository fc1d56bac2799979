"""One Telegram message in the words of adscreen, whichever form of export it came in, and the joining of albums."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from adscreen.ingest import limits
from adscreen.ingest.readers.posted import utc
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.rejects import without_surrogates
from adscreen.records import JobAd

ALBUM_SECONDS = 1
"""The parts of an album are sent at once; exports give them the same second, rarely the next."""

ALBUM_PARTS = 10
"""Telegram puts at most ten photos or videos into an album; more textless ones in a row are no album."""

NUMBER_DIGITS = 20
"""A longer number is none of Telegram's (64 bits)."""

_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)?(?:www\.)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as the export names it. `key` tells chats of one name apart; `link` leads members to it, "" when the export has no number of it.

    `is_private`: a conversation of two, with a bot or with oneself, in the export of a whole account.
    """

    name: str
    key: str
    link: str = ""
    is_private: bool = False

    @property
    def label(self) -> str:
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Message:
    """What was read of a message. `line`: its place in the file, from 1. `time`: seconds since 1970, None when unknown. `origin`: the channel it came from.

    `has_media`: it carries a photo, video, file or song, which may be one of an album. `sender` only tells messages of one person from those
    of others and goes into no ad.
    """

    chat: Chat
    line: int
    number: str
    time: int | None
    text: str
    contact: str = ""
    location: str = ""
    sender: str = ""
    origin: str = ""
    has_media: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.text.strip() or self.contact.strip() or self.location.strip())


def with_address(words: str, address: str) -> str:
    """The words of a link and, when they do not show it already, where it leads: `apply here (https://example.org)`."""
    if not address or _bare(address) in (_bare(words), _bare(f"https://t.me/{words.strip().removeprefix('@')}")):
        return words
    return f"{words} ({address})"


def _bare(address: str) -> str:
    return _SCHEME.sub("", address.strip()).rstrip("/").casefold()


class AlbumJoiner:
    """Turns messages into ads or rejects, in order; photos of an album beside its captioned one are counted as parts of that ad."""

    def __init__(self, log: SourceLog, file: str) -> None:
        self._log = log
        self._file = file
        self._waiting: list[Message] = []  # textless parts whose captioned one may still come
        self._captioned: Message | None = None
        self._newest = ("", 0)  # key of the chat and the highest number in it

    def take(self, message: Message) -> Iterator[JobAd]:
        """The ad of a message, if it is one."""
        if self._waiting and not _beside(self._waiting[-1], message):
            self.finish()
        if message.is_empty:
            self._take_empty(message)
            return
        if message.has_media and self._waiting:
            self._log.skip("album_part", len(self._waiting))
            self._waiting.clear()
        self.finish()
        self._captioned = message
        fault = _too_long(message)
        if fault:
            self._log.reject(message.line, "too_long", fault, message.text, self._file)
            return
        self._log.ads += 1
        yield _ad(message, self._distinct(message))

    def finish(self) -> None:
        """Reject the textless messages that turned out to belong to no captioned one."""
        for message in self._waiting:
            self._reject_empty(message)
        self._waiting.clear()

    def _distinct(self, message: Message) -> str:
        """The number of a message, with its place where an edited export gives a number twice: in a real one they only rise."""
        number = int(message.number) if message.number.removeprefix("-").isdecimal() and len(message.number) < NUMBER_DIGITS else None
        chat, newest = self._newest
        if number is None or (chat == message.chat.key and number <= newest):
            return f"{message.number}-{message.line}"
        self._newest = (message.chat.key, number)
        return message.number

    def _take_empty(self, message: Message) -> None:
        if message.has_media and self._captioned is not None and _beside(self._captioned, message):
            self._log.skip("album_part")
        elif message.has_media and message.time is not None:
            self._waiting.append(message)
            if len(self._waiting) >= ALBUM_PARTS:
                self._reject_empty(self._waiting.pop(0))
        else:
            self._reject_empty(message)

    def _reject_empty(self, message: Message) -> None:
        what = "a photo, video or file without a caption" if message.has_media else "no text, caption, poll, contact or button"
        self._log.reject(
            message.line, "empty_text", f"message {message.number} of {message.chat.label!r} has nothing to read: {what}", "", self._file
        )


def _beside(one: Message, other: Message) -> bool:
    """Whether two messages in a row can be of one album."""
    if not (one.has_media and other.has_media) or one.time is None or other.time is None:
        return False
    same = (one.chat.key, one.sender, one.origin) == (other.chat.key, other.sender, other.origin)
    return same and abs(one.time - other.time) <= ALBUM_SECONDS


def _too_long(message: Message) -> str:
    longest = max(len(message.text), len(message.contact), len(message.location))
    return f"the message has {longest:,} characters, the most is {limits.MAX_TEXT_CHARS:,}" if longest > limits.MAX_TEXT_CHARS else ""


def _ad(message: Message, number: str) -> JobAd:
    chat = message.chat
    origin = f" from {message.origin}" if message.origin else ""
    return JobAd(
        id=without_surrogates(f"{chat.key}/{number}"),
        text=without_surrogates(message.text),
        location=without_surrogates(message.location),
        contact=without_surrogates(message.contact),
        url=without_surrogates(f"{chat.link}/{message.number}") if chat.link else "",
        posted_at=utc(message.time),
        source=without_surrogates(f"telegram:{chat.label}/{message.number}{origin}"),
    )
