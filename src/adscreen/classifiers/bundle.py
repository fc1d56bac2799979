"""Bundles: a folder with everything that scoring needs, hashed, without pickle. Loading verifies every byte and runs no code."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from adscreen.classifiers.ngram import CLASSES, NgramModel
from adscreen.classifiers.passages import COLUMNS, PassageModel
from adscreen.classifiers.transformer import CPU, Transformer
from adscreen.errors import BundleError, InputError
from adscreen.indicators.catalogue import Catalogue, dump_catalogue, load_catalogue
from adscreen.text.gloss import Glossary

FORMAT = 4
OLD_FORMATS = (2, 3)
"""Formats that are read too. 3: no transformer. 2: nor weights for the triage scores in the combination (they are 0), nor a list of what was trained on."""
MANIFEST = "bundle.json"
CATALOGUE = "catalogue.json"
TRIAGE = "triage.safetensors"
PASSAGES = "passages.safetensors"
SEEN = "seen.safetensors"
NOTHING_SEEN: Final = np.array([], np.uint64)
GLOSSARY = "glossary.json"
COMBINATION = "combination.json"
TRANSFORMER = "transformer"
CARD = "card.md"
OWN_FACTS: Final = frozenset(("format", "name", "files", "digest"))
"""What bundle.json says of the bundle as a folder, beside the facts of its training."""
ARRAYS: Final = ("weights", "bias", "triage_only", "whole_weights", "whole_bias")

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Combination:
    """The fitted log-odds model over passage scores, triage scores and features, for lure (row 0) and for job scam among the rest (row 1).

    `names`: features in order; `weights`: shape (2, len(COLUMNS) + len(CLASSES) + len(names)), first for the scores of the passage model, then for those of triage;
    `bias`: shape (2,); `triage_only`: shape (2, 2), slope and offset of each triage score for ads that are not examined. `whole_weights` and
    `whole_bias`: the same for ads that the transformer read too, whose len(COLUMNS) scores come after those of triage; None without a transformer.
    """

    names: tuple[str, ...]
    weights: FloatArray
    bias: FloatArray
    triage_only: FloatArray
    whole_weights: FloatArray | None = None
    whole_bias: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A loaded model: `triage` tells lures from all other text, cheaply; `passages` tells them from ads of the same kind, when examined, by
    what they say in the words of `glossary`; so does `transformer`, if there is one, more slowly.

    `facts` is what bundle.json says of training data, calibration, floor, prevalence and thresholds. `seen`: `text.fingerprint.digest` of the clean texts that
    it was trained on (one-way: no text comes back out of it), so that evaluation notices ads that it knows; empty in bundles of old formats.
    `name` and `digest` are those of the folder that it was loaded from.
    """

    triage: NgramModel
    passages: PassageModel
    combination: Combination
    catalogue: Catalogue
    glossary: Glossary
    facts: Mapping[str, Any] = field(default_factory=dict)
    seen: npt.NDArray[np.uint64] = field(default_factory=lambda: NOTHING_SEEN)
    transformer: Transformer | None = None
    name: str = ""
    digest: str = ""

    @property
    def label(self) -> str:
        """Name and short digest, as verdicts carry it."""
        return f"{self.name}@{self.digest[:12]}"


def save_bundle(folder: Path, bundle: Bundle, card: str) -> None:
    """Write a bundle into `folder`, whose name becomes its own, replacing a bundle that stands there; the same inputs give the same bytes."""
    folder = check_target(folder)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, model in ((TRIAGE, bundle.triage), (PASSAGES, bundle.passages)):
        (part / name).write_bytes(save_tensors({"weights": model.weights, "bias": model.bias, "scale": np.array([model.scale])}))
    content = {
        "names": bundle.combination.names,
        **{key: np.round(value, 6).tolist() for key in ARRAYS if (value := getattr(bundle.combination, key)) is not None},
    }
    if bundle.transformer is not None:
        shutil.copytree(bundle.transformer.folder, part / TRANSFORMER)
    (part / COMBINATION).write_text(_dump(content), "utf-8")
    (part / SEEN).write_bytes(save_tensors({"seen": np.unique(bundle.seen)}))
    (part / CATALOGUE).write_bytes(dump_catalogue(bundle.catalogue))
    (part / GLOSSARY).write_bytes(orjson.dumps(bundle.glossary, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    (part / CARD).write_text(card, "utf-8")
    facts = {key: value for key, value in bundle.facts.items() if key not in OWN_FACTS}
    manifest: dict[str, Any] = {**facts, "format": FORMAT, "name": folder.name, "files": _hashes(part)}
    (part / MANIFEST).write_text(_dump({**manifest, "digest": _digest(manifest)}), "utf-8")
    old = folder.with_name(f".{folder.name}.old")
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def check_target(folder: Path) -> Path:
    """The absolute path of a folder that a bundle may be written to; raises InputError when something else stands there."""
    folder = folder.absolute()
    if folder.exists() and not (folder / MANIFEST).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} exists and is no bundle; it would be replaced: choose another -o")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder.parent} cannot be made ({error.strerror}); choose another -o") from error
    return folder


def load_bundle(folder: Path, device: str = CPU) -> Bundle:
    """Read and verify a bundle; raises BundleError when it is missing, incomplete, changed, or of an unknown format.

    `device`: where its transformer runs, one of `transformer.DEVICES`.
    """
    manifest = verify_bundle(folder)
    try:
        triage = NgramModel.from_weights(*_linear(_tensors(folder / TRIAGE)))
        passages = PassageModel(*_linear(_tensors(folder / PASSAGES)))
        seen = _tensors(folder / SEEN)["seen"] if manifest["format"] > 2 else NOTHING_SEEN
        glossary = orjson.loads((folder / GLOSSARY).read_bytes())
        content = json.loads((folder / COMBINATION).read_text("utf-8"))
        arrays = {key: np.array(content[key], np.float64) for key in ARRAYS if key in content}
        if manifest["format"] == 2:
            arrays["weights"] = np.insert(arrays["weights"], [len(COLUMNS)] * len(CLASSES), 0.0, axis=1)
        combination = Combination(tuple(content["names"]), **arrays)
    except (SafetensorError, KeyError, ValueError, IndexError) as error:
        raise BundleError(f"bundle {folder}: its files do not fit together ({error}); train it again") from error
    catalogue = load_catalogue(folder / CATALOGUE)
    transformer = Transformer(folder / TRANSFORMER, device) if (folder / TRANSFORMER).is_dir() else None
    return Bundle(triage, passages, combination, catalogue, glossary, manifest, seen, transformer, manifest["name"], manifest["digest"])


def read_card(folder: Path) -> str:
    """The model card of a bundle, in Markdown; raises BundleError like `verify_bundle`."""
    verify_bundle(folder)
    return (folder / CARD).read_text("utf-8")


def _tensors(path: Path) -> Mapping[str, npt.NDArray[Any]]:
    return load_tensors(path.read_bytes())


def _linear(tensors: Mapping[str, npt.NDArray[Any]]) -> tuple[npt.NDArray[np.int16], float, FloatArray]:
    """Weights, scale and bias of a linear model."""
    return tensors["weights"], float(tensors["scale"][0]), tensors["bias"]


def verify_bundle(folder: Path) -> dict[str, Any]:
    """Check that every file is as it was when the bundle was made; return the manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise BundleError(f"{folder} is not a bundle: it has no {MANIFEST}; name a folder made by `adscreen train`") from error
    except (OSError, ValueError) as error:
        raise BundleError(f"bundle {folder}: {MANIFEST} cannot be read ({error}); restore it from where you got it") from error
    if not isinstance(manifest, dict) or manifest.get("format") not in (FORMAT, *OLD_FORMATS):
        seen = manifest.get("format") if isinstance(manifest, dict) else None
        raise BundleError(f"bundle {folder}: format {seen!r} is unknown to this adscreen, which reads up to format {FORMAT}; upgrade adscreen")
    claimed = manifest.pop("digest", None)
    if _digest(manifest) != claimed:
        raise BundleError(f"bundle {folder}: {MANIFEST} was changed after it was made; do not use it, restore it from where you got it")
    found, expected = _hashes(folder), manifest["files"]
    wrong = sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))
    if wrong:
        raise BundleError(
            f"bundle {folder}: changed, missing or added since it was made: {', '.join(wrong)}; do not use it, restore it from where you got it"
        )
    return {**manifest, "digest": claimed}


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _digest(manifest: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dump(manifest).encode()).hexdigest()


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
