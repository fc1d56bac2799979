"""Reads pay: amount, currency and period, in the ways job ads of many countries write it, and puts it into US dollars a month.

Only orders of magnitude matter here (is this three times what such work pays there?), so exchange rates and wages are round constants,
not market data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"

# US dollars for one unit; rounded 2025-2026 rates.
USD_PER_UNIT = {
    "USD": 1.0, "EUR": 1.1, "GBP": 1.3, "SGD": 0.75, "HKD": 0.128, "TWD": 0.031, "CNY": 0.14, "JPY": 0.0066, "KRW": 0.00072,
    "THB": 0.03, "MYR": 0.23, "IDR": 0.000061, "PHP": 0.0175, "VND": 0.000039, "INR": 0.0115, "PKR": 0.0036, "LKR": 0.0033, "NPR": 0.0072,
    "BDT": 0.0083, "MMK": 0.00028, "KHR": 0.00025, "LAK": 0.000046, "KES": 0.0077, "TZS": 0.0004, "UGX": 0.00028, "ETB": 0.007,
    "NGN": 0.00066, "GHS": 0.085, "ZAR": 0.056, "RUB": 0.012, "UAH": 0.024, "KZT": 0.0019, "BRL": 0.18, "PEN": 0.28, "COP": 0.00025,
    "MXN": 0.054, "AED": 0.27, "SAR": 0.27, "QAR": 0.27, "KWD": 3.2, "MAD": 0.11, "EGP": 0.02, "TRY": 0.024, "CAD": 0.72, "AUD": 0.65,
}  # fmt: skip

# Typical monthly pay of entry-level work in US dollars, by country: order of magnitude of the national minimum or usual starting wage.
ENTRY_WAGE_USD = {
    "KH": 230, "MM": 110, "LA": 130, "PH": 280, "TH": 380, "VN": 280, "MY": 420, "ID": 260, "SG": 1500, "HK": 1800, "TW": 950, "CN": 600,
    "JP": 1300, "KR": 1600, "IN": 180, "PK": 140, "BD": 120, "LK": 130, "NP": 150, "KE": 170, "TZ": 130, "UG": 100, "ET": 70, "NG": 70,
    "GH": 110, "ZA": 350, "RU": 600, "UA": 350, "KZ": 350, "BR": 300, "PE": 300, "CO": 340, "MX": 400, "AE": 650, "SA": 700, "QA": 550,
    "KW": 500, "MA": 330, "EG": 150, "TR": 550, "GE": 400, "US": 2500, "GB": 2300, "CA": 2300, "AU": 2600, "DE": 2200, "PL": 1100,
}  # fmt: skip

_CURRENCY_COUNTRY = {
    "SGD": "SG", "HKD": "HK", "TWD": "TW", "CNY": "CN", "JPY": "JP", "KRW": "KR", "THB": "TH", "MYR": "MY", "IDR": "ID", "PHP": "PH",
    "VND": "VN", "INR": "IN", "PKR": "PK", "LKR": "LK", "NPR": "NP", "BDT": "BD", "MMK": "MM", "KHR": "KH", "LAK": "LA", "KES": "KE",
    "TZS": "TZ", "UGX": "UG", "ETB": "ET", "NGN": "NG", "GHS": "GH", "ZAR": "ZA", "RUB": "RU", "UAH": "UA", "KZT": "KZ", "BRL": "BR",
    "PEN": "PE", "COP": "CO", "MXN": "MX", "AED": "AE", "SAR": "SA", "QAR": "QA", "KWD": "KW", "MAD": "MA", "EGP": "EG", "TRY": "TR",
    "EUR": "DE", "GBP": "GB", "CAD": "CA", "AUD": "AU",
}  # fmt: skip

LANGUAGE_COUNTRY = {
    "zh": "CN", "id": "ID", "ms": "MY", "vi": "VN", "th": "TH", "tl": "PH", "hi": "IN", "bn": "BD", "ur": "PK", "ne": "NP", "ta": "LK",
    "si": "LK", "km": "KH", "my": "MM", "lo": "LA", "sw": "KE", "am": "ET", "ru": "RU", "pt": "BR", "es": "CO", "fr": "MA", "ar": "MA",
    "ko": "KR", "ja": "JP", "en": "PH",
}  # fmt: skip
"""Where readers of a language mostly are, for pay written without a country; English job ads for migrants come mostly from low-wage countries."""

_BEFORE = {
    "USD": r"us ?\$|usd|\$|u\.s\.d\.?|usdt", "SGD": r"s ?\$|sgd", "HKD": r"hk ?\$|hkd", "TWD": r"nt ?\$|ntd|twd|台幣|臺幣|新台幣|台币",
    "CNY": r"rmb|cny|人民币|人民幣", "JPY": r"¥|jpy|￥|円", "KRW": r"₩|krw", "THB": r"฿|thb", "MYR": r"rm|myr", "IDR": r"rp\.?|idr", "PHP": r"₱|php|p",
    "VND": r"₫|vnd|vnđ", "INR": r"₹|inr", "PKR": r"pkr", "LKR": r"lkr", "NPR": r"npr|रु\.?", "BDT": r"৳|bdt|tk\.?", "KES": r"kes|kshs?\.?", "TZS": r"tzs|tsh\.?",
    "UGX": r"ugx|ushs?\.?", "ETB": r"etb|br\.", "NGN": r"₦|ngn", "GHS": r"ghs|gh₵|gh¢", "ZAR": r"zar", "RUB": r"₽|rub", "BRL": r"r ?\$|brl", "PEN": r"s/\.?|pen",
    "COP": r"cop", "MXN": r"mxn", "AED": r"aed|dhs?\.?", "SAR": r"sar|sr", "QAR": r"qar|qr", "KWD": r"kwd|kd", "EUR": r"€|eur", "GBP": r"£|gbp",
    "RS": r"rs\.?|₨",
}  # fmt: skip

_AFTER = {
    "USD": r"usdt?|us ?\$|\$|u(?![\w])|dollars?|美金|美元|美刀|刀|đô(?: la| mỹ)?|do la|dolla?rs?|dolar(?:es)?|dólar(?:es)?|dollari|dola|долл\w*|доллар\w*|달러|불|ドル|米ドル|"
    r"ดอลลาร์|ดอล|โดล|ដុល្លារ|ໂດລາ|ဒေါ်လာ|دولار|ڈالر|डॉलर|डलर|ডলার|ዶላር|டாலர்|ඩොලර්",
    "EUR": r"€|euros?|eur|евро", "GBP": r"£|pounds", "SGD": r"sgd|新币|新幣|坡币", "HKD": r"hkd|港元|港币|港幣|港紙", "TWD": r"ntd|台幣|臺幣|新台幣|台币",
    "CNY": r"rmb|元|块|塊|人民币|人民幣", "JPY": r"円|yen|日元|日圓", "KRW": r"원|won|韩元|韓元|вон", "THB": r"บาท|baht|thb|泰铢|泰銖|ບາດ|ဘတ်",
    "MYR": r"rm|ringgit|马币|馬幣|令吉", "IDR": r"rupiah|idr", "PHP": r"php|pesos?(?! col| mex)|p(?!\w)|披索|比索", "VND": r"vnđ|vnd|đồng|dong|đ(?!\w)",
    "INR": r"inr|rupees|रुपये|रुपए|रू", "PKR": r"pkr|روپے|روپیہ", "LKR": r"lkr|රුපියල්|ரூபாய்", "NPR": r"npr|रुपैयाँ|रुपैया|रुपियाँ", "BDT": r"টাকা|taka|bdt|tk",
    "MMK": r"ကျပ်|kyats?|mmk", "KHR": r"រៀល|riels?", "LAK": r"ກີບ|kip", "KES": r"kes|ksh|/=|shillings?|shilingi", "ETB": r"ብር|birr|etb", "NGN": r"naira|ngn",
    "GHS": r"cedis?|ghs", "ZAR": r"rand", "RUB": r"руб\w*|₽|рублей|р(?![\w])", "UAH": r"грн\w*|гривен\w*", "KZT": r"тенге|тг", "BRL": r"reais|real",
    "PEN": r"soles", "COP": r"cop|pesos colombianos", "MXN": r"mxn|pesos mexicanos", "AED": r"aed|dirhams?|درهم|дирхам\w*|迪拉姆|درہم",
    "SAR": r"sar|riyals?|ريال|ریال", "QAR": r"qar", "KWD": r"kwd|dinars?|دينار|دینار", "MAD": r"mad|dhs?", "EGP": r"جنيه|egp", "TRY": r"lira",
}  # fmt: skip

_MULTIPLIERS = (
    (1e3, r"k(?!\w)|千|พัน|тыс\w*\.?|mil(?![\wãi])|thousand|rb(?!\w)|ribu|ngàn|nghìn|हज़ार|हजार|হাজার|ہزار|الف|ألف|elfu|천|ພັນ|ሺህ|ሺ|ထောင်"),
    (1e4, r"w\+?(?!\w)|万|萬|만|หมื่น|သောင်း"),
    (1e5, r"แสน|lakhs?|lacs?|लाख|লাখ|লক্ষ|لاکھ|သိန်း|ແສນ|ලක්ෂ"),
    (1e6, r"juta|jt(?!\w)|triệu|trieu|tr(?!\w)|million|млн|ล้าน|laki|백만|ລ້ານ|milhão|millones|m(?!\w)"),
)

_PERIODS = (
    (30.0 * 8, r"/ ?h(?:r|our)?s?\b|per hour|an hour|hourly|小時|小时|/時|時薪|时薪|시급|每小时|ชั่วโมง|/ ?jam|per jam|mỗi giờ|/ ?giờ|в час|por hora"),
    (
        26.0,
        r"/ ?day|per day|a day|daily|每天|/天|一天|日薪|/日|/ ?hari|per hari|sehari|/ ?ngày|một ngày|mỗi ngày|วันละ|/วัน|ต่อวัน|в день|por d[ií]a|por dia|par jour|일당|kwa siku|প্রতিদিন|रोज़|kada araw|per araw|日結|日结",
    ),
    (
        4.3,
        r"/ ?week|per week|a week|weekly|每周|/周|一周|per minggu|seminggu|mỗi tuần|/ ?tuần|สัปดาห์|в неделю|por semana|par semaine|주급|kwa wiki|週薪",
    ),
    (
        1.0,
        r"month|monthly|/ ?mo\b|/月|每月|一個月|一个月|月薪|bulan|tháng|เดือน|buwan|в месяц|/мес|mes\b|mês|mois|월급|महीन|महिना|মাস|ماہ|شهر|mwezi|ខែ|ເດືອນ|ወር",
    ),
    (1 / 12, r"/ ?year|per year|a year|p\.?a\.?\b|per annum|annually|yearly|年薪|/年|每年|в год|por ano|al año|par an|연봉|/ ?năm|mỗi năm|ต่อปี|年収"),
)
"""Months' worth of one period, with the words that name it; without such a word pay is taken as monthly."""

_MIN_AMOUNT_USD, _MAX_AMOUNT_USD = 20.0, 100_000.0
"""Monthly sums outside are prices, phone numbers or company turnover, not wages."""

_PAY_WORD = re.compile(
    r"salary|salaries|wage|pay\b|earn|income|stipend|薪|工资|工資|底薪|收入|待遇|gaji|upah|penghasilan|pendapatan|lương|luong|thu nhập|thu nhap|เงินเดือน|รายได้|ค่าจ้าง|sahod|sweldo|kita\b|वेतन|तनख|"
    r"सैलरी|तलब|বেতন|تنخواہ|সেলারি|ប្រាក់ខែ|ប្រាក់បៀវត្សរ៍|လစာ|ເງິນເດືອນ|mshahara|ደመወዝ|зарплат|оклад|доход|з/п|зп\b|sal[aá]rio|sueldo|salario|remunera|salaire|راتب|급여|월급|월\s|연봉|給料|給与|月給|月収|時給|සැලැ|வைப்|சம்பள|වැටුප",
    re.IGNORECASE,
)
_PAY_REACH = 40
"""Characters before a bare number in which a pay word makes it pay: one short line."""
_BARE_DIGITS = 4
_CONTINUES = re.compile("[0-9A-Za-z.,]")
"""A number right after one of these is a part of something else, unless a currency stands there."""


def _alternatives(table: dict[str, str], prefix: str) -> str:
    return "|".join(f"(?P<{prefix}{name}>{pattern})" for name, pattern in table.items())


def _scale(tag: str) -> str:
    return "(?:" + "|".join(f"(?P<{tag}{number}>{pattern})" for number, (_, pattern) in enumerate(_MULTIPLIERS)) + ")?"


_CURRENCY_BEFORE = re.compile(rf"(?<![^\W\u3040-\u9fff])(?:{_alternatives(_BEFORE, 'b')})\s?\Z", re.IGNORECASE)
_CURRENCY_REACH = 8
"""Characters of the longest currency before an amount, with the character before it and a space."""
_DIGITS = re.compile(r"\d+")
_AMOUNT = re.compile(
    rf"(?P<low>{_NUMBER})\s?{_scale('x')}\+?"
    rf"(?:\s?(?:-|–|—|~|～|to|至|到|hingga|sampai|s/d|đến|den|ถึง|до|a|à|até|से|থেকে|에서|부터|〜)\s?(?:us ?\$|[$₱₹₩฿£€])?\s?(?P<high>{_NUMBER})\s?{_scale('y')}\+?)?"
    rf"\s?(?:{_alternatives(_AFTER, 'a')})?",
    re.IGNORECASE,
)
_SCALES = tuple(f"{tag}{number}" for tag in "xy" for number in range(len(_MULTIPLIERS)))
_PERIOD = re.compile("|".join(f"(?P<p{number}>{pattern})" for number, (_, pattern) in enumerate(_PERIODS)), re.IGNORECASE)
_PERIOD_BEFORE, _PERIOD_AFTER = 8, 14
"""Characters around an amount where its period stands ('日薪300', '300 a day')."""


@dataclass(frozen=True, slots=True)
class Pay:
    """Pay found at `[start, end)`: the upper amount in US dollars a month, and the currency's country ("" for dollars)."""

    start: int
    end: int
    monthly_usd: float
    country: str


def find_pay(text: str, language: str) -> Iterator[Pay]:
    """Yield each amount that reads as pay. Bare numbers count only with a pay word before them and a multiplier or four digits."""
    done = 0
    for digits in _DIGITS.finditer(text):
        at = digits.start()
        if at < done:
            continue
        before = _CURRENCY_BEFORE.search(text, max(at - _CURRENCY_REACH, done), at)
        if before is None and _CONTINUES.match(text, at - 1, at):
            continue
        match = _AMOUNT.match(text, at)
        if match is None:
            continue
        done = match.end()
        start = before.start() if before else at
        currency, bare = _currency(before, match, language)
        if bare and not _reads_as_pay(text, start, match):
            continue
        monthly = _amount(match) * USD_PER_UNIT[currency] * _period(text, start, match.end())
        if _MIN_AMOUNT_USD <= monthly <= _MAX_AMOUNT_USD:
            yield Pay(start, match.start() + len(match.group().rstrip()), round(monthly, 1), _CURRENCY_COUNTRY.get(currency, ""))


def _reads_as_pay(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a number without a currency is large or scaled, and has a pay word shortly before it."""
    if len(match["low"]) < _BARE_DIGITS and not any(map(match.group, _SCALES)):
        return False
    return _PAY_WORD.search(text, max(0, start - _PAY_REACH), start) is not None


def _currency(before: re.Match[str] | None, match: re.Match[str], language: str) -> tuple[str, bool]:
    """The currency and whether it was only guessed from the language."""
    if before and before.lastgroup:
        name = before.lastgroup[1:]
        return (_rupee(language) if name == "RS" else name), False
    if match.lastgroup and match.lastgroup[0] == "a":
        return match.lastgroup[1:], False
    home = LANGUAGE_COUNTRY.get(language, "")
    return next((code for code, country in _CURRENCY_COUNTRY.items() if country == home), "USD"), True


def _rupee(language: str) -> str:
    return {"ur": "PKR", "ne": "NPR", "si": "LKR", "ta": "LKR"}.get(language, "INR")


def _amount(match: re.Match[str]) -> float:
    low, low_scale = _value(match["low"]), _factor(match, "x")
    if not match["high"]:
        return low * low_scale
    high, high_scale = _value(match["high"]), _factor(match, "y")
    if low_scale == 1.0 and low < high_scale:  # '7-16 juta': the multiplier is for both
        low_scale = high_scale
    return max(high * high_scale, low * low_scale)


def _factor(match: re.Match[str], tag: str) -> float:
    return next((factor for number, (factor, _) in enumerate(_MULTIPLIERS) if match[f"{tag}{number}"]), 1.0)


def _value(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", digits):
        return float(re.sub(r"[.,]", "", digits))
    return float(digits.replace(",", "."))


def _period(text: str, start: int, end: int) -> float:
    match = _PERIOD.search(text[end : end + _PERIOD_AFTER].split("\n")[0]) or _PERIOD.search(
        text[max(0, start - _PERIOD_BEFORE) : start].split("\n")[-1]
    )
    if match is None:
        return 1.0
    return next(months for number, (months, _) in enumerate(_PERIODS) if match[f"p{number}"])
