"""Imports go one way only, and what must start fast loads nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src" / "adscreen"

# From the top down: a module may import from its own room and from rooms below, never from above.
ORDER = [
    "cli",
    "report",
    "train",
    "evaluate",
    "engines",
    "screen",
    "verdict",
    "classifiers",
    "corpora",
    "indicators",
    "text",
    "outputs",
    "ingest",
    "settings",
    "errors",
    "records",
]
EDGES = {"ingest", "outputs"}
EDGE_MAY = {"records", "errors", "settings"}
HEAVY = ["spacy", "torch", "transformers", "onnxruntime", "tokenizers", "datasets", "pandas", "sklearn", "scipy", "pyarrow", "numpy"]
ONLY_IN = {
    "spacy": {"indicators"},
    "sklearn": {"train", "evaluate", "corpora"},
    "scipy": {"train", "evaluate", "corpora"},
    "torch": {"train", "classifiers"},  # there only in modules that scoring on CPUs never imports
    "transformers": {"train", "classifiers"},
    "datasets": set(),
    "pandas": set(),
}


def _modules():
    for path in sorted(SRC.rglob("*.py")):
        relative = path.relative_to(SRC)
        room = relative.parts[0].removesuffix(".py")
        if room != "__init__":
            yield room, path


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module


@pytest.mark.parametrize(("room", "path"), [pytest.param(r, p, id=str(p.relative_to(SRC))) for r, p in _modules()])
def test_imports_go_downwards(room, path):
    for name in _imported(path):
        parts = name.split(".")
        if parts[0] == "adscreen" and len(parts) > 1 and parts[1] != room:
            assert ORDER.index(parts[1]) > ORDER.index(room), f"{room} imports {name} from above"
            if room in EDGES:
                assert parts[1] in EDGE_MAY, f"{room} is an edge and must not know {name}"
        if parts[0] in ONLY_IN:
            assert room in ONLY_IN[parts[0]], f"{name} is not to be imported in {room}"


@pytest.mark.parametrize("arguments", [["-c", "import adscreen"], ["-m", "adscreen.cli", "--help"]], ids=["import", "help"])
def test_start_loads_nothing_heavy(arguments):
    probe = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in probe.stderr.splitlines() if line.startswith("import time:")}
    assert not loaded & set(HEAVY)
    assert "adscreen" in loaded
