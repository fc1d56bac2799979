"""Weights for a bootstrap over groups: ads of one campaign are drawn together, so that intervals do not shrink with copies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

REPLICATES = 300
"""Enough for the ends of a 95 % interval to be steady to about a tenth of its width (Efron & Tibshirani 1993 ask for 200 to 1,000)."""


def group_weights(groups: npt.NDArray[np.object_], replicates: int = REPLICATES, seed: int = 0) -> npt.NDArray[np.float64]:
    """How often each row is drawn in each replicate, shape (replicates, rows); groups are drawn with replacement (Field & Welsh 2007)."""
    _, inverse = np.unique(groups.astype(str), return_inverse=True)
    count = int(inverse.max(initial=-1)) + 1
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=replicates) if count else np.zeros((replicates, 0))
    return np.asarray(draws[:, inverse], np.float64)
