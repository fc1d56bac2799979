"""Which ads are mutated: a sample that has every language in its share and does not depend on the order of the rows."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from adscreen.evaluate.robustness.mutator import Row, language_in
from adscreen.records import TEXT_FIELDS

IntArray = npt.NDArray[np.int64]


def stratified(rows: Sequence[Row], strata: Sequence[str], size: int, seed: int) -> IntArray:
    """Row numbers of at most `size` rows of each of the `strata`, languages in proportion, chosen by hash of id and text; in the order of the rows.

    Rows of one language are spread evenly over (0, 1) in hash order, and the lowest `size` places win: whatever the size, each language has its share.
    """
    cells: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (row, stratum) in enumerate(zip(rows, strata, strict=True)):
        cells[stratum, language_in(row)].append(number)
    placed: dict[str, list[tuple[float, str, int]]] = defaultdict(list)
    for (stratum, _), numbers in cells.items():
        ordered = sorted((key_of(rows[number], seed), number) for number in numbers)
        placed[stratum] += [((rank + 0.5) / len(ordered), key, number) for rank, (key, number) in enumerate(ordered)]
    return np.array(sorted(number for places in placed.values() for _, _, number in sorted(places)[:size]), np.int64)


def key_of(row: Row, seed: int) -> str:
    """A hash of what the ad is, for draws that do not depend on its neighbours."""
    parts = (str(seed), row.get("id", ""), *(row.get(field, "") for field in TEXT_FIELDS))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
