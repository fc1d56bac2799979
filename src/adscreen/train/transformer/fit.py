"""The transformer of one training run: scores of rows by networks that did not see their group, and the network that the bundle gets."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.passages import COLUMNS
from adscreen.classifiers.transformer import scores_of
from adscreen.corpora.labelled import LabelledAds, mixed_sources
from adscreen.corpora.splits import by_group
from adscreen.train.config import TrainConfig
from adscreen.train.model import judges
from adscreen.train.readings import Readings
from adscreen.train.transformer.base import load_base
from adscreen.train.transformer.data import examples_of, segments_of
from adscreen.train.transformer.export import Exported, export
from adscreen.train.transformer.tuning import Epoch, IntArray, Say, fine_tune, torch_logits
from adscreen.train.work import Work

VALIDATION_FOLDS = 10
"""One in so many group folds of the training rows chooses the epoch, and measures parity of the export."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


class TransformerRun:
    """Everything that one training run does with its transformer; the base is loaded, and refused, at once.

    `twins`: which ads belong to one pair, "" for none.
    """

    def __init__(self, ads: LabelledAds, readings: Readings, twins: npt.NDArray[np.object_], config: TrainConfig, work: Work) -> None:
        self._ads, self._config, self._settings, self._work = ads, config, config.transformer, work
        self._base = load_base(self._settings)
        segments = segments_of(ads, readings, self._settings.reads, config.training_characters)
        self._examples = examples_of(ads, segments, twins, self._base, self._settings)
        self._trusted = mixed_sources(ads.sources, ads.labels) & judges(ads)
        self.curve: tuple[Epoch, ...] = ()

    def out_of_fold(self, asked: BoolArray) -> FloatArray:
        """Scores of the rows `asked` for from networks fitted on other groups, shape (n, len(COLUMNS)); 0 for the other rows."""
        scores = np.zeros((len(self._ads), len(COLUMNS)))
        for number, fold in enumerate(by_group(self._ads.labels, self._ads.groups, self._settings.folds, self._config.seed), 1):
            rows = fold.test[asked[fold.test]]
            key = self._key(number, rows)
            scores[rows] = self._work.keep(key, partial(self._fold, fold.train, rows, f"fold {number}"))["scores"]
        return scores

    def export(self, folder: Path) -> Exported:
        """Fit the network of the bundle on all rows but those that choose the epoch, and write its files; those rows measure parity."""
        rows, validation = self._parts(np.arange(len(self._ads)))
        with self._checkpoints("all") as checkpoints:
            network, self.curve = fine_tune(
                self._base, self._examples, rows, validation, self._settings, self._config.seed, checkpoints, self._told("all rows")
            )
        labels = self._ads.labels[validation]
        inputs = [self._base.layout.inputs(self._examples.pieces[row])[0] for row in validation]
        return export(network, self._base, folder, inputs, labels == "lure", self._ads.languages[validation])

    def _fold(self, train: IntArray, test: IntArray, name: str) -> dict[str, FloatArray]:
        rows, validation = self._parts(train)
        with self._checkpoints(name.replace(" ", "")) as checkpoints:
            network, _ = fine_tune(self._base, self._examples, rows, validation, self._settings, self._config.seed, checkpoints, self._told(name))
        pieces = [self._examples.pieces[row] for row in test]
        return {"scores": scores_of(pieces, self._base.layout, partial(torch_logits, network))}

    def _parts(self, rows: IntArray) -> tuple[IntArray, IntArray]:
        """Rows to fit on and rows that choose the epoch: of other groups, and of full weight."""
        split = by_group(self._ads.labels[rows], self._ads.groups[rows], VALIDATION_FOLDS, self._config.seed)[0]
        fitted, validation = rows[split.train], rows[split.test]
        return fitted[self._examples.weight[fitted] > 0], validation[self._trusted[validation]]

    def _told(self, name: str) -> Say:
        return lambda line: self._work.say(f"transformer, {name}: {line}")

    @contextmanager
    def _checkpoints(self, name: str) -> Iterator[Path]:
        if self._work.folder is not None:
            yield self._work.folder / "transformer" / f"{name}-{self._key(0, np.arange(0))}"
            return
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)

    def _key(self, number: int, rows: IntArray) -> str:
        digest = hashlib.sha256(json.dumps([asdict(self._settings), self._config.seed, number], sort_keys=True).encode())
        for ids, weight in zip(self._examples.pieces, self._examples.weight, strict=True):
            digest.update(np.array([token for piece in ids for token in (*piece, -1)], np.int64).tobytes() + np.float64(weight).tobytes())
        for array in (self._examples.label, rows):
            digest.update(array.tobytes())
        return f"transformer-{digest.hexdigest()[:32]}"
