"""The artefact audit: can lures be told from lawful look-alikes by how they look, without reading them?

A corpus teaches style instead of meaning when length, emoji, casing, which fields are filled or how one is asked to apply give its labels away. Each *view* below
is what a model sees that cannot read; none may separate the labels.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from adscreen.evaluate.style import STYLE_FEATURES, separability, style_features
from adscreen.indicators.values import find_values
from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import compose
from adscreen.text.normalise import clean

LIMIT = 0.65
"""ROC-AUC above which a view gives the labels away."""
MIN_GROUPS = 30
"""Independent groups of each label that a verdict needs; with fewer, chance alone passes the limit too often."""
CONTACT_KINDS = (
    *(f"contact_{kind}" for kind in ("telegram", "whatsapp", "line", "wechat", "zalo", "viber", "signal", "kakao", "messenger")),
    *(f"contact_{kind}" for kind in ("handle", "free_mail", "company_mail", "website", "phone")),
)

Row = Mapping[str, str]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """One look at the ads: its name, the names of its features, and their values, shape (ads, features)."""

    name: str
    features: tuple[str, ...]
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Finding:
    """How well a view tells lures from lawful ads within `channel` ("" for all): cross-validated ROC-AUC over groups."""

    channel: str
    view: str
    ads: int
    roc_auc: float

    @property
    def leaks(self) -> bool:
        return self.roc_auc > LIMIT


@dataclass(frozen=True, slots=True)
class Audit:
    """All findings, and the single features that tell most: (view, feature, ROC-AUC of its value alone), the strongest first."""

    findings: tuple[Finding, ...]
    strongest: tuple[tuple[str, str, float], ...]

    @property
    def passed(self) -> bool:
        return not any(finding.leaks for finding in self.findings)


def audit(rows: Sequence[Row]) -> Audit:
    """Audit labelled ads; only lures and lawful ads are looked at. Rows need the ad columns, and may have `channel` and `group`."""
    ads = [row for row in rows if row["label"] in ("lure", "legitimate")]
    lure = np.array([row["label"] == "lure" for row in ads], bool)
    groups = np.array([row.get("group") or f"row:{number}" for number, row in enumerate(ads)], dtype=object)
    channels = np.array([row.get("channel") or "" for row in ads], dtype=object)
    views = _views(ads)
    findings = []
    for channel in ("", *sorted(set(channels) - {""})):
        where = np.ones(len(ads), bool) if not channel else channels == channel
        if min(len(set(groups[where & lure])), len(set(groups[where & ~lure]))) < MIN_GROUPS:
            continue
        findings += [Finding(channel, view.name, int(where.sum()), separability(view.values[where], lure[where], groups[where])) for view in views]
    singles = [
        (view.name, feature, _alone(view.values[:, column], lure)) for view in views for column, feature in enumerate(view.features) if lure.any()
    ]
    return Audit(tuple(findings), tuple(sorted(singles, key=lambda single: -single[2])))


def _views(ads: Sequence[Row]) -> list[View]:
    texts = [compose([row[field] for field in TEXT_FIELDS]) for row in ads]
    sources = sorted({row.get("source") or "" for row in ads})
    channels = sorted({row.get("channel") or "" for row in ads})
    contacts = [{hit.indicator for hit in find_values(clean(text))} for text in texts]
    return [
        View("style", STYLE_FEATURES, np.array([style_features(text) for text in texts])),
        View("scripts", _SCRIPT_FEATURES, np.array([_scripts(text) for text in texts])),
        View("filled fields", TEXT_FIELDS, np.array([[bool(row[field]) for field in TEXT_FIELDS] for row in ads], float)),
        View("contacts", CONTACT_KINDS, np.array([[kind in found for kind in CONTACT_KINDS] for found in contacts], float)),
        View("channel", tuple(channels), np.array([[(row.get("channel") or "") == one for one in channels] for row in ads], float)),
        View("source", tuple(sources), np.array([[(row.get("source") or "") == one for one in sources] for row in ads], float)),
    ]


_SCRIPT_FEATURES = ("scripts in the text", "scripts within a word", "changed by normalisation", "invisible characters", "symbols")
_WORD = re.compile(r"[^\W\d_]{2,}")


def _scripts(text: str) -> list[float]:
    """How mixed and how disguised the letters are."""
    scripts = {_script(char) for char in text if char.isalpha()}
    within = sum(len({_script(char) for char in word}) > 1 for word in _WORD.findall(text))
    categories = [unicodedata.category(char) for char in text]
    size, plain = max(len(text), 1), clean(text)
    return [
        float(len(scripts)),
        float(within),
        float(sum(map(operator.ne, text, plain)) + abs(len(text) - len(plain))) / size,
        float(sum(category == "Cf" for category in categories) / size),
        float(sum(category.startswith("S") for category in categories) / size),
    ]


def _script(char: str) -> str:
    return unicodedata.name(char, "?").split(" ")[0]


def _alone(values: FloatArray, lure: npt.NDArray[np.bool_]) -> float:
    """ROC-AUC of one feature's value, whichever way it points."""
    if lure.all() or not lure.any():
        return 0.5
    area = float(roc_auc_score(lure, values))
    return max(area, 1 - area)
