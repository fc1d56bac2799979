import re

from adscreen.text.fingerprint import content_id


def test_same_for_disguised_copies():
    assert content_id("Join on Telegram") == content_id("Join on T\u200be\u200blеgrаm") == content_id("Join  on T.e.l.e.g.r.a.m")


def test_differs_for_other_text():
    assert content_id("Join on Telegram") != content_id("Join on WhatsApp")


def test_form_and_stability():
    """Ids are stored in people's files: they must not change between releases without a note under "Score changes"."""
    assert re.fullmatch("[0-9a-f]{16}", content_id("\ud83d"))
    assert content_id("ad") == "e683bbc28186cb9c"
