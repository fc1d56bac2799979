"""Lines found anywhere in a picture come out in reading order."""

from __future__ import annotations

from adscreen.ingest.readers.image_layout import confidence_of, text_of
from adscreen.ingest.readers.ocr import Box, Line
from adscreen.ingest.readers.ocr_tesseract import lines_of


def line(text: str, left: int, top: int, width: int = 200, height: int = 20, confidence: float = 1.0) -> Line:
    return Line(text, confidence, Box(left, top, left + width, top + height))


def test_rows_from_top_to_bottom_with_neighbours_on_one_row() -> None:
    assert text_of([line("c", 0, 90), line("b", 300, 14), line("a", 0, 10), line(" ", 0, 50)]) == "a b\nc"


def test_columns_are_read_one_after_the_other_between_heading_and_footer() -> None:
    left = [line(f"l{row}", 0, 100 + 40 * row) for row in range(4)]
    right = [line(f"r{row}", 400, 100 + 40 * row) for row in range(4)]
    shuffled = [right[2], left[0], line("FOOT", 0, 400, 600), right[0], left[3], line("HEAD", 0, 10, 600), left[1], right[3], left[2], right[1]]
    assert text_of(shuffled).split() == ["HEAD", "l0", "l1", "l2", "l3", "r0", "r1", "r2", "r3", "FOOT"]


def test_columns_of_a_script_that_runs_leftwards_begin_at_the_right() -> None:
    left = [line(f"ب{row}", 0, 40 * row) for row in range(3)]
    right = [line(f"ا{row}", 400, 40 * row) for row in range(3)]
    assert text_of(left + right).split() == ["ا0", "ا1", "ا2", "ب0", "ب1", "ب2"]
    assert text_of([line("ب", 0, 0), line("ا", 400, 0)]) == "ا ب"


def test_a_chat_with_answers_left_and_right_stays_in_time() -> None:
    bubbles = [line(str(turn), 0 if turn % 2 else 150, 60 * turn, 450) for turn in range(8)]
    assert text_of(bubbles).split() == [str(turn) for turn in range(8)]


def test_many_lines_in_columns_within_columns_end_soon() -> None:
    lines = [line(f"{column}.{row}", 100 * column, 20 * row, 40, 15) for column in range(20) for row in range(100)]
    assert len(text_of(lines).split()) == 2000


def test_confidence_is_weighted_by_length() -> None:
    assert confidence_of([]) == 0.0
    assert confidence_of([line("a", 0, 0, 300, 20, 0.0), line("b", 0, 30, 100, 20, 1.0)]) == 0.25


def table(*words: tuple[str, int, int, str]) -> str:
    rows = [f"5\t1\t1\t1\t1\t{at}\t{left}\t10\t{width}\t20\t{confidence}\t{text}" for at, (text, left, width, confidence) in enumerate(words, 1)]
    return "\n".join(["level\tpage_num", "4\t1\t1\t1\t1\t0\t0\t0\t900\t20\t-1\t", *rows])


def test_words_are_joined_as_their_script_is_written() -> None:
    (latin,) = lines_of(table(("No", 0, 30, "90"), ("experience", 36, 100, "95")))
    assert (latin.text, latin.box) == ("No experience", Box(0, 10, 136, 30))
    assert round(latin.confidence, 4) == round((2 * 0.90 + 10 * 0.95) / 12, 4)
    assert [found.text for found in lines_of(table(("包", 0, 20, "90"), ("吃", 21, 20, "90"), ("包住", 80, 40, "90")))] == ["包吃 包住"]
    assert [found.text for found in lines_of(table(("راتب", 200, 50, "90"), ("شهري", 140, 50, "90")))] == ["راتب شهري"]


def test_a_wide_gap_separates_columns_and_other_rows_are_passed_over() -> None:
    assert [found.text for found in lines_of(table(("left", 0, 50, "90"), ("right", 400, 50, "-1")))] == ["left", "right"]
    assert not list(lines_of("")) + list(lines_of("nothing\tat\tall\n5\tx"))
