"""Seeking patterns from where they can begin finds what searching everywhere finds."""

import re

import pytest

from adscreen.indicators.seek import Seeker, Sought, matches_at

TELEGRAM = Sought.after_words("telegram", "telegram|tele|tg", r"[: ]+(@?\w+)", r"(?<![A-Za-z])")
AGE = Sought.after_words("age", "usia|tuổi", r"\D{0,5}(\d\d)")


@pytest.mark.parametrize(
    "text", ["Telegram: @anna", "tg x tele: y", "stele: no", "TELEGRAM tg tg b", "", "tuổi 20, usia: 30 tele : k", "tele tele: z"]
)
def test_finds_what_finditer_finds(text: str) -> None:
    found = [(name, match.span(), match[1]) for name, match in Seeker([TELEGRAM, AGE]).find(text)]
    expected = [(sought.name, match.span(), match[1]) for sought in (TELEGRAM, AGE) for match in sought.pattern.finditer(text)]
    assert found == expected


def test_longest_word_wins_whatever_the_order_given() -> None:
    [(_, match)] = Seeker([Sought.after_words("x", "chines|chinese", "")]).find("Chinese")
    assert match.group() == "Chinese"


def test_matches_do_not_overlap() -> None:
    assert [match.group() for match in matches_at(re.compile(r"\d+"), "123 45", [0, 1, 2, 4, 5])] == ["123", "45"]
