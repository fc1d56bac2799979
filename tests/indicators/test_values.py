"""Contacts, ages, languages and licence numbers."""

import pytest

from adscreen.indicators.values import find_values


@pytest.mark.parametrize(
    ("text", "indicator", "value"),
    [
        ("contact Telegram: @anna__hr or call", "contact_telegram", "@anna__hr"),
        ("飞机@ok__x 年龄18", "contact_telegram", "ok__x"),
        ("join t.me/xx__yy now", "contact_telegram", "xx__yy"),
        ("WhatsApp +855 20 345 678", "contact_whatsapp", "+855 20 345 678"),
        ("wa.me/85520345678", "contact_whatsapp", "85520345678"),
        ("加微信 abc__345 吧", "contact_wechat", "abc__345"),
        ("LINE ID: poi__x9", "contact_line", "poi__x9"),
        ("카톡 아이디 job__hr", "contact_kakao", "job__hr"),
        ("mail hr@sun_x.com", "contact_company_mail", "hr@sun_x.com"),
        ("mail amy_hr@gmail.com", "contact_free_mail", "amy_hr@gmail.com"),
        ("see https://sun_x.com/careers", "contact_website", "https://sun_x.com/careers"),
        ("tel 012 345 6789", "contact_phone", "0123456789"),
        ("年龄18-35岁", "age_limit", "18-35"),
        ("usia 20 - 32 tahun", "age_limit", "20-32"),
        ("fluent Mandarin speaker", "language_asked", "zh"),
        ("License No. DMW-123-LB-2024", "licence_number", "DMW-123-LB-2024"),
    ],
)
def test_a_value_is_read(text, indicator, value):
    assert (indicator, value) in {(hit.indicator, hit.value) for hit in find_values(text)}


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("production line operator", "contact_line"),
        ("online chat support", "contact_line"),
        ("shift 12-18", "age_limit"),
        ("open 24/7 since 2019", "contact_phone"),
        ("posted 20220601", "contact_phone"),
        ("pay 1500-6500", "contact_phone"),
        ("driving license required", "licence_number"),
        ("visit https://t.me/xx__yy", "contact_website"),
    ],
)
def test_look_alikes_are_left_alone(text, indicator):
    assert indicator not in {hit.indicator for hit in find_values(text)}


def test_each_mail_address_is_read_once():
    text = "a@b, write to amy_hr@gmail.com or hr@sun_x.com @ once"
    mails = [hit.value for hit in find_values(text) if hit.indicator.endswith("_mail")]
    assert mails == ["amy_hr@gmail.com", "hr@sun_x.com"]


@pytest.mark.parametrize("text", ["Mfanyakazi wa kuandika anahitajika", "sala zap cozinha", "whatsapp kwa maelezo"])
def test_words_that_look_like_the_name_of_a_messenger_are_no_contact(text):
    assert not [hit for hit in find_values(text) if hit.indicator == "contact_whatsapp"]


def test_a_number_behind_the_short_name_is_a_contact():
    assert [hit.value for hit in find_values("wa 0812 5550 1432") if hit.indicator == "contact_whatsapp"] == ["0812 5550 1432"]
