import re

from adscreen.text.fingerprint import content_id
from adscreen.text.normalise import clean


def test_disguise_does_not_change_the_identity():
    disguises = ["Join on Telegram", "Join on T\u200be\u200blеgrаm", "Join  on T.e.l.e.g.r.a.m"]
    assert len({content_id(clean(text)) for text in disguises}) == 1


def test_other_words_are_another_ad():
    assert content_id("Join on Telegram") != content_id("Join on WhatsApp")


def test_the_form_is_fixed():
    assert re.fullmatch("[0-9a-f]{16}", content_id(clean("\ud83d")))
    assert content_id("ad") == "e683bbc28186cb9c"
