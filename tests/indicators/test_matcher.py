"""Phrases match as the catalogue's authors mean them, in every kind of script."""

import sys

import pytest

from adscreen.errors import InputError
from adscreen.indicators.catalogue import Catalogue, Indicator, Place, dump_catalogue, load_catalogue
from adscreen.indicators.matcher import Hit, PhraseMatcher


def _indicator(name, phrases, **options):
    return Indicator(name, "f", "lure", "", 1, "D.", (), "", {"xx": tuple(phrases)}, **options)


def _hits(text, *indicators, places=()):
    return [(hit.indicator, text[hit.start : hit.end]) for hit in PhraseMatcher(Catalogue(indicators, tuple(places), "")).hits(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("free flight", "a FREE  flight".replace("  ", " "), "FREE flight"),
        ("viec nhe", "việc nhẹ lương cao", "việc nhẹ"),
        ("việc nhẹ", "viec nhe luong cao", "viec nhe"),
        ("билет*", "Все билеты оплачены", "билеты"),
        ("ticket* .. paid", "tickets are fully paid", "tickets are fully paid"),
        ("ticket* and visa*", "tickets and visas", "tickets and visas"),
        ("包机票", "公司包机票吃住", "包机票"),
        ("항공권 제공", "왕복 항공권 제공합니다", "항공권 제공"),
        ("*تذاكر", "والتذاكر مدفوعة", "والتذاكر"),
        ("ตั๋วฟรี", "มีตั๋วฟรีให้", "ตั๋วฟรี"),
    ],
)
def test_a_phrase_is_found(phrase, text, quote):
    assert _hits(text, _indicator("i", [phrase])) == [("i", quote)]


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("peru", "perusahaan besar"),
        ("line", "online work"),
        ("ticket .. paid", "ticket\npaid"),
        ("ticket .. paid", "ticket, as we said before at length, is paid"),
        ("काम", "कामयाब"),
    ],
)
def test_a_phrase_is_not_found(phrase, text):
    assert _hits(text, _indicator("i", [phrase])) == []


def test_negation_cancels_only_nearby_and_in_the_same_sentence():
    indicator = _indicator("fee", ["placement fee"], not_near={"xx": ("no", "without .. any")})
    assert _hits("there is no placement fee", indicator) == []
    assert _hits("without asking any placement fee", indicator) == []
    assert _hits("No experience. A placement fee is due", indicator) == [("fee", "placement fee")]


def test_needs_and_vetoes_look_at_the_whole_ad():
    slang = _indicator("slang", ["spinach"], needs=("hiring",), vetoes=("warning",))
    others = (_indicator("hiring", ["we hire"]), _indicator("warning", ["beware"]))
    assert ("slang", "spinach") not in _hits("eat spinach", slang, *others)
    assert ("slang", "spinach") in _hits("we hire for spinach", slang, *others)
    assert ("slang", "spinach") not in _hits("beware: 'we hire for spinach'", slang, *others)


def test_of_overlapping_hits_the_longest_counts():
    assert _hits("free flight ticket", _indicator("i", ["free flight", "free flight ticket", "flight ticket"])) == [("i", "free flight ticket")]


def test_places_report_their_tier_and_name():
    place = Place("west_port", "KH", "hot_spot", (), ("西港", "Sihanoukville"))
    hits = PhraseMatcher(Catalogue((), (place,), "")).hits("在西港上班")
    assert hits == [Hit("place_hot_spot", 1, 3, "west_port")]


def test_all_unfit_phrases_are_told_at_once():
    with pytest.raises(InputError) as caught:
        PhraseMatcher(Catalogue((_indicator("a", ["be*tween"]), _indicator("b", ["*"])), (), ""))
    assert "be*tween" in str(caught.value)
    assert "'*'" in str(caught.value)


def test_a_catalogue_says_all_that_is_wrong(tmp_path):
    (tmp_path / "x.toml").write_text('[[indicator]]\nid = "a"\nkind = "lurre"\nneeds = ["nowhere"]\ncolour = "red"\n')
    with pytest.raises(InputError) as caught:
        load_catalogue(tmp_path)
    assert all(word in str(caught.value) for word in ("'lurre'", "'nowhere'", "'colour'", "phrases is missing"))


def test_a_dumped_catalogue_reads_back_the_same(tmp_path):
    catalogue = load_catalogue()
    (tmp_path / "catalogue.json").write_bytes(dump_catalogue(catalogue))
    assert load_catalogue(tmp_path / "catalogue.json") == catalogue


def test_a_longer_hit_wins_over_an_earlier_one():
    assert _hits("free visa and ticket and hotel", _indicator("i", ["free visa", "visa and ticket and hotel"])) == [
        ("i", "visa and ticket and hotel")
    ]


@pytest.mark.parametrize("unit", ["no free ", "free. ", "ticket ", "no ", "x"])
def test_thousands_of_hits_and_negations_stay_cheap(unit):
    matcher = PhraseMatcher(Catalogue((_indicator("i", ["free", "ticket .. free"], not_near={"xx": ("no",)}),), (), ""))
    steps = 0

    def count(frame, event, argument):
        nonlocal steps
        steps += event == "call"

    sys.setprofile(count)
    try:
        matcher.hits(unit * (20_000 // len(unit)))
    finally:
        sys.setprofile(None)
    assert steps < 20_000 * 40
