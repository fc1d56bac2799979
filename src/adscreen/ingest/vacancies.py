"""Posts that list several vacancies, split into an ad for each.

A post is split only where its structure leaves no doubt, in any language:

1. Sections begin with the numbers 1, 2, 3, ... at the start of a line (`1.` `2)` `③` `4️⃣`), or stand between ruled lines (`-----`, `➖➖➖`).
2. There are at least two of them; each has a heading of its own (a short line with letters) and at least one line below it.
3. Each names a sum of its own. This is what tells vacancies from the parts of one ad (duties, requirements, pay), of which one has the sum.
4. Each names a contact (address, phone number, @name), or none does but what follows the last one, or the last one's end: shared contacts.

What stands before the first section and the shared end is added to every piece, so that each can be judged by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adscreen.records import JobAd

MIN_CHARS = 60
"""A shorter post does not hold two vacancies with sum, details and contact, not even in Chinese."""

MAX_SECTIONS = 40
"""A post with more sections is a table or a price list. Telegram's longest post (4,096 characters) holds some forty sections of two lines."""

MAX_HEADING = 100
"""A longer first line is a sentence, not the name of a role."""

MAX_SHARED = 1500
"""Characters before and behind the sections: with more, the post is a text in which a list occurs."""

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NUMBERED = re.compile(rf"[\s*_#(\[]{{0,4}}(?:(?P<digits>\d{{1,2}})(?:[.)\]、．）:]|\ufe0f?\u20e3)(?!\d)|(?P<circled>[{_CIRCLED}]))")
_RULE = re.compile(r"\s*([-—–_=~*•·➖▬━─┈┄═◾▪⎯])\ufe0f?(?:\s?\1\ufe0f?){2,}\s*")
_SIGNS = "$€£¥₩₽₴₸฿₫₱₹₺₾₦៛"
_CODES = "usdt?|eur|gbp|rub|uah|kzt|thb|vnd|php|inr|idr|myr|sgd|aed|cny|rmb|pln|try|руб|тыс|тг|baht|บาท|triệu|tr|juta|jt|rb|lakh|[kк]"
_SUM = re.compile(
    rf"[{_SIGNS}]\s?\d"
    rf"|(?<![A-Za-z0-9+])\d[\d.,\s]{{0,12}}(?:[{_SIGNS}万萬元円원]|\s?(?:{_CODES})\b)"
    r"|(?<![A-Za-z0-9+./:-])(?!(?:19|20)\d\d(?!\d))\d{1,3}(?:[., ]?\d{3}){1,2}(?![A-Za-z0-9/:]|[-.]\d)",
    re.IGNORECASE,
)
"""A number with a sign or name of money or a multiplier, or one of four to nine digits that is no year, date, time, phone number or part of a word."""

_CONTACT = re.compile(
    r"(?<![\w.])@\w{4,}|https?://|\bt\.me/|\bwa\.me/|[\w.+-]{1,64}@[\w-]{1,63}\.\w"
    r"|\+\d(?:[\s().-]{0,2}\d){7,14}(?!\d)|(?<![\d.,-])0\d(?:[\s.-]?\d){7,12}(?![\d,])|(?<![\d.,-])\d{9,15}(?![\d.,-])"
)
"""A handle, a link, an address or a phone number; ranges of pay (`8000-15000`) are no phone numbers."""

_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Piece:
    """An ad, and the id of the ad that it was cut from ("" when it was not)."""

    ad: JobAd
    parent: str = ""


def split_vacancies(ad: JobAd) -> Iterator[Piece]:
    """The ads of a post: itself, or its vacancies, in order, with ids and sources that end in `#1`, `#2`, ..."""
    texts = vacancies(ad.text)
    if not texts:
        yield Piece(ad)
    for number, text in enumerate(texts, start=1):
        yield Piece(replace(ad, id=f"{ad.id}#{number}", text=text, source=f"{ad.source}#{number}"), ad.id)


def vacancies(text: str) -> list[str]:
    """The text of each vacancy with what all share; empty when the text is one ad or in doubt."""
    if len(text) < MIN_CHARS:
        return []
    lines = text.split("\n")
    for sections in (_numbered(lines), _ruled(lines)):
        if sections and (pieces := _pieces(*sections)):
            return pieces
    return []


Sections = tuple[list[str], list[list[str]]]
"""Lines before the first section, and the lines of each."""


def _numbered(lines: Sequence[str]) -> Sections | None:
    starts = [(at, number) for at, line in enumerate(lines) if (number := _number(line))]
    if [number for _, number in starts] != list(range(1, len(starts) + 1)):
        return None
    ends = [*(at for at, _ in starts[1:]), len(lines)]
    return (list(lines[: starts[0][0]]), [list(lines[at:end]) for (at, _), end in zip(starts, ends, strict=True)]) if starts else None


def _number(line: str) -> int:
    match = _NUMBERED.match(line)
    if match is None:
        return 0
    return int(match["digits"]) if match["digits"] else _CIRCLED.index(match["circled"]) + 1


def _ruled(lines: Sequence[str]) -> Sections | None:
    """Blocks between ruled lines. Blocks before the first with a sum are what all share; the last without one is put to the one before it."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if _RULE.fullmatch(line):
            blocks.append([])
        else:
            blocks[-1].append(line)
    blocks = [block for block in blocks if any(map(str.strip, block))]
    intro: list[str] = []
    while blocks and not _has(_SUM, blocks[0]):
        intro += [*blocks.pop(0), ""]
    if len(blocks) > 1 and not _has(_SUM, blocks[-1]):
        blocks[-2:] = [[*blocks[-2], "", *blocks[-1]]]
    return (intro, blocks) if blocks else None


def _pieces(intro: list[str], sections: list[list[str]]) -> list[str]:
    if not 2 <= len(sections) <= MAX_SECTIONS:
        return []
    sections, outro = _without_end(sections)
    if not all(map(_is_vacancy, sections)) or len({_heading(section) for section in sections}) < len(sections):
        return []
    own = sum(_has(_CONTACT, section) for section in sections)
    if own not in (0, len(sections)) or (own == 0 and not _has(_CONTACT, [*outro, *intro])):
        return []
    before, behind = _joined(intro), _joined(outro)
    if len(before) + len(behind) > MAX_SHARED:
        return []
    return ["\n\n".join(filter(None, (before, _joined(section), behind))) for section in sections]


def _without_end(sections: list[list[str]]) -> tuple[list[list[str]], list[str]]:
    """The sections, and the end that all share: what follows the last one's first empty line, or, without one, its lines from the first contact on."""
    *others, last = sections
    if all(_has(_CONTACT, section) for section in sections):
        return sections, []
    size = max(len(_trimmed(section)) for section in others)
    last = _trimmed(last)
    blank = next((at for at, line in enumerate(last) if at >= min(size, 2) and not line.strip()), None)
    if blank is None or not _has(_CONTACT, last[blank:]):
        blank = next((at for at, line in enumerate(last) if at >= 2 and _CONTACT.search(line)), len(last))
    return [*others, last[:blank]], last[blank:]


def _is_vacancy(section: list[str]) -> bool:
    lines = [line for line in section if line.strip()]
    heading = _heading(section)
    return len(lines) >= 2 and len(heading) <= MAX_HEADING and _LETTER.search(heading) is not None and _has(_SUM, lines)


def _heading(section: list[str]) -> str:
    first = next((line for line in section if line.strip()), "")
    return _NUMBERED.sub("", first, count=1).strip().casefold()


def _has(pattern: re.Pattern[str], lines: Sequence[str]) -> bool:
    return any(pattern.search(line) for line in lines)


def _trimmed(lines: list[str]) -> list[str]:
    return _joined(lines).split("\n")


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n ")
