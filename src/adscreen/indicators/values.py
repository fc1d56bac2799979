"""Reads values other than pay: contacts, age limits, languages asked for, licence numbers.

Each becomes a hit with its own indicator id (`contact_telegram`, `age_limit`, `language_asked`, `licence_number`) and the value read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from adscreen.indicators.matcher import Hit

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
_CONTACTS = (
    ("telegram", r"(?:t\.me/|telegram\.me/)([\w+]{3,40})"),
    ("telegram", r"(?<![A-Za-z])(?:telegram|telegrem|tele|tg|飞机|飛機|纸飞机|電報|电报|✈️?|텔레그램|텔레|텔|телеграмм?|тг|เทเลแกรม|تلغرام|تيليجرام|ٹیلیگرام|テレグラム)(?![A-Za-z])" + _HANDLE),
    ("whatsapp", r"(?:wa\.me/|chat\.whatsapp\.com/|api\.whatsapp\.com/send\?phone=)([\w+]{5,40})"),
    ("whatsapp", r"(?<![A-Za-z])(?:whats ?app|whatsap|wa|wsp|zap|واتساب|واتس|وٹس ?ایپ|व्हाट्सएप|व्हाट्सऐप|হোয়াটসঅ্যাপ|ватсап|вотсап|왓츠앱)(?![A-Za-z])" + _HANDLE),
    ("line", r"(?:line\.me/|lin\.ee/)([\w/~@\-.]{3,40})"),
    ("line", r"(?<![A-Za-z])(?:line|ไลน์|แอดไลน์|ラインid|賴|라인)(?![A-Za-z])(?:\s?id|\s?[:：@])" + _HANDLE),
    ("wechat", r"(?<![A-Za-z])(?:wechat|we chat|weixin|微信|薇信|威信|vx|wx|加v|加微|위챗|вичат)(?![A-Za-z])" + _HANDLE),
    ("zalo", r"(?<![A-Za-z])zalo(?![A-Za-z])" + _HANDLE),
    ("viber", r"(?<![A-Za-z])(?:viber|вайбер)(?![A-Za-z])" + _HANDLE),
    ("signal", r"(?<![A-Za-z])signal(?![A-Za-z])\s?[:：]" + _HANDLE),
    ("kakao", r"(?<![A-Za-z])(?:kakao(?:talk)?|카카오톡?|카톡|톡)(?![A-Za-z])\s?(?:아이디|id)?" + _HANDLE),
    ("messenger", r"(?:m\.me/|fb\.me/|facebook\.com/)([\w.]{3,40})"),
    ("handle", r"(?<![\w.])@([A-Za-z][A-Za-z0-9_]{3,31})(?![\w.@])"),
)  # fmt: skip
_CONTACT_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _CONTACTS)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@((?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,10})(?!\w)")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"']{4,200}", re.IGNORECASE)
_MESSENGER_HOST = re.compile(r"t\.me|telegram\.me|wa\.me|whatsapp|line\.me|lin\.ee|m\.me|fb\.me|facebook|instagram|zalo", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.])(?:\+|00)?\(?\d{1,4}\)?(?:[\s.\-]?\(?\d{2,5}\)?){2,5}(?![\w])")
_PHONE_DIGITS = (8, 15)
"""Fewest and most digits of a phone number (ITU-T E.164 allows 15; shorter runs are mostly pay or dates)."""

_AGE = re.compile(
    r"(?:ages?d?|age limit|usia|umur|tuổi|độ tuổi|อายุ|年龄|年齡|возраст|idade|edad|âge|나이|연령|年齢|उम्र|আয়ু|বয়স|عمر|العمر|umri|edad)\D{0,12}(\d{2})\s?(?:-|–|~|～|to|至|到|sampai|hingga|đến|ถึง|до|a|à|से|থেকে|و|إلى|hadi)\s?(\d{2})"
    r"|(\d{2})\s?(?:-|–|~|～|to|至|到|đến|до)\s?(\d{2})\s?(?:岁|歲|tuổi|tahun|years? old|yrs?|лет|anos|años|ans|세|歳|ปี|yo\b|वर्ष|বছর|سال|سنة)",
    re.IGNORECASE,
)
_WORKING_AGE = (15, 70)

_ASKED_LANGUAGES = {
    "zh": r"mandarin|chinese|中文|华语|華語|普通话|普通話|國語|tiếng trung|tiếng hoa|ภาษาจีน|bahasa mandarin|китайск\w+|chin[eê]s|chino|chinois|중국어|चीनी|الصينية|တရုတ်|ចិន",
    "en": r"english|英文|英语|英語|tiếng anh|ภาษาอังกฤษ|bahasa inggris|bahasa inggeris|английск\w+|ingl[eê]s|anglais|영어|अंग्रेज़ी|अंग्रेजी|ইংরেজি|انگریزی|الإنجليزية|kiingereza",
    "ja": r"japanese|日语|日語|日文|tiếng nhật|ภาษาญี่ปุ่น|bahasa jepang|японск\w+|일본어|日本語",
    "ko": r"korean|韩语|韓語|韩文|韓文|tiếng hàn|ภาษาเกาหลี|bahasa korea|корейск\w+|한국어",
}
_ASKED = re.compile("|".join(f"(?P<{code}>{pattern})" for code, pattern in _ASKED_LANGUAGES.items()), re.IGNORECASE)

_LICENCE = re.compile(
    r"(?<![A-Za-z])(?:licen[cs]e|lic\.|licencia|licença|agrément|permit|registration|reg\.|job order|许可证?|許可證?|執照|牌照|giấy phép|izin|lesen|ใบอนุญาต|лицензи[яию]|허가|등록번호|許可番号|लाइसेंस|"
    r"লাইসেন্স|لائسنس|ترخيص|SIPPMI|POEA|DMW|BMET|SLBFE|SSM)[ A-Za-z]{0,12}(?:no\b|nos?\.|number|num|nr|nomor|số|№|#|[:：]|号|號|字第|編號|เลขที่|नं|নং|نمبر|رقم|-)[\s.:：]{0,3}([A-Z0-9][\w./-]{1,18}\d)",
    re.IGNORECASE,
)


def find_values(text: str) -> Iterator[Hit]:
    """Yield contact, age, asked-language and licence hits in `text`, in no particular order."""
    yield from _contacts(text)
    for match in _AGE.finditer(text):
        low, high = (int(number) for number in match.groups() if number)
        if _WORKING_AGE[0] <= low <= high <= _WORKING_AGE[1]:
            yield Hit("age_limit", match.start(), match.end(), f"{low}-{high}")
    for match in _ASKED.finditer(text):
        yield Hit("language_asked", match.start(), match.end(), str(match.lastgroup))
    for match in _LICENCE.finditer(text):
        yield Hit("licence_number", match.start(), match.end(), match[1])


def _contacts(text: str) -> Iterator[Hit]:
    for kind, pattern in _CONTACT_PATTERNS:
        for match in pattern.finditer(text):
            yield Hit(f"contact_{kind}", match.start(), match.end(), match[1].strip())
    for match in _EMAIL.finditer(text):
        kind = "free_mail" if match[1].split(".")[0].lower() in _FREE_MAIL else "company_mail"
        yield Hit(f"contact_{kind}", match.start(), match.end(), match.group())
    for match in _URL.finditer(text):
        if not _MESSENGER_HOST.search(match.group()):
            yield Hit("contact_website", match.start(), match.end(), match.group())
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if _is_phone(match.group(), digits):
            yield Hit("contact_phone", match.start(), match.end(), digits)


def _is_phone(written: str, digits: str) -> bool:
    """Long enough, and either marked as a number to dial or too long for a date or a pay range."""
    if not _PHONE_DIGITS[0] <= len(digits) <= _PHONE_DIGITS[1]:
        return False
    return written.startswith(("+", "0", "(0", "00")) or len(digits) > _PHONE_DIGITS[0]
