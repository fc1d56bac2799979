"""Shifts between streams: told where there is one, not told where chance or a handful of campaigns explains it."""

import numpy as np
import pytest

from adscreen.evaluate.stability import LEAST_EXPECTED, SLOTS, changes, common_bins, design_effect, equal_bins, shift

RNG = np.random.default_rng(7)
SHARES = np.array([0.3, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05])


def _stream(ads: int, shares=SHARES, copies: int = 1):
    """Counts by slot of `ads` ads that come in campaigns of `copies`."""
    counts = np.zeros((SLOTS, len(shares)), np.int64)
    np.add.at(counts, (RNG.integers(SLOTS, size=ads // copies), RNG.choice(len(shares), ads // copies, p=shares)), copies)
    return counts


@pytest.mark.parametrize("copies", [1, 8])
def test_streams_of_one_source_stay_within_noise_19_times_of_20(copies):
    readings = [shift(_stream(2000, copies=copies), _stream(3000, copies=copies)).reading for _ in range(200)]
    assert 0.9 <= readings.count("within noise") / 200 <= 0.99


def test_copies_would_be_over_read_without_the_design_effect():
    assert design_effect(_stream(4000)) == pytest.approx(1, abs=0.35)
    assert design_effect(_stream(4000, copies=8)) == pytest.approx(8, rel=0.35)


def test_the_index_by_hand():
    old, new = np.zeros((SLOTS, 2), np.int64), np.zeros((SLOTS, 2), np.int64)
    old[:100, 0], old[100:200, 1] = 100, 100
    new[:180, 0], new[180:200, 1] = 100, 100
    assert shift(old, new).index == pytest.approx(0.4 * np.log(1.8) + 0.4 * np.log(5), rel=1e-3)


def test_a_real_shift_is_told_and_a_handful_of_ads_is_not():
    moved = SHARES[::-1]
    assert shift(_stream(2000), _stream(2000, moved)).reading == "large"
    few = shift(*common_bins(_stream(14), _stream(14, moved)))
    assert few.reading in ("within noise", "too few ads")


def test_no_joined_bin_expects_fewer_ads_than_the_law_needs():
    old, new = _stream(400, np.full(40, 1 / 40)), _stream(60, np.full(40, 1 / 40))
    for first, second in (equal_bins(old, new), common_bins(old, new)):
        assert first.shape == second.shape
        assert (first.sum(), second.sum()) == (400, 60)
    first, _ = equal_bins(old, new)
    assert 2 < first.shape[1] <= 11
    assert (first.sum(axis=0) * 60 / 400 >= LEAST_EXPECTED - 1e-9).all()


def test_of_many_shares_only_the_moved_one_is_telling():
    sizes = np.full(SLOTS, 20)
    old, new = (RNG.binomial(sizes[:, None], 0.05, size=(SLOTS, 200)) for _ in range(2))
    new[:, 17] = RNG.binomial(sizes, 0.12)
    found = changes([f"n{number}" for number in range(200)], old, new, sizes, sizes)
    assert [change.name for change in found if change.telling] == ["n17"]
    assert found[0].low < 0.07 < found[0].high


def test_a_share_from_zero_to_one_ad_is_not_telling():
    old, new = np.zeros((SLOTS, 1), np.int64), np.zeros((SLOTS, 1), np.int64)
    new[3] = 1
    [change] = changes(["rare"], old, new, np.full(SLOTS, 1), np.full(SLOTS, 1))
    assert not change.telling
    assert change.low < 0 < change.high
