"""Disguises, cuts, padding and noise: what each must change, must keep, and must leave alone."""

import re
import unicodedata
from random import Random

import pytest

from adscreen.evaluate.robustness.disguise import INVISIBLE, emoji_digits, homoglyphs, leetspeak, spacing, styled_letters, zero_width
from adscreen.evaluate.robustness.mixing import script_mixing
from adscreen.evaluate.robustness.mutator import filled
from adscreen.evaluate.robustness.noise import LINE, machine_translation, ocr_noise
from adscreen.evaluate.robustness.pieces import LETTER
from adscreen.evaluate.robustness.shortcuts import SHORTCUTS
from adscreen.evaluate.robustness.suites import MUTATORS
from adscreen.evaluate.robustness.tables import neutral, pattern, swaps
from adscreen.evaluate.robustness.wording import PADDING_RATIO, swapped_words
from adscreen.records import AD_COLUMNS, TEXT_FIELDS

TEXTS = {
    "en": "Cooks wanted for a hotel at the river, salary 900 a month, room and meals, write to @river_kitchen",
    "zh": "河边酒店招聘厨师，月薪5000元，包吃住，休四天，联系 @river_kitchen",
    "th": "โรงแรมริมแม่น้ำรับสมัครพ่อครัว เงินเดือน 15000 บาท มีที่พัก ติดต่อ @river_kitchen",
    "ru": "Гостиница у реки ищет повара, зарплата 60000, жильё и питание, писать @river_kitchen",
    "ar": "مطلوب طباخ لفندق على النهر، الراتب 900 دولار، سكن وطعام، راسل @river_kitchen",
    "hi": "नदी किनारे होटल में रसोइया चाहिए, वेतन 20000, कमरा और खाना, संपर्क @river_kitchen",
    "ko": "강변 호텔 요리사 모집, 월급 250만원, 숙소 제공, 연락 @river_kitchen",
    "my": "မြစ်နားဟိုတယ်မှာ စားဖိုမှူး လိုသည်၊ လစာ ၅၀၀၀၀၀၊ အခန်းပေးမည် @river_kitchen",
    "vi": "Khách sạn bên sông tuyển đầu bếp, lương 12 triệu, bao ăn ở, nghỉ 4 ngày, nhắn @river_kitchen",
    "am": "ወንዝ ዳር ሆቴል ምግብ አብሳይ ይፈልጋል፣ ደመወዝ 9000፣ ክፍል አለ @river_kitchen",
}
LETTERWISE = (homoglyphs, zero_width, spacing, leetspeak, styled_letters, script_mixing)


def _ad(language: str, **fields: str) -> dict[str, str]:
    return {**dict.fromkeys(AD_COLUMNS, ""), "id": f"ad-{language}", "language": language, "label": "legitimate", "text": TEXTS[language], **fields}


@pytest.mark.parametrize("mutator", [*MUTATORS, *SHORTCUTS], ids=lambda mutator: mutator.name)
@pytest.mark.parametrize("language", TEXTS)
def test_a_mutant_repeats_and_differs_in_text_fields_only(mutator, language):
    ad = _ad(language, title="Cook", company="River House", contact="+1 555 010 0142")
    before = dict(ad)
    mutant = mutator.mutate(ad, Random(7))
    assert ad == before
    assert mutant == mutator.mutate(ad, Random(7))
    if mutant is not None:
        assert filled(mutant)
        assert {name for name in ad if ad[name] != mutant[name]} <= set(TEXT_FIELDS)
        assert mutant != ad


def test_every_mutator_is_named_once_and_described():
    names = [mutator.name for mutator in (*MUTATORS, *SHORTCUTS)]
    assert len(names) == len(set(names))
    assert all(len(mutator.about) > 20 for mutator in (*MUTATORS, *SHORTCUTS))


@pytest.mark.parametrize(
    ("name", "languages"),
    [("homoglyphs", ["ko", "hi"]), ("leetspeak", ["zh", "ar", "th"]), ("styled_letters", ["zh", "ru"]), ("script_mixing", ["th", "my"])],
)
def test_what_a_script_has_no_custom_of_is_not_invented(name, languages):
    mutate = next(mutator.mutate for mutator in MUTATORS if mutator.name == name)
    assert [mutate(_ad(language), Random(3)) for language in languages] == [None] * len(languages)


@pytest.mark.parametrize("rewrite", LETTERWISE, ids=lambda rewrite: rewrite.__name__)
@pytest.mark.parametrize("language", TEXTS)
def test_disguises_leave_the_contact_reachable(rewrite, language):
    assert all("@river_kitchen" in rewrite(TEXTS[language], Random(seed)) for seed in range(5))


@pytest.mark.parametrize("language", TEXTS)
def test_invisible_characters_add_nothing_else(language):
    mutant = zero_width(TEXTS[language], Random(1))
    assert len(mutant) > len(TEXTS[language])
    assert mutant.translate(dict.fromkeys(map(ord, INVISIBLE))) == TEXTS[language]


def test_homoglyphs_change_a_share_of_the_letters_and_no_length():
    text = "aceo" * 50
    mutant = homoglyphs(text, Random(2))
    assert len(mutant) == len(text)
    assert sum(map(str.isascii, mutant)) == 140


@pytest.mark.parametrize("language", TEXTS)
def test_spacing_keeps_every_letter_in_order(language):
    mutant = spacing(TEXTS[language], Random(4))
    assert mutant != TEXTS[language]
    assert LETTER.findall(mutant) == LETTER.findall(TEXTS[language])


def test_consonants_that_are_tied_stay_together():
    conjunct = "क्ष्म"
    assert LETTER.findall(conjunct + "ा") == [conjunct + "ा"]
    assert conjunct in zero_width(f"ल{conjunct} " * 20, Random(1))


@pytest.mark.parametrize("language", ["en", "my", "zh"])
def test_hidden_digits_have_the_same_value(language):
    for seed in range(8):
        mutant = emoji_digits(TEXTS[language], Random(seed))
        values = [int(unicodedata.digit(char)) for char in mutant if unicodedata.digit(char, None) is not None]
        assert values == [int(char) for char in TEXTS[language] if char.isdecimal()]
        assert mutant != TEXTS[language]


def test_cut_ads_keep_what_their_names_say():
    mutators = {mutator.name: mutator for mutator in MUTATORS}
    ad = _ad("vi", text="Một hai ba bốn năm sáu bảy. " * 10)
    assert mutators["truncated"].mutate(ad, Random(0))["text"] == ad["text"][:168].rstrip()
    middle = mutators["middle_cut"].mutate(ad, Random(0))["text"]
    assert middle.startswith(ad["text"][:112].rstrip() + "... xem thêm\n")
    assert middle.endswith(ad["text"][-56:].lstrip())
    assert mutators["truncated"].mutate(_ad("vi", text="Tuyển đầu bếp"), Random(0)) is None


@pytest.mark.parametrize("language", ["en", "zh", "my", "am"])
def test_padding_stands_beside_the_whole_ad_and_is_as_long(language):
    mutators = {mutator.name: mutator for mutator in MUTATORS}
    ad = _ad(language)
    before, after = (mutators[name].mutate(ad, Random(0))["text"] for name in ("padded_before", "padded_after"))
    assert before.endswith("\n" + ad["text"])
    assert after.startswith(ad["text"] + "\n")
    assert len(after) - len(ad["text"]) >= PADDING_RATIO * len(ad["text"])
    assert any(paragraph in after for paragraph in neutral(language).boilerplate)


def test_swaps_take_whole_words_and_prefer_the_longest():
    assert swapped_words("We repay the payroll; parked cars", "en", Random(0)) == "We repay the payroll; parked cars"
    assert "experience" not in swapped_words("No experience needed.", "en", Random(0))
    assert swapped_words("包吃住", "zh", Random(0)) in swaps()["zh"]["包吃住"]
    assert swapped_words("긴급여권", "ko", Random(0)) == "긴급여권"
    assert swapped_words("월급은 250만원", "ko", Random(0)).endswith("은 250만원")


def test_no_swap_gives_the_same_word_back():
    assert all(term not in map(str.lower, instead) and instead for table in swaps().values() for term, instead in table.items())


def test_words_are_not_found_inside_others_of_a_script_with_marks():
    assert not pattern(["र"]).search("ड्राइवर")
    assert pattern(["र"]).sub("", "तुम र म") == "तुम  म"


def test_screenshots_break_lines_inside_words_only_where_no_spaces_are_written():
    thai = ocr_noise(TEXTS["th"] * 3, Random(0))
    assert max(map(len, re.split("\n", thai))) <= LINE + 8
    english = ocr_noise("kitchen helper " * 20, Random(0))
    assert set(english.split()) <= {"kitchen", "helper", "kitchem", "he1per", "kitchern", "he1per,"} | {"kitchen,"}
    assert not any(unicodedata.category(line[:1] or "a").startswith("M") for line in thai.split("\n"))


def test_machine_translation_loses_small_words_and_leaves_pieces():
    text = "The company gives a room to the cooks and the salary is paid to the hand of the cooks by the company."
    mutant = machine_translation(text, "en", Random(0))
    assert len(re.findall(r"\bthe\b", mutant)) < len(re.findall(r"\bthe\b", text))
    assert re.search("公司|工资|住宿", mutant)
