"""Posts that list several vacancies are cut by their structure, in any language; all others stay whole."""

from __future__ import annotations

import pytest

from adscreen.ingest.vacancies import MAX_SECTIONS, split_vacancies, vacancies
from adscreen.records import JobAd

ENGLISH = """We are hiring for our Dubai office, flights paid!

1. Customer service agent
Salary: 1,800 USD per month
Shift work, English required

2. Driver
Salary: 900 USD
Own licence needed

3. Cook
Salary 1000 USD, housing given

Contact: @dubai_jobs_hr or +1 202 555 0101"""

RUSSIAN = """Работа в Таиланде
➖➖➖➖➖
Оператор чата
З/п 80 000 руб, график 5/2
➖➖➖➖➖
Переводчик с китайского
З/п 120 000 руб
➖➖➖➖➖
Пишите: @work_hr_test"""

CHINESE = """公司直招,包吃包住包机票,地点西港
1、打字员
月薪8000-15000元,会打字即可
男女不限
2、客服
月薪1万元起,会英语
工作时间十小时
联系方式: @xigang_hr"""

KEYCAPS = """1️⃣ Chat operator
$900 a week, contact @first_hr

2️⃣ Model promoter
$1200 a week, contact @other_hr"""

THAI = """รับสมัครพนักงาน ปอยเปต
------
แอดมินตอบแชท
เงินเดือน 25,000 บาท ที่พักฟรี
------
ล่ามภาษาจีน
เงินเดือน 40,000 บาท
------
ติดต่อ https://line.example/abc"""


@pytest.mark.parametrize(
    ("post", "pieces"),
    [
        (ENGLISH, [("We are hiring", "1. Customer", "0101"), ("We are hiring", "2. Driver", "0101"), ("We are hiring", "3. Cook", "0101")]),
        (RUSSIAN, [("Работа", "Оператор", "_test"), ("Работа", "Переводчик", "_test")]),
        (CHINESE, [("公司直招", "1、打字员", "_hr"), ("公司直招", "2、客服", "_hr")]),
        (KEYCAPS, [("1️⃣ Chat", "$900", "@first_hr"), ("2️⃣ Model", "$1200", "@other_hr")]),
        (THAI, [("รับสมัคร", "แอดมิน", "abc"), ("รับสมัคร", "ล่าม", "abc")]),
    ],
    ids=["english", "russian", "chinese", "keycaps", "thai"],
)
def test_lists_of_vacancies_are_cut(post: str, pieces: list[tuple[str, str, str]]) -> None:
    found = vacancies(post)
    assert len(found) == len(pieces)
    for text, (start, inside, end) in zip(found, pieces, strict=True):
        assert text.startswith(start)
        assert inside in text
        assert text.endswith(end)


def test_pieces_keep_all_else_of_the_post_and_name_it() -> None:
    ad = JobAd(id="77/5", text=ENGLISH, url="https://t.me/c/77/5", posted_at="2026-03-01T10:00:00Z", source="telegram:Jobs/5")
    pieces = list(split_vacancies(ad))
    assert [(piece.ad.id, piece.ad.source, piece.parent) for piece in pieces] == [(f"77/5#{n}", f"telegram:Jobs/5#{n}", "77/5") for n in (1, 2, 3)]
    assert {(piece.ad.url, piece.ad.posted_at) for piece in pieces} == {(ad.url, ad.posted_at)}
    whole = JobAd(id="1", text="Hiring a driver, 900 USD")
    assert [(piece.ad, piece.parent) for piece in split_vacancies(whole)] == [(whole, "")]


WHOLE = {
    "parts of one ad": """1. Duties:
answering chats of customers all day long
2. Requirements:
English, own laptop
3. Pay:
2000 USD monthly plus bonus
Contact @some_hr now""",
    "one line each": "We need:\n1. Driver - 900 USD\n2. Cook - 1000 USD\n3. Guard - 800 USD\nContact @some_hr, all are welcome here, no experience",
    "no contact": ENGLISH.rsplit("\n", 1)[0],
    "numbers with a gap": ENGLISH.replace("2. Driver", "4. Driver"),
    "same heading": ENGLISH.replace("Driver", "Cook"),
    "contact in some": ENGLISH.replace("Own licence needed", "Write to @driver_jobs"),
    "a rule before the signature": """Quality analyst at a clinic
Salary 2500 USD, five days a week, sixty colleagues
---
Ann Lee (R2197564, 99C4599)
Agency for health
@ann_lee_hr""",
    "years and times": """1. History
founded 2019, open 09:00-18:00
2. Office
moved 2021, call +1 202 555 0101
Contact @some_hr and read more about all of us and the work""",
    "a sentence as heading": ENGLISH.replace("2. Driver", "2. Driver " + "who knows all the roads of the city " * 4),
    "a long text around": ENGLISH + "\n\n" + "All about our company and its history. " * 50,
    "short": "1. A\n900 USD\n2. B\n800 USD\n@some_hr",
    "a price list": "\n".join(f"{n % 100}. Item\n{n}00 USD" for n in range(1, MAX_SECTIONS + 3)) + "\n@some_hr",
}


@pytest.mark.parametrize("post", WHOLE.values(), ids=WHOLE)
def test_in_doubt_a_post_stays_whole(post: str) -> None:
    assert vacancies(post) == []


@pytest.mark.parametrize(
    "junk", ["1. a\n" * 40_000, "-" * 200_000, "- " * 100_000, "1" * 200_000, "+1 " * 60_000, "1.a\n9 USD\n" * 20_000, "a@" * 100_000, "\n" * 200_000]
)
def test_hostile_text_takes_no_time(junk: str) -> None:
    import time

    began = time.process_time()
    vacancies(junk)
    assert time.process_time() - began < 2
