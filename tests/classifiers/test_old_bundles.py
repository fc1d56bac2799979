"""Bundles of an earlier format are read as what they were."""

import hashlib
import json
import shutil

import numpy as np

from adscreen.classifiers.bundle import COMBINATION, MANIFEST, load_bundle
from adscreen.classifiers.ngram import CLASSES
from adscreen.classifiers.passages import COLUMNS

OF_TRIAGE = slice(len(COLUMNS), len(COLUMNS) + len(CLASSES))


def _dump(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def test_format_2_has_no_weight_for_triage_scores(small_bundle, tmp_path):
    folder = shutil.copytree(small_bundle, tmp_path / "old")
    content = json.loads((folder / COMBINATION).read_text("utf-8"))
    for row in content["weights"]:
        del row[OF_TRIAGE]
    (folder / COMBINATION).write_text(_dump(content), "utf-8")
    manifest = {**json.loads((folder / MANIFEST).read_text("utf-8")), "format": 2}
    del manifest["digest"]
    manifest["files"][COMBINATION] = hashlib.sha256((folder / COMBINATION).read_bytes()).hexdigest()
    (folder / MANIFEST).write_text(_dump({**manifest, "digest": hashlib.sha256(_dump(manifest).encode()).hexdigest()}), "utf-8")
    old, new = load_bundle(folder).combination, load_bundle(small_bundle).combination
    assert not old.weights[:, OF_TRIAGE].any()
    assert np.array_equal(np.delete(old.weights, OF_TRIAGE, axis=1), np.delete(new.weights, OF_TRIAGE, axis=1))
    assert old.names == new.names
