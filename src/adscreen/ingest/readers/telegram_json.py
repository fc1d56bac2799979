"""Messages of Telegram Desktop's `result.json`: one chat or a whole account."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from adscreen.errors import InputError
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.telegram_message import Chat, Message, with_address
from adscreen.ingest.readers.telegram_stream import Element, MessageStream
from adscreen.ingest.sources import ByteStream, DamagedStreamError

SINGLE_MEDIA = frozenset(("sticker", "voice_message", "video_message", "animation"))
"""Types of media that are never sent as an album; photos have no type."""

MESSAGE_KEYS = ("type", "date", "date_unixtime", "from_id", "text_entities")
"""A list called "messages" whose first element has none of these is not Telegram's: other chat exports have such lists too."""

SPOKEN_KEYS = frozenset(("poll", "todo_list", "game_title", "game_description", "game_link", "invoice_information", "inline_bot_buttons"))
"""Keys besides the text whose words a reader sees."""

LINKED_TYPES = ("channel", "supergroup")
"""Ends of the types of chat whose messages have an address, which opens for members."""

PRIVATE_TYPES = frozenset(("personal_chat", "bot_chat", "saved_messages", "replies", "verify_codes"))
"""Types of chat that are no channels or groups."""

TIME_DIGITS = 11
"""Digits of the last second of the year 5138; longer numbers are no times."""

_ONE_CHAT = re.compile(rb'[\xef\xbb\xbf\s]*\{\s*"(?:name|type|id|messages)"')
"""How the export of a single chat begins; that of a whole account begins with what it is about."""

_NOT_EXPORT = "export again from Telegram Desktop (Export chat history, format JSON or HTML)"


def read_json(stream: ByteStream, log: SourceLog, part: str, unwanted: Callable[[Chat], str]) -> Iterator[Message | Chat]:
    """Each chat when its messages begin, then its messages.

    `part`: name of the file, for chats without name and number. `unwanted`: why a chat's messages are skipped, "" for those that are read.
    Raises InputError when nothing in the file is a list of Telegram messages.
    """
    walker = MessageStream(stream)
    is_account = _ONE_CHAT.match(stream.head) is None
    header: dict[str, str] | None = None
    chat = Chat("", part)
    try:
        for element in walker.elements():
            if header is None and element.fault is None and not _is_telegram(element.value):
                raise InputError(f"{stream.name}: its list of messages is not Telegram's: no {', '.join(MESSAGE_KEYS)} there; {_NOT_EXPORT}")
            if element.header != header:
                header = element.header
                chat = _chat(header, part, is_account)
                yield chat
            reason = unwanted(chat)
            if not reason:
                yield from _message(element, chat, log, stream.name)
            elif element.fault:  # what was wanted may be missing behind it
                log.reject(element.line, *element.fault, "", stream.name)
            else:
                log.skip(reason)
    except DamagedStreamError as error:
        log.reject(0, "cut_off", f"the compressed file breaks off ({error}); what came before was read", "", stream.name)
    if header is None and not walker.lists:
        raise InputError(f"{stream.name}: holds no list of messages, so it is no Telegram export; {_NOT_EXPORT}")


def _is_telegram(value: Any) -> bool:
    return not isinstance(value, dict) or any(key in value for key in MESSAGE_KEYS)


def _chat(header: dict[str, str], part: str, is_account: bool) -> Chat:
    name, number = header.get("name", ""), header.get("id", "").removeprefix("-100")
    name = "" if name == "null" else name
    has_link = number.isascii() and number.isdigit() and header.get("type", "").endswith(LINKED_TYPES)
    is_private = is_account and header.get("type", "") in PRIVATE_TYPES
    return Chat(name or header.get("type", ""), number or name or part, f"https://t.me/c/{number}" if has_link else "", is_private)


def _message(element: Element, chat: Chat, log: SourceLog, file: str) -> Iterator[Message]:
    value = element.value
    if element.fault is not None:
        log.reject(element.line, *element.fault, element.start, file)
    elif not isinstance(value, dict):
        log.reject(element.line, "not_an_object", f"the element is a JSON {type(value).__name__}, not a message", element.start, file)
    elif value.get("type") == "service":
        log.skip("service_message")
    elif value.get("type") == "unsupported":
        log.reject(element.line, "unsupported_message", "Telegram Desktop could not export the message; update it and export again", "", file)
    else:
        yield Message(
            chat=chat,
            line=element.line,
            number=_word(value.get("id")) or "message",
            time=_time(value),
            text=_text(value),
            contact=_joined(value.get("contact_information"), ("first_name", "last_name", "phone_number")),
            location=_joined(value, ("place_name", "address")) if "place_name" in value else "",
            sender=_word(value.get("from_id")) or _word(value.get("from")),
            origin=_origin(value),
            has_media=("photo" in value or "file" in value) and _word(value.get("media_type")) not in SINGLE_MEDIA,
        )


def _word(value: Any) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _time(value: dict[str, Any]) -> int | None:
    """Seconds since 1970; `date` has no zone (it is the exporting computer's) and stands in, read as UTC, where old exports have no `date_unixtime`."""
    seconds = _word(value.get("date_unixtime"))
    if seconds.isascii() and seconds.isdigit() and 0 < len(seconds.strip("0")) <= len(seconds) <= TIME_DIGITS:
        return int(seconds)
    try:
        moment = datetime.fromisoformat(_word(value.get("date")))
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def _origin(value: dict[str, Any]) -> str:
    """The channel that the message was forwarded from; people it may come from are not named."""
    is_channel = _word(value.get("forwarded_from_id")).startswith("channel")
    return _word(value.get("forwarded_from")) if is_channel else ""


def _text(value: dict[str, Any]) -> str:
    """Everything a reader sees: text with hidden addresses, poll, game, invoice, list, buttons; one below the other."""
    text = _rich(value.get("text")) or _rich(value.get("text_entities"))
    if SPOKEN_KEYS.isdisjoint(value):
        return text
    parts = (
        text,
        *_poll(value.get("poll")),
        *_list(value.get("todo_list")),
        *_plain(value, ("game_title", "game_description", "game_link")),
        *_plain(value.get("invoice_information"), ("title", "description")),
        *_buttons(value.get("inline_bot_buttons")),
    )
    return "\n".join(part for part in parts if part)


def _rich(value: Any) -> str:
    """A text that is a string, or a list of strings and of objects with type, text and, for words that hide a link, href."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        words, address = _word(value.get("text")), _word(value.get("href"))
        return with_address(words, address) if address else words
    return "".join(map(_rich, value)) if isinstance(value, list) else ""


def _plain(value: Any, keys: tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (_rich(value.get(key)) for key in keys)


def _poll(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield _rich(value.get("question"))
        yield from (f"- {words}" for words in _texts(value.get("answers")))


def _list(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield _rich(value.get("title"))
        yield from (f"- {words}" for words in _texts(value.get("answers") or value.get("items")))


def _texts(values: Any) -> Iterator[str]:
    for value in values if isinstance(values, list) else []:
        if isinstance(value, dict) and (words := _rich(value.get("text"))):
            yield words


def _buttons(rows: Any) -> Iterator[str]:
    """Each button on a line, with the address that it opens."""
    for row in rows if isinstance(rows, list) else []:
        for button in row if isinstance(row, list) else []:
            if isinstance(button, dict):
                words, data = _word(button.get("text")), _word(button.get("data"))
                yield with_address(words, data) if data.startswith(("http://", "https://", "tg://")) else words


def _joined(value: Any, keys: tuple[str, ...]) -> str:
    return " ".join(filter(None, (_word(value.get(key)) for key in keys))) if isinstance(value, dict) else ""
