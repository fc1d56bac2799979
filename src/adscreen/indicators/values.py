"""Reads values other than pay: contacts, age limits, languages asked for, licence numbers.

Each becomes a hit with its own indicator id (`contact_telegram`, `age_limit`, `language_asked`, `licence_number`) and the value read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adscreen.indicators.matcher import Hit
from adscreen.indicators.seek import Seeker, Sought, matches_at

MESSENGERS = ("telegram", "whatsapp", "line", "wechat", "zalo", "viber", "signal", "kakao", "messenger")

_FREE_MAIL = frozenset(
    [
        "gmail",
        "yahoo",
        "hotmail",
        "outlook",
        "qq",
        "163",
        "126",
        "proton",
        "protonmail",
        "mail",
        "yandex",
        "icloud",
        "live",
        "foxmail",
        "naver",
        "hanmail",
        "zoho",
        "gmx",
    ]
)

# The name of a service, then within a few characters a handle or number; or a link to it. Group 1 is what a reader would use.
_HANDLE = r"\s{0,2}(?:id|账号|帳號|号|號|no\.?|number)?\s{0,2}[:：@＠/]?\s{0,2}(@?[A-Za-z][A-Za-z0-9_.\-]{3,30}|\+?\d[\d\-() ]{5,16}\d)"
_NAMED = r"(?![A-Za-z])"
_SERVICES = (
    (
        "telegram",
        "telegram|telegrem|tele|tg|飞机|飛機|纸飞机|電報|电报|✈|텔레그램|텔레|텔|телеграмм|телеграм|тг|เทเลแกรม|تلغرام|تيليجرام|ٹیلیگرام|テレグラム",
        "\ufe0f?",
    ),
    ("whatsapp", "whatsapp|whats app|whatsap|wa|wsp|zap|واتساب|واتس|وٹسایپ|وٹس ایپ|व्हाट्सएप|व्हाट्सऐप|হোয়াটসঅ্যাপ|ватсап|вотсап|왓츠앱", ""),
    ("line", "line|ไลน์|แอดไลน์|ラインid|賴|라인", _NAMED + r"(?:\s?id|\s?[:：@])"),
    ("wechat", "wechat|we chat|weixin|微信|薇信|威信|vx|wx|加v|加微|위챗|вичат", ""),
    ("zalo", "zalo", ""),
    ("viber", "viber|вайбер", ""),
    ("signal", "signal", _NAMED + r"\s?[:：]"),
    ("kakao", "kakaotalk|kakao|카카오톡|카카오|카톡|톡", _NAMED + r"\s?(?:아이디|id)?"),
)
_SERVICE_LINKS = (
    ("telegram", "t.me/|telegram.me/", r"([\w+]{3,40})"),
    ("whatsapp", "wa.me/|chat.whatsapp.com/|api.whatsapp.com/send?phone=", r"([\w+]{5,40})"),
    ("line", "line.me/|lin.ee/", r"([\w/~@\-.]{3,40})"),
    ("messenger", "m.me/|fb.me/|facebook.com/", r"([\w.]{3,40})"),
)
_WEBSITE, _WHATSAPP, _AGE_LIMIT = "contact_website", "contact_whatsapp", "age_limit"
_DIGIT = re.compile(r"\d")
_CONTACTS = (
    *(Sought.after_words(f"contact_{kind}", words, rest) for kind, words, rest in _SERVICE_LINKS),
    *(
        Sought.after_words(f"contact_{kind}", words, (rest if rest.startswith(_NAMED) else rest + _NAMED) + _HANDLE, r"(?<![A-Za-z])")
        for kind, words, rest in _SERVICES
    ),
    Sought.after_words("contact_handle", "@", r"([A-Za-z][A-Za-z0-9_]{3,31})(?![\w.@])", r"(?<![\w.])"),
    Sought.after_words(_WEBSITE, "http://|https://|www.", r"[^\s<>\"']{4,200}"),
)
_MAX_LOCAL_PART = 64
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,{_MAX_LOCAL_PART}}}@((?:[\w-]{{1,63}}\.){{1,4}}[A-Za-z]{{2,10}})(?!\w)")
_MESSENGER_HOST = re.compile(r"t\.me|telegram\.me|wa\.me|whatsapp|line\.me|lin\.ee|m\.me|fb\.me|facebook|instagram|zalo", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+|00)?\(?\d{1,4}\)?(?:[\s.\-]?\(?\d{2,5}\)?){2,5}(?![\w])")
_PHONE_START = re.compile(r"[+(\d](?<![\w.].)")
_PHONE_DIGITS = (8, 15)
"""Fewest and most digits of a phone number (ITU-T E.164 allows 15; shorter runs are mostly pay or dates)."""

_TO = r"\s?(?:-|–|~|～|to|至|到|sampai|hingga|đến|ถึง|до|a|à|से|থেকে|و|إلى|hadi)\s?"
_AGE = Sought.after_words(
    _AGE_LIMIT,
    "age|ages|aged|age limit|usia|umur|tuổi|độ tuổi|อายุ|年龄|年齡|возраст|idade|edad|âge|나이|연령|年齢|उम्र|আয়ু|বয়স|عمر|العمر|umri",
    rf"\D{{0,12}}(\d\d){_TO}(\d\d)",
    r"(?<![A-Za-z])",
)
_AGE_UNIT = re.compile(rf"(\d\d){_TO}(\d\d)\s?(?:岁|歲|tuổi|tahun|years? old|yrs?|лет|anos|años|ans|세|歳|ปี|yo\b|वर्ष|বছর|سال|سنة)", re.IGNORECASE)
_WORKING_AGE = (15, 70)

_ASKED_AS = "language_asked:"
_ASKED = (
    *(
        Sought.after_words(_ASKED_AS + code, words, "")
        for code, words in (
            ("zh", "mandarin|chinese|中文|华语|華語|普通话|普通話|國語|tiếng trung|tiếng hoa|ภาษาจีน|chinês|chines|chino|chinois|중국어|चीनी|الصينية|တရုတ်|ចិន"),
            ("en", "english|英文|英语|英語|tiếng anh|ภาษาอังกฤษ|bahasa inggris|bahasa inggeris|inglês|ingles|inglés|anglais|영어|अंग्रेज़ी|अंग्रेजी|ইংরেজি|انگریزی|الإنجليزية|kiingereza"),
            ("ja", "japanese|日语|日語|日文|tiếng nhật|ภาษาญี่ปุ่น|bahasa jepang|일본어|日本語"),
            ("ko", "korean|韩语|韓語|韩文|韓文|tiếng hàn|ภาษาเกาหลี|bahasa korea|한국어"),
        )
    ),
    *(Sought.after_words(_ASKED_AS + code, stem, r"\w+") for code, stem in (("zh", "китайск"), ("en", "английск"), ("ja", "японск"), ("ko", "корейск"))),
)  # fmt: skip

_LICENCE = Sought.after_words(
    "licence_number",
    "license|licence|lic.|licencia|licença|agrément|permit|registration|reg.|job order|许可证|许可|許可證|許可|執照|牌照|giấy phép|izin|lesen|ใบอนุญาต|лицензия|лицензии|лицензию|허가|"
    "등록번호|許可番号|लाइसेंस|লাইসেন্স|لائسنس|ترخيص|SIPPMI|POEA|DMW|BMET|SLBFE|SSM",
    r"[ A-Za-z]{0,12}(?:no\b|nos?\.|number|num|nr|nomor|số|№|#|[:：]|号|號|字第|編號|เลขที่|नं|নং|نمبر|رقم|-)[\s.:：]{0,3}([A-Z0-9][\w./-]{1,18}\d)",
    r"(?<![A-Za-z])",
)

_SEEKER = Seeker([*_CONTACTS, _AGE, *_ASKED, _LICENCE])
"""One look at the text for all of them."""


def find_values(text: str) -> Iterator[Hit]:
    """Yield contact, age, asked-language and licence hits in `text`, in no particular order."""
    ages = list(_AGE_UNIT.finditer(text))
    for name, match in _SEEKER.find(text):
        if name == _AGE_LIMIT:
            ages.insert(0, match)
        elif name.startswith(_ASKED_AS):
            yield Hit("language_asked", match.start(), match.end(), name.removeprefix(_ASKED_AS))
        elif name != _WEBSITE:
            if name != _WHATSAPP or _DIGIT.search(match[1]):  # its addresses are numbers; "wa" and "zap" are words of Swahili and Portuguese too
                yield Hit(name, match.start(), match.end(), match[1].strip())
        elif not _MESSENGER_HOST.search(match.group()):
            yield Hit(name, match.start(), match.end(), match.group())
    yield from _ages(ages)
    yield from _mails_and_phones(text)


def _ages(matches: list[re.Match[str]]) -> Iterator[Hit]:
    """Age limits of working age; one that is found by its word and by its unit counts once, by its word."""
    done: set[int] = set()
    for match in matches:
        low, high = int(match[1]), int(match[2])
        if match.end(2) not in done and _WORKING_AGE[0] <= low <= high <= _WORKING_AGE[1]:
            done.add(match.end(2))
            yield Hit(_AGE_LIMIT, match.start(), match.end(), f"{low}-{high}")


def _mails_and_phones(text: str) -> Iterator[Hit]:
    for match in _mails(text):
        kind = "free_mail" if match[1].split(".")[0].lower() in _FREE_MAIL else "company_mail"
        yield Hit(f"contact_{kind}", match.start(), match.end(), match.group())
    for match in matches_at(_PHONE, text, (start.start() for start in _PHONE_START.finditer(text))):
        digits = re.sub(r"\D", "", match.group())
        if _is_phone(match.group(), digits):
            yield Hit("contact_phone", match.start(), match.end(), digits)


def _mails(text: str) -> Iterator[re.Match[str]]:
    done, at = 0, text.find("@")
    while at >= 0 and (match := _EMAIL.search(text, max(at - _MAX_LOCAL_PART, done))):
        yield match
        done = match.end()
        at = text.find("@", done)


def _is_phone(written: str, digits: str) -> bool:
    """Long enough, and either marked as a number to dial or too long for a date or a pay range."""
    if not _PHONE_DIGITS[0] <= len(digits) <= _PHONE_DIGITS[1]:
        return False
    return written.startswith(("+", "0", "(0", "00")) or len(digits) > _PHONE_DIGITS[0]
