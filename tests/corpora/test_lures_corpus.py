"""The project's own ads teach by meaning: looks, fields and contact formats must not tell lures from lawful ads."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict

from adscreen.evaluate.style import style_auc
from adscreen.records import LABELS, TEXT_FIELDS
from adscreen.text.compose import compose

SEPARABLE = 0.65
"""ROC-AUC from which looks alone are called a leak."""
ROOT = Path(__file__).parents[2]
CONTACTS = ("@", "t.me/", ".com", "gmail", "+", "whatsapp", "line", "zalo", "wechat", "微信", "telegram")
CHANNELS = ("board", "social", "chat", "dm", "flyer", "broker")


@pytest.fixture(scope="module")
def pairable(own_ads):
    """Lures and lawful ads only: the two that must be told apart by reading."""
    return [ad for ad in own_ads if ad["label"] in ("lure", "legitimate")]


def _columns(ads):
    return np.array([ad["label"] == "lure" for ad in ads]), np.array([ad["campaign"] or ad["id"] for ad in ads], dtype=object)


def _auc(matrix, ads):
    positive, groups = _columns(ads)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    model = HistGradientBoostingClassifier(max_iter=60, random_state=0)
    scores = cross_val_predict(model, matrix, positive, groups=groups.astype(str), cv=folds, method="predict_proba")[:, 1]
    return roc_auc_score(positive, scores)


def test_rows_are_whole(own_ads):
    ids = Counter(ad["id"] for ad in own_ads)
    assert max(ids.values()) == 1
    for ad in own_ads:
        assert ad["label"] in LABELS, ad["id"]
        assert ad["channel"] in CHANNELS, ad["id"]
        assert re.fullmatch("[a-z]{2}", ad["language"]), ad["id"]
        assert ad["text"].strip(), ad["id"]
        assert not any("{" in str(ad[field]) for field in TEXT_FIELDS), f"{ad['id']}: unfilled placeholder; run scripts/fill_contacts.py"


def test_there_is_enough_of_it(own_ads):
    labels = Counter(ad["label"] for ad in own_ads)
    assert len(own_ads) >= 1800
    assert labels["lure"] >= 700
    assert labels["legitimate"] >= 800
    assert labels["job_scam"] + labels["other"] >= 300
    assert len({ad["language"] for ad in own_ads}) >= 18
    kinds = Counter(ad["variant"] if ad["language"] == "zh" else ad["language"] for ad in own_ads)
    assert min(kinds[kind] for kind in ("en", "zh-Hans", "zh-Hant-TW", "yue", "id", "ms", "vi", "th", "tl")) >= 100


def test_the_hard_kinds_are_there(own_ads):
    lures = [ad for ad in own_ads if ad["label"] == "lure"]
    flips = Counter(ad["pair_id"] for ad in own_ads if ad["pair_id"] and ad["label"] in ("lure", "legitimate"))
    assert sum(ad["quiet"] for ad in lures) * 3 >= len(lures)
    assert sum(count == 2 for count in flips.values()) >= 350
    assert sum(ad["obfuscated"] for ad in lures) >= 150
    assert sum(ad["obfuscated"] for ad in own_ads if ad["label"] == "legitimate") >= 60
    assert sum(ad["label"] == "other" for ad in own_ads) >= 120


def test_it_loads_with_datasets(tmp_path):
    datasets = pytest.importorskip("datasets")
    splits = datasets.load_dataset(str(ROOT / "corpora" / "lures"), cache_dir=str(tmp_path))
    assert set(splits) == {"train", "validation", "test"}
    groups = {name: set(split["group"]) for name, split in splits.items()}
    assert not groups["train"] & groups["test"]
    assert not groups["validation"] & (groups["train"] | groups["test"])
    assert min(split["weight"] for name in ("validation", "test") for split in splits[name]) == 1.0


def test_corpus_check_finds_it_fit(adscreen):
    result = adscreen("corpus", "check", *sorted(map(str, (ROOT / "corpora" / "lures" / "data").glob("*.jsonl"))))
    assert "rows: fit" in result.out, result.out
    assert result.code == 0


def test_pairs_are_two_rows_of_one_campaign_and_language(own_ads):
    pairs = defaultdict(list)
    for ad in own_ads:
        if ad["pair_id"]:
            pairs[ad["pair_id"]].append(ad)
    for name, ads in pairs.items():
        assert len(ads) == 2, name
        assert len({ad["label"] for ad in ads}) == 2, name
        assert len({ad["campaign"] for ad in ads}) == 1, name
        assert len({ad["language"] for ad in ads}) == 1, name


def test_style_alone_does_not_separate(pairable):
    positive, groups = _columns(pairable)
    texts = [compose([ad[field] for field in TEXT_FIELDS]) for ad in pairable]
    assert style_auc(texts, positive, groups) < SEPARABLE


def test_filled_fields_and_channel_alone_do_not_separate(pairable):
    matrix = np.array([[bool(ad[field]) for field in TEXT_FIELDS] + [CHANNELS.index(ad["channel"])] for ad in pairable], float)
    assert _auc(matrix, pairable) < SEPARABLE


def test_contact_formats_alone_do_not_separate(pairable):
    texts = [compose([ad[field] for field in TEXT_FIELDS]).lower() for ad in pairable]
    assert _auc(np.array([[text.count(mark) for mark in CONTACTS] for text in texts], float), pairable) < SEPARABLE


@pytest.mark.parametrize("field", [field for field in TEXT_FIELDS if field != "text"])
def test_a_field_is_filled_as_often_in_lures_as_in_lawful_ads(pairable, field):
    positive, _ = _columns(pairable)
    filled = np.array([bool(ad[field]) for ad in pairable])
    assert abs(filled[positive].mean() - filled[~positive].mean()) < 0.05


def test_lengths_match(pairable):
    positive, _ = _columns(pairable)
    lengths = np.array([len(compose([ad[field] for field in TEXT_FIELDS])) for ad in pairable])
    assert np.median(lengths[positive]) == pytest.approx(np.median(lengths[~positive]), rel=0.1)


def test_contacts_reach_nobody(own_ads):
    for ad in own_ads:
        text = compose([ad[field] for field in TEXT_FIELDS])
        for local, domain in re.findall(r"([\w.+-]+)@([\w-]+\.[a-z]{2,})", text):
            assert "_" in domain or (domain == "gmail.com" and "_" in local), f"{ad['id']}: {local}@{domain} could exist"
        for handle in re.findall(r"(?<![\w.])@([A-Za-z]\w{4,})", text):
            assert "__" in handle, f"{ad['id']}: @{handle} could exist"
