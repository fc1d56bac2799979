"""What must hold of the normaliser for any text whatever."""

import re
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from adscreen.text import characters as ch
from adscreen.text.normalise import clean, clean_with_map

PIECES = [
    *"aeiotTLsS01345789$@.-_*/|:# \n\r\t",
    *"аеорсутмАВЕКМіїшΑαοεօսᎢᎬꓔ",
    *"กเท็่ำນ်ာကမြှို១ខ្្ាहि़ीক্োাகொிශ්රيعَّـپی",
    *"招聘柬埔寨一男月かガ゛ー한글텔ᄀ",
    *"ｔ．：／Ⓣ⒯🅰𝐓𝟗①⑩❶ⅷﬁﷲﻭ㊊⽉ᴛᵀʟɡ",
    *"\u0301\u0302\u0336\u0338\u0345\u20e3\ufe0f\u200b\u200c\u200d\u00ad\u2066\u3164\u00a0\u3000\u2028\x00\x85",
    *"\ud83d\ude00\udc00\U0001f1f0\U0001f1ed\U0001f1ef🔥👩💰·•・🔟\U000e0061\u1100\u1161\u11a8\u212b\u0958",
    "T e l e", "t.e.l.e", "招.聘", "柬 埔 寨", "https://t.me/", "@abc", "j0b", "c0mpany", "Telеgram", "рaбота", "v!sa", "saIary", "hırı", "к0м", "招 聘", "เเ", "ํา", "၇န်", "тi", "  ", "\n\n\n", "1\ufe0f\u20e3",
]  # fmt: skip
MIXED = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
WHATEVER = st.text(st.characters(exclude_categories=()), max_size=24)
TEXT = st.one_of(MIXED, WHATEVER, st.lists(st.one_of(MIXED, WHATEVER), max_size=3).map(" ".join))


@settings(max_examples=600)
@given(TEXT)
def test_idempotent(raw):
    once = clean(raw)
    assert clean(once) == once


@settings(max_examples=600)
@given(TEXT)
def test_map_is_sound(raw):
    found = clean_with_map(raw)
    assert found.text == clean(raw)
    assert len(found.starts) == len(found.ends) == len(found.text)
    assert list(found.starts) == sorted(found.starts)
    assert list(found.ends) == sorted(found.ends)
    assert all(0 <= start < end <= len(raw) for start, end in zip(found.starts, found.ends, strict=True))


@settings(max_examples=300)
@given(TEXT)
def test_one_to_one_characters_come_from_themselves_or_a_disguise(raw):
    """A clean character that was read from one raw character is that one, or differs from it because a rule says so."""
    found = clean_with_map(raw)
    known = set(ch.FOLDED) | set(ch.ENCLOSED_NUMBERS) | set("01345$@：!ıI၀၇")
    known |= {char for table in (*ch.STRICT_LOOKALIKES.values(), *ch.LOOSE_LOOKALIKES.values()) for pair in table.items() for char in pair}
    for char, start, end in zip(found.text, found.starts, found.ends, strict=True):
        if end - start == 1 and raw[start] != char:
            source = raw[start]
            assert source in known or char == ch.REPLACEMENT or "\U0001f1e6" <= source <= "\U0001f1ff" or not _is_nfc(source)


def _is_nfc(char):
    return unicodedata.is_normalized("NFC", char)


@given(st.lists(st.from_regex(r"[A-Za-z]{2,12}[.,;!?]?", fullmatch=True), max_size=30), st.sampled_from([" ", "  ", "\n", "\t", "\r\n"]))
def test_plain_prose_changes_in_white_space_only(words, gap):
    words = [word for word in words if not re.search(r"\.$", word)]
    assert clean(gap.join(words)).split() == words


@given(WHATEVER)
def test_nothing_invisible_is_left(raw):
    assert not set(clean(raw)) & (set(ch.FOLDED) | {"\ud800", "\u20e3"})
