"""Floors cannot drift: not by editing the file, not by changing its data, not by pinning anew."""

import hashlib

import pytest

from adscreen.errors import InputError
from adscreen.evaluate.floors import Change, Floors, PinnedFile, dump_floors, load_floors, tightened

OLD = Floors((), {"pairs.ranked": 0.8, "all.pr_auc": 0.5}, {"triage.lost": 0.03})
NEW = Floors((), {"pairs.ranked": 0.9, "all.pr_auc": 0.4}, {"triage.lost": 0.05})
MISSED = {"pairs.ranked": 0.95, "all.pr_auc": 0.45, "triage.lost": 0.04}


def test_a_file_says_the_same_when_read_back(tmp_path):
    floors = Floors((PinnedFile("a b.jsonl", "00ff"),), OLD.least, OLD.most, (Change("2026-01-01", "all.pr_auc", 0.6, 0.5, 'harder "data"'),))
    (tmp_path / "floors.toml").write_text(dump_floors(floors), "utf-8")
    assert load_floors(tmp_path / "floors.toml") == floors


def test_an_edit_by_hand_is_noticed(tmp_path):
    (tmp_path / "floors.toml").write_text(dump_floors(OLD).replace("0.8", "0.1"), "utf-8")
    with pytest.raises(InputError, match="edited by hand"):
        load_floors(tmp_path / "floors.toml")


def test_another_toml_is_no_floors_file(tmp_path):
    (tmp_path / "floors.toml").write_text("review = 0.5\n", "utf-8")
    with pytest.raises(InputError, match="is not a floors file"):
        load_floors(tmp_path / "floors.toml")


def test_changed_data_are_noticed(tmp_path):
    (tmp_path / "ads.jsonl").write_bytes(b"one\n")
    floors = Floors((PinnedFile("ads.jsonl", hashlib.sha256(b"one\n").hexdigest()),), {}, {})
    assert floors.files(tmp_path / "floors.toml") == [str(tmp_path / "ads.jsonl")]
    (tmp_path / "ads.jsonl").write_bytes(b"two\n")
    with pytest.raises(InputError, match="has changed since"):
        floors.files(tmp_path / "floors.toml")
    (tmp_path / "ads.jsonl").unlink()
    with pytest.raises(InputError, match="missing"):
        floors.files(tmp_path / "floors.toml")


def test_without_a_reason_floors_only_rise_and_ceilings_only_fall():
    found = tightened(OLD, NEW, MISSED, None, "2026-01-01")
    assert found.least == {"pairs.ranked": 0.9, "all.pr_auc": 0.5}
    assert found.most == {"triage.lost": 0.03}
    assert found.changes == ()


def test_lowering_takes_a_reason_that_stays():
    found = tightened(OLD, NEW, MISSED, "new test split", "2026-01-01")
    assert found.least["all.pr_auc"] == 0.4
    assert [(change.name, change.before, change.after, change.reason) for change in found.changes] == [
        ("all.pr_auc", 0.5, 0.4, "new test split"),
        ("triage.lost", 0.03, 0.05, "new test split"),
    ]
    assert tightened(found, NEW, MISSED, None, "2026-01-02").changes == found.changes


def test_a_limit_that_the_figures_keep_is_not_loosened_with_those_that_they_miss():
    found = tightened(OLD, NEW, {**MISSED, "triage.lost": 0.02}, "new test split", "2026-01-01")
    assert found.most == {"triage.lost": 0.03}
    assert [change.name for change in found.changes] == ["all.pr_auc"]
