"""Every indicator of the catalogue keeps its own promises: its examples fire, its near misses do not."""

from dataclasses import replace

import pytest

from adscreen.indicators.catalogue import load_catalogue
from adscreen.indicators.matcher import PhraseMatcher

CATALOGUE = load_catalogue()
MATCHER = PhraseMatcher(CATALOGUE)


def _cases(kind):
    for indicator in CATALOGUE.indicators:
        for number, example in enumerate(getattr(indicator, kind)):
            yield pytest.param(indicator, example, id=f"{indicator.family}-{indicator.id}-{example.language}-{number}")


def _fires(indicator, text):
    # Needs and vetoes depend on the rest of an ad, so only the indicator's own phrases are judged here.
    return any(hit.indicator == indicator.id for hit in PhraseMatcher(_alone(indicator)).hits(text))


def _alone(indicator):
    return replace(CATALOGUE, indicators=(replace(indicator, needs=(), vetoes=()),), places=())


@pytest.mark.parametrize(("indicator", "example"), list(_cases("examples")))
def test_example_fires(indicator, example):
    assert _fires(indicator, example.text)


@pytest.mark.parametrize(("indicator", "example"), list(_cases("near_misses")))
def test_near_miss_does_not_fire(indicator, example):
    hits = [hit for hit in MATCHER.hits(example.text) if hit.indicator == indicator.id]
    assert not hits, [example.text[hit.start : hit.end] for hit in hits]


@pytest.mark.parametrize("indicator", [pytest.param(i, id=f"{i.family}-{i.id}") for i in CATALOGUE.indicators])
def test_indicator_is_documented_and_tested(indicator):
    assert indicator.definition.endswith(".")
    assert 1 <= indicator.strength <= 3
    assert len(indicator.examples) >= 3
    assert len(indicator.near_misses) >= 2
    if indicator.kind in ("lure", "scam", "lawful"):
        assert indicator.sources, "a sign that scores needs a published source"


@pytest.mark.parametrize("place", [pytest.param(p, id=f"places-{p.id}") for p in CATALOGUE.places])
def test_every_name_of_a_place_is_found(place):
    for name in place.names:
        text = f"… {name.replace('*', '')} …"
        assert any(hit.value == place.id for hit in MATCHER.hits(text)), name
