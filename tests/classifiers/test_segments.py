"""Segments quote the ad exactly, and their tokens become inputs that the encoder can hold."""

import numpy as np
import pytest

from adscreen.classifiers.passages import passages_of
from adscreen.classifiers.segments import (
    GLOSSES,
    HEAD_SHARE,
    HEAD_TAIL,
    LONG,
    MAX_WINDOWS,
    MIN_CHARACTERS,
    WINDOWS,
    Layout,
    gloss_segments,
    text_segments,
)
from adscreen.text.gloss import Gloss

FIRST, LAST = (-1, -2), (-3,)
ROOM = 20
TEXTS = (
    "Driver wanted. Flight paid! Call now; no contract needed before you fly to us, as the boss will keep your phone.",
    "招聘司机。包机票！不用签合同；老板会在机场等你，护照由公司保管，月薪两万，每天工作十二小时以上，不得外出。请联系。",
    "ต้องการพนักงาน\n\n\nเงินเดือนสูง\nมีที่พัก รับสมัครทั้งชายและหญิง ไม่ต้องมีประสบการณ์ ติดต่อไลน์",
    "...!!!\n\n???",
    "no end",
    "\n\n  Cook.  \n\n",
    "x" * 500,
    "A. " * 100 + "tail",
)


def _glosses(*clauses: str) -> list[Gloss]:
    words = [(word, number) for number, clause in enumerate(clauses) for word in clause.split()]
    return [Gloss(word[:3], 10 * at, 10 * at + 5, number, word) for at, (word, number) in enumerate(words)]


def _layout(long: str) -> Layout:
    return Layout(GLOSSES, ROOM + len(FIRST) + len(LAST), long, FIRST, LAST)


def _pieces(count: int) -> list[list[int]]:
    return [list(range(at, min(at + 7, count))) for at in range(0, count, 7)]


@pytest.mark.parametrize("clauses", [(), ("driver",), ("boss keep phone", "visa paid", "sign contract before fly"), ("a b c d e f g h", "i j", "k")])
def test_gloss_segments_stand_where_the_passages_of_the_same_glosses_stand(clauses):
    glosses = _glosses(*clauses)
    segments, passages = gloss_segments(glosses), passages_of(glosses)
    assert len(segments) == len(segments.texts) == len(passages)
    assert segments.spans.shape == (len(segments), 2)
    assert np.array_equal(segments.spans, passages.spans)


def test_clauses_end_in_a_full_stop_and_words_are_whole():
    segments = gloss_segments(_glosses("driver waits", "boss keeps your phone", "fly"))
    assert segments.texts == ("driver waits . boss keeps your phone .", "fly .")


@pytest.mark.parametrize("text", ["", " ", "\n \t\n"])
def test_an_ad_without_words_has_no_segments(text):
    segments = text_segments(text)
    assert len(segments) == 0
    assert segments.spans.shape == (0, 2)


@pytest.mark.parametrize("text", TEXTS)
def test_sentences_hold_all_that_is_not_blank_once_and_quote_it(text):
    segments = text_segments(text)
    seen = np.zeros(len(text), int)
    for quoted, (start, end) in zip(segments.texts, segments.spans, strict=True):
        assert quoted == text[start:end]
        assert quoted.strip()
        seen[start:end] += 1
    assert seen.max() == 1
    assert not "".join(character for character, count in zip(text, seen, strict=True) if not count).strip()
    assert (np.diff(segments.spans.ravel()) >= 0).all()
    assert all(len(quoted) >= MIN_CHARACTERS for quoted in segments.texts[:-1])


def test_sentences_of_any_mixture_of_signs_are_whole():
    random, signs = np.random.default_rng(0), list("ab .!\n。؟ ")
    for length in range(0, 400, 7):
        text = "".join(random.choice(signs, length))
        segments = text_segments(text)
        assert "".join(segments.texts).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("long", LONG)
@pytest.mark.parametrize("count", [0, 1, ROOM - 1, ROOM])
def test_short_ads_are_read_whole(long, count):
    assert _layout(long).inputs(_pieces(count)) == [[*FIRST, *range(count), *LAST]]


@pytest.mark.parametrize("count", [ROOM + 1, 2 * ROOM, 1000])
def test_of_long_ads_beginning_and_end_are_read(count):
    layout = _layout(HEAD_TAIL)
    (read,) = layout.inputs(_pieces(count))
    head = int(ROOM * HEAD_SHARE)
    assert len(read) == layout.tokens
    assert read == [*FIRST, *range(head), *range(count - (ROOM - head), count), *LAST]


@pytest.mark.parametrize("count", [ROOM + 1, 2 * ROOM, 3 * ROOM - 1, MAX_WINDOWS * ROOM, MAX_WINDOWS * ROOM + 1, 1000])
def test_windows_read_every_token_in_order_up_to_a_limit(count):
    layout = _layout(WINDOWS)
    windows = layout.inputs(_pieces(count))
    inner = [window[len(FIRST) : -len(LAST)] for window in windows]
    assert [token for part in inner for token in part] == list(range(min(count, MAX_WINDOWS * ROOM)))
    assert len(windows) == min(-(-count // ROOM), MAX_WINDOWS)
    assert all(window[: len(FIRST)] == [*FIRST] and window[-len(LAST) :] == [*LAST] for window in windows)
    assert all(len(FIRST) + len(LAST) < len(window) <= layout.tokens for window in windows)
