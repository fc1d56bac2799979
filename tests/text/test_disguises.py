"""Disguises that recruiters use and the ordinary words that look like them."""

import pytest

from adscreen.text.lookalikes import one_script
from adscreen.text.normalise import clean, clean_with_map

UNDONE = [
    ("zero for an initial O", "0ffice 0nline 0PEN", "office online OPEN"),
    ("exclamation mark", "free v!sa L!ve r!der m!nh V!SA", "free visa Live rider minh VISA"),
    ("E beside a vowel", "fr3e cl3ar k33ping se4man Th4iland", "free clear keeping seaman Thailand"),
    ("doubled sign", "your pa55port", "your passport"),
    ("at sign", "the s@lary. our st@ff now", "the salary. our staff now"),
    ("one for L", "sue1do se1f he1p sa1ary onl1ne", "sueldo self help salary online"),
    ("Cyrillic", "к0мпания зарпл4та РАБ0ТА удал3нка ре3юме м@сажист П@тт@йя", "компания зарплата РАБОТА удаленка резюме масажист Паттайя"),
    ("dotless i", "we are hırıng, vısa free", "we are hiring, visa free"),
    ("capital I", "good saIary, no caIling, teIegram", "good salary, no calling, telegram"),
    ("soft sign", "joЬs ƅoss", "jobs boss"),
    ("rare letters", "ҽasy ᴦide ϲall ѵisa", "easy ride call visa"),
    ("loose twin at the edge", "тicket tickeт foг ρay тuyển", "ticket ticket for pay tuyển"),
    ("mostly foreign letters", "ѕаhоd тiскет", "sahod ticket"),
    ("joiner in Arabic", "را\u200dتب", "راتب"),
    ("joiner in Hindi", "वे\u200dतन", "वेतन"),
    ("joiner in Burmese", "လ\u200dစာ", "လစာ"),
    ("joiner in Khmer", "ការ\u200dងារ", "ការងារ"),
    ("joiner before a non-joiner", "می\u200d\u200cخواهم", "می\u200cخواهم"),
    ("Thai vowels in pieces", "เเม่ น้ํา จําเป็น", "แม่ น้ำ จำเป็น"),
    ("Lao vowels in pieces", "ເເມ່ ນໍ້າ", "ແມ່ ນ້ຳ"),
    ("Burmese digits", "၇န်ကုန် ၀န်ထမ်း အ၀တ်", "ရန်ကုန် ဝန်ထမ်း အဝတ်"),
    ("slashed word", "w/o/r/k", "work"),
    ("two ideographs", "招 聘 打字员\n地 址：【月 薪】", "招聘 打字员\n地址：【月薪】"),
]

LEFT = [
    ("codes", "B2B K8s n8n 24h 4you iPhone C1 visa H2O MP3 D7Tp S4HANA I2C O2O text2speech ST7K job4u"),
    ("counts", "0fees 0experience 0deposit 3days 5staff 8years 100балльный 7Gen"),
    ("numbers glued to words", "skills5 tahun2 field3 salary5k friday6am"),
    ("Arabizi", "3afakom kay3raf wa7da l3arbi mar7aba t3awen"),
    ("exclamations", "now!apply Yes!we great!The hr!call hello!"),
    ("departments", "hr@company pr@company"),
    ("links", "0nline.com/v!sa t.me/saIary"),
    ("contact names", "Line: fr3ed0m id:sa55ly telegram: 0nline"),
    ("Turkish", "Yarım zamanlı kadın aranıyor, ev sahibi"),
    ("Turkish with an English word", "Başvuru for kadın çalışan"),
    ("capitals inside", "McIlroy MacIntosh goodIoT LinkedIn WebIntern aI"),
    ("Cyrillic beside Latin", "скачай appы и ITшник, потрібен білет? имя@почта.рф IT-компанія"),
    ("Greek letters as names", "βglucan TNFα αhelix 5 kΩ"),
    ("Persian", "می\u200cخواهم"),
    ("conjuncts", "क्\u200dषमा र\u200d्य ক্\u200cষ"),
    ("Burmese numbers", "၇ရက် ၁၀ရက် ၇ ရက် ၁၀၀"),
    ("choices", "m/w/d/x m/f/d/i"),
    ("initials", "p.a.y U.S.A. a b c"),
    ("Chinese with spaces", "月薪五千 招 3 名 文 . 员 俄 . 语 柬埔寨 男 女"),
    ("Japanese words", "は い"),
]


@pytest.mark.parametrize(("raw", "expected"), [pytest.param(raw, expected, id=name) for name, raw, expected in UNDONE])
def test_disguise_is_undone(raw, expected):
    found = clean_with_map(raw)
    assert clean(raw) == found.text == clean(expected) == expected
    assert found.starts[0] == 0
    assert found.ends[-1] == len(raw)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in LEFT])
def test_near_miss_stays(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("raw", "quote", "source"),
    [("at น้ํา now", "น้ำ", "น้ํา"), ("招 聘 打字员", "聘", "聘"), ("the v!sa", "visa", "v!sa"), ("را\u200dتب", "تب", "تب"), ("w/o/r/k", "or", "o/r")],
)
def test_way_back(raw, quote, source):
    found = clean_with_map(raw)
    at = found.text.index(quote)
    start, end = found.raw_span(at, at + len(quote))
    assert raw[start:end] == source


def test_company_decides_what_a_mixed_word_is():
    assert one_script("тiскет") == "тіскет"
    assert one_script("тiскет", among_latin=True) == "ticket"
    assert one_script("рaбота", among_latin=True) == "работа"


HOSTILE = ["ıI" * 9_000, "aIe" * 9_000, "v!" * 9_000, "0ff" * 9_000, "кк0" * 9_000, "тa " * 9_000, "เ" * 20_000, "၀" * 20_000, "招 聘" * 9_000]


@pytest.mark.parametrize("raw", [pytest.param(raw, id=repr(raw[:4])) for raw in HOSTILE])
def test_hostile_text_reaches_its_end(raw):
    once = clean(raw)
    assert clean(once) == once
