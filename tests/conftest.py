"""Shared fixtures: the project's own labelled ads, a small bundle trained on a part of them, and the real data where present."""

import hashlib
import json
import os
import string
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from adscreen.cli.main import main
from adscreen.corpora.labelled import read_labelled
from adscreen.indicators.catalogue import CATALOGUE_DIR
from adscreen.ingest.options import ReadOptions
from adscreen.train.config import TrainConfig, TransformerConfig
from adscreen.train.run import train_bundle

ROOT = Path(__file__).parent.parent
SMALL = 160


@pytest.fixture(scope="session")
def own_ads() -> list[dict]:
    """Every ad of the project's own corpora."""
    paths = sorted((ROOT / "corpora").glob("*/data/*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]


@pytest.fixture(scope="session")
def small_corpus(own_ads, tmp_path_factory) -> Path:
    """A file of labelled ads, enough to train on in a few seconds."""
    path = tmp_path_factory.mktemp("corpus") / "small.jsonl"
    mixed = sorted(own_ads, key=lambda ad: hashlib.sha256(ad["group"].encode()).digest())  # twins stay together, languages mix
    rows = [{**row, "weight": 1.0} for row in mixed[:SMALL]]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture(scope="session")
def small_config() -> TrainConfig:
    return TrainConfig(folds=3)


@pytest.fixture(scope="session")
def small_bundle(small_corpus, small_config, tmp_path_factory) -> Path:
    """A bundle trained on `small_corpus`; quick, not good."""
    ads = read_labelled([str(small_corpus)], ReadOptions(check_labels=True), lambda reject: None)
    folder = tmp_path_factory.mktemp("models") / "small"
    train_bundle(ads, folder, small_config, CATALOGUE_DIR)
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real ads that the project may read but not ship; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("ADSCREEN_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("no folder of real ads; set ADSCREEN_SHARED to try them")
    return folder


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def adscreen(monkeypatch, capfd):
    """Run the command line in this process, as a user would type it."""

    def run(*arguments) -> Result:
        monkeypatch.setattr(sys, "argv", ["adscreen", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        sys.stdout.flush()
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return run


TINY_WORDS = "driver wait airport boss keep phone gate interview office sign contract before fly permit cook hotel salary month visa paid"


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory) -> Path:
    """A folder with a random BERT of two layers and a tokenizer of a few words and letters, as `from_pretrained` reads it."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    letters = string.ascii_lowercase
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", *letters, *(f"##{letter}" for letter in letters), *TINY_WORDS.split()]
    tokenizer = Tokenizer(models.WordPiece({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", words.index("[SEP]")), ("[CLS]", words.index("[CLS]")))
    special = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "pad", "cls", "sep", "mask")}
    folder = tmp_path_factory.mktemp("bases") / "tiny"
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder)
    size = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 128}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        BertModel(BertConfig(vocab_size=len(words), initializer_range=0.2, **size)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_config(tiny_encoder) -> TransformerConfig:
    """Settings for quick training of `tiny_encoder`."""
    return TransformerConfig(base=str(tiny_encoder), tokens=32, precision="fp32", batch_tokens=256, learning_rate=5e-3, frozen_embeddings=False)


@pytest.fixture(scope="session")
def tiny_exports(tiny_config, tmp_path_factory) -> dict[str, Path]:
    """Folders with `tiny_encoder` and a random head, exported; one for each of `export.FORMATS`."""
    import numpy as np

    from adscreen.train.transformer import export as module
    from adscreen.train.transformer.base import load_base

    base, random, folder = load_base(tiny_config), np.random.default_rng(0), tmp_path_factory.mktemp("exports")
    inputs = [base.tokenizer(" ".join(random.choice(TINY_WORDS.split(), 4 + number)))["input_ids"] for number in range(24)]
    lures, languages = np.array([True, False] * 12), np.array(["en"] * 24, dtype=object)
    folders = {name: folder / name for name in module.FORMATS}
    for name in folders:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "QUANTISERS", {name: module.QUANTISERS[name]} if name in module.QUANTISERS else {})
            for bound in ("MEAN_BOUND", "PR_AUC_BOUND", "LANGUAGE_PR_AUC_BOUND"):
                patch.setattr(module, bound, 1.0)
            exported = module.export(base.network(tiny_config, 0), base, folders[name], inputs, lures, languages)
        assert exported.format == name
    return folders
