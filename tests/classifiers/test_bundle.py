"""A bundle loads only as it was made, and the same training gives the same bytes."""

import json
import shutil

import pytest

from adscreen.classifiers.bundle import MANIFEST, load_bundle, verify_bundle
from adscreen.corpora.labelled import read_labelled
from adscreen.errors import BundleError
from adscreen.indicators.catalogue import CATALOGUE_DIR
from adscreen.ingest.options import ReadOptions
from adscreen.train.run import train_bundle


@pytest.fixture
def copy(small_bundle, tmp_path):
    return shutil.copytree(small_bundle, tmp_path / "copy")


def _files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_untouched_bundle_loads(copy):
    bundle = load_bundle(copy)
    assert bundle.label == f"small@{verify_bundle(copy)['digest'][:12]}"
    assert bundle.facts["training"]["labels"]["lure"] > 0


def test_one_changed_byte_in_any_file_is_refused_by_name(small_bundle, tmp_path):
    for number, name in enumerate(_files(small_bundle)):
        folder = shutil.copytree(small_bundle, tmp_path / str(number))
        content = bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
        with pytest.raises(BundleError, match=name.replace(".", r"\.")):
            load_bundle(folder)


def test_an_added_and_a_missing_file_are_refused(copy):
    (copy / "extra.py").write_text("print()")
    with pytest.raises(BundleError, match=r"extra\.py"):
        load_bundle(copy)
    (copy / "extra.py").unlink()
    (copy / "card.md").unlink()
    with pytest.raises(BundleError, match=r"card\.md"):
        load_bundle(copy)


def test_an_unknown_format_says_to_upgrade(copy):
    manifest = json.loads((copy / MANIFEST).read_text())
    (copy / MANIFEST).write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(BundleError, match=r"format 99.*upgrade"):
        load_bundle(copy)


def test_a_folder_that_is_no_bundle_says_so(tmp_path):
    with pytest.raises(BundleError, match=r"no bundle\.json"):
        load_bundle(tmp_path)


def test_a_bundle_holds_no_pickle(small_bundle):
    assert {name.rsplit(".", 1)[-1] for name in _files(small_bundle)} == {"json", "safetensors", "md"}


def test_training_twice_gives_the_same_bytes(small_bundle, small_corpus, small_config, tmp_path):
    ads = read_labelled([str(small_corpus)], ReadOptions(check_labels=True), lambda reject: None)
    train_bundle(ads, tmp_path / "small", small_config, CATALOGUE_DIR)
    assert (tmp_path / "small" / MANIFEST).read_bytes() == (small_bundle / MANIFEST).read_bytes()
