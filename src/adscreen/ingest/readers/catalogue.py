"""The readers by kind: those of adscreen, and those that other packages announce under the entry point group `adscreen.readers`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from adscreen.errors import InputError
from adscreen.ingest.readers.protocol import Reader

GROUP = "adscreen.readers"
OWN = {
    "telegram": "telegram:TelegramReader",
    "whatsapp": "whatsapp:WhatsAppReader",
    "html": "html:HtmlReader",
    "feed": "feed:FeedReader",
    "boards": "boards:BoardsReader",
    "warc": "warc:WarcReader",
    "web": "web:WebReader",
    "mail": "mail:MailReader",
    "image": "image:ImageReader",
}
"""Kind -> module and class in this package; a module, and what it needs, is loaded only when its kind is used."""


def kinds() -> list[str]:
    """All kinds: adscreen's own in their order, then those of other packages by name."""
    return [*OWN, *sorted({point.name for point in entry_points(group=GROUP)} - set(OWN))]


def reader_class(kind: str) -> type[Reader]:
    """The class that reads a kind; raises InputError for an unknown one."""
    if kind in OWN:
        module, name = OWN[kind].split(":")
        found: type[Reader] = getattr(import_module(f"adscreen.ingest.readers.{module}"), name)
        return found
    for point in entry_points(group=GROUP):
        if point.name == kind:
            loaded: type[Reader] = point.load()
            return loaded
    near = difflib.get_close_matches(kind, kinds(), n=1)
    raise InputError(f"there is no reader {kind!r}; {f'did you mean {near[0]!r}? ' if near else ''}adscreen ingest --list shows all kinds")


def make_reader(kind: str, options: Mapping[str, str]) -> Reader:
    """The reader of a kind with options as given on the command line; all problems in one InputError."""
    found = reader_class(kind)
    known = {field.name: field for field in fields(found)}  # type: ignore[arg-type]
    problems, values = [], {}
    for name, text in options.items():
        if name not in known:
            problems.append(f"--option {name}={text}: {kind} has no option {name!r}; it has {', '.join(known) or 'none'}")
            continue
        try:
            values[name] = _value(text, known[name].default)
        except ValueError:
            problems.append(f"--option {name}={text}: {text!r} is not {_EXPECTED[type(known[name].default)]}")
    if problems:
        raise InputError("; ".join(problems))
    return found(**values)


_EXPECTED = {bool: "yes or no", int: "a whole number", float: "a number"}


def _value(text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.casefold() not in ("yes", "no", "true", "false", "1", "0"):
            raise ValueError(text)
        return text.casefold() in ("yes", "true", "1")
    return type(default)(text) if isinstance(default, int | float) else text
