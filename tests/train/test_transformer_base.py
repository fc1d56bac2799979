"""Any encoder of the Hugging Face kind is a base; what is none is refused in words that help. And the settings that name it."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer, GPT2Config, GPT2Model

from adscreen.errors import InputError
from adscreen.train.config import TrainConfig, TransformerConfig, load_config
from adscreen.train.transformer.base import load_base

WEIGHTS = "model.safetensors"
HELP = "give a folder with config.json, weights and tokenizer.json, or a hub name while online"


@pytest.fixture
def copy(tiny_encoder, tmp_path):
    return shutil.copytree(tiny_encoder, tmp_path / "copy")


def _load(config):
    """What training does with a base."""
    return load_base(config).network(config, 0)


def test_special_tokens_stand_around_the_text(tiny_config):
    base = load_base(replace(tiny_config, reads="text", long="windows"))
    vocabulary = base.tokenizer.get_vocab()
    assert (base.layout.first, base.layout.last) == ((vocabulary["[CLS]"],), (vocabulary["[SEP]"],))
    assert (base.layout.reads, base.layout.tokens, base.layout.long) == ("text", 32, "windows")


def test_a_network_has_the_weights_of_its_base_and_a_head_of_the_seed(tiny_config, tiny_encoder):
    base, stored = load_base(tiny_config), load_file(tiny_encoder / WEIGHTS)
    one, same, other = (base.network(tiny_config, seed) for seed in (1, 1, 2))
    for name, weights in one.encoder.state_dict().items():
        assert torch.equal(weights, stored[name])
    assert torch.equal(one.head.weight, same.head.weight)
    assert not torch.equal(one.head.weight, other.head.weight)


@pytest.mark.parametrize(("asked", "kept"), [(0, [0, 1]), (1, [0]), (2, [0, 1])])
def test_only_so_many_layers_are_kept(tiny_config, tiny_encoder, asked, kept):
    encoder, stored = _load(replace(tiny_config, layers=asked)).encoder, load_file(tiny_encoder / WEIGHTS)
    assert encoder.config.num_hidden_layers == len(encoder.encoder.layer) == len(kept)
    for layer, number in zip(encoder.encoder.layer, kept, strict=True):
        assert torch.equal(layer.output.dense.weight, stored[f"encoder.layer.{number}.output.dense.weight"])


def test_more_layers_than_there_are_are_refused(tiny_config):
    with pytest.raises(InputError, match=r"layers = 3.*are 2; use 0 to keep all"):
        _load(replace(tiny_config, layers=3))


def test_frozen_embeddings_do_not_learn(tiny_config):
    network = _load(replace(tiny_config, frozen_embeddings=True))
    frozen = {name for name, weights in network.named_parameters() if not weights.requires_grad}
    assert frozen == {name for name, _ in network.named_parameters() if name.startswith("encoder.embeddings.")} != set()
    assert all(weights.requires_grad for weights in _load(tiny_config).parameters())


@pytest.mark.parametrize(
    "kept",
    [(), ("notes.txt",), ("config.json", WEIGHTS), ("tokenizer.json", "tokenizer_config.json")],
    ids=["empty", "text", "no-tokenizer", "no-weights"],
)
def test_a_folder_that_is_no_model_is_refused(copy, tiny_config, kept):
    (copy / "notes.txt").write_text("no model")
    for path in copy.iterdir():
        if path.name not in kept:
            path.unlink()
    with pytest.raises(InputError, match=rf"copy' is a folder without a model .*{HELP}"):
        _load(replace(tiny_config, base=str(copy)))


@pytest.mark.parametrize("name", ["config.json", WEIGHTS, "tokenizer.json"])
def test_a_damaged_file_is_refused(copy, tiny_config, name):
    (copy / name).write_bytes((copy / name).read_bytes()[:100])
    with pytest.raises(InputError, match=HELP):
        _load(replace(tiny_config, base=str(copy)))


@pytest.mark.parametrize("name", ["nobody/no-such-encoder", "/no/such/folder", "no such name"])
def test_a_name_that_is_not_to_be_had_offline_is_refused(tiny_config, name, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=rf"{name}' is no folder, and could not be had from a model hub .*{HELP}"):
        load_base(replace(tiny_config, base=name))


def test_a_tokenizer_that_puts_nothing_around_a_text_is_refused(copy, tiny_config):
    content = json.loads((copy / "tokenizer.json").read_text())
    (copy / "tokenizer.json").write_text(json.dumps({**content, "post_processor": None}))
    with pytest.raises(InputError, match="puts nothing around a text"):
        load_base(replace(tiny_config, base=str(copy)))


def test_a_model_whose_embeddings_are_elsewhere_is_refused(copy, tiny_config):
    """A decoder; it has the parts of an encoder under other names, or not at all."""
    size = {"vocab_size": 78, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128}
    GPT2Model(GPT2Config(**size, bos_token_id=2, eos_token_id=3)).save_pretrained(copy)
    with pytest.raises(InputError, match="copy'"):
        _load(replace(tiny_config, base=str(copy), frozen_embeddings=True))


def test_a_base_stored_in_half_precision_is_trained_in_full(copy, tiny_config):
    stored = load_file(copy / WEIGHTS)
    save_file({name: weights.half() for name, weights in stored.items()}, copy / WEIGHTS, {"format": "pt"})
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "dtype": "float16"}))
    network = _load(replace(tiny_config, base=str(copy)))
    assert {weights.dtype for weights in network.parameters()} == {torch.float32}


@pytest.mark.parametrize("tokens", [2, 129])
def test_inputs_that_the_encoder_cannot_hold_are_refused(tiny_config, tokens):
    """No room beside the special tokens, or more than its 128 positions."""
    with pytest.raises(InputError, match=rf"transformer\.tokens = {tokens}"):
        _load(replace(tiny_config, tokens=tokens))


def test_padding_and_truncation_of_the_stored_tokenizer_do_not_count(copy, tiny_config):
    tokenizer = AutoTokenizer.from_pretrained(copy)
    tokenizer.backend_tokenizer.enable_padding(length=40)
    tokenizer.backend_tokenizer.enable_truncation(3)
    tokenizer.backend_tokenizer.save(str(copy / "tokenizer.json"))
    base = load_base(replace(tiny_config, base=str(copy)))
    assert base.layout == load_base(tiny_config).layout


def _config(tmp_path, content: str):
    path = tmp_path / "train.toml"
    path.write_text(content, "utf-8")
    return path


def test_settings_of_the_transformer_stand_in_their_own_table(tmp_path):
    found = load_config(_config(tmp_path, 'folds = 4\n[transformer]\nbase = "b"\nepochs = 5\ndrop_tokens = 0\nfrozen_embeddings = false\n'))
    assert found == TrainConfig(folds=4, transformer=TransformerConfig(base="b", epochs=5, drop_tokens=0, frozen_embeddings=False))
    assert load_config(_config(tmp_path, "[transformer]\n")) == load_config(_config(tmp_path, "folds = 5\n")) == load_config(None) == TrainConfig()


def test_every_wrong_setting_is_named_with_its_table(tmp_path):
    wrong = {
        "bass": '"b"',
        "base": "5",
        "reads": '"words"',
        "long": '"middle"',
        "precision": '"int4"',
        "epochs": "2.5",
        "learning_rate": "-1.0",
        "padding": "true",
        "frozen_embeddings": "1",
        "folds": "1",
    }
    table = "".join(f"{key} = {value}\n" for key, value in wrong.items())
    with pytest.raises(InputError) as caught:
        load_config(_config(tmp_path, f'seeds = 1\nnoise = "loud"\n[transformer]\n{table}'))
    told = str(caught.value)
    assert "unknown key 'seeds'" in told
    assert "noise = 'loud' is none of" in told
    assert "unknown key 'transformer.bass'; known are base, reads" in told
    for key in wrong.keys() - {"bass"}:
        assert f"transformer.{key} = " in told, key
    assert told.count(";") >= len(wrong)


def test_a_transformer_that_is_no_table_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"transformer = 'tiny' is not a table; write \[transformer\]"):
        load_config(_config(tmp_path, 'transformer = "tiny"\n'))
