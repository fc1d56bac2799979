"""From a fine-tuned network to the files that score without torch, and the proof that they say the same.

int8 weights and activations (dynamic quantisation) make the model smallest and fastest; int8 weights alone, scaled in small blocks, are as small and
closer to the truth. The first format that holds parity is taken.
"""

from __future__ import annotations

import json
import logging
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from sklearn.metrics import average_precision_score

from adscreen.classifiers.cuda import stored_weights
from adscreen.classifiers.network import Network
from adscreen.classifiers.passages import HEADS
from adscreen.classifiers.transformer import ARCHITECTURE, MODEL, SETTINGS, TOKENIZER, onnx_run, padded
from adscreen.errors import AdscreenError
from adscreen.train.transformer.base import Base
from adscreen.train.transformer.tuning import LURE, torch_logits

OPSET = 17
BLOCK = 32
"""Weights that share one scale where weights alone are quantised."""
EVERY = "*"
"""Stands for ads of all languages."""
EXACT = 1e-3
"""Largest difference of a probability between torch and the unquantised export; beyond it the export itself is wrong."""
MEAN_BOUND = 0.02
"""int8 is refused where probabilities of lure differ by more than this on average, over all ads or over those of one language."""
PR_AUC_BOUND, LANGUAGE_PR_AUC_BOUND = 0.01, 0.03
"""int8 is refused where PR-AUC differs by more than this, over all ads or over those of one language: there, one swap among 30 ads is worth .01 to .03."""
MIN_LANGUAGE_ADS = 30
"""Ads of a language below which its PR-AUC says nothing."""

FloatArray = npt.NDArray[np.float64]
Strings = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Parity:
    """How far the exported model is from torch in fp32: differences of the probability of lure, and PR-AUC of lures by both (None without both kinds)."""

    language: str
    ads: int
    mean_difference: float
    max_difference: float
    pr_auc: float | None
    pr_auc_torch: float | None

    @property
    def holds(self) -> bool:
        """Whether both differences are within their bounds."""
        apart = abs((self.pr_auc or 0.0) - (self.pr_auc_torch or 0.0))
        if self.language == EVERY:
            return self.mean_difference <= MEAN_BOUND and apart <= PR_AUC_BOUND
        return self.mean_difference <= MEAN_BOUND and (apart <= LANGUAGE_PR_AUC_BOUND or self.ads < MIN_LANGUAGE_ADS)


@dataclass(frozen=True, slots=True)
class Exported:
    """`format`: one of FORMATS, the one taken. `parity`: of that, over all ads (EVERY) and by language; `refused`: over all ads, of the formats before it."""

    format: str
    parity: tuple[Parity, ...]
    refused: Mapping[str, Parity] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        refused = {name: asdict(parity) for name, parity in self.refused.items()}
        return {"format": self.format, "parity": [asdict(one) for one in self.parity], "refused": refused}


def export(network: Network, base: Base, folder: Path, inputs: Sequence[list[int]], lures: npt.NDArray[np.bool_], languages: Strings) -> Exported:
    """Write the files of `classifiers.transformer.Transformer` into `folder`; `inputs`, `lures` and `languages` are the ads that parity is measured on.

    Raises AdscreenError when even the unquantised export differs from torch, or what is written could not be read back.
    """
    network = network.float().cpu().eval()
    expected = _lure_probability(torch_logits(network, inputs))
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        _write_onnx(network, inputs, whole)
        exact = _parity(whole, inputs, expected, lures, languages)
        if exact[0].max_difference > EXACT:
            raise AdscreenError(
                f"the ONNX export of {base.name!r} differs from torch by up to {exact[0].max_difference:.4f} (at most {EXACT} is right); "
                "this encoder cannot be exported, choose another base"
            )
        refused: dict[str, Parity] = {}
        for name, quantise in QUANTISERS.items():
            small = Path(scratch) / f"{len(refused)}.onnx"
            with _quietly():
                quantise(whole, small)
            found = _parity(small, inputs, expected, lures, languages)
            if all(one.holds for one in found):
                taken, exported = small, Exported(name, found, refused)
                break
            refused[name] = found[0]
        else:
            taken, exported = whole, Exported(FP32, exact, refused)
        tensors = _tensors(network, whole, taken)
        lost = sorted(name for name, _ in network.named_parameters() if name not in tensors and ".pooler." not in name)
        if lost:
            raise AdscreenError(
                f"the ONNX export of {base.name!r} does not hold {', '.join(lost)} as they are; GPUs could not read it, choose another base"
            )
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MODEL).write_bytes(taken.read_bytes())
    base.tokenizer.backend_tokenizer.no_padding()
    base.tokenizer.backend_tokenizer.no_truncation()
    base.tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    config = {key: value for key, value in network.encoder.config.to_dict().items() if not key.startswith("_") and key != "dtype"}
    (folder / ARCHITECTURE).write_text(_dump(config), "utf-8")
    (folder / SETTINGS).write_text(_dump({"base": Path(base.name).name, "heads": HEADS, "layout": asdict(base.layout), "tensors": tensors}), "utf-8")
    return exported


def _dump(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"


def _write_onnx(network: Network, inputs: Sequence[list[int]], path: Path) -> None:
    # torch's newer exporter (dynamo) needs onnxscript and minutes; fused attention traces wrongly, so that plain attention is exported
    network.encoder.set_attn_implementation("eager")
    longest = sorted(inputs, key=len)[-2:]
    ids, mask = (torch.from_numpy(array) for array in padded([*longest, longest[0][:4]]))
    axes = {name: {0: "ads", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tracer, about shapes that are constant here
        torch.onnx.export(
            network, (ids, mask), str(path), dynamo=False, input_names=list(axes), output_names=["logits"], dynamic_axes=axes, opset_version=OPSET
        )


def _weights_and_activations(whole: Path, small: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])


def _weights_in_blocks(whole: Path, small: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantiser = MatMulNBitsQuantizer(
        onnx.load(whole), bits=8, block_size=BLOCK, is_symmetric=True, accuracy_level=4, op_types_to_quantize=("MatMul",)
    )
    quantiser.process()
    between = small.with_suffix(".between")
    quantiser.model.save_model_to_file(str(between), False)
    quantize_dynamic(between, small, weight_type=QuantType.QInt8, op_types_to_quantize=["Gather"])


INT8, INT8_WEIGHTS, FP32 = "int8", "int8 weights", "fp32"
QUANTISERS: Final = {INT8: _weights_and_activations, INT8_WEIGHTS: _weights_in_blocks}
"""Formats in the order in which they are tried, fastest first; FP32 is what is left."""
FORMATS: Final = (*QUANTISERS, FP32)


@contextmanager
def _quietly() -> Iterator[None]:
    """Without onnxruntime's advice on every tensor that it leaves as it is."""
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _lure_probability(logits: FloatArray) -> FloatArray:
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds[:, LURE] / odds.sum(axis=1), np.float64)


def _parity(model: Path, inputs: Sequence[list[int]], expected: FloatArray, lures: npt.NDArray[np.bool_], languages: Strings) -> tuple[Parity, ...]:
    run = onnx_run(model)
    got = _lure_probability(np.vstack([run(*padded([one])) for one in inputs]).astype(np.float64))
    parts = [(EVERY, np.ones(len(inputs), bool)), *((language, languages == language) for language in sorted(set(languages)))]
    return tuple(_compared(name, got[where], expected[where], lures[where]) for name, where in parts)


def _compared(language: str, got: FloatArray, expected: FloatArray, lures: npt.NDArray[np.bool_]) -> Parity:
    differences, both = np.abs(got - expected), lures.any() and not lures.all()
    auc, auc_torch = (round(float(average_precision_score(lures, scores)), 6) if both else None for scores in (got, expected))
    return Parity(language, len(got), round(float(differences.mean()), 6), round(float(differences.max()), 6), auc, auc_torch)


def _tensors(network: Network, whole: Path, taken: Path) -> dict[str, dict[str, Any]]:
    """For each parameter the ONNX tensor of the same values: the exporter renames and transposes those of linear layers, and so may quantisation."""
    names: dict[bytes, str] = {}
    for tensor in onnx.load(whole).graph.initializer:
        values = numpy_helper.to_array(tensor)
        for either in (values, values.T):
            names.setdefault(_key(either), tensor.name)
    stored = {tensor.name: tensor for tensor in onnx.load(taken).graph.initializer}
    found: dict[str, dict[str, Any]] = {}
    for parameter, weights in network.named_parameters():
        name, expected = names.get(_key(weights.detach().numpy())), weights.detach().numpy()
        if name:
            got = stored_weights(stored, name)
            if expected.shape not in (got.shape, got.T.shape):
                continue
            found[parameter] = {"name": name, "transposed": _apart(got, expected) > _apart(got.T, expected)}
    return found


def _apart(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> float:
    return float(np.abs(one - other).mean()) if one.shape == other.shape else float("inf")


def _key(values: npt.NDArray[Any]) -> bytes:
    return repr(values.shape).encode() + np.ascontiguousarray(values).tobytes()
