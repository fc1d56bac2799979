"""The length-and-style control: how well the same ads are told apart by looks alone, without reading them.

If this control comes near the model, the evaluation set is separable by accident and the model's figures on it mean little.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from threadpoolctl import threadpool_limits

_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")
_PUNCTUATION = re.compile(r"[^\w\s]")
_FOLDS = 5
_TREES = 50

STYLE_FEATURES = (
    "characters",
    "lines",
    "mean_line",
    "digit_share",
    "capital_share",
    "punctuation_share",
    "emoji_share",
    "exclamations",
    "ascii_share",
)


def style_features(text: str) -> list[float]:
    """Looks of a text, in the order of STYLE_FEATURES."""
    size = max(len(text), 1)
    lines = [line for line in text.splitlines() if line.strip()] or [""]
    return [
        float(len(text)),
        float(len(lines)),
        len(text) / len(lines),
        sum(map(str.isdigit, text)) / size,
        sum(map(str.isupper, text)) / size,
        len(_PUNCTUATION.findall(text)) / size,
        len(_EMOJI.findall(text)) / size,
        float(text.count("!") + text.count("！")),
        sum(map(str.isascii, text)) / size,
    ]


def style_auc(texts: Sequence[str], positive: npt.NDArray[np.bool_], groups: npt.NDArray[np.object_]) -> float | None:
    """Cross-validated ROC-AUC, over groups, of gradient boosting on STYLE_FEATURES; None with too few groups of a class."""
    if min(len(set(groups[positive])), len(set(groups[~positive]))) < _FOLDS:
        return None
    return separability(np.array([style_features(text) for text in texts]), positive, groups)


def separability(values: npt.NDArray[np.float64], positive: npt.NDArray[np.bool_], groups: npt.NDArray[np.object_]) -> float:
    """Cross-validated ROC-AUC, over groups, of gradient boosting on `values`, shape (ads, features): what looks alone tell."""
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    model = HistGradientBoostingClassifier(max_iter=_TREES, random_state=0)
    with threadpool_limits(1):  # its threads wait in a loop for each other, which on a busy machine costs many times the work
        scores = cross_val_predict(model, values, positive, groups=groups.astype(str), cv=folds, method="predict_proba")[:, 1]
    return float(roc_auc_score(positive, scores))
