"""Where a message begins in a WhatsApp export and when it was sent: heads of lines in all common layouts, and the order of day and month in one file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import NamedTuple

from adscreen.ingest.readers.posted import stamp

ORDERS = ("dmy", "mdy", "ymd")
"""What the three numbers of a date can be."""

ENOUGH_VALID = 0.98
"""Share of the best order's valid dates that an order needs to stay in question: a pasted line with another date must not decide for a whole file."""

OWN_SHARE = 0.1
"""Share of all heads from which a second layout counts as the file's own (two exports joined in one); below it, such lines were pasted into a message."""

FIRST_YEAR = 2009
"""WhatsApp began in 2009: two digits 09-51 are years from then on, 52-94 are the same years of the Buddhist era."""

BUDDHIST_YEARS = range(2400, 2700)
BUDDHIST_OFFSET = 543

REIWA_OFFSET = 2018
"""R4, as iPhones with the Japanese calendar write it, is the fourth year from 2019 on."""

MARKS = "\u200b-\u200f\u202a-\u202e\u2060-\u2069\u061c\ufeff"
"""Characters without width that WhatsApp and phones put around numbers and generated text, as a character class of a regular expression."""

_M = f"[{MARKS}]{{0,8}}+"  # possessive and bounded, as all of them are: no line makes the search slow
_S = f"[ \t\u00a0\u2000-\u200a\u202f\u3000{MARKS}]"

_PM = "p.m. pm p.m μ.μ. μμ 下午 晚上 中午 傍晚 午後 오후 م م. ب.ظ. अपराह्न अप. म.उ. rm បច ល្ងាច ຫຼັງທ່ຽງ ညနေ หลังเที่ยง ch ptg ös du. odp. em e.m. ip. ip mu popoldne ප.ව. பிற்பகல் in_the_afternoon in_the_evening noon"
_AM = "a.m. am in_the_morning a.m π.μ. πμ 上午 凌晨 清晨 早上 午前 오전 ص ص. ق.ظ. पूर्वाह्न पू. म.पू. ព្រឹក ກ່ອນທ່ຽງ နံနက် ก่อนเที่ยง sa pg öö de. dop. fm f.m. ap. ap dopoldne පෙ.ව. முற்பகல்"
_MERIDIEMS = dict.fromkeys(_PM.split(), 12) | dict.fromkeys(_AM.split(), 0)
_HOURS_ADDED = {token.replace("_", ""): hours for token, hours in _MERIDIEMS.items()}


_LOOSE = {".": rf"{_S}{{0,2}}+\.{_S}{{0,2}}+", "_": " "}


def _meridiem_pattern() -> str:
    """All tokens, longest first, with any space around their dots (`p. m.`); an underscore stands for a space."""
    tokens = sorted(_MERIDIEMS, key=len, reverse=True)
    return "|".join("".join(_LOOSE.get(char) or re.escape(char) for char in token).removesuffix(f"{_S}{{0,2}}+") for token in tokens)


_MER = _meridiem_pattern()
_WORDS = "klo|kl\\.|um|at|às|as|à|alle|om|lúc|г\\.,?"  # what stands between date and time in Finnish, Danish, Vietnamese, Bulgarian, ...


def _date(tag: str) -> str:
    return rf"(?P<a{tag}>R?\d{{1,4}}){_M}(?P<sep{tag}>[./\-年년]){_S}{{0,3}}+(?P<b{tag}>\d{{1,2}}){_M}[./\-月월]{_S}{{0,3}}+(?P<c{tag}>R?\d{{1,4}}){_M}[.日일]?(?: (?:BE|AD|CE))?"


def _time(tag: str) -> str:
    clock = rf"(?P<h{tag}>\d{{1,2}}){_S}{{0,2}}+[:.h時시]{_S}{{0,2}}+(?P<n{tag}>\d{{2}})(?:{_M}[:.]{_M}(?P<s{tag}>\d{{2}}))?(?: ?ч\.)?"
    return rf"(?:(?P<pre{tag}>{_MER}){_S}{{0,3}}+)?{clock}(?:{_S}{{0,3}}+(?P<post{tag}>{_MER})(?!\w))?"


_HEAD = re.compile(
    rf"^(?=[^\n]){_M}(?P<open>\[)?{_S}{{0,3}}+"
    rf"(?:{_date('')}(?P<comma>[,،、]?){_S}{{1,4}}+(?:(?:{_WORDS}){_S}{{1,2}}+)?{_time('')}"
    rf"|{_time('2')}(?P<comma2>[,،、]?){_S}{{1,4}}+{_date('2')})"
    rf"(?:{_S}{{0,3}}+(?P<end>\]){_S}{{0,4}}+|{_S}{{1,3}}+(?P<dash>[-–—])(?:{_S}{{1,3}}+|$)|(?P<colon>:) )",
    re.MULTILINE | re.IGNORECASE,
)


class Shape(NamedTuple):
    """How a head is written. All heads of one export have one shape; a date in the middle of an ad seldom has it too."""

    style: str
    is_time_first: bool
    separator: str
    has_long_year: bool
    has_seconds: bool
    has_comma: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one message: where it stands in the text at hand, its shape, and its numbers as written."""

    start: int
    end: int
    written: str
    shape: Shape
    date: tuple[str, str, str]
    clock: tuple[int, int, int]
    meridiem: str


def heads(text: str) -> Iterator[Head]:
    """Everything at the start of a line that looks like the head of a message."""
    for match in _HEAD.finditer(text):
        style = _style(match)
        if style:
            yield _head(match, style)


def _style(match: re.Match[str]) -> str:
    if match["open"] or match["end"]:
        return "bracket" if match["open"] and match["end"] else ""
    return "dash" if match["dash"] else "colon"


def _head(match: re.Match[str], style: str) -> Head:
    tag = "" if match["a"] is not None else "2"
    date = (match["a" + tag], match["b" + tag], match["c" + tag])
    shape = Shape(
        style=style,
        is_time_first=tag == "2",
        separator=match["sep" + tag],
        has_long_year=len(date[0]) > 2 or len(date[2]) > 2,
        has_seconds=match["s" + tag] is not None,
        has_comma=bool(match["comma" + tag]),
    )
    clock = (int(match["h" + tag]), int(match["n" + tag]), int(match["s" + tag] or 0))
    return Head(match.start(), match.end(), match[0], shape, date, clock, match["pre" + tag] or match["post" + tag] or "")


def _full_year(digits: str) -> int:
    if digits[0] in "Rr":
        return REIWA_OFFSET + int(digits[1:])
    year = int(digits)
    if len(digits) <= 2:
        return year + 2000 if year < 52 else year + 2500 - BUDDHIST_OFFSET
    return year - BUDDHIST_OFFSET if year in BUDDHIST_YEARS else year


def _calendar_day(date: tuple[str, str, str], order: str) -> tuple[int, int, int] | None:
    """Year, month and day when the numbers can be read in this order."""
    named = dict(zip(order, date, strict=True))
    if len(named["d"]) > 2 or not (named["m"] + named["d"]).isdecimal():
        return None
    year, month, day = _full_year(named["y"]), int(named["m"]), int(named["d"])
    is_short = len(named["y"]) <= 2
    if not 1 <= month <= 12 or not 1 <= day <= 31 or year < (FIRST_YEAR if is_short else 1900) or year > 2100:
        return None
    return year, month, day


@dataclass(slots=True)
class DateEvidence:
    """What the dates of one shape say about their order."""

    heads: int = 0
    valid: Counter[str] = field(default_factory=Counter)
    backwards: Counter[str] = field(default_factory=Counter)
    latest: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    looks_american: bool = True

    def add(self, head: Head) -> None:
        self.heads += 1
        first, second, _ = head.date
        # only US English writes unpadded M/D/YY with AM or PM in capitals
        american = head.shape.separator == "/" and not head.shape.has_long_year and head.meridiem in ("AM", "PM")
        self.looks_american &= american and not first.startswith("0") and not second.startswith("0")
        for order in ORDERS:
            day = _calendar_day(head.date, order)
            if day is not None:
                self.valid[order] += 1
                self.backwards[order] += day < self.latest.get(order, day)
                self.latest[order] = day

    def orders(self) -> list[str]:
        """The orders that fit best: all dates exist, and time goes backwards least often."""
        most = max(self.valid.values(), default=0)
        possible = [order for order in ORDERS if most and self.valid[order] >= ENOUGH_VALID * most]
        least = min((self.backwards[order] for order in possible), default=0)
        return [order for order in possible if self.backwards[order] == least]

    def default(self) -> str:
        """Day first, but month first where everything looks like US English."""
        orders = self.orders() or ["dmy"]
        return "mdy" if self.looks_american and "mdy" in orders else orders[0]


def survey(texts: Iterable[str]) -> dict[Shape, DateEvidence]:
    """The shapes of a file's own heads and what their dates say; empty when nothing in the file looks like a message."""
    found: dict[Shape, DateEvidence] = {}
    for text in texts:
        for head in heads(text):
            found.setdefault(head.shape, DateEvidence()).add(head)
    total = sum(evidence.heads for evidence in found.values())
    return {shape: evidence for shape, evidence in found.items() if evidence.heads >= OWN_SHARE * total}


def moment(head: Head, orders: Mapping[Shape, str], zone: tzinfo) -> str:
    """When a message was sent, in UTC; "" when its date does not exist or is of a calendar other than the Gregorian and Buddhist ones."""
    day = _calendar_day(head.date, orders[head.shape])
    if day is None:
        return ""
    hour, minute, second = head.clock
    if head.meridiem and hour <= 12:
        hour = hour % 12 + _HOURS_ADDED.get(re.sub(_S, "", head.meridiem).casefold(), 0)
    try:
        return stamp(datetime(*day, hour, minute, second, tzinfo=zone))
    except ValueError:
        return ""
