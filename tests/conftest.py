"""Shared fixtures: the project's own labelled ads, a small bundle trained on a part of them, and the real data where present."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from adscreen.cli.main import main
from adscreen.corpora.labelled import read_labelled
from adscreen.indicators.catalogue import CATALOGUE_DIR
from adscreen.ingest.options import ReadOptions
from adscreen.train.config import TrainConfig
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
