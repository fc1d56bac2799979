"""Risen words: found in bounded memory, each campaign counted once, nothing invented."""

import random

import pytest

from adscreen.evaluate.sketches import FrequentCounts, HashedCounts, SeenBefore
from adscreen.evaluate.terms import LEAST_ADS, letter_runs, near_keys, risen, terms_of

ORDINARY = "We look for cooks for our hotel at the river bank, with a contract and two days off every week, apply at the desk."


def _risen(old, new):
    before, after = HashedCounts(), FrequentCounts()
    for counts, ads in ((before, old), (after, new)):
        for ad in ads:
            counts.add(terms_of(letter_runs(ad)))
    return risen(before, after, len(old), len(new))


def test_a_word_that_rose_is_found_and_its_company_is_not():
    old = [f"{ORDINARY} number {'typist' if n % 50 == 0 else 'cook'}" for n in range(400)]
    new = [f"{ORDINARY} number {'typist' if n % 5 == 0 else 'cook'}" for n in range(300)]
    found = _risen(old, new)
    assert [(one.term, one.old, one.new) for one in found] == [("typist", 8, 60)]


def test_the_same_stream_twice_has_no_risen_word():
    words = ORDINARY.split()
    draw = random.Random(3)
    ads = [[" ".join(draw.choices(words, k=15)) for _ in range(500)] for _ in range(2)]
    assert _risen(*ads) == ()


def test_a_word_in_few_ads_may_be_a_name_and_is_not_shown():
    new = [ORDINARY] * 300 + [f"{ORDINARY} Zebulon"] * (LEAST_ADS - 1)
    assert _risen([ORDINARY] * 5000, new) == ()


@pytest.mark.parametrize(("phrase", "pieces"), [("园区直招打字员", 4), ("รับสมัครแอดมินตอบแชท", 4)])
def test_scripts_without_spaces_give_pieces_that_do_not_repeat_each_other(phrase, pieces):
    found = _risen(["今日天气很好" if phrase[0] == "园" else "อากาศดีวันนี้"] * 300, [phrase] * 100)
    assert 1 <= len(found) <= pieces
    assert all(one.term in phrase for one in found)


def test_frequent_counts_are_bounded_and_never_too_high():
    draw = random.Random(1)
    things = [min(int(draw.paretovariate(0.7)), 10**6) for _ in range(40_000)]
    sketch = FrequentCounts(100)
    for start in range(0, len(things), 50):
        sketch.add(things[start : start + 50])
        assert len(sketch.counts) <= 250
    for thing in set(things):
        truth = things.count(thing) if thing < 20 else None
        if truth is not None:
            assert truth - len(things) / 100 <= sketch.counts[thing] <= truth


def test_hashed_counts_are_never_too_low():
    counts = HashedCounts()
    for number in range(2000):
        counts.add({f"w{number}", "all"})
    assert counts["all"] >= 2000
    assert all(counts[f"w{number}"] >= 1 for number in range(2000))
    assert sum(counts[f"absent{number}"] for number in range(1000)) < 10


def test_nothing_seen_is_forgotten():
    seen = SeenBefore()
    assert sum(seen.add(str(number).encode()) for number in range(5000)) < 5
    assert all(str(number).encode() in seen for number in range(5000))


def test_a_repost_has_the_keys_of_its_original_whatever_contact_it_carries():
    original = near_keys(letter_runs(ORDINARY))
    assert near_keys(letter_runs(ORDINARY.upper() + " +855 12 345 678!!")) == original
    assert near_keys(letter_runs("Garment line leaders wanted, two shifts, bus from the market.")) != original
    shared = sum(
        near_keys(letter_runs(f"{ORDINARY} {word}"))[0] == original[0]
        for word in ["today", "urgently", "please", "now", "again", "hello", "sir", "all", "welcome", "come"]
    )
    assert shared >= 7


@pytest.mark.parametrize("text", ["", "....", "a", "\ud83d", "\u0e31\u0e31\u0e31", "𝕊𝕒𝕝𝕖", "1" * 500, "\x00 chat", "नौकरी", "រោងចក្រ"])
def test_any_text_has_keys_and_terms(text):
    runs = letter_runs(text)
    assert len(near_keys(runs)) == len(near_keys([])) > 1
    assert all(term for term in terms_of(runs))


def test_words_keep_the_marks_that_stand_on_their_letters():
    assert letter_runs("नौकरी, रोज़गार") == ["नौकरी", "रोज़गार"]
    assert letter_runs("สมัครงาน abc123") == ["สมัครงาน", "abc"]
