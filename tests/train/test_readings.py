"""What was read of ads survives being kept in a file, cut in parts and joined."""

import numpy as np
import pytest

from adscreen.indicators.catalogue import CATALOGUE_DIR
from adscreen.text.gloss import GLOSSARY_DIR
from adscreen.train import readings as module
from adscreen.train.readings import Readings, read_ads
from adscreen.train.work import Work


@pytest.fixture(scope="module")
def ads(labelled):
    texts = ["Clerks wanted in Dubai. Flight and visa paid, contact @quiet_harbour_hr.", "", "Cook for a hotel, street 5, walk in.", "9"]
    return labelled(texts, ["lure", "other", "legitimate", "other"], list("abcd"))


def _same(one: Readings, two: Readings) -> bool:
    first, second = one.arrays(), two.arrays()
    return first.keys() == second.keys() and all(np.array_equal(first[name], second[name]) for name in first)


def test_kept_cut_and_joined_readings_are_the_same(ads, tmp_path, monkeypatch):
    whole = read_ads(ads, 6000)
    assert len(whole) == 4
    assert len(whole.passages[1]) == 0
    monkeypatch.setattr(module, "CHUNK", 3)
    monkeypatch.setattr(module, "_start_reader", lambda *folders: None)  # it is loaded
    work = Work(tmp_path / "w")
    assert _same(whole, read_ads(ads, 6000, keep=work.keep))
    assert len(list((tmp_path / "w").iterdir())) == 2
    monkeypatch.setattr(module, "_read", lambda job: pytest.fail("read again"))
    assert _same(whole, read_ads(ads, 6000, keep=work.keep))
    assert _same(whole, Readings.joined([whole.select(np.array([0, 1])), whole.select(np.array([2, 3]))]))


@pytest.mark.parametrize("change", ["text", "code"])
def test_a_changed_ad_or_other_code_is_read_anew(ads, tmp_path, monkeypatch, change):
    work, made = Work(tmp_path / "w"), []
    monkeypatch.setattr(module, "_start_reader", lambda *folders: None)
    read = module.Readings(module.ngram_matrix(["x"] * 4), np.zeros((4, 2)), (), ())
    monkeypatch.setattr(module, "_read_chunk", lambda read_jobs, jobs: made.append(len(jobs)) or {"n": np.zeros(1)})
    monkeypatch.setattr(Readings, "from_arrays", classmethod(lambda cls, arrays: read))
    for texts, code in (
        (list(ads.texts), "1"),
        (["other", *ads.texts[1:]] if change == "text" else list(ads.texts), "1" if change == "text" else "2"),
    ):
        changed = ads.select(np.arange(4))
        changed.texts[:] = texts
        read_ads(changed, 6000, CATALOGUE_DIR, GLOSSARY_DIR, work.keep, code)
    assert made == [4, 4]
