"""Loading any Hugging Face encoder, by name or folder, as a base for fine-tuning."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from transformers import AutoConfig, AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from adscreen.classifiers.network import Network
from adscreen.classifiers.segments import Layout
from adscreen.errors import InputError
from adscreen.train.config import TransformerConfig

_NO_SPECIAL = "the tokenizer of {base!r} puts nothing around a text; adscreen needs an encoder such as BERT, XLM-R or MiniLM"


@dataclass(frozen=True, slots=True)
class Base:
    """A pretrained encoder: where it is, its tokenizer, and how ads are laid out for it."""

    name: str
    tokenizer: Any
    layout: Layout

    def network(self, config: TransformerConfig, seed: int) -> Network:
        """A new network on the pretrained weights, with a head drawn by `seed` and only the layers that `config` keeps."""
        encoder = _loaded(AutoModel, self.name, dtype=torch.float32)
        _keep_layers(encoder, config.layers, self.name)
        torch.manual_seed(seed)
        network = Network(encoder, encoder.config.hidden_size)
        if config.frozen_embeddings:
            if not hasattr(encoder, "embeddings"):
                raise InputError(
                    f"base {self.name!r} has no `embeddings` to freeze; set transformer.frozen_embeddings = false, or choose another base"
                )
            for weights in encoder.embeddings.parameters():
                weights.requires_grad = False
        return network


def load_base(config: TransformerConfig) -> Base:
    """The base of a config; raises InputError when it cannot be loaded or is no encoder with a fast tokenizer."""
    tokenizer = _loaded(AutoTokenizer, config.base)
    if not tokenizer.is_fast:
        raise InputError(f"base {config.base!r} has no fast tokenizer (tokenizer.json), which scoring needs; convert it, or choose another base")
    probe = tokenizer("a")["input_ids"]
    own = tokenizer("a", add_special_tokens=False)["input_ids"]
    at = next((start for start in range(len(probe)) if probe[start : start + len(own)] == own), 0)
    first, last = tuple(probe[:at]), tuple(probe[at + len(own) :])
    if not first or not last:
        raise InputError(_NO_SPECIAL.format(base=config.base))
    room = min(getattr(_loaded(AutoConfig, config.base), "max_position_embeddings", config.tokens), tokenizer.model_max_length)
    if not len(first) + len(last) < config.tokens <= room:
        raise InputError(
            f"transformer.tokens = {config.tokens}, but base {config.base!r} reads more than {len(first) + len(last)} and at most {room}"
        )
    return Base(config.base, tokenizer, Layout(config.reads, config.tokens, config.long, first, last))


def _loaded(kind: Any, name: str, **how: Any) -> Any:
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        found = kind.from_pretrained(name, **how)
        if kind is AutoTokenizer and len(found) <= len(found.all_special_ids):
            raise ValueError("its tokenizer knows no word")
        return found
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        where = (
            "is a folder without a model that transformers can read" if Path(name).is_dir() else "is no folder, and could not be had from a model hub"
        )
        raise InputError(
            f"base {name!r} {where} ({str(error).splitlines()[0]}); give a folder with config.json, weights and tokenizer.json, or a hub name while online"
        ) from error


def _keep_layers(encoder: Any, count: int, name: str) -> None:
    layers = getattr(getattr(encoder, "encoder", None), "layer", None)
    if not count:
        return
    if layers is None or not 1 <= count <= len(layers):
        seen = "not in `encoder.layer`" if layers is None else f"{len(layers)}"
        raise InputError(f"transformer.layers = {count}, but the layers of base {name!r} are {seen}; use 0 to keep all")
    step = len(layers) / count
    encoder.encoder.layer = torch.nn.ModuleList([layers[int(number * step)] for number in range(count)])
    encoder.config.num_hidden_layers = count
