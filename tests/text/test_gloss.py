"""Glosses: longest entry first, whole words, offsets into the clean text, and bad glossaries refused by line."""

import pytest

from adscreen.errors import InputError
from adscreen.text.gloss import GLOSSARY_DIR, GlossReader, load_glossary, stem

GLOSSARY = {
    "en": {"the": "-", "wages": "salary"},
    "id": {"gaji": "salary", "tiket pesawat": "flight ticket", "tiket": "ticket", "antar*": "pickup"},
    "zh": {"工资": "salary", "工": "work", "不": "not", "包机票": "flight ticket paid"},
    "vi": {"bạn": "you", "bán": "sell"},
    "ru": {"паспорт*": "passport"},
}


def _stems(text: str, language: str) -> list[str]:
    return [gloss.stem for gloss in GlossReader(GLOSSARY).read(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "stems"),
    [
        ("Gaji dan tiket pesawat", "id", ["salari", "dan", "flight", "ticket"]),
        ("tiket kereta, diantarkan: antarkan", "id", ["ticket", "kereta", "diantarkan", "pickup"]),
        ("工资不包机票", "zh", ["salari", "not", "flight", "ticket", "paid"]),
        ("the wages, PAID weekly", "en", ["salari", "paid", "week"]),
        ("bạn bán ban", "vi", ["you", "sell", "you"]),
        ("Паспорта у нас", "ru", ["passport"]),
        ("gaji", "xx", ["gaji"]),
        ("", "en", []),
    ],
)
def test_words_become_stems(text, language, stems):
    assert _stems(text, language) == stems


def test_spans_and_clauses_point_into_the_text():
    text = "Gaji besar. Tiket pesawat"
    found = GlossReader(GLOSSARY).read(text, "id")
    assert [(text[gloss.start : gloss.end], gloss.clause) for gloss in found] == [
        ("Gaji", 0),
        ("besar", 0),
        ("Tiket pesawat", 1),
        ("Tiket pesawat", 1),
    ]


def test_a_bad_line_is_named(tmp_path):
    (tmp_path / "xx.tsv").write_text("word\tgood gloss\nword without gloss\nx\tUPPER\n")
    with pytest.raises(InputError, match=r"xx\.tsv:2.*\n.*xx\.tsv:3"):
        load_glossary(tmp_path)


def test_the_shipped_glossary_is_whole_and_wide():
    glossary = load_glossary(GLOSSARY_DIR)
    assert {"zh", "id", "vi", "th", "tl", "hi", "en"} <= glossary.keys()
    assert all(len(entries) > 300 for entries in glossary.values())


def test_inflections_share_a_stem():
    assert stem("drivers") == stem("driver")
