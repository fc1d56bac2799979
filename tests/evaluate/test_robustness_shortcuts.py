"""Edits that should not matter: complete, consistent, and nothing else."""

from random import Random

import pytest

from adscreen.evaluate.robustness.shortcuts import HOT_TIERS, SHORTCUTS
from adscreen.evaluate.robustness.tables import genders, nationalities, neutral
from adscreen.indicators.catalogue import load_catalogue
from adscreen.indicators.reader import Reader
from adscreen.indicators.values import find_values
from adscreen.records import AD_COLUMNS, TEXT_FIELDS
from adscreen.text.compose import compose
from adscreen.text.normalise import clean

LANGUAGES = ("en", "zh", "vi", "th", "id", "ms", "tl", "ru", "es", "pt", "fr", "ar", "ur", "hi", "bn", "ne", "ja", "ko", "sw", "km", "lo", "my")  # fmt: skip
EDITS = {edit.name: edit.mutate for edit in SHORTCUTS}


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


@pytest.fixture(scope="module")
def reader(catalogue):
    return Reader.of(catalogue)


def _ad(language: str, text: str, **fields: str) -> dict[str, str]:
    return {**dict.fromkeys(AD_COLUMNS, ""), "id": "one", "language": language, "text": text, **fields}


def _hot(reader, ad) -> list[str]:
    hits = reader.read(clean(compose([ad[field] for field in TEXT_FIELDS])), ad["language"])
    return [hit.value for hit in hits if hit.value in reader.places and reader.places[hit.value].tier in HOT_TIERS]


def test_a_company_is_taken_out_of_all_fields():
    ad = _ad("en", "Join Blue Heron Lines today. Blue Heron Lines pays weekly.", company="Blue Heron Lines", title="Deckhand, Blue Heron Lines")
    mutant = EDITS["company_removed"](ad, Random(0))
    assert "Heron" not in " ".join(mutant.values())
    assert EDITS["company_removed"](mutant, Random(0)) is None
    assert EDITS["company_added"](ad, Random(0)) is None
    assert EDITS["company_added"](mutant, Random(0))["company"]


def test_contacts_go_even_when_disguised():
    ad = _ad("en", "Deckhands wanted. Telegram: @blue_heron_1 or ＋1 555 010 0142, mail crew@heron.example", contact="+1 555 010 0143")
    mutant = EDITS["contact_removed"](ad, Random(0))
    left = clean(compose([mutant[field] for field in TEXT_FIELDS]))
    assert not [hit for hit in find_values(left) if hit.indicator.startswith("contact_")]
    assert mutant["text"].startswith("Deckhands wanted.")
    assert EDITS["contact_removed"](_ad("en", "Deckhands wanted."), Random(0)) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Typists for an office in Sihanoukville; you live in Sihanoukville, Cambodia"),
        ("zh", "西港写字楼招打字员，住西港，柬埔寨"),
        ("th", "พนักงานพิมพ์ที่ปอยเปต พักที่ปอยเปต"),
        ("ru", "Операторы в Камбодже, город Сиануквиль"),
        ("bn", "কম্বোডিয়া অফিসে টাইপিস্ট"),
    ],
)
def test_hot_places_become_one_ordinary_place(reader, language, text):
    ad = _ad(language, text)
    assert _hot(reader, ad)
    for seed in range(6):
        mutant = EDITS["places_made_neutral"](ad, Random(seed))
        assert not _hot(reader, mutant), mutant["text"]
        places = {hit.value for hit in reader.read(clean(mutant["text"]), language) if hit.value in reader.places}
        assert len(places) == 1, mutant["text"]
        assert "*" not in mutant["text"]


def test_a_hot_place_goes_before_the_location_of_ads_that_name_none(reader):
    ad = _ad("zh", "面包店招学徒，早上三点起床", location="太平")
    mutant = EDITS["hot_place_inserted"](ad, Random(0))
    assert _hot(reader, mutant)
    assert mutant["location"].endswith(", 太平")
    assert EDITS["hot_place_inserted"](mutant, Random(0)) is None


@pytest.mark.parametrize(
    ("language", "text", "swapped"),
    [
        ("en", "Male drivers; he has his own room", "Female drivers; she has her own room"),
        ("zh", "限女，美女优先", "限男，帅哥优先"),
        ("th", "งานชายแดนแม่สอด รับผู้หญิง", "งานชายแดนแม่สอด รับผู้ชาย"),
        ("vi", "Việt Nam tuyển bạn nữ", "Việt Nam tuyển bạn nam"),
        ("ru", "Женщины до 40", "Мужчины до 40"),
    ],
)
def test_gender_words_trade_places_and_nothing_else(language, text, swapped):
    mutant = EDITS["gender_swapped"](_ad(language, text), Random(0))
    assert mutant["text"] == swapped
    assert EDITS["gender_swapped"](mutant, Random(0))["text"] == text


@pytest.mark.parametrize("language", ["en", "zh", "vi", "ru", "sw"])
def test_gender_tables_lead_there_and_back(language):
    table = genders(language)
    assert table
    assert all(table[other] == word or table[table[other]] == other for word, other in table.items())


def test_a_nationality_is_the_same_throughout_the_ad():
    ad = _ad("en", "Kenyan nurses. All Kenyan and Thai staff share rooms.", title="Kenyan nurse")
    for seed in range(8):
        mutant = EDITS["nationality_swapped"](ad, Random(seed))
        first = mutant["title"].removesuffix(" nurse")
        assert first in nationalities("en")
        assert first != "Kenyan"
        assert mutant["text"].startswith(f"{first} nurses. All {first} and ")
    assert EDITS["nationality_swapped"](_ad("en", "Nurses wanted."), Random(0)) is None


def test_contacts_are_added_beside_what_stands_there():
    ad = _ad("en", "Deckhands wanted.", contact="ask at the pier")
    assert EDITS["phone_added"](ad, Random(0))["contact"] == "ask at the pier +1 555 010 0199"


def test_neutral_text_holds_no_sign_of_a_lure(catalogue, reader):
    lure = {indicator.id for indicator in catalogue.indicators if indicator.kind in ("lure", "scam")}
    for language in LANGUAGES:
        own = neutral(language)
        for text in (own.profile, *own.boilerplate):
            found = {hit.indicator for hit in reader.read(clean(text), language)}
            assert not found & lure, (language, text)
