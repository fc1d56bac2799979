"""Columns are found under the names that sources give them, and errors say what to write instead."""

from __future__ import annotations

from typing import Any

import pytest

from adscreen.errors import InputError


@pytest.mark.parametrize(
    ("header", "mapping", "text"),
    [
        (" TEXT ,b", {}, "A"),
        ("\ufeffdescription,b", {}, "A"),
        ("body,more", {"text": "Body"}, "A"),
        ("body,more", {"text": "body+more"}, "A\nB"),
        ("body,more", {"text": " body + more "}, "A\nB"),
        ("c++,body+more", {"text": "body+more"}, "B"),
        ("job[1],job[0]", {"text": "job[*]"}, "B\nA"),
        ("job[10],job[9]", {"text": "job"}, "B\nA"),
        ("job,job[0]", {"text": "job"}, "A"),
        ("a.b,c", {"text": "a.b"}, "A"),
        ("TEXT,text", {}, "B"),
        ("text,description", {}, "A"),
    ],
)
def test_csv_columns_by_any_name(header: str, mapping: dict[str, str], text: str, read_table: Any) -> None:
    assert read_table("a.csv", f"{header}\nA,B\n", mapping=mapping).texts == [text]


@pytest.mark.parametrize(
    ("item", "mapping", "text"),
    [
        ('{"attributes":{"Description":"x"}}', {"text": "attributes.description"}, "x"),
        ('{"attributes.description":"flat","attributes":{"description":"deep"}}', {"text": "attributes.description"}, "flat"),
        ('{"tags":["a","b"]}', {"text": "tags[*]"}, "a\nb"),
        ('{"parts":[{"t":"a"},{"t":"b"},{}]}', {"text": "parts.t"}, "a\nb"),
        ('{"a":"x","b":""}', {"text": "a+b"}, "x"),
        ('{"a":"x","b":{"c":"y"}}', {"text": "a+b.c"}, "x\ny"),
        ('{"Text":"x"}', {}, "x"),
        ('{"job[0]":"x","job[1]":"y"}', {"text": "job"}, "x\ny"),
    ],
)
def test_json_columns_by_any_name(item: str, mapping: dict[str, str], text: str, read_table: Any) -> None:
    assert read_table("a.jsonl", item, mapping=mapping).texts == [text]
    assert read_table("a.json", f"[{item}]", mapping=mapping).texts == [text]


def test_parts_that_only_some_objects_have_are_joined_where_present(read_table: Any) -> None:
    outcome = read_table("a.jsonl", '{"a":"x"}\n{"b":"y"}\n{"a":"p","b":"q"}\n', mapping={"text": "a+b"})
    assert outcome.texts == ["x", "y", "p\nq"]


def test_empty_members_of_a_wide_family_leave_no_empty_lines(read_table: Any) -> None:
    assert read_table("a.csv", "j[0],j[1],j[2]\na,,c\n", mapping={"text": "j"}).texts == ["a\nc"]


FILES = {
    "a.csv": "id,job_body,name\n1,a long text of the ad,b\n",
    "a.jsonl": '{"id":1,"job_body":"a long text of the ad","name":"b"}\n',
    "a.json": '[{"id":1,"job_body":"a long text of the ad","name":"b"}]',
}


@pytest.mark.parametrize("name", FILES)
def test_a_missing_text_column_suggests_the_longest(name: str, read_table: Any) -> None:
    with pytest.raises(InputError, match=r"a\.\w+: there is no text column; try --map 'text=job_body'.*'id', 'job_body', 'name'"):
        read_table(name, FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_unknown_mapped_columns_are_one_error_with_the_nearest_names(name: str, read_table: Any) -> None:
    with pytest.raises(InputError) as told:
        read_table(name, FILES[name], mapping={"text": "job_bdy", "title": "nmae", "company": "name"})
    assert "no column 'job_bdy', did you mean 'job_body'?" in str(told.value)
    assert "no column 'nmae', did you mean 'name'?" in str(told.value)


def test_one_unknown_part_of_a_sum_is_an_error(read_table: Any) -> None:
    with pytest.raises(InputError, match="no column 'requirments'"):
        read_table("a.csv", "body,requirements\na,b\n", mapping={"text": "body+requirments"})


def test_a_misspelt_inner_key_is_an_error(read_table: Any) -> None:
    with pytest.raises(InputError, match=r"no column 'a\.bdoy'"):
        read_table("a.jsonl", '{"text":"x","a":{"body":"y"}}\n', mapping={"title": "a.bdoy"})


def test_a_wide_family_is_suggested_as_a_family(read_table: Any) -> None:
    with pytest.raises(InputError, match=r"text=job\[\*\]"):
        read_table("a.csv", "id,title,job[0],job[1]\n1,Cook wanted,some text,more text\n")


def test_a_column_that_occurs_twice_is_an_error_where_it_is_needed(read_table: Any) -> None:
    assert read_table("a.csv", "text,x,x\na,b,c\n").texts == ["a"]
    with pytest.raises(InputError, match=r"a\.csv: column 'text' occurs more than once \(columns 1 and 3\)"):
        read_table("a.csv", "text,x,text\na,b,c\n")


def test_a_file_without_header_is_hinted_at(read_table: Any) -> None:
    with pytest.raises(InputError, match="put a line with column names above it"):
        read_table("a.txt", f"spam|{'an ad ' * 20}\nham|b\n")


def test_column_names_cannot_control_the_terminal(read_table: Any) -> None:
    with pytest.raises(InputError) as told:
        read_table("a.csv", "\x1b[2Jevil,b\n1,2\n")
    assert "\x1b" not in str(told.value)
