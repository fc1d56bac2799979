import pytest

from adscreen.text.normalise import clean, clean_with_map

ATTACKS = [
    ("full-width letters", "Ｔｅｌｅｇｒａｍ：＠ａｂｃ", "Telegram：@abc"),
    ("full-width link", "ｈｔｔｐｓ：／／ｔ．ｍｅ／ｊ０ｂ", "https://t.me/j0b"),
    ("mathematical letters", "𝐓𝐞𝐥𝐞𝘨𝓇𝕒𝖒 𝟗𝟎𝟎", "Telegram 900"),
    ("circled letters", "Ⓣⓔⓛ", "Tel"),
    ("parenthesised letters", "⒯⒠⒧", "tel"),
    ("squared letters", "🅃🄴🅻 🅰🆎", "TEL AAB"),
    ("small capitals", "ᴛᴇʟᴇɢʀᴀᴍ", "telegram"),
    ("superscript letters", "ᵀᵉˡᵉᵍʳᵃᵐ", "Telegram"),
    ("ligatures", "oﬃce ﬁne", "office fine"),
    ("regional letters", "🇯🇴🇧", "JOB"),
    ("Arabic presentation forms", "ﻭﻇﻴﻔﺔ", "وظيفة"),
    ("kashida", "وظـــيفة", "وظيفة"),
    ("Kangxi radicals", "⽉薪⻓期", "月薪长期"),
    ("circled ideographs", "㊊薪㈱", "月薪株"),
    ("half-width kana", "ｶﾞｲﾄﾞ", "ガイド"),
    ("keycap digits", "1️⃣2️⃣ 🔟", "12 10"),
    ("numbered list", "①5 years ②abc", "1 5 years 2abc"),
    ("spelled-out phone number", "②⑧⑦1③ 1⑧8", "28713 188"),
    ("zero-width", "Te\u200ble\u2060gr\ufeffam", "Telegram"),
    ("joiner in a Latin word", "Te\u200dle\u200cgram", "Telegram"),
    ("joiner in an emoji", "👩\u200d💻 job", "👩💻 job"),
    ("soft hyphen and bidi", "sal\xadary \u202eabc\u202c\u200f", "salary abc"),
    ("tags and variation selectors", "job\U000e0061\U000e007f ✈\ufe0f", "job ✈"),
    ("control characters", "jo\x00b\x07\x85x", "job\nx"),
    ("lone surrogate", "a\ud83db", "a\ufffdb"),
    ("surrogate pair", "\ud83d\ude00", "😀"),
    ("Hangul filler", "채\u3164용", "채용"),
    ("Zalgo", "j\u0337\u0322\u031b\u0317o\u0336\u034e\u0351b\u0338\u032b\u0308\u0301", "j\u0322\u031bo\u034e\u0351b\u032b\u0308"),
    ("Zalgo on Han", "招̰聘͇", "招聘"),
    ("strike-through", "v̶i̶s̶a̶ f̲r̲e̲e̲", "visa free"),
    ("Thai Zalgo", "ก็็็็็็", "ก็็็"),
    ("decomposed Vietnamese", "Vie\u0323\u0302t", "Việt"),
    ("Cyrillic in Latin", "Теlеgrаm", "Telegram"),
    ("loose Cyrillic in Latin", "теlegrам", "telegram"),
    ("whole look-alike words", "just сору and рау", "just copy and pay"),
    ("Greek in Latin", "Tεlεgrαm", "Telegram"),
    ("Cherokee and Lisu", "ᎢᎬᏞᎬ ꓔꓰꓡ job", "TELE TEL job"),
    ("Latin in Cyrillic", "рaбота Cистемный", "работа Системный"),
    ("spaced Latin", "on T e l e g r a m now", "on Telegram now"),
    ("spaced words", "w o r k  f r o m  h o m e", "work from home"),
    ("dotted", "T.e.l.e.g.r.a.m", "Telegram"),
    ("dashed", "t-e-l-e", "tele"),
    ("starred", "W*h*a*t*s", "Whats"),
    ("broken by emoji", "T🔥e🔥l🔥e", "Tele"),
    ("spaced dashes", "t - e - l - e", "tele"),
    ("spaced Cyrillic", "т е л е г р а м", "телеграм"),
    ("spaced Thai", "เ ท เ ล", "เทเล"),
    ("spaced Thai with marks", "ส ล็ อ ต", "สล็อต"),
    ("spaced Hangul", "텔 레 그 램", "텔레그램"),
    ("spaced Han", "柬 埔 寨", "柬埔寨"),
    ("dotted Han", "招.聘.出.入.款", "招聘出入款"),
    ("dotted Han within a sentence", "高薪柬.埔.寨招聘", "高薪柬埔寨招聘"),
    ("slashed Han", "招/聘", "招聘"),
    ("digits for letters", "T3legram wh4tsapp c0mpany sa1ary onl1ne", "Telegram whatsapp company salary online"),
    ("short and capital leet", "j0b J0B TELEGR4M kh0ng", "job JOB TELEGRAM khong"),
    ("signs for letters", "$alary whats@pp now s@lary", "salary whatsapp now salary"),
    ("trick within a trick", "𝐓\u200b. 𝐞 Т.е.𝐥.ｅ", "T. e Tele"),
    ("white space", "a\t\xa0 b\r\n\u3000\n\n \nc", "a b\n\nc"),
]

PLAIN = [
    ("Russian", "Требуются сотрудники в IT-компанию, ВКонтакте, ITшник, C++, з/п 1С."),
    ("Ukrainian", "Потрібні працівники, їжа та житло безкоштовно, ґанок і є м'ята."),
    ("Greek", "Ζητούνται υπάλληλοι γραφείου με εμπειρία, άριστες αποδοχές. ᾧ"),
    ("Armenian", "Աշխատանք Երևանում, բարձր աշխատավարձ"),
    ("Thai", "รับสมัครพนักงาน ณ กรุงเทพฯ ต่าง ๆ ที่พักฟรี เงินเดือนสูง น้ำ"),
    ("Lao", "ຮັບສະໝັກພະນັກງານ ເງິນເດືອນດີ ຢູ່ວຽງຈັນ"),
    ("Khmer", "ជ្រើសរើសបុគ្គលិក ប្រាក់ខែខ្ពស់ នៅភ្នំពេញ"),
    ("Burmese", "အလုပ်ခေါ်စာ လစာကောင်း လျှို့ဝှက်ချက် ကျွန်ုပ်တို့"),
    ("Hindi", "कंबोडिया में नौकरी, मुफ्त वीज़ा और रहना। क्‍षमा"),
    ("Bengali", "কম্বোডিয়ায় চাকরি, বিনামূল্যে থাকা ও খাওয়া। র‍্যাব"),
    ("Tamil", "வேலை வாய்ப்பு, இலவச விசா மற்றும் விமான டிக்கெட்"),
    ("Sinhala", "රැකියා අවස්ථා ශ්‍රී ලංකාව නොමිලේ වීසා"),
    ("Arabic", "مطلوب موظفين خدمة عملاء، راتب عالي وسكن مجاني. مُدَرِّسٌ"),
    ("Persian", "می\u200cخواهم کار کنم، حقوق خوب"),
    ("Urdu", "ملازمت کے مواقع، مفت ویزا اور رہائش"),
    ("Hebrew", "דרושים עובדים, שָׁלוֹם"),
    ("Amharic", "የሥራ ዕድል በውጭ አገር ነፃ ቪዛ"),
    ("Vietnamese", "Tuyển nhân viên, lương cao, bao ăn ở. Ở đó có ô tô à? Ừ, ý ạ."),
    ("Yoruba", "Iṣẹ́ ọ́fíìsì"),
    ("Korean", "한 번 더 지원 가능, 월 수 금 근무 ㅋㅋ ㅠㅠ"),
    ("Japanese", "未経験者歓迎！（寮あり）アルバイト募集、ジョン・スミス"),
    ("Chinese", "要求：男/女不限，月薪8000元/月，周一-周五，包吃.包住，马克·吐温"),
    ("Chinese lists", "二.正式工待遇 3.年龄 男 / 女 早/中/晚 元/人/月"),
    ("Turkish", "Yarım zamanlı eleman aranıyor"),
    ("science", "α-helix, TNFα, 5 kΩ, m², 10⁻³, ½, 25℃, №5, ™"),
    ("initials", "A. B. Cruz, U.S.A., P/T, m/w/d, Ph.D., a, b, c; a) b) c)"),
    ("letter lists", "Class A B C D and x x x x"),
    ("digits", "24h 2nd H1B B2B COVID19 mp3 3D win10 a1b2c3 S4HANA L3VPN log4j 9am5pm"),
    ("spaced digits", "+855 12 345 678, 1 2 3 4 5"),
    ("pay", "$1,500-2,000 USD$ 12h/2off 8:30am-5pm 50% RM5k"),
    ("links", "https://t.me/j0bs_2024?a=b wa.me/85512 www.s1te.com/a/b/c/d/e/f c0mpany.co/x"),
    ("e-mails and handles", "j0b@mail.com hr@company.com jobs@company @t3legram a.b.c.d.e@x.com"),
    ("contact names", "Line: j0hnny id:he1lo wechat：sa1ly 微信he1lo"),
    ("handle with look-alike", "t.me/jоbs"),
    ("flags", "🇸🇬🇲🇾 🇰🇭 job"),
    ("emoji", "💰👍🏽 apply ✅ 🆓 ℹ"),
    ("typography", "“quoted” – dash… • bullet ‘n’"),
]


@pytest.mark.parametrize(("raw", "expected"), [pytest.param(raw, expected, id=name) for name, raw, expected in ATTACKS])
def test_undoes(raw, expected):
    assert clean(raw) == expected
    assert clean_with_map(raw).text == expected
    assert clean(expected) == expected


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in PLAIN])
def test_leaves_alone(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("raw", "quote", "source"),
    [
        ("join T e l e g r a m now", "Telegram", "T e l e g r a m"),
        ("join Te\u200ble\u200bgram\u200b now", "legram", "le\u200bgram"),
        ("𝐣𝐨𝐢𝐧 𝐮𝐬", "us", "𝐮𝐬"),
        ("a\r\n\r\n\r\nb oﬃce", "office", "oﬃce"),
        ("wh4ts рay 1️⃣2️⃣", "pay", "рay"),
        ("招.聘 客服", "招聘", "招.聘"),
        ("Vie\u0323\u0302t Nam", "Việt", "Vie\u0323\u0302t"),
        ("plain words", "words", "words"),
    ],
)
def test_way_back(raw, quote, source):
    found = clean_with_map(raw)
    at = found.text.index(quote)
    start, end = found.raw_span(at, at + len(quote))
    assert raw[start:end] == source


def test_empty_span_stays_empty():
    found = clean_with_map("a\u200b b")
    assert [found.raw_span(i, i) for i in range(4)] == [(0, 0), (2, 2), (3, 3), (4, 4)]
    assert clean_with_map("").raw_span(0, 0) == (0, 0)


@pytest.mark.parametrize("span", [(-1, 1), (2, 1), (0, 4)])
def test_span_outside_the_text_is_refused(span):
    with pytest.raises(ValueError, match="does not lie in a clean text of 3 characters"):
        clean_with_map("abc").raw_span(*span)


HOSTILE = ["a b " * 20_000, "a." * 40_000 + "@", "招." * 40_000, "a\u0301" * 40_000, "0a" * 40_000, "\u200c" * 80_000, "\n " * 40_000, "аa" * 40_000]


@pytest.mark.parametrize("raw", [pytest.param(raw, id=repr(raw[:4])) for raw in HOSTILE])
def test_hostile_text_reaches_its_end(raw):
    once = clean(raw)
    assert clean(once) == once
