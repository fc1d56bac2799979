"""Drift between streams of invented ads: a campaign that came is found, contacts stay hidden, equal streams are left in peace."""

import json

import pytest

from adscreen.engines.local import ScreenerSpec
from adscreen.evaluate.drift import Showing, compare
from adscreen.ingest.options import ReadOptions

HANDLE = "zz_northwind_desk"


def _write(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return [str(path)]


@pytest.fixture(scope="module")
def streams(own_ads, tmp_path_factory):
    """OLD and NEW from two halves of lawful ads, and NEW with a campaign under many stories, posted with one handle."""
    folder = tmp_path_factory.mktemp("streams")
    lawful = [ad for ad in own_ads if ad["label"] == "legitimate"][:140]
    lures = [ad for ad in own_ads if ad["label"] == "lure"][:40]
    campaign = [{**ad, "text": f"{ad['text']}\nThe quokkaport project. telegram: @{HANDLE}"} for ad in lures]
    halves = lawful[::2], lawful[1::2]
    return {
        name: _write(folder / f"{name}.jsonl", rows) for name, rows in (("old", halves[0]), ("same", halves[1]), ("new", [*halves[1], *campaign]))
    }


@pytest.fixture(scope="module")
def drifted(streams, small_bundle):
    return compare(streams["old"], streams["new"], ScreenerSpec(small_bundle), ReadOptions(), lambda reject: None)


def test_the_campaign_shows_in_words_contacts_and_scores(drifted):
    assert "quokkaport" in [one.term for one in drifted.terms]
    [contact] = [one for one in drifted.contacts if one.unlike > 25]
    assert (contact.kind, contact.ads) == ("telegram", 40)
    assert drifted.score_shift.index > drifted.score_shift.noise
    assert (drifted.old.ads, drifted.new.ads) == (70, 110)


def test_contacts_are_numbers_hashes_or_themselves_as_asked(drifted):
    assert HANDLE not in repr(drifted)
    assert {one.shown_as for one in drifted.contacts} == {f"no. {number}" for number in range(1, len(drifted.contacts) + 1)}
    assert Showing(plainly=True).of("telegram", HANDLE, 1) == HANDLE
    one, again, other, line = (
        Showing(key=key).of(kind, HANDLE, 1)
        for kind, key in (("telegram", b"one secret"), ("telegram", b"one secret"), ("telegram", b"another secret"), ("line", b"one secret"))
    )
    assert one == again
    assert len({one, other, line}) == 3
    assert HANDLE not in one + other + line


def test_halves_of_one_stream_do_not_differ(streams, small_bundle):
    found = compare(streams["old"], streams["same"], ScreenerSpec(small_bundle), ReadOptions(), lambda reject: None)
    assert {shift.reading for shift in (found.score_shift, found.length_shift, found.language_shift)} <= {"within noise", "too few ads"}
    assert not [change.name for change in (*found.outcomes, *found.languages) if change.telling]
    assert sum(one.old for one in found.scores) == pytest.approx(1)
