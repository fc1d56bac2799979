"""Sources name files in the ways people do; what is missing is told before any work begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest.sources import expand
from adscreen.ingest.tables import ReadOptions, read_ads


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "in" / "2024").mkdir(parents=True)
    for name in ("b.csv", "a.jsonl.gz", "notes.md", "_temporary.csv", ".hidden.csv", "2024/c.parquet", "odd[1].csv"):
        (tmp_path / "in" / name).write_text("text\nx\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        (["in"], ["in/2024/c.parquet", "in/a.jsonl.gz", "in/b.csv", "in/odd[1].csv"]),
        (["in/*.csv"], ["in/_temporary.csv", "in/b.csv", "in/odd[1].csv"]),
        (["in/**/*.parquet"], ["in/2024/c.parquet"]),
        (["in/odd[1].csv", "in/b.csv"], ["in/odd[1].csv", "in/b.csv"]),
        (["-", "in/b.csv"], ["-", "in/b.csv"]),
    ],
)
def test_files_folders_globs(sources: list[str], names: list[str], folder: Path) -> None:
    assert [table.name for table in expand(sources)] == names


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("in/bb.csv", "did you mean 'b.csv'"),
        ("nowhere/b.csv", "nor a folder 'nowhere'"),
        ("in/*.tsv", "no file matches"),
        ("in/notes.md", "cannot tell the format"),
        ("empty", "no table in this folder"),
    ],
)
def test_what_is_missing_is_told_at_once(source: str, says: str, folder: Path) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(InputError, match=says):
        read_ads(["in/b.csv", source], ReadOptions(), lambda reject: None)


def test_no_source_and_stdin_twice_are_errors() -> None:
    with pytest.raises(InputError, match="no input"):
        expand([])
    with pytest.raises(InputError, match="more than once"):
        expand(["-", "-"])


def test_a_declared_format_overrules_the_suffix(folder: Path) -> None:
    assert expand(["in/notes.md"], "csv")[0].format == "csv"
    with pytest.raises(InputError, match="decompress"):
        expand(["in/a.jsonl.gz"], "parquet")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_one_clear_error(folder: Path) -> None:
    (folder / "in" / "b.csv").chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        list(read_ads(["in/b.csv"], ReadOptions(), lambda reject: None))
