"""The transformer on a GPU, through torch and transformers: the same weights as on CPUs, read back from the exported model.

The exported int8 weights are turned back into floats, so that both paths compute with the same numbers; what remains between them is that CPUs also
round activations to int8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import AutoConfig, AutoModel

from adscreen.classifiers.network import Network
from adscreen.classifiers.transformer import ARCHITECTURE, MODEL, IntArray, Run
from adscreen.errors import BundleError, OutsideError


def cuda_run(folder: Path, tensors: Mapping[str, Mapping[str, Any]]) -> Run:
    """Run the encoder on the first GPU; raises OutsideError when torch sees none."""
    if not torch.cuda.is_available():
        raise OutsideError("--device cuda: torch sees no GPU here; leave the option out, or install a torch build for your driver")
    return torch_run(load_network(folder, tensors), "cuda")


def torch_run(network: Network, device: str) -> Run:
    """Run a network on any torch device."""
    network.to(device).eval()

    def run(ids: IntArray, mask: IntArray) -> Any:
        with torch.inference_mode():
            return network(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device)).float().cpu().numpy()

    return run


def load_network(folder: Path, tensors: Mapping[str, Mapping[str, Any]]) -> Network:
    """The torch module of an exported transformer. `tensors`: for each weight the name of its ONNX tensor, and whether that is transposed."""
    config = AutoConfig.for_model(**json.loads((folder / ARCHITECTURE).read_text("utf-8")))
    encoder = AutoModel.from_config(config)  # type: ignore[no-untyped-call]
    network = Network(encoder, config.hidden_size)
    stored = {tensor.name: tensor for tensor in onnx.load(folder / MODEL).graph.initializer}
    try:
        state = {name: torch.from_numpy(_weights(stored, where)) for name, where in tensors.items()}
        missing = [name for name in network.load_state_dict(state, strict=False).missing_keys if name in dict(network.named_parameters())]
    except (KeyError, RuntimeError) as error:
        raise BundleError(f"transformer {folder}: its weights do not fit its {ARCHITECTURE} ({error}); train it again") from error
    unused = {name for name in missing if ".pooler." not in name}
    if unused:
        raise BundleError(f"transformer {folder}: no weights for {', '.join(sorted(unused))}; train it again")
    return network


def stored_weights(stored: Mapping[str, onnx.TensorProto], name: str) -> np.ndarray[Any, Any]:
    """The float values of an ONNX tensor, whether it is stored as they are or quantised; raises KeyError when there is neither."""
    if f"{name}_Q8" in stored:  # blocks of a column of the weights: shape (columns, blocks, values of a block)
        packed, scales = (numpy_helper.to_array(stored[f"{name}_{part}"]) for part in ("Q8", "scales"))
        blocks = (packed.astype(np.float32) - 128) * scales.reshape(*packed.shape[:2], 1)
        return np.asarray(blocks.reshape(len(packed), -1).T)
    if f"{name}_quantized" not in stored:
        return numpy_helper.to_array(stored[name])
    values, scale, zero = (numpy_helper.to_array(stored[f"{name}_{part}"]).astype(np.float32) for part in ("quantized", "scale", "zero_point"))
    return np.asarray((values - zero) * scale)


def _weights(stored: Mapping[str, onnx.TensorProto], where: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    values = stored_weights(stored, where["name"])
    return np.array(values.T if where["transposed"] else values, np.float32)
