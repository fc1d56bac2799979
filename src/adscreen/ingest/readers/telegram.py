"""Exports of Telegram Desktop: `result.json` or `messages.html`, of one chat or a whole account, as files or as the folder they were written to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from adscreen.errors import InputError
from adscreen.ingest.readers.pagefiles import files_below, is_folder
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.telegram_html import read_html
from adscreen.ingest.readers.telegram_json import read_json
from adscreen.ingest.readers.telegram_message import AlbumJoiner, Chat
from adscreen.ingest.sources import ByteStream, TableFile, expand, open_bytes
from adscreen.records import JobAd

NAMED_CHATS = 8
"""Names of chats that an error lists."""

_JSON_NAME = re.compile(r"result.*\.json(?:\.gz|\.zst)?", re.IGNORECASE)
_HTML_NAME = re.compile(r"messages(\d*)\.html", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TelegramReader:
    """Each message of an export is an ad; service messages are skipped, photos without words rejected or, in an album, counted with its caption.

    Of a whole account, private conversations are left out (`private_chat`) unless asked for: their writers posted nothing in public. A chat exported by itself is
    read whatever its type. HTML pages do not say what type a chat is of, so there all are read; narrow them with `chat`.
    `JobAd.source` is `telegram:CHAT/MESSAGE`, for forwards from a channel with ` from CHANNEL`. Senders are not kept.
    """

    kind: ClassVar = "telegram"
    about: ClassVar = "Telegram Desktop exports: result.json or messages.html, one chat or a whole account, files or folders"
    example: ClassVar = "adscreen ingest telegram ChatExport_2026-03-01 -o ads.jsonl"
    extra: ClassVar[str | None] = None
    options: ClassVar = {
        "chat": "only chats whose name contains this, private ones among them",
        "private": "yes: of a whole account also conversations of two, with bots and with oneself; no (the default) reads channels and groups only",
    }
    rejects: ClassVar = {
        "unsupported_message": "Telegram Desktop was too old to export the message",
        "cut_off": "the file ends inside a message or before its list of messages does",
        "not_telegram": "a file in the folder is named like an export but is none",
    }

    chat: str = ""
    private: bool = False

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of one file or folder. Raises InputError when it is missing, no export, or when no chat has the wanted name."""
        parts = _parts(source, log)
        seen: dict[str, None] = {}
        for part in parts:
            try:
                with open_bytes(part.table) as stream:
                    yield from self._ads(stream, part, log, seen)
            except InputError as error:
                if len(parts) == 1:
                    raise
                log.reject(0, "not_telegram", str(error), "", part.table.name)
        if self.chat and not any(map(self._wants, seen)):
            names = ", ".join(map(repr, list(seen)[:NAMED_CHATS])) or "none"
            raise InputError(f"{source}: no chat has {self.chat!r} in its name; chats there: {names}{' ...' if len(seen) > NAMED_CHATS else ''}")

    def _ads(self, stream: ByteStream, part: _Part, log: SourceLog, seen: dict[str, None]) -> Iterator[JobAd]:
        is_html = stream.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        albums = AlbumJoiner(log, stream.name)
        for item in (read_html if is_html else read_json)(stream, log, part.name, self._unwanted):
            if isinstance(item, Chat):
                if (item.name not in seen and len(seen) <= NAMED_CHATS) or self._wants(item.name):
                    seen[item.name] = None
            else:
                yield from albums.take(item)
        albums.finish()

    def _unwanted(self, chat: Chat) -> str:
        """Why a chat's messages are skipped, "" for those that are read."""
        if not self._wants(chat.name):
            return "other_chat"
        return "private_chat" if chat.is_private and not (self.private or self.chat) else ""

    def _wants(self, name: str) -> bool:
        return self.chat.casefold() in name.casefold()


@dataclass(frozen=True, slots=True)
class _Part:
    """A file of an export. `name`: what its chat is called when the file does not say."""

    table: TableFile
    name: str


def _parts(source: str, log: SourceLog) -> list[_Part]:
    folder = Path(source)
    if not is_folder(source):
        return [_Part(TableFile(table.name, None, table.compression), folder.stem) for table in expand([source], "json")]
    files = files_below(folder, lambda path: bool(_JSON_NAME.fullmatch(path.name) or _HTML_NAME.fullmatch(path.name)), log)
    found = [path for path in files if _JSON_NAME.fullmatch(path.name)]
    done = {path.parent for path in found}
    # an export in both forms is read once
    pages = [path for path in files if _HTML_NAME.fullmatch(path.name) and not _is_done(path, done)]
    found += sorted(pages, key=_page_order)
    if not found:
        raise InputError(f"{folder}: no Telegram export in this folder; looked for result.json and messages.html in it and below")
    return [_Part(expand([str(path)], "json")[0], _name_in(path.parent, folder)) for path in found]


def _is_done(page: Path, done: set[Path]) -> bool:
    """Whether a folder has the page's messages as JSON: its own, or that of a whole account, whose pages are `chats/CHAT/messages.html`."""
    chats = page.parent.parent
    return page.parent in done or (chats.name == "chats" and chats.parent in done)


def _page_order(path: Path) -> tuple[Path, int]:
    match = _HTML_NAME.fullmatch(path.name)
    return path.parent, int(match[1] or 1) if match else 0


def _name_in(folder: Path, root: Path) -> str:
    inner = folder.relative_to(root).as_posix()
    return root.resolve().name if inner == "." else inner
