"""The stretch around a match."""

import re

from adscreen.text.links import REACH, TOKEN_END, around, in_link, is_link


def test_around_stops_at_the_token_and_at_the_reach():
    match = re.search("X", "see abXcd now")
    assert match
    assert around(match, TOKEN_END) == (4, 9)
    far = re.search("X", "a" * 500 + "X" + "b" * 500)
    assert far
    assert around(far, TOKEN_END) == (500 - REACH, 501 + REACH)


def test_what_stands_in_a_link_is_known():
    match = re.search("5", "go to https://a5b.com/x now")
    assert match
    assert in_link(match)
    plain = re.search("5", "go to a5b now")
    assert plain
    assert not in_link(plain)
    assert is_link("anna@home")
    assert not is_link("anna.")
