"""Campaigns: what belongs together although nobody said so."""

import pytest

from adscreen.corpora.groups import MAX_GROUPS_OF_CONTACT, campaigns, contact_keys, joined

AD = "We need {n} people for a reading room in the old harbour. You sort letters, greet visitors and keep the register. Apply at the counter."


def test_a_shared_handle_joins_ads_of_different_groups():
    texts = ["Cook wanted, telegram @harbour_kitchen77", "Driver wanted, t.me/harbour_kitchen77", "Clerk wanted, telegram @other_desk55"]
    found = campaigns(texts, ["a", "b", "c"])
    assert found[0] == found[1] == "a"
    assert found[2] == "c"


def test_nearly_identical_texts_are_one_campaign_and_given_groups_stay_joined():
    texts = [AD.format(n=3), AD.format(n=14), "Something else entirely: a lighthouse keeper for the northern island."]
    found = campaigns(texts, ["", "", ""])
    assert found[0] == found[1]
    assert found[2] != found[0]
    assert campaigns(["one", "two"], ["same", "same"]) == ["same", "same"]


def test_joining_is_transitive():
    assert joined([["a", "x"], ["b", "x", "y"], ["c", "y"], ["d"]]) == ["a", "a", "a", "d"]


def test_the_address_of_a_site_joins_nothing():
    count = MAX_GROUPS_OF_CONTACT + 1
    words = ["lamp", "rope", "salt", "wool", "clay", "iron", "corn"]
    texts = [f"{words[n % 7]} {words[n // 7]} {n * 7919} maker, mail to jobs@board.example" for n in range(count)]
    assert len(set(campaigns(texts, [f"g{n}" for n in range(count)]))) > 1
    assert len(set(campaigns(texts[:5], [f"g{n}" for n in range(5)]))) == 1


@pytest.mark.parametrize("text", ["see https://board.example/apply", "whatsapp me", "line: you", "telegram telegram"])
def test_words_and_pages_are_no_handles(text):
    assert list(contact_keys(text)) == []


def test_one_number_written_in_two_ways_is_one_contact():
    assert set(contact_keys("call +1 202 555 0143")) == set(contact_keys("call +1-202-555-0143"))
