"""What one message of a Telegram HTML page says, told by the classes of its elements."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from adscreen.ingest.readers.telegram_message import with_address

_TOKEN = re.compile(r'<(?P<close>/?)(?P<tag>[a-zA-Z][\w:-]*+)(?P<rest>(?:[^<>"]|"[^"]*+")*+)>|(?P<text>[^<]++|<)')
_ATTRIBUTE = re.compile(r'([\w:-]++)="([^"]*+)"')
_LINE_BREAK = re.compile(r"[ \t]*[\r\n]\s*")
_AROUND_BREAK = re.compile(r"[ \t]*\n[ \t]*")

VOID = frozenset(("br", "img", "hr", "input", "link", "meta", "wbr", "source"))
BLOCKS = frozenset(("div", "p", "blockquote", "pre", "li", "ul", "ol", "table", "tr"))

ROLES = {
    "from_name": "sender",
    "text": "text",
    "question": "text",
    "answer": "text",
    "bot_button": "text",
    "reply_to": "none",
    "date": "none",
    "details": "none",
    "signature": "none",
    "reactions": "none",
    "userpic": "none",
    "userpic_wrap": "none",
    "media_contact": "contact",
    "media_venue": "location",
    "media_game": "text",
    "media_invoice": "text",
}
"""Class of an element -> where its words go. Inside a contact, a venue, a game or an invoice all words count; of other media none do."""

MEDIA = frozenset(("photo_wrap", "video_file_wrap", "media_photo", "media_video", "media_file", "media_audio_file"))
"""Classes of what can be sent as an album."""

_WHOLE = frozenset(("contact", "location"))
_OWN_DETAILS = frozenset(("status", "description"))

DEPTH = 200
"""Elements inside each other that are told apart; Telegram's pages have about ten."""


@dataclass(slots=True)
class Fields:
    """The parts of a message; `date` as written on the page."""

    text: str = ""
    contact: str = ""
    location: str = ""
    sender: str = ""
    date: str = ""
    has_media: bool = False


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet. `link`: where it leads, and where in its role's pieces its words begin."""

    tag: str
    role: str
    link: tuple[str, int] | None = None


@dataclass(slots=True)
class _Scan:
    fields: Fields = field(default_factory=Fields)
    pieces: dict[str, list[str]] = field(default_factory=lambda: {"text": [], "contact": [], "location": [], "sender": [], "none": []})
    stack: list[_Open] = field(default_factory=list)

    @property
    def role(self) -> str:
        return self.stack[-1].role if self.stack else "none"

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        classes = attributes.get("class", "").split()
        if "date" in classes and not self.fields.date:
            self.fields.date = unescape(attributes.get("title", ""))
        if MEDIA.intersection(classes):
            self.fields.has_media = True
        role = self._role(classes)
        if tag in BLOCKS:
            self._break(role)
        if tag == "br":
            self.pieces[self.role].append("\n")
        if tag not in VOID and len(self.stack) < DEPTH:
            address = unescape(attributes.get("href", ""))
            is_link = tag == "a" and role == "text" and address.startswith(("http://", "https://", "tg://", "mailto:", "tel:"))
            self.stack.append(_Open(tag, role, (address, len(self.pieces[role])) if is_link else None))

    def _role(self, classes: list[str]) -> str:
        if self.role in _WHOLE or (self.role == "text" and _OWN_DETAILS.intersection(classes)):
            return self.role
        named = [ROLES[name] for name in classes if name in ROLES]
        if "none" in named:
            return "none"
        if "sender" in named and self.pieces["sender"]:
            return "none"  # the sender of what was forwarded
        return named[0] if named else self.role

    def close(self, tag: str) -> None:
        if not any(element.tag == tag for element in reversed(self.stack)):
            return
        while self.stack:
            element = self.stack.pop()
            if element.link:
                self._tell(element.role, *element.link)
            if element.tag in BLOCKS:
                self._break(element.role)
            if element.tag == tag:
                return

    def _break(self, role: str) -> None:
        """End the line, unless the last one ended already."""
        pieces = self.pieces[role]
        while pieces and pieces[-1].isspace() and "\n" not in pieces[-1]:
            pieces.pop()
        if pieces and pieces[-1] != "\n":
            pieces.append("\n")

    def _tell(self, role: str, address: str, begin: int) -> None:
        """Put the address of a link behind its words, before a line break that ends them."""
        pieces = self.pieces[role]
        words = "".join(pieces[begin:])
        line = words.rstrip("\n")
        pieces[begin:] = [with_address(line, address) if line.strip() else address, words[len(line) :]]

    def result(self) -> Fields:
        for name in ("text", "contact", "location", "sender"):
            setattr(self.fields, name, _tidy("".join(self.pieces[name])))
        self.fields.contact = self.fields.contact.replace("\n", " ")
        self.fields.location = self.fields.location.replace("\n", " ")
        return self.fields


def read_fields(html: str) -> Fields:
    """The parts of the message that `html` holds from its first tag on; what is behind the message's end has no part in it."""
    scan = _Scan()
    for token in _TOKEN.finditer(html):
        words = token["text"]
        if words is not None:
            scan.pieces[scan.role].append(unescape(_LINE_BREAK.sub(" ", words)) if "\n" in words or "\r" in words else unescape(words))
        elif token["close"]:
            scan.close(token["tag"].lower())
            if not scan.stack:
                break
        else:
            scan.open(token["tag"].lower(), dict(_ATTRIBUTE.findall(token["rest"])))
    return scan.result()


def _tidy(text: str) -> str:
    """Without the blanks that the page's layout put around words and lines; empty lines stay only where the message had them."""
    return _AROUND_BREAK.sub("\n", text).strip()
