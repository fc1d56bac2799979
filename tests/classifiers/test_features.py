"""Features are signs, aspects and their combinations; each can be traced back to spans."""

import pytest

from adscreen.classifiers.features import ASPECTS, FeatureSpace
from adscreen.indicators.catalogue import load_catalogue
from adscreen.indicators.matcher import Hit

SPACE = FeatureSpace.of(load_catalogue())


def _on(*signs):
    vector = SPACE.vector([Hit(sign, 0, 1) for sign in signs])
    return {name for name, value in zip(SPACE.names, vector, strict=True) if value}


@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_sign_of_an_aspect_can_occur(aspect):
    assert ASPECTS[aspect] <= set(SPACE.signs)


def test_names_are_unique():
    assert len(set(SPACE.names)) == len(SPACE.names)


def test_nothing_found_switches_nothing_on():
    assert _on() == set()


def test_a_combination_needs_both_sides():
    assert "@journey_paid+@hot_place" in _on("travel_paid", "place_hot_spot")
    assert "@journey_paid+@hot_place" not in _on("travel_paid", "place_ordinary")


def test_what_is_left_out_counts_only_beside_what_is_said():
    assert "@hot_place-@particulars" in _on("place_hot_spot")
    assert "@hot_place-@particulars" not in _on("place_hot_spot", "specific_duties")


def test_every_feature_that_is_on_has_a_sign_to_show():
    present = ("travel_paid", "place_hot_spot", "role_data_entry_typing", "contact_telegram")
    for name in _on(*present):
        assert SPACE.carriers(name) & set(present), name


def test_repeating_a_sign_changes_nothing():
    assert _on("travel_paid", "travel_paid") == _on("travel_paid")


def test_signs_of_both_kinds_are_counted_once_each_and_shared_out():
    on = _on("travel_paid", "travel_paid", "place_hot_spot", "exit_fee_or_buyout", "contract_and_insurance")
    assert {"#lure>=3", "#lawful>=1", "#lure/all>=0.67"} <= on
    assert not {"#lure>=4", "#lawful>=2", "#lure/all>=0.8"} & on
