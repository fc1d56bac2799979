"""The messages of a WhatsApp export, and what each of them is: somebody's text, or something that WhatsApp wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from adscreen.ingest import limits
from adscreen.ingest.encoding import ESCAPED
from adscreen.ingest.readers.whatsapp_layouts import MARKS, Head, Shape, heads
from adscreen.ingest.readers.whatsapp_phrases import ATTACHED, CONTACT, DELETED, EDITED, EVENT, GENERATED, LONGEST_NOTICE, NOTICE, OMITTED, STICKER

LONGEST_SENDER = 120
"""Characters of a sender's name; group names, which stand there too, may have 100. A colon further on belongs to a notice."""

_SENDER = re.compile(rf"(?P<name>[^\n]{{1,{LONGEST_SENDER}}}?):(?: |(?=\n|\Z))")
_PHONE = re.compile(r"\+?\d[\d ()./-]{5,24}")
_INVISIBLE = re.compile(f"[{MARKS}]")
_SPACES = re.compile(r"\s+")
_BLANK = re.compile(rf"[\s{MARKS}]*")


@dataclass(slots=True)
class Message:
    """One head and what follows it up to the next. `head` None: text before the first message. `text` is cut off just above the cap on an ad's text."""

    line: int
    head: Head | None
    pieces: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        if self.length <= limits.MAX_TEXT_CHARS + LONGEST_SENDER:
            self.pieces.append(piece)
        self.length += len(piece)

    @property
    def text(self) -> str:
        return "".join(self.pieces).replace("\r\n", "\n").rstrip("\r\n")

    def parted(self) -> tuple[str, str]:
        """Sender ("" for none) and what was sent."""
        text = self.text
        found = _SENDER.match(text)
        if found is None or (EVENT.search(found["name"]) and "\n" not in text):
            return "", text
        return found["name"], text[found.end() :]


def messages(blocks: Iterable[tuple[int, str]], shapes: Mapping[Shape, object]) -> Iterator[Message]:
    """The messages in the order of the file; `blocks` are line numbers and the whole lines from there on. Heads of other shapes are part of a text."""
    current = Message(1, None)
    for line, text in blocks:
        end = 0
        for head in heads(text):
            if head.shape in shapes:
                current.add(text[end : head.start])
                yield current
                line += text.count("\n", end, head.end)
                current, end = Message(line, head), head.end
        current.add(text[end:])
        line += text.count("\n", end)
    yield current


def whole(found: Iterable[Message]) -> Iterator[Message]:
    """The messages with those joined again that a date inside an ad tore apart: a notice without sender has one line and no address."""
    last: Message | None = None
    for message in found:
        if last is None:
            last = message
        elif message.head is not None and last.head is not None and _is_torn(message) and last.parted()[0]:
            last.add(f"{message.head.written}{message.text}\n")
        else:
            yield last
            last = message
    if last is not None:
        yield last


def _is_torn(message: Message) -> bool:
    sender, text = message.parted()
    return not sender and not EVENT.search(text) and ("\n" in text.strip() or "http" in text)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message is. `reject` and `skip` are reason codes, at most one of them set; `media` are the names of attached files."""

    text: str = ""
    reject: str = ""
    skip: str = ""
    media: tuple[str, ...] = ()


def read_message(sender: str, text: str, head: str = "") -> Reading:
    """Tell somebody's text, freed of the marks of edits and media, from what WhatsApp wrote itself."""
    if not sender:
        return Reading(skip="service_message")
    if ESCAPED.search(text):
        return Reading(text, reject="bad_encoding")
    if DELETED.fullmatch(text):
        return Reading(skip="deleted_message")
    media = tuple(next(filter(None, found.groups())) for found in ATTACHED.finditer(text))
    said = OMITTED.sub("", ATTACHED.sub("", EDITED.sub("", text)))
    if not is_blank(said) and _is_notice(text, head):
        return Reading(skip="service_message")
    if not is_blank(said):
        too_long = "too_long" if len(said) > limits.MAX_TEXT_CHARS else ""
        return Reading(said.strip(), reject=too_long, media=media)
    return _without_text(text, media)


def _without_text(text: str, media: tuple[str, ...]) -> Reading:
    if media:
        return Reading(skip="sticker") if all(map(STICKER.search, media)) else Reading(text, reject="unread_media", media=media)
    return Reading(text, reject="empty_text") if is_blank(text) else Reading(skip="media_omitted")


def _is_notice(text: str, head: str) -> bool:
    if len(text) > LONGEST_NOTICE or text.count("\n") > 1 or CONTACT.search(text):
        return False
    return NOTICE.match(text) is not None or (head.startswith(("\u200e", "\u200f")) and GENERATED.fullmatch(text) is not None)


def is_blank(text: str) -> bool:
    """Whether nothing in a text can be seen."""
    return _BLANK.fullmatch(text) is not None


def phone_of(sender: str) -> str:
    """The phone number under which an unsaved sender is shown, without invisible marks; "" for a name."""
    shown = _SPACES.sub(" ", _INVISIBLE.sub("", sender).replace("\u2011", "-")).strip().lstrip("~ ")
    return shown if _PHONE.fullmatch(shown) and sum(map(str.isdigit, shown)) >= 7 else ""
