"""Scored ads without a bundle, for tests of what is computed from scores."""

import numpy as np
import pytest

from adscreen.evaluate.scored import PARTS, Scored


@pytest.fixture
def scored():
    """Make scored ads of lure probabilities, those of lures first."""
    return _scored


def _scored(lures, lawful, groups=None, languages=None):
    """Ads with given lure probabilities, the lures first."""
    count = len(lures) + len(lawful)
    lure = np.concatenate((lures, lawful)).astype(float)
    text = np.array([""] * count, dtype=object)
    return Scored(
        ids=np.array([str(n) for n in range(count)], dtype=object),
        texts=text,
        labels=np.array(["lure"] * len(lures) + ["legitimate"] * len(lawful), dtype=object),
        groups=np.array(groups or [f"g{n}" for n in range(count)], dtype=object),
        languages=np.array(languages or ["en"] * count, dtype=object),
        sources=np.array(["s"] * count, dtype=object),
        channels=text,
        destinations=text,
        pairs=text,
        reasons=text,
        hits=np.array([frozenset()] * count, dtype=object),
        lure=lure,
        scam=np.zeros(count),
        flagged=lure >= 0.5,
        examined=np.ones(count, bool),
        transformed=np.zeros(count, bool),
        parts=np.tile(lure, (len(PARTS), 1)),
    )
