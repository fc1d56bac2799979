"""Tables of every form become the same batches; nothing is lost on the way."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.rejects import REJECT_CODES
from adscreen.ingest.tables import ReadOptions, ad_schema, read_ads
from adscreen.records import AD_COLUMNS, Reject

ROWS = [
    {"id": "1", "title": "招聘客服", "text": 'line one\nline "two", three', "salary": "$600"},
    {"id": "2", "title": "", "text": "ส่งฟรี 📦\tnow", "salary": "1,000;2|3"},
    {"id": "x-3", "title": "Cook", "text": "  spaces stay  ", "salary": ""},
]
COLUMNS = ["id", "title", "text", "salary"]


def delimited(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def json_lines(rows: list[dict[str, str]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def parquet(rows: list[dict[str, str]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue()


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


FORMS = {
    "a.csv": delimited(ROWS),
    "bom.csv": b"\xef\xbb\xbf" + delimited(ROWS),
    "utf16.csv": delimited(ROWS).decode().encode("utf-16"),
    "utf16be.csv": b"\xfe\xff" + delimited(ROWS).decode().encode("utf-16-be"),
    "semicolon.csv": delimited(ROWS, ";"),
    "pipe.txt": delimited(ROWS, "|"),
    "tab.csv": delimited(ROWS, "\t"),
    "a.tsv": delimited(ROWS, "\t"),
    "a.jsonl": json_lines(ROWS),
    "bom.jsonl": b"\xef\xbb\xbf" + json_lines(ROWS),
    "utf16.jsonl": json_lines(ROWS).decode().encode("utf-16"),
    "crlf.ndjson": json_lines(ROWS).replace(b"\n", b"\r\n"),
    "unended.jsonl": json_lines(ROWS).rstrip(),
    "a.json": json.dumps(ROWS).encode(),
    "pretty.json": json.dumps(ROWS, indent=2, ensure_ascii=False).encode(),
    "lines.json": json_lines(ROWS),
    "a.parquet": parquet(ROWS),
    "a.csv.gz": gzip.compress(delimited(ROWS)),
    "two-members.jsonl.gz": gzip.compress(json_lines(ROWS[:1])) + gzip.compress(json_lines(ROWS[1:])),
    "a.jsonl.zst": zstd(json_lines(ROWS)),
    "two-frames.jsonl.zst": zstd(json_lines(ROWS[:1])) + zstd(json_lines(ROWS[1:])),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_gives_the_same_ads(name: str, read_table: Any) -> None:
    outcome = read_table(name, FORMS[name])
    assert [{column: ad[column] for column in COLUMNS} for ad in outcome.ads] == ROWS
    assert outcome.rejects == []
    assert set(outcome.ads[0]) == set(AD_COLUMNS)
    assert all(ad["company"] == "" for ad in outcome.ads)


@pytest.mark.parametrize("form", ["a.csv", "a.jsonl", "a.json"])
def test_stdin_is_told_by_its_first_byte(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FORMS[form])))
    (batch,) = read_ads(["-"], ReadOptions(), lambda reject: pytest.fail(str(reject)))
    assert batch.column("text").to_pylist() == [row["text"] for row in ROWS]


def test_compressed_stdin_in_a_declared_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(FORMS["a.tsv"]))))
    (batch,) = read_ads(["-"], ReadOptions(format="tsv"), lambda reject: pytest.fail(str(reject)))
    assert batch.num_rows == 3


def test_batches_depend_on_the_row_stream_only(read_table: Any, tmp_path: Path) -> None:
    lines = "".join(f'{{"text":"ad {number}"}}\n' for number in range(10))
    whole = read_table("a.jsonl", lines, batch_rows=4)
    for name, part in (("p1.jsonl", lines[: lines.index("\n") + 1]), ("p2.jsonl", lines[lines.index("\n") + 1 :])):
        (tmp_path / name).write_text(part)
    split = read_table(["p1.jsonl", "p2.jsonl"], batch_rows=4)
    assert whole.batches == split.batches == [4, 4, 2]
    assert whole.ads == split.ads


def test_schema_has_kept_columns_last_and_ad_columns_once() -> None:
    schema = ad_schema(("views", "url", "views"))
    assert schema.names == [*AD_COLUMNS, "views"]
    assert not schema.field("text").nullable
    assert schema.field("views").nullable


def test_kept_columns_survive_and_are_null_where_absent(read_table: Any) -> None:
    outcome = read_table("a.jsonl", '{"text":"a","views":3}\n{"text":"b"}\n{"text":"c","views":null}\n', keep=("views",))
    assert [ad["views"] for ad in outcome.ads] == ["3", None, None]
    assert [ad["gone"] for ad in read_table("a.csv", "text\na\n", keep=("gone",)).ads] == [None]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("12", "12"),
        ("97800.0", "97800"),
        ("0.1", "0.1"),
        ("1e22", "10000000000000000000000"),
        ("123456789012345678901", "123456789012345678901"),
        ("-1000000000000", "-1000000000000"),
        ("true", "true"),
        ("null", ""),
        ("NaN", ""),
        ('["a","b"]', "a\nb"),
        ("[1,2]", "[1,2]"),
        ('{"min":1}', '{"min":1}'),
    ],
)
def test_json_values_become_plain_strings(value: str, text: str, read_table: Any) -> None:
    assert read_table("a.jsonl", f'{{"text":"x","salary":{value}}}').ads[0]["salary"] == text
    assert read_table("a.json", f'[{{"text":"x","salary":{value}}}]').ads[0]["salary"] == text


def test_parquet_types_become_plain_strings(read_table: Any) -> None:
    table = pa.table(
        {
            "text": pa.array(["a", "b"]).dictionary_encode(),
            "id": pa.array([1.0, 2.5]),
            "tags": pa.array([["x", "y"], None]),
            "who": pa.array([{"name": "Ann"}, {"name": None}]),
            "posted_at": pa.array([0, 86400], pa.timestamp("s")),
            "company": pa.array([b"ACME", None]),
        }
    )
    sink = io.BytesIO()
    pq.write_table(table, sink)
    outcome = read_table("a.parquet", sink.getvalue(), mapping={"contact": "who.name"}, keep=("tags",))
    assert [ad["id"] for ad in outcome.ads] == ["1", "2.5"]
    assert [ad["text"] for ad in outcome.ads] == ["a", "b"]
    assert [ad["tags"] for ad in outcome.ads] == ["x\ny", None]
    assert [ad["contact"] for ad in outcome.ads] == ["Ann", ""]
    assert [ad["company"] for ad in outcome.ads] == ["ACME", ""]
    assert outcome.ads[0]["posted_at"].startswith("1970-01-01")


@pytest.mark.parametrize(
    "content",
    ["\n\ntext,title\n\na,b\n   \n\r\nc,d\n", "text,title\ra,b\r\rc,d\r", 'text,title\na,b\n"c","d"'],
    ids=["blank lines", "old Macintosh", "no last line end"],
)
def test_blank_lines_are_no_rows(content: str, read_table: Any) -> None:
    outcome = read_table("a.csv", content)
    assert (outcome.texts, outcome.rejects) == (["a", "c"], [])


def test_lines_are_physical_and_where_the_row_starts(read_table: Any) -> None:
    content = 'title,text\nA,"one\ntwo\r\n\nthree"\n\nB\nC,ok\nD,x,y\n,\n'
    outcome = read_table("a.csv", content)
    assert outcome.texts == ["one\ntwo\r\n\nthree", "ok"]
    assert outcome.reasons == [(7, "ragged_row"), (9, "ragged_row"), (10, "empty_text")]
    assert read_table("a.jsonl", '{"text":"a"}\n\n{x\n[]\n{"text":" "}\n').reasons == [
        (3, "bad_json"),
        (4, "not_an_object"),
        (5, "empty_text"),
    ]
    assert read_table("a.json", '[\n{"text":"a"},\n\n7, {"text":\n" "},\nnope, {x}]').reasons == [
        (4, "not_an_object"),
        (4, "empty_text"),
        (6, "bad_json"),
        (6, "bad_json"),
    ]


def test_a_short_row_is_an_ad_when_only_optional_cells_at_its_end_are_missing(read_table: Any) -> None:
    outcome = read_table("a.csv", "id,text,title,url\n1,hello\n2, \n3\n4,a,b,c,\n5,t,u\n")
    assert [(ad["id"], ad["text"], ad["title"]) for ad in outcome.ads] == [("1", "hello", ""), ("5", "t", "u")]
    assert outcome.reasons == [(3, "ragged_row"), (4, "ragged_row"), (5, "ragged_row")]


def test_an_ad_with_a_title_only_is_an_ad(read_table: Any) -> None:
    assert read_table("a.csv", "title,text\nCook wanted,\n").texts == [""]


def test_labels_are_checked_on_request(read_table: Any) -> None:
    content = "text,label\na,lure\nb,Lure\nc,unsure\nd,\n"
    assert read_table("a.csv", content, check_labels=True).reasons == [(3, "bad_label")]
    assert read_table("a.csv", content).rejects == []
    assert read_table("a.csv", "text\na\n", check_labels=True).rejects == []


def test_a_header_alone_is_no_error(read_table: Any) -> None:
    assert read_table("a.csv", "id,text\n").ads == []
    assert read_table("a.json", "[]").ads == []


def test_a_table_without_header_is_read_by_column_number(read_table: Any) -> None:
    outcome = read_table("a.txt", "spam|first ad\nham|second\n", header=False, mapping={"text": "2", "label": "1"})
    assert [(ad["label"], ad["text"]) for ad in outcome.ads] == [("spam", "first ad"), ("ham", "second")]


def test_kept_nul_and_control_characters(read_table: Any) -> None:
    assert read_table("a.csv", "id,text\n1,a\x00b\x1bc\u2028d\x0be\n").texts == ["a\x00b\x1bc\u2028d\x0be"]
    assert read_table("a.jsonl", '{"text":"a\\u0000b"}\n{"text":"raw\ttab"}\n').texts == ["a\x00b", "raw\ttab"]


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TABLE = st.lists(st.tuples(CELL, CELL), max_size=12)
KEEP_FILES = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@KEEP_FILES
@given(rows=TABLE, form=st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet"]))
def test_rows_in_are_ads_plus_rejects_and_text_is_unchanged(rows: list[tuple[str, str]], form: str, read_table: Any) -> None:
    named = [{"id": str(number), "title": title, "text": text, "salary": ""} for number, (title, text) in enumerate(rows)]
    if not named and form == "a.jsonl":
        return  # an empty file is an error of its own
    content = {
        "a.csv": lambda: delimited(named),
        "a.tsv": lambda: delimited(named, "\t"),
        "a.jsonl": lambda: json_lines(named),
        "a.json": lambda: json.dumps(named).encode(),
        "a.parquet": lambda: parquet(named or [{"id": "", "title": "", "text": ""}]),
    }[form]()
    outcome = read_table(form, content)
    readable = [row for row in named if row["title"].strip() or row["text"].strip()]
    assert [(ad["id"], ad["title"], ad["text"]) for ad in outcome.ads] == [(r["id"], r["title"], r["text"]) for r in readable]
    assert {reject.reason for reject in outcome.rejects} <= {"empty_text"}
    assert len(outcome.ads) + len(outcome.rejects) == max(len(named), form == "a.parquet")


MANY_LINES = st.lists(st.text(st.sampled_from('ab,"\n\r\\{}[]é字📦'), min_size=1, max_size=60).map(lambda cell: f"x{cell}"), max_size=15)


@KEEP_FILES
@given(texts=MANY_LINES, form=st.sampled_from(["a.csv", "a.jsonl", "a.json"]), block=st.integers(1, 70))
def test_where_blocks_end_changes_nothing(texts: list[str], form: str, block: int, read_table: Any) -> None:
    named = [{"id": str(number), "title": "", "text": text, "salary": ""} for number, text in enumerate(texts)]
    content = {
        "a.csv": delimited(named),
        "a.jsonl": json_lines(named) or b"\n",
        "a.json": json.dumps(named, ensure_ascii=False, indent=1).encode(),
    }[form]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "BLOCK_BYTES", block)
        outcome = read_table(form, content)
    assert outcome.texts == texts
    assert outcome.rejects == []


@KEEP_FILES
@given(
    noise=st.text(st.sampled_from('ab,"\n\r\\{}[]:1é\ud83d'), max_size=80),
    form=st.sampled_from(["a.csv", "a.tsv", "a.jsonl", "a.json"]),
    block=st.integers(1, 40),
)
def test_noise_ends_in_ads_rejects_or_an_input_error_whatever_the_blocks(noise: str, form: str, block: int, read_table: Any) -> None:
    start = {"a.csv": "text\nfirst\n", "a.tsv": "text\nfirst\n", "a.jsonl": '{"text":"first"}\n', "a.json": '{"text":"first"}\n'}[form]
    content = (start + noise).encode("utf-8", "surrogatepass")

    def outcome() -> object:
        try:
            return read_table(form, content)
        except InputError as error:
            return str(error)

    whole = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "BLOCK_BYTES", block)
        assert outcome() == whole
    assert isinstance(whole, str) or "first" in str(whole)


@KEEP_FILES
@given(lines=st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line and line.strip()), max_size=10))
def test_any_bytes_as_json_lines_are_all_accounted_for(lines: list[bytes], read_table: Any) -> None:
    content = b'{"text":"a"}\n' * (len(lines) + 1) + b"\n".join(lines)
    outcome = read_table("a.jsonl", content)
    assert len(outcome.ads) + len(outcome.rejects) == 2 * len(lines) + 1
    assert {reject.reason for reject in outcome.rejects} <= set(REJECT_CODES)


def test_reject_codes_in_use_are_documented(read_table: Any) -> None:
    rejects: list[Reject] = read_table("a.csv", "text,label\n\xff\n,\na,b,c\n", check_labels=True).rejects
    assert [reject.reason for reject in rejects] == ["empty_text", "ragged_row"]
    assert {reject.reason for reject in rejects} <= set(REJECT_CODES)


def test_problems_of_options_are_told_at_once() -> None:
    with pytest.raises(InputError) as told:
        ReadOptions(mapping={"txet": "body", "title": " "}, encoding="latin-99", format="xls", batch_rows=0)
    message = str(told.value)
    assert "did you mean 'text'" in message
    assert all(part in message for part in ("--map title=", "latin-99", "xls", "batch_rows is 0"))
