"""The transformer classifier, scored without torch: an encoder exported to ONNX, with its tokenizer.

It reads meaning where n-grams see spelling. What it reads are the English glosses of an ad (or its text), so that one small English encoder serves every
language that has a glossary. The runtime and the model are loaded when the first ad needs them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.passages import COLUMNS, HEADS
from adscreen.classifiers.segments import LONG, READS, Layout, Segments
from adscreen.errors import BundleError, OutsideError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL, TOKENIZER, SETTINGS, ARCHITECTURE = "model.onnx", "tokenizer.json", "transformer.json", "config.json"
FILES: Final = (MODEL, TOKENIZER, SETTINGS, ARCHITECTURE)
CPU, CUDA = "cpu", "cuda"
DEVICES: Final = (CPU, CUDA)
BATCH_TOKENS: Final = 16_384
"""Tokens per batch on a GPU, padding counted. On CPUs ads are run one by one: int8 activations are scaled by the largest value in a batch, so that an
ad's score would depend on its neighbours, and batches are not faster there (`scripts/bench_transformer.py`)."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Pieces = Sequence[Sequence[int]]
"""Token ids of each segment of an ad."""
Run = Callable[[IntArray, IntArray], npt.NDArray[np.float32]]
"""Token ids and mask, both of shape (ads, tokens), to logits of shape (ads, len(HEADS))."""


@dataclass(frozen=True, slots=True)
class TransformerSettings:
    """What transformer.json says: how ads are laid out, and which weight of the network each stored tensor is (`cuda.load_network`)."""

    layout: Layout
    tensors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Transformer:
    """The encoder in a folder of four FILES; see `train.transformer.export` for how they are made.

    `device`: one of DEVICES. Raises BundleError when transformer.json does not fit, OutsideError when a device is asked for that is not there.
    """

    def __init__(self, folder: Path, device: str = CPU) -> None:
        self.folder = folder
        self.device = device
        self.settings = _settings(folder)

    @property
    def reads(self) -> str:
        """What it reads of an ad; one of `segments.READS`."""
        return self.settings.layout.reads

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.folder / TOKENIZER))

    @cached_property
    def _run(self) -> Run:
        if self.device == CPU:
            return onnx_run(self.folder / MODEL)
        from adscreen.classifiers.cuda import cuda_run

        return cuda_run(self.folder, self.settings.tensors)

    def scores(self, ads: Sequence[Segments]) -> FloatArray:
        """Log-odds of each of COLUMNS against lawful work, shape (len(ads), len(COLUMNS)); 0 for an ad without a word to read."""
        return self._scores([self._pieces(ad) for ad in ads])

    def shares(self, ad: Segments) -> FloatArray:
        """What the scores lose when a segment is left out, for each in turn (occlusion), shape (len(COLUMNS), len(ad)).

        Costs one run for each segment that the encoder reads; those that fall out of a long ad's input have no share.
        """
        layout, pieces = self.settings.layout, self._pieces(ad)
        whole = layout.inputs(pieces)
        without = [[*pieces[:at], *pieces[at + 1 :]] for at in range(len(pieces))]
        read = [at for at, rest in enumerate(without) if layout.inputs(rest) != whole]
        scores = self._scores([pieces, *(without[at] for at in read)])
        shares = np.zeros((len(COLUMNS), len(pieces)))
        shares[:, read] = (scores[0] - scores[1:]).T
        return shares

    def _pieces(self, ad: Segments) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(ad.texts), add_special_tokens=False)]

    def _scores(self, ads: Sequence[Pieces]) -> FloatArray:
        return scores_of(ads, self.settings.layout, self._logits)

    def _logits(self, inputs: Sequence[list[int]]) -> FloatArray:
        logits = np.zeros((len(inputs), len(HEADS)))
        for rows in batches_of([len(one) for one in inputs], 0 if self.device == CPU else BATCH_TOKENS):
            logits[rows] = self._run(*padded([inputs[row] for row in rows]))
        return logits


def scores_of(ads: Sequence[Pieces], layout: Layout, logits_of: Callable[[Sequence[list[int]]], FloatArray]) -> FloatArray:
    """Scores, shape (len(ads), len(COLUMNS)), of ads given as the token ids of their segments; the mean over the windows of an ad."""
    inputs, owners = list[list[int]](), list[int]()
    for number, pieces in enumerate(ads):
        if any(pieces):
            laid = layout.inputs(pieces)
            inputs += laid
            owners += [number] * len(laid)
    sums = np.zeros((len(ads), len(COLUMNS)))
    if inputs:
        logits = logits_of(inputs)
        np.add.at(sums, owners, logits[:, 1:] - logits[:, :1])
    return np.asarray(sums / np.maximum(np.bincount(owners, minlength=len(ads)), 1)[:, None], np.float64)


def batches_of(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Row numbers in batches, shortest first, each of at most `budget` tokens with padding, but at least one row."""
    found: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if found and lengths[row] * (len(found[-1]) + 1) <= budget:
            found[-1].append(row)
        else:
            found.append([row])
    return found


def padded(inputs: Sequence[Sequence[int]]) -> tuple[IntArray, IntArray]:
    """Token ids and mask of shape (len(inputs), longest)."""
    longest = max(map(len, inputs))
    ids, mask = np.zeros((len(inputs), longest), np.int64), np.zeros((len(inputs), longest), np.int64)
    for row, one in enumerate(inputs):
        ids[row, : len(one)], mask[row, : len(one)] = one, 1
    return ids, mask


def onnx_run(model: Path) -> Run:
    """Run an exported encoder with onnxruntime on one thread: processes, not threads, fill a machine (`--workers`)."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # memory stays flat over ads of many lengths
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(model.read_bytes(), options, providers=["CPUExecutionProvider"])
    except (RuntimeError, state.Fail, state.InvalidProtobuf, state.InvalidGraph, state.NotImplemented, state.InvalidArgument) as error:
        raise OutsideError(f"{model} cannot be loaded by onnxruntime {onnxruntime.__version__} ({error}); upgrade onnxruntime") from error
    known = {one.name for one in session.get_inputs()}
    return lambda ids, mask: session.run(None, {name: value for name, value in (("input_ids", ids), ("attention_mask", mask)) if name in known})[0]


def _settings(folder: Path) -> TransformerSettings:
    try:
        content = json.loads((folder / SETTINGS).read_text("utf-8"))
        layout = Layout(**{**content["layout"], "first": tuple(content["layout"]["first"]), "last": tuple(content["layout"]["last"])})
        if tuple(content["heads"]) != HEADS or layout.reads not in READS or layout.long not in LONG:
            raise ValueError(f"heads {content['heads']}, reads {layout.reads!r}, long {layout.long!r}")
        return TransformerSettings(layout, content["tensors"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"transformer {folder}: {SETTINGS} does not fit this version of adscreen ({error}); train it again") from error
