"""Broken, huge and malicious tables cost a reject or a clear error, never the rows around them, never memory without bound."""

from __future__ import annotations

import gzip
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from adscreen.errors import InputError
from adscreen.ingest import quoting
from adscreen.ingest.tables import ReadOptions, read_ads


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_a_cut_emoji_does_not_hide_an_ad(name: str, read_table: Any) -> None:
    content = {
        "a.jsonl": b'{"text":"call \\ud83d now","title":"\\ud83d\\udce6"}\n',
        "a.json": b'[{"text":"call \\ud83d now","title":"\\ud83d\\udce6"}]',
        "a.csv": b"text,title\ncall \xed\xa0\xbd now,\xed\xa0\xbd\xed\xb3\xa6\n",  # surrogates as UTF-8, as Java and MySQL write them
    }[name]
    outcome = read_table(name, content)
    assert [(ad["text"], ad["title"]) for ad in outcome.ads] == [("call \ufffd now", "📦")]


def test_undecodable_rows_name_byte_and_column(read_table: Any) -> None:
    good = b"1,fine,x\n" * 3
    outcome = read_table("a.csv", b"id,text,title\n" + good + b"2,caf\xe9,x\n" + good)
    assert len(outcome.ads) == 6
    (reject,) = outcome.rejects
    assert (reject.line, reject.reason) == (5, "bad_encoding")
    assert "byte 0xe9 in column 'text'" in reject.detail
    good = b'{"text":"fine"}\n' * 3
    for name, content in {"b.jsonl": good + b'{"id":1,"text":"caf\xe9"}\n', "b.json": good + b'{"id":1,"text":"caf\xe9"}'}.items():
        (reject,) = read_table(name, content).rejects
        assert (reject.line, reject.reason) == (4, "bad_encoding")
        assert "byte 0xe9 in column 'text'" in reject.detail


def test_undecodable_parquet_text_is_a_reject(read_table: Any) -> None:
    text = pa.array([b"good", b"b\xe9d", b"good"]).view(pa.string())
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": text}), sink)
    outcome = read_table("a.parquet", sink.getvalue())
    assert (outcome.texts, outcome.reasons) == (["good", "good"], [(2, "bad_encoding")])


def test_a_wrong_encoding_is_an_error_that_guesses_the_right_one(read_table: Any) -> None:
    text = "Ein schöner Beruf für Köche – 600 € im Monat, Unterkunft für alle Arbeiter inklusive. Größe egal, über 18 Jahre."
    content = "id,text\n" + "".join(f'{number},"{text}"\n' for number in range(20))
    with pytest.raises(InputError, match=r"20 of 20 rows are not UTF-8; pass --encoding cp1252"):
        read_table("a.csv", content.encode("cp1252"))
    assert read_table("a.csv", content.encode("cp1252"), encoding="cp1252").texts == [text] * 20


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16-le", "utf-16", "big5", "shift_jis", "utf-7"])
def test_declared_encodings(encoding: str, read_table: Any) -> None:
    text = "高新 日本語"
    assert read_table("a.csv", f"id,text\n1,{text}\n".encode(encoding), encoding=encoding).texts == [text]
    assert read_table("a.jsonl", f'{{"text":"{text}","id":99999999999999999999}}\n'.encode(encoding), encoding=encoding).ads[0]["id"] == (
        "99999999999999999999"
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"PK\x03\x04" + bytes(100), "looks like an Excel workbook"),
        (b"%PDF-1.7\n" + bytes(100), "PDF"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "an image"),
        ("id,text\n1,a\n".encode("utf-16-le"), "--encoding utf-16-le"),
        ("id,text\n1,a\n".encode("utf-16-be"), "--encoding utf-16-be"),
        (b"\x01\x02\x00\x00\x07" * 300, "binary data"),
        (b"", "is empty"),
        (gzip.compress(b"", mtime=0), "0 bytes"),
        (b"\xff\xfe\xff\n1,2\n", "no text column"),
        (b"id,te\xe9t\n1,2\n", "column names are not utf-8"),
    ],
)
def test_what_is_no_table_is_one_clear_error(content: bytes, says: str, read_table: Any) -> None:
    with pytest.raises(InputError, match=says) as told:
        read_table("a.csv", content)
    assert "a.csv" in str(told.value)


def test_an_unreadable_parquet_is_one_clear_error(read_table: Any) -> None:
    with pytest.raises(InputError, match=r"a\.parquet: cannot be read as Parquet"):
        read_table("a.parquet", b"PAR1 not really")


LINES = b"".join(b'{"text":"ad number %d %s"}\n' % (number, str(number**9).encode()) for number in range(20_000))


@pytest.mark.parametrize(("damage", "suffix"), [("cut", ".gz"), ("flipped", ".gz"), ("cut", ".zst")])
def test_damage_within_a_compressed_stream_says_how_far_it_got(damage: str, suffix: str, read_table: Any) -> None:
    packed = bytearray(gzip.compress(LINES) if suffix == ".gz" else pa.compress(LINES, codec="zstd", asbytes=True))
    if damage == "cut":
        del packed[len(packed) // 2 :]
    else:
        packed[len(packed) // 2 : len(packed) // 2 + 64] = bytes(64)
    with pytest.raises(InputError, match=r"a\.jsonl\.\w+: damaged after [\d,]+ rows|damaged from the start"):
        read_table(f"a.jsonl{suffix}", bytes(packed))


def test_a_wrong_suffix_of_compression_is_told(read_table: Any) -> None:
    for name in ("a.jsonl.gz", "a.jsonl.zst"):
        with pytest.raises(InputError, match=r"named as \w+, but its bytes are not"):
            read_table(name, b'{"text":"a"}\n')


@pytest.mark.parametrize("content", ['[{"text":"a"},', '[{"text":"a"},{"text":"b', '[{"text":"a"}, {"text": [["b"}]'])
def test_a_json_array_that_is_cut_off_is_an_error(content: str, read_table: Any) -> None:
    with pytest.raises(InputError, match="damaged after 1 rows"):
        read_table("a.json", content)


def test_deep_nesting_is_a_reject(read_table: Any) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    assert read_table("a.jsonl", f'{{"text":{deep}}}\n{{"text":"a"}}\n').reasons == [(1, "bad_json")]
    assert read_table("a.json", f'[{{"text":{deep}}},{{"text":"a"}}]').reasons == [(1, "bad_json")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{{"text":"a"}}\n{{"text":"{long}"}}\n{{"text":"b"}}\n'),
        ("a.json", '[{{"text":"a"}},\n{{"text":"{long}"}},\n{{"text":"b"}}]'),
        ("a.csv", "id,text\n1,{long}\n2,a\n3,b\n"),
        ("quoted.csv", 'id,text\n1,a\n2,"{long}"\n3,b\n'),
    ],
)
@pytest.mark.parametrize("length", [2_001, 8_100, 8_192, 9_000, 50_000])
def test_a_long_row_is_rejected_and_the_rest_goes_on(name: str, content: str, length: int, read_table: Any, small_caps: int) -> None:
    outcome = read_table(name, content.format(long="x" * length))
    assert outcome.texts == ["a", "b"]
    assert [reject.reason for reject in outcome.rejects] == ["too_long"]
    assert outcome.rejects[0].line == (3 if name == "quoted.csv" else 2)


def test_text_as_long_as_the_cap_is_an_ad(read_table: Any, small_caps: int) -> None:
    assert len(read_table("a.jsonl", f'{{"text":"{"x" * 2000}"}}').ads) == 1


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.json"])
def test_a_line_of_200_megabytes_costs_bounded_memory(name: str, tmp_path: Path) -> None:
    start, end = {"a.jsonl": ('{"text":"', '"}\n{"text":"b"}\n'), "a.csv": ("text\n", "\nb\n"), "a.json": ('[{"text":"', '"},{"text":"b"}]')}[name]
    path = tmp_path / name
    with path.open("w") as file:
        file.write(start)
        for _ in range(200):
            file.write("x" * 1_000_000)
        file.write(end)
    reasons: list[str] = []
    tracemalloc.start()
    (batch,) = read_ads([str(path)], ReadOptions(), lambda reject: reasons.append(reject.reason))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (batch.column("text").to_pylist(), reasons) == (["b"], ["too_long"])
    assert peak < 64 * 1024 * 1024


def test_an_unclosed_quotation_mark_costs_its_own_row_only(read_table: Any, small_caps: int) -> None:
    rows = [f"{number},ad {number}\n" for number in range(3000)]
    rows[1] = '1,"never closed\n'
    outcome = read_table("a.csv", "id,text\n" + "".join(rows))
    assert outcome.reasons == [(3, "unclosed_quote")]
    assert [ad["id"] for ad in outcome.ads] == [str(number) for number in range(3000) if number != 1]


def test_an_unclosed_quotation_mark_at_the_end_of_a_small_file(read_table: Any) -> None:
    outcome = read_table("a.csv", 'id,text\n1,"a\n2,b\n3,c')
    assert outcome.reasons == [(2, "unclosed_quote")]
    assert outcome.texts == ["b", "c"]


def test_two_unclosed_quotation_marks_do_not_swallow_what_lies_between(read_table: Any) -> None:
    outcome = read_table("a.csv", 'id,text\n1,"a\n2,b\n3,"c\n4,d')
    assert outcome.reasons == [(2, "unclosed_quote"), (4, "unclosed_quote")]
    assert outcome.texts == ["b", "d"]


def test_marks_that_are_not_doubled_keep_their_row(read_table: Any) -> None:
    outcome = read_table("a.csv", 'text,id\n"the "best" pay",1\nb,2\n"c" d,3\n"e\nf",4\n')
    assert [ad["id"] for ad in outcome.ads] == ["1", "2", "3", "4"]
    assert outcome.texts[1:] == ["b", "c d", "e\nf"]
    assert all(word in outcome.texts[0] for word in ("the", "best", "pay"))


def test_lines_count_on_behind_an_oversized_line_and_an_unclosed_mark(read_table: Any, small_caps: int) -> None:
    content = "id,text\n1," + "x" * 20_000 + '\n2,"open\n3,ok\n4,a,b\n' + "5," + "y" * 20_000 + "\n6,a,b\n"
    outcome = read_table("a.csv", content)
    assert outcome.reasons == [(2, "too_long"), (3, "unclosed_quote"), (5, "ragged_row"), (6, "too_long"), (7, "ragged_row")]
    assert outcome.texts == ["ok"]


def test_a_long_quoted_row_over_many_lines_below_the_cap_is_whole(read_table: Any, small_caps: int) -> None:
    text = "\n".join(f"line {number}" for number in range(180))
    outcome = read_table("a.csv", "id,text\n" + "0,short\n" * 500 + f'1,"{text}"\n2,b\n')
    assert outcome.texts[-2:] == [text, "b"]
    assert outcome.rejects == []


def test_marks_that_never_close_by_the_thousand_end_in_an_error_not_in_hours(
    read_table: Any, small_caps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quoting, "MAX_REREAD_ROWS", 4)
    with pytest.raises(InputError, match="quotation mark that never closes"):
        read_table("a.csv", "id,text\n" + 'a",b,"\n' * 20_000)


def test_a_million_empty_rows_are_each_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,text\n" + ",\n" * 1_000_000)
    count = 0

    def sink(reject: object) -> None:
        nonlocal count
        count += 1

    assert list(read_ads([str(path)], ReadOptions(), sink)) == []
    assert count == 1_000_000


def test_a_declared_utf16_without_its_mark_is_one_clear_error(tmp_path):
    path = tmp_path / "utf8.csv"
    path.write_text("id,text\n1,We hire\n", "utf-8")
    with pytest.raises(InputError, match="leave out --encoding"):
        list(read_ads([str(path)], ReadOptions(encoding="utf-16"), lambda reject: None))
