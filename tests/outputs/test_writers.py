"""Results come out whole or not at all, and read back as they were."""

from __future__ import annotations

import csv
import errno
import gzip
import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adscreen.errors import InputError, OutsideError
from adscreen.outputs import encoders
from adscreen.outputs.atomic import AtomicFile
from adscreen.outputs.schema import REJECT_SCHEMA, VERDICT_COLUMNS, verdict_schema
from adscreen.outputs.writers import open_reject_writer, open_writer
from adscreen.records import Reject

SCHEMA = verdict_schema(("views", "=name"))
VERDICTS: list[dict[str, Any]] = [
    {
        "id": "1",
        "lure_probability": 0.123457,
        "scam_probability": 1e-06,
        "band": "review",
        "language": "zh",
        "examined": True,
        "evidence": [{"indicator": "age_range", "field": "text", "start": 0, "end": 4, "quote": '高薪,"\n', "weight": -0.25}],
        "reason": "=HYPERLINK(1)",
        "made_by": {"adscreen": "0.1.0", "bundle": "b", "policy": "p"},
        "views": "-5",
        "=name": None,
    },
    {
        "id": "+8612345678901",
        "lure_probability": None,
        "scam_probability": -0.5,
        "band": "unscored",
        "language": "",
        "examined": False,
        "evidence": [],
        "reason": "nothing to read",
        "made_by": {"adscreen": "0.1.0", "bundle": "b", "policy": "p"},
        "views": "a\rb",
        "=name": "@x",
    },
]
BATCH = pa.RecordBatch.from_pylist(VERDICTS, schema=SCHEMA)


def unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    return pa.CompressedInputStream(io.BytesIO(data), "zstd").read() if path.suffix == ".zst" else data


def as_json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in unpacked(path).splitlines()]


def as_csv(path: Path, delimiter: str = ",") -> list[dict[str, Any]]:
    rows = list(csv.DictReader(io.StringIO(unpacked(path).decode(), newline=""), delimiter=delimiter))
    assert [*rows[0]] == [*VERDICT_COLUMNS, "views", "'=name"]
    plain: dict[str, Callable[[str], Any]] = {"examined": {"true": True, "false": False}.__getitem__}
    plain |= dict.fromkeys(("evidence", "made_by"), json.loads)
    plain |= dict.fromkeys(("lure_probability", "scam_probability"), lambda cell: float(cell) if cell else None)
    plain |= {name: lambda cell: cell.removeprefix("'") for name in rows[0] if name not in plain}
    return [{name.removeprefix("'"): plain[name](cell) for name, cell in row.items()} for row in rows]


def as_parquet(path: Path) -> list[dict[str, Any]]:
    table = pq.read_table(path)
    assert table.schema.equals(SCHEMA)
    return table.to_pylist()  # type: ignore[no-any-return]


READERS: dict[str, Callable[[Path], list[dict[str, Any]]]] = {
    "a.jsonl": as_json_lines,
    "a.ndjson": as_json_lines,
    "a.jsonl.gz": as_json_lines,
    "a.jsonl.zst": as_json_lines,
    "a.csv": as_csv,
    "a.CSV.GZ": as_csv,
    "a.csv.zst": as_csv,
    "a.tsv": lambda path: as_csv(path, "\t"),
    "v1.2.parquet": as_parquet,
}


@pytest.mark.parametrize("name", READERS)
def test_verdicts_read_back_as_they_were(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with open_writer(str(path), SCHEMA) as writer:
        writer.write(BATCH)
        writer.write(BATCH.slice(0, 0))
        writer.write(BATCH)
    path = path.rename(path.with_name(name.casefold()))
    expected = VERDICTS * 2
    if "csv" in name.casefold() or "tsv" in name:
        expected = [{**verdict, "=name": verdict["=name"] or ""} for verdict in expected]
    assert READERS[name](path) == expected
    assert writer.rows == 4
    assert [entry.name for entry in tmp_path.iterdir()] == [name.casefold()]


@pytest.mark.parametrize("name", [name for name in READERS if not name.startswith("v1")])
def test_equal_rows_are_equal_bytes(name: str, tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        with open_writer(str(tmp_path / folder / name), SCHEMA) as writer:
            writer.write(BATCH)
    assert (tmp_path / "x" / name).read_bytes() == (tmp_path / "y" / name).read_bytes()


def test_cells_that_a_spreadsheet_would_run_are_defused_and_numbers_are_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    schema = pa.schema([("text", pa.string()), ("weight", pa.float64()), ("line", pa.int64())])
    starts = ["=1", "+1", "-1", "@a", "\ta", "\ra", "a=1", "", " =1"]
    with open_writer(str(path), schema) as writer:
        writer.write(pa.RecordBatch.from_pylist([{"text": text, "weight": -0.1, "line": -7} for text in starts], schema))
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline="")))[1:]
    assert [row[0] for row in rows] == ["'=1", "'+1", "'-1", "'@a", "'\ta", "'\ra", "a=1", "", " =1"]
    assert {(row[1], row[2]) for row in rows} == {("-0.1", "-7")}


def test_no_rows_are_a_valid_file(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.parquet"):
        with open_writer(str(tmp_path / name), SCHEMA):
            pass
    assert (tmp_path / "a.jsonl").read_bytes() == b""
    assert (tmp_path / "a.csv").read_text().startswith("id,lure_probability")
    assert pq.read_table(tmp_path / "a.parquet").num_rows == 0


def test_small_batches_share_a_row_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "ROW_GROUP_ROWS", 6)
    with open_writer(str(tmp_path / "a.parquet"), SCHEMA) as writer:
        for _ in range(5):
            writer.write(BATCH)
    meta = pq.ParquetFile(tmp_path / "a.parquet").metadata
    assert [meta.row_group(group).num_rows for group in range(meta.num_row_groups)] == [6, 4]


def test_a_batch_of_another_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="schema"), open_writer(str(tmp_path / "a.csv"), SCHEMA) as writer:
        writer.write(BATCH.drop_columns(["views"]))


@pytest.mark.parametrize("target", [None, "-"])
def test_stdout_is_json_lines(target: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    with open_writer(target, SCHEMA) as writer:
        writer.write(BATCH)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == VERDICTS


class Stop(BaseException):
    """Stands for KeyboardInterrupt and for what the command line makes of SIGTERM."""


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, Stop])
def test_interrupted_writing_leaves_what_was_there(name: str, error: type[BaseException], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("old")

    def interrupted() -> None:
        with open_writer(str(path), SCHEMA) as writer:
            writer.write(BATCH)
            assert len(list(tmp_path.iterdir())) == 2
            raise error

    with pytest.raises(error):
        interrupted()
    assert {entry.name: entry.read_text() for entry in tmp_path.iterdir()} == {name: "old"}


class FullDisk:
    """A file on a disk that is full after some bytes."""

    def __init__(self, file: BinaryIO, room: int, code: int) -> None:
        self._file, self._room, self._code = file, room, code

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        self._room -= len(data)
        if self._room < 0:
            raise OSError(self._code, os.strerror(self._code))
        return self._file.write(data)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("room", [0, 300])
def test_a_full_disk_leaves_nothing_and_says_so(
    name: str, code: int, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    original = AtomicFile.open
    monkeypatch.setattr(AtomicFile, "open", lambda self: FullDisk(original(self), room, code))
    says = r"disk full while writing .* rows written to a temporary file, now removed\); free space"
    with pytest.raises(OutsideError, match=says), open_writer(str(tmp_path / name), SCHEMA) as writer:
        writer.write(BATCH)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_other_errors_of_writing_are_not_called_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = AtomicFile.open
    monkeypatch.setattr(AtomicFile, "open", lambda self: FullDisk(original(self), 0, errno.EIO))
    with pytest.raises(OSError, match="Input/output"), open_writer(str(tmp_path / "a.csv"), SCHEMA):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_stdout_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stdout", type("Stdout", (), {"buffer": full}))
        with pytest.raises(OutsideError, match="standard output"), open_writer(None, SCHEMA) as writer:
            writer.write(BATCH)


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("a.xlsx", "cannot tell the format"),
        ("a", "cannot tell the format"),
        ("a.gz", "cannot tell the format"),
        ("a.parquet.gz", "leave out .gz"),
        ("nowhere/a.csv", "there is no folder"),
        ("folder.csv", "is a folder"),
        ("in.csv", "is also an input"),
        ("link.csv", "is also an input"),
        ("hard.csv", "is also an input"),
        ("./folder.csv/../in.csv", "is also an input"),
    ],
)
def test_a_target_that_cannot_be_is_told_before_any_work(target: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    Path("in.csv").write_text("text\n")
    Path("link.csv").symlink_to("in.csv")
    Path("hard.csv").hardlink_to("in.csv")
    for opener in (lambda: open_writer(target, SCHEMA, ["in.csv", "gone.csv"]), lambda: open_reject_writer(target, ["in.csv"])):
        with pytest.raises(InputError, match=says):
            opener()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_told_before_any_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        open_writer(str(tmp_path / "a.csv"), SCHEMA)


@pytest.mark.parametrize("source", [".", "*.csv", "**/*.csv", "a.csv"])
def test_a_target_among_the_files_of_a_folder_or_glob_is_refused(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    open_writer("a.csv", SCHEMA, [source, "-"])
    Path("a.csv").write_text("text\n")
    with pytest.raises(InputError, match="is also an input"):
        open_writer("a.csv", SCHEMA, [source, "-"])


def test_two_writers_of_one_target_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with open_writer(str(path), SCHEMA) as writer:
        with pytest.raises(InputError, match="choose another name"), open_writer(str(path), SCHEMA):
            pass
        writer.write(BATCH)
    assert len(as_json_lines(path)) == 2


def test_a_link_is_followed_and_permissions_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    with open_writer(str(link), SCHEMA) as writer:
        writer.write(BATCH)
    assert link.is_symlink()
    assert target.read_text().startswith("id,")
    assert target.stat().st_mode & 0o777 == 0o600


REJECTS = [Reject("in.csv", number, "ragged_row", "too many cells", "=1+1") for number in range(2500)]


@pytest.mark.parametrize("name", ["r.jsonl", "r.csv"])
def test_rejects_are_written_like_verdicts(name: str, tmp_path: Path) -> None:
    with open_reject_writer(str(tmp_path / name)) as sink:
        for reject in REJECTS:
            sink(reject)
    assert sink.count == len(REJECTS)
    if name == "r.jsonl":
        assert as_json_lines(tmp_path / name) == [reject.as_dict() for reject in REJECTS]
    else:
        rows = list(csv.DictReader(io.StringIO((tmp_path / name).read_text(), newline="")))
        assert [*rows[0]] == REJECT_SCHEMA.names
        assert [(int(row["line"]), row["excerpt"]) for row in rows] == [(reject.line, "'=1+1") for reject in REJECTS]


def test_interrupted_rejects_leave_no_file(tmp_path: Path) -> None:
    def interrupted() -> None:
        with open_reject_writer(str(tmp_path / "r.csv")) as sink:
            sink(REJECTS[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_kept_column_must_not_hide_a_verdict_column() -> None:
    with pytest.raises(InputError, match="--keep band, reason"):
        verdict_schema(("band", "views", "reason"))
    assert verdict_schema(("views", "views")).names == [*VERDICT_COLUMNS, "views"]
