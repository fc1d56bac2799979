"""Each part is judged on the same ads and draws as the whole, and on the pairs that no telling word decides."""

from dataclasses import replace

import numpy as np
import pytest

from adscreen.evaluate.ablation import TELLING, ablation
from adscreen.evaluate.bootstrap import group_weights
from adscreen.evaluate.scored import PARTS


def _column(values):
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def _with_part(ads, **scores):
    parts = ads.parts.copy()
    for name, values in scores.items():
        parts[PARTS.index(name)] = values
    return replace(ads, parts=parts)


def _by_name(ads, with_transformer=True):
    return {part.part: part for part in ablation(ads, group_weights(ads.groups), with_transformer)}


@pytest.fixture
def mixed(scored):
    """40 lures and 60 look-alikes whose scores overlap a little."""
    random = np.random.default_rng(3)
    return scored(random.beta(4, 2, 40), random.beta(2, 4, 60))


def test_a_bundle_without_a_transformer_has_no_such_part(mixed):
    assert list(_by_name(mixed, with_transformer=False)) == ["triage", "signs", "passages", "features", "examined", "verdict"]
    assert list(_by_name(mixed)) == [*PARTS, "verdict"]


def test_a_part_with_the_scores_of_the_whole_is_not_behind_it(mixed):
    parts = _by_name(_with_part(mixed, triage=mixed.lure / 2))  # another scale, the same order
    assert parts["triage"].behind_whole == parts["examined"].behind_whole == (0, 0, 0)


def test_a_part_that_guesses_is_surely_behind_the_whole_by_what_the_areas_differ(mixed):
    parts = _by_name(_with_part(mixed, signs=np.random.default_rng(0).random(len(mixed))))
    value, low, high = parts["signs"].behind_whole
    areas = [parts[name].against_look_alikes.roc_auc for name in ("examined", "signs")]
    assert value == pytest.approx(areas[0] - areas[1])
    assert 0 < low < value < high


def test_without_lures_nothing_is_behind_anything(mixed):
    parts = _by_name(mixed.select(~mixed.is_lure))
    assert parts["triage"].behind_whole is None
    assert parts["triage"].pairs_ranked.of == 0


def test_languages_need_independent_groups_of_both_kinds(scored):
    random = np.random.default_rng(0)
    languages = ["en"] * 12 + ["th"] * 12 + ["en"] * 12 + ["th"] * 12
    groups = [f"g{n}" for n in range(12)] + [f"one{n // 6}" for n in range(12)] + [f"h{n}" for n in range(24)]
    ads = scored(random.random(24), random.random(24), groups, languages)
    area, low, high = _by_name(ads)["triage"].languages["en"]
    assert low <= area <= high
    assert list(_by_name(ads)["triage"].languages) == ["en"]


def test_pairs_are_ranked_by_each_part_and_ties_are_not_ranked(scored):
    ads = replace(scored([0.9, 0.9, 0.9], [0.1, 0.1, 0.1], ["a", "a", "b", "a", "a", "b"]), pairs=_column(["p", "q", "r", "p", "q", "r"]))
    parts = _by_name(_with_part(ads, signs=[0.5, 0.2, 0.8, 0.5, 0.3, 0.1]))
    ranked = parts["signs"].pairs_ranked
    assert (ranked.count, ranked.of, ranked.groups) == (1, 3, 2)
    assert parts["verdict"].pairs_ranked.count == 3


@pytest.mark.parametrize("told", sorted(TELLING))
def test_a_lure_with_a_telling_word_is_not_plain(scored, told):
    ads = replace(
        scored([0.9, 0.2, 0.8], [0.1, 0.4, 0.3]),
        pairs=_column(["p", "q", "r", "p", "q", "r"]),
        hits=_column(
            [frozenset({(told, "x")}), frozenset({("messenger_only_contact", "")}), *[frozenset()] * 2, frozenset({(told, "")}), frozenset()]
        ),
    )
    part = _by_name(ads)["features"]
    assert (part.pairs_ranked.count, part.pairs_ranked.of) == (2, 3)
    assert (part.plain_pairs_ranked.count, part.plain_pairs_ranked.of) == (1, 2)
