"""What is exported says what torch says, or it is refused; and its files hold nothing of the machine that made them."""

import json
import shutil
from dataclasses import replace

import numpy as np
import onnx
import pytest
from tokenizers import Tokenizer
from transformers import DebertaV2Config, DebertaV2Model

from adscreen.classifiers.passages import HEADS
from adscreen.classifiers.segments import Segments
from adscreen.classifiers.transformer import ARCHITECTURE, FILES, MODEL, SETTINGS, TOKENIZER, Transformer
from adscreen.errors import AdscreenError
from adscreen.train.transformer import export as module
from adscreen.train.transformer.base import load_base
from adscreen.train.transformer.export import EVERY, FP32, INT8, INT8_WEIGHTS, MIN_LANGUAGE_ADS, Parity, export
from adscreen.train.transformer.tuning import torch_logits

ADS = 42
LANGUAGES = np.array(["en", "zh", "km"] * (ADS // 3), dtype=object)
LURES = (np.arange(ADS) % 2 == 0) & (LANGUAGES != "km")


@pytest.fixture(scope="module")
def base(tiny_config):
    return load_base(tiny_config)


@pytest.fixture(scope="module")
def inputs(base):
    words, random = ["driver", "wait", "boss", "keep", "phone", "office", "sign", "contract", "visa", "paid"], np.random.default_rng(0)
    return [base.tokenizer(" ".join(random.choice(words, 3 + number % 20)))["input_ids"] for number in range(ADS)]


@pytest.fixture
def make(base, tiny_config, inputs, tmp_path):
    """Export a network whose head is drawn by the seed 0."""
    folder = tmp_path / "export"
    return lambda: (export(base.network(tiny_config, 0), base, folder, inputs, LURES, LANGUAGES), folder)


@pytest.fixture(scope="module")
def made(base, tiny_config, inputs, tmp_path_factory):
    """The same, made once."""
    folder = tmp_path_factory.mktemp("exported") / "made"
    return export(base.network(tiny_config, 0), base, folder, inputs, LURES, LANGUAGES), folder


def _quantised(folder) -> bool:
    return any(tensor.name.endswith("_quantized") for tensor in onnx.load(folder / MODEL).graph.initializer)


def test_parity_is_told_over_all_ads_and_by_language(made):
    exported, folder = made
    assert exported.format == INT8
    assert _quantised(folder)
    assert exported.refused == {}
    assert [(one.language, one.ads) for one in exported.parity] == [("*", 42), ("en", 14), ("km", 14), ("zh", 14)]
    assert all(0 <= one.mean_difference <= one.max_difference < 0.1 for one in exported.parity)
    everything = exported.parity[0]
    assert everything.max_difference == max(one.max_difference for one in exported.parity)
    assert everything.mean_difference == pytest.approx(np.mean([one.mean_difference for one in exported.parity[1:]]), abs=1e-5)
    without_lures = next(one for one in exported.parity if one.language == "km")
    assert without_lures.pr_auc is without_lures.pr_auc_torch is None
    assert all(0 < one.pr_auc <= 1 for one in exported.parity if one.language != "km")
    assert json.loads(json.dumps(exported.as_dict())).keys() == {"format", "parity", "refused"}


def test_weights_alone_are_quantised_where_activations_cost_too_much(make, monkeypatch):
    bad = Parity(EVERY, ADS, 1.0, 1.0, None, None)
    found = iter([None, (bad,)])
    measure = module._parity
    monkeypatch.setattr(module, "_parity", lambda *given: next(found, None) or measure(*given))
    exported, folder = make()
    assert exported.format == INT8_WEIGHTS
    assert exported.refused == {INT8: bad}
    assert any(tensor.name.endswith("_Q8") for tensor in onnx.load(folder / MODEL).graph.initializer)


def test_int8_beyond_the_bound_is_refused_and_the_whole_model_kept(make, monkeypatch, base, tiny_config, inputs):
    monkeypatch.setattr(module, "MEAN_BOUND", 0.0)
    exported, folder = make()
    assert exported.format == FP32
    assert not _quantised(folder)
    assert exported.parity[0].max_difference < 1e-4
    assert list(exported.refused) == [INT8, INT8_WEIGHTS]
    assert all(one.mean_difference > exported.parity[0].mean_difference for one in exported.refused.values())
    assert exported.as_dict()["refused"][INT8]["language"] == EVERY
    logits = torch_logits(base.network(tiny_config, 0), inputs)
    text = base.tokenizer.decode(inputs[0], skip_special_tokens=True)
    assert Transformer(folder).scores([Segments((text,), np.zeros((1, 2), np.int64))])[0] == pytest.approx(logits[0, 1:] - logits[0, 0], abs=1e-4)


def test_an_export_that_differs_from_torch_is_an_error_and_leaves_nothing(make, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "EXACT", -1.0)
    with pytest.raises(AdscreenError, match=r"ONNX export of .*tiny' differs from torch.*choose another base"):
        make()
    assert not (tmp_path / "export").exists()


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"mean_difference": 0.021}, False),
        ({"max_difference": 0.9}, True),
        ({"pr_auc": 0.865}, False),
        ({"pr_auc": 0.935}, False),
        ({"pr_auc": 0.885}, True),
        ({"pr_auc": 0.885, "language": EVERY}, False),
        ({"pr_auc": 0.865, "ads": MIN_LANGUAGE_ADS - 1}, True),
        ({"pr_auc": None, "pr_auc_torch": None}, True),
    ],
)
def test_parity_holds_within_its_bounds(change, holds):
    assert replace(Parity("en", MIN_LANGUAGE_ADS, 0.001, 0.01, 0.9, 0.9), **change).holds == holds


def test_the_same_network_gives_the_same_bytes_and_no_path(made, make, tiny_encoder):
    folders = [made[1], make()[1]]
    for name in FILES:
        one, two = ((folder / name).read_bytes() for folder in folders)
        assert one == two, name
        assert not {text for text in (str(tiny_encoder), "/site-packages/", "/adscreen/") if text.encode() in one}, name
    assert sorted(path.name for path in folders[0].iterdir()) == sorted(FILES)


def test_settings_tell_base_heads_and_layout(made, base):
    content = json.loads((made[1] / SETTINGS).read_text())
    assert (content["base"], content["heads"]) == ("tiny", list(HEADS))
    assert content["layout"] == {"reads": "glosses", "tokens": 32, "long": "head_tail", "first": [*base.layout.first], "last": [*base.layout.last]}


def test_the_tokenizer_cuts_and_pads_nothing(make, base):
    base.tokenizer.backend_tokenizer.enable_truncation(5)
    base.tokenizer.backend_tokenizer.enable_padding(length=9)
    tokenizer = Tokenizer.from_file(str(make()[1] / TOKENIZER))
    assert [len(one.ids) for one in tokenizer.encode_batch(["boss " * 300, "boss"], add_special_tokens=False)] == [300, 1]


def test_a_network_of_fewer_layers_is_read_back_with_as_many(base, tiny_config, inputs, tmp_path):
    from adscreen.classifiers.cuda import load_network

    network = base.network(replace(tiny_config, layers=1), 0)
    export(network, base, tmp_path / "one", inputs, LURES, LANGUAGES)
    assert json.loads((tmp_path / "one" / ARCHITECTURE).read_text())["num_hidden_layers"] == 1
    back = load_network(tmp_path / "one", Transformer(tmp_path / "one").settings.tensors)
    assert torch_logits(back, inputs) == pytest.approx(torch_logits(network, inputs), abs=0.05)


def test_what_torch_could_not_read_back_is_not_exported(tiny_encoder, tiny_config, inputs, tmp_path):
    """DeBERTa, whose exporter folds some weights into others."""
    from adscreen.classifiers.cuda import load_network

    folder = shutil.copytree(tiny_encoder, tmp_path / "base")
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 128}
    config = DebertaV2Config(vocab_size=78, relative_attention=True, position_buckets=16, pos_att_type=["p2c", "c2p"], **size)
    DebertaV2Model(config).save_pretrained(folder)
    base = load_base(replace(tiny_config, base=str(folder)))
    network = base.network(tiny_config, 0)
    try:
        export(network, base, tmp_path / "export", inputs, LURES, LANGUAGES)
    except AdscreenError as error:
        assert "choose another base" in str(error)  # noqa: PT017
        return
    back = load_network(tmp_path / "export", Transformer(tmp_path / "export").settings.tensors)
    assert torch_logits(back, inputs) == pytest.approx(torch_logits(network, inputs), abs=0.05)
