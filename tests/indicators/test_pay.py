"""Pay in the ways that ads of many countries write it, and what is no pay."""

import pytest

from adscreen.indicators.pay import find_pay


@pytest.mark.parametrize(
    ("language", "text", "monthly", "country"),
    [
        ("en", "Salary $1,200 - 1,500 per month", 1500, ""),
        ("en", "SGD 12 per hour", 2160, "SG"),
        ("en", "AED 36,000 per annum", 810, "AE"),
        ("zh", "底薪1万+提成", 1400, "CN"),
        ("zh", "月薪新台幣10萬到20萬", 6200, "TW"),
        ("zh", "HK$25,000/月", 3200, "HK"),
        ("zh", "日薪300元", 1092, "CN"),
        ("id", "gaji Rp 7-16 juta per bulan", 976, "ID"),
        ("ms", "gaji RM4,000", 920, "MY"),
        ("vi", "thu nhập 20-30tr/tháng", 1170, "VN"),
        ("vi", "lương 1000 đô", 1000, ""),
        ("th", "เงินเดือน 25,000 - 40,000 บาท", 1200, "TH"),
        ("tl", "P40,000-60k monthly", 1050, "PH"),
        ("hi", "सैलरी 35 हज़ार रुपये", 402.5, "IN"),
        ("ko", "월 1150만~1700만원", 12240, "KR"),
        ("ru", "зарплата 100 тыс. руб", 1200, "RU"),
        ("pt", "até R$ 15 mil por mês", 2700, "BR"),
        ("ar", "راتب يصل إلى 40 ألف درهم", 10800, "AE"),
        ("my", "လစာ 15 သိန်း", 420, "MM"),
    ],
)
def test_pay_is_read_as_dollars_a_month(language, text, monthly, country):
    (pay,) = find_pay(text, language)
    assert (pay.monthly_usd, pay.country) == (pytest.approx(monthly, rel=0.01), country)
    assert text[pay.start : pay.end].strip() == text[pay.start : pay.end]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "call +855 12 345 678"),
        ("en", "founded in 2019, 84 rooms, 3 shifts"),
        ("en", "from 12:00 to 18:00, code 900123"),
        ("zh", "招聘300名，身高160以上"),
        ("vi", "tuyển 15 người, ca 8 tiếng"),
    ],
)
def test_other_numbers_are_no_pay(language, text):
    assert list(find_pay(text, language)) == []


def test_a_long_run_of_digits_costs_little():
    assert list(find_pay("1,111" * 20_000, "en")) is not None
