"""Which characters stand for which: compatibility letters, invisible characters, look-alikes, flags.

The look-alike tables are hand-picked after the idea of Unicode UTS #39 (confusables): only letters that occur in job ads and
whose glyphs a reader takes for the other letter. Everything else follows the character database of the running Python.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

REPLACEMENT = "\ufffd"

SPACES = "\t\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u2800\u3000"
"""Horizontal space of every kind but U+0020; the blank braille pattern is the one that Telegram does not trim."""

LINE_BREAKS = "\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"

JOINERS = "\u200c\u200d"

INVISIBLE_RANGES = (
    (0x00, 0x08), (0x0E, 0x1B), (0x1F, 0x1F), (0x7F, 0x84), (0x86, 0x9F),  # control characters
    (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200B), (0x200E, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF),
)  # fmt: skip
"""Drawn as nothing: controls, soft hyphen, bidi controls, zero-width, fillers, variation selectors, tags."""

OVERLAY_RANGES = ((0x0332, 0x0338), (0x0305, 0x0305), (0x033F, 0x033F), (0x0488, 0x0489), (0x20D0, 0x20F0))
"""Strike-through, under- and overline, enclosing marks and the keycap: ornament, part of no orthography that uses them alone."""

GENERIC_MARK_RANGES = ((0x0300, 0x036F), (0x0483, 0x0487), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0xFE20, 0xFE2F))
"""Combining marks of no particular script: what Zalgo text is stacked from."""

KEPT_WIDE = "！（），：；？～［］｛｝＂＇"
"""Full-width punctuation that is the ordinary one in Chinese and Japanese."""

_LETTER_FORM_RANGES = (
    (0x017F, 0x017F), (0x02B0, 0x02B8), (0x02E0, 0x02E4), (0x1D2C, 0x1D2E), (0x1D30, 0x1D3A), (0x1D3C, 0x1D4D),
    (0x1D4F, 0x1D6A), (0x2071, 0x2071), (0x2090, 0x209C), (0x2100, 0x2134), (0x2145, 0x2149), (0x2160, 0x217F), (0x2C7C, 0x2C7D),
    (0x249C, 0x24E9), (0x2E9F, 0x2E9F), (0x2EF3, 0x2EF3), (0x2F00, 0x2FD5), (0x3220, 0x3247), (0x3280, 0x32B0), (0x32D0, 0x3357),
    (0xFB00, 0xFBFF), (0xFC00, 0xFDCF), (0xFDF0, 0xFDF9), (0xFE70, 0xFEFC), (0xFF01, 0xFFE6), (0x1D400, 0x1D7FF),
    (0x1F110, 0x1F129), (0x1F130, 0x1F149), (0x1F210, 0x1F251),
)  # fmt: skip
"""Letters in disguise whose plain form the compatibility decomposition knows."""

_KEPT_FORMS = frozenset("ℹ№℗℘℞℟℠℡™℣℥℀℁℃℅℆℉Ω℔℧℩" + KEPT_WIDE)
"""Symbols in those ranges that are ordinary writing; Ω is left to canonical composition."""

_DECORATED = {
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢɡɑℯ℮ℴƅᴦ": "abcdefghijklmnoprstuvwyzgaeeobr",
    "⺠⺟⺝⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻥⻦⻩⻬⻮⻰⻳": "民母月虎西见角贝车长门青页风飞食马鱼鸟黄齐齿龙龟",
}
"""Small capitals, IPA twins and CJK radicals, which have no decomposition."""

_REGION_CODES = (
    "AC AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CP CR CU CV CW CX CY CZ DE DG DJ DK DM DO DZ EA EC EE EG EH ER ES ET EU FI FJ FK FM "
    "FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU IC ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV "
    "TW TZ UA UG UM UN US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
REGIONS = frozenset(_REGION_CODES.split())
"""Region codes that have a flag emoji (Unicode emoji-sequences.txt)."""

STRICT_LOOKALIKES = {
    "cyrillic": dict(zip("АВЕКМНОРСТУХІЈЅԌԚԜѴҮаеорсухіїјѕһԁԛԝӏѵҽ", "ABEKMHOPCTYXIJSGQWVYaeopcyxiïjshdqwlve", strict=True)),
    "greek": dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳονϲ", "ABEZHIKMNOPTYXCjovc", strict=True)),
    "armenian": dict(zip("ՍՕՏԼօսհոցզյ", "UOSLouhngqj", strict=True)),
    "cherokee": dict(
        zip(
            "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏴᏵᏆꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ",
            "DRTiYAJEWMHYGhZRWSVSLCPKdBGIBPDTGKJCZFMNLSRVHWXYAEIOU",
            strict=True,
        )
    ),
}  # fmt: skip
"""Letters drawn like a Latin one, by script (Lisu stands with Cherokee)."""

LOOSE_LOOKALIKES = {
    "cyrillic": dict(zip("вгикмнптшьяЬ", "brukmhntwbrb", strict=True)),
    "greek": dict(zip("αβγεηικρτυχω", "abyenikptuxw", strict=True)),
}
"""Letters that pass for a Latin one only in the company of Latin letters."""

NEVER_MEANT = "ЅѕԌԚԜѴԁԛԝѵҽϲ"
"""Look-alikes that nobody means by typing the Latin letter: obsolete, or of one small language that has its own keyboard."""

SCRIPT_RANGES = {
    "cyrillic": ((0x0400, 0x0482), (0x048A, 0x052F), (0x1C80, 0x1C88), (0xA640, 0xA66E)),
    "greek": ((0x0370, 0x0373), (0x0376, 0x037D), (0x037F, 0x037F), (0x0386, 0x0386), (0x0388, 0x03FF), (0x1F00, 0x1FFC)),
    "armenian": ((0x0531, 0x0556), (0x0561, 0x0587)),
    "cherokee": ((0x13A0, 0x13FD), (0xA4D0, 0xA4F7), (0xAB70, 0xABBF)),
}

LATIN_RANGES = ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF), (0x2C60, 0x2C7B), (0xA722, 0xA787))
HAN_KANA_RANGES = ((0x3005, 0x3007), (0x3041, 0x3096), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x323AF))
THAI_LAO_RANGES = ((0x0E01, 0x0E3A), (0x0E40, 0x0E4E), (0x0E81, 0x0ECD))
JOINING_RANGES = ((0x0620, 0x065F), (0x066E, 0x06D3), (0x06D5, 0x06EF), (0x06FA, 0x08FF), (0x0900, 0x0DFF), (0x0F40, 0x0FBC), (0x1000, 0x109F), (0x1780, 0x17DD), (0x1820, 0x18AA))  # fmt: skip
"""Scripts whose spelling needs the zero-width joiner or non-joiner: Arabic, Indic, Tibetan, Burmese, Khmer, Mongolian."""
OTHER_LETTER_RANGES = ((0x05D0, 0x05EA), (0x10A0, 0x10FF), (0x1200, 0x135A), (0x1380, 0x138F), (0xAC00, 0xD7A3))
"""Hebrew, Georgian, Ethiopic, Hangul syllables."""


def characters(ranges: Iterable[tuple[int, int]]) -> Iterator[str]:
    """All characters of inclusive code point ranges."""
    return map(chr, chain.from_iterable(range(first, last + 1) for first, last in ranges))


def char_class(*sets: Iterable[tuple[int, int]]) -> str:
    """The inside of a regular expression's [...] for inclusive code point ranges."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in chain(*sets))


def marks() -> Iterator[int]:
    """Code points of the combining marks of living scripts, as the character database has them."""
    spans = ((0x0300, 0x1CFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0x302A, 0x302F), (0x3099, 0x309A), (0xA8E0, 0xAAFF), (0xFE20, 0xFE2F))
    return (ord(char) for char in characters(spans) if unicodedata.category(char).startswith("M"))


def as_ranges(points: Iterable[int]) -> list[tuple[int, int]]:
    """Sorted code points as inclusive ranges, so that regular expressions stay short."""
    ranges: list[tuple[int, int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1] = (ranges[-1][0], point)
        else:
            ranges.append((point, point))
    return ranges


def _letter_forms() -> Iterator[tuple[str, str]]:
    for char in characters(_LETTER_FORM_RANGES):
        plain = unicodedata.normalize("NFKC", char).strip()
        if plain != char and char not in _KEPT_FORMS:
            # Parenthesised letters spell words as circled ones do; the brackets are ornament.
            yield char, plain.strip("()〔〕") if len(plain) > 2 else plain


def _plain_forms() -> dict[str, str]:
    forms = dict(_letter_forms())
    for decorated, plain in _DECORATED.items():
        forms.update(zip(decorated, plain, strict=True))
    for first in (0x1F150, 0x1F170):  # negative circled and negative squared letters
        forms.update({chr(first + offset): chr(0x41 + offset) for offset in range(26)})
    forms.update({"🆎": "AB", "\u2011": "-"})
    return forms


FOLDED = (
    _plain_forms()
    | dict.fromkeys(SPACES, " ")
    | dict.fromkeys(LINE_BREAKS, "\n")
    | dict.fromkeys(characters(INVISIBLE_RANGES), "")
    | dict.fromkeys(characters(OVERLAY_RANGES), "")
)
"""What every such character becomes, wherever it stands."""


def _enclosed_numbers() -> dict[str, str]:
    runs = ((0x2460, 1, 20), (0x2474, 1, 20), (0x24EB, 11, 10), (0x24F5, 1, 10), (0x2776, 1, 10), (0x2780, 1, 10), (0x278A, 1, 10))
    wide_runs = ((0x3251, 21, 15), (0x32B1, 36, 15), (0x2488, 1, 20))
    numbers = {chr(first + i): str(start + i) for first, start, count in runs + wide_runs for i in range(count)}
    return numbers | {"⓪": "0", "⓿": "0", "🄋": "0", "🄌": "0", "🔟": "10"}


ENCLOSED_NUMBERS = _enclosed_numbers()
"""Circled, parenthesised and dotted numbers, and the keycap ten."""
