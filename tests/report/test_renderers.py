"""Reports stay readable, whole and harmless in every form, whatever ads put into them."""

import json
import re
from html.parser import HTMLParser

import pytest

from adscreen.errors import InputError
from adscreen.report import cells
from adscreen.report.axes import log_odds_axis, rate_axis, share_axis
from adscreen.report.drawing import draw
from adscreen.report.formats import RENDERERS, ReportFile
from adscreen.report.model import Bar, Cell, Chart, Column, Document, KeyFigure, KeyFigures, Line, Note, Report, Row, Section, Table

HOSTILE = "<script>alert(1)</script> | [x](javascript:y) ![p](http://e.vil/p.png) `c` \u202etxt\u2066 \x1b[31m\nnext *line* & \"q\" 'r'"
VOID = {"meta", "rect", "path", "circle"}

CHART = Chart(
    "Curve", "It rises.", rate_axis("rate", 0.001), share_axis("recall"), (Line("a", ((0.0, 0.2), (1.0, 1.0)), "steps"), Line("g", ((0.001, 0.0), (1.0, 1.0)), "guide"))
)  # fmt: skip


@pytest.fixture(scope="module")
def report():
    dots = Chart("Dots", "Two.", share_axis("x"), share_axis("y"), (Line("d", ((0.1, 0.2), (0.5, 0.4)), "dots", ((0.1, 0.3), (0.2, 0.6))),))
    table = Table(
        "Shares",
        (Column("name", numeric=False), Column("share"), Column("ads")),
        (
            Row((cells.from_ad(HOSTILE), cells.share(0.25, (0.1, 0.5)), cells.count(1200))),
            Row((cells.words("small"), cells.share(None), cells.count(3)), muted=True),
        ),
    )
    figures = KeyFigures((KeyFigure("Recall", "25%", "10% to 50%", "of lures", 0.25),))
    card = Document("# Card\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n<img src=x onerror=alert(1)> [bad](javascript:alert(1))")
    sections = (Section("one", "One", (figures, table, CHART), "How to read."), Section("two", "Two", (dots, Note("Beware.", warning=True), card)))
    return Report("A report", (("Data", HOSTILE),), sections)


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.found, self.faults = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def all(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def page(report):
    return _Page(RENDERERS[".html"](report))


def test_the_page_is_well_formed_and_its_links_lead_somewhere(page):
    assert not page.faults
    assert not page.open
    names = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(names) == len(set(names))
    assert {link["href"] for link in page.all("a") if "href" in link} == {"#one", "#two"}


def test_the_page_runs_nothing_and_loads_nothing(page):
    assert not {tag for tag, _ in page.found} & {"script", "img", "link", "iframe", "object", "base", "form"}
    attributes = {name for _, attributes in page.found for name in attributes}
    assert not {name for name in attributes if name.startswith("on") or name == "src"}
    assert {attributes["style"] for _, attributes in page.found if "style" in attributes} == {"text-align:right"}  # the card's table
    assert any("default-src 'none'" in meta.get("content", "") for meta in page.all("meta"))


def test_the_page_can_be_heard(page):
    drawings = [svg for svg in page.all("svg") if svg.get("role") == "img"]
    assert [svg["aria-label"] for svg in drawings] == ["Curve. It rises.", "Dots. Two."]
    assert all(svg.get("role") == "img" or svg.get("aria-hidden") == "true" for svg in page.all("svg"))
    assert len([head for head in page.all("th") if head.get("scope") == "col"]) == 3
    assert len([head for head in page.all("th") if head.get("scope") == "row"]) == 2


def test_text_of_ads_cannot_leave_its_markdown_cell(report):
    text = RENDERERS[".md"](report)
    rows = [line for line in text.splitlines() if "1,200" in line]
    assert len(rows) == 1
    assert len(re.findall(r"(?<!\\)\|", rows[0])) == 4
    assert not re.search(r"(?<!\\)<script|(?<!\\)\]\(javascript:y", text)
    assert not set(rows[0]) & {"\x1b", "\u202e", "\u2066"}


def test_json_holds_values_not_their_looks(report):
    whole = json.loads(RENDERERS[".json"](report))
    figures, table, chart = whole["sections"][0]["blocks"]
    assert figures["figures"][0]["value"] == 0.25
    assert table["rows"][0]["share"] == {"value": 0.25, "low": 0.1, "high": 0.5}
    assert (table["rows"][0]["ads"], table["rows"][1]["share"], table["rows"][1]["muted"]) == (1200, None, True)
    assert chart["lines"][0]["points"] == [[0.0, 0.2], [1.0, 1.0]]


def test_muted_rows_say_so_in_words(report):
    assert "small (few ads)" in RENDERERS[".md"](report).replace("\\", "")
    assert "(few ads)" in RENDERERS[".html"](report)


def test_points_are_drawn_where_they_belong():
    drawing = draw(CHART)
    middle = (drawing.left + drawing.right) / 2
    [path] = [stroke.path for stroke in draw(Chart("", "", rate_axis("", 0.0001), share_axis(""), (Line("", ((0.01, 0.5),)),))).strokes]
    assert path == f"M{middle:g} {(drawing.top + drawing.bottom) / 2:g}"
    stepped = drawing.strokes[0].path.split(" L")
    assert stepped[0].startswith(f"M{drawing.left}")  # a rate of zero lies at the left end of a log axis
    assert len(stepped) == 3
    assert [stroke.number for stroke in drawing.strokes] == [0, 0]


@pytest.mark.parametrize("axis", [share_axis("", 0.034), share_axis(""), rate_axis("", 0.00043), log_odds_axis("", 7.0)])
def test_ticks_lie_on_their_axis_and_do_not_crowd(axis):
    assert all(axis.low <= at <= axis.high + 1e-9 for at, _ in axis.ticks)
    assert 3 <= len(axis.ticks) <= 11
    assert len({label for _, label in axis.ticks}) == len(axis.ticks)


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.00001, "0%"), (0.0005, "0.05%"), (0.023, "2.3%"), (0.9996, "100%"), (None, "–"), (float("nan"), "–")]
)
def test_percentages_keep_what_tells(share, text):
    assert cells.percent(share) == text


def test_a_figure_without_a_value_has_no_bar_and_no_interval():
    assert cells.share(None, (0.1, 0.2)) == Cell("–")
    assert cells.share(0.5, (float("nan"), float("nan"))).bar == Bar(0.5)
    assert cells.number(float("nan")).value is None


def test_a_failed_write_leaves_the_old_report(tmp_path, report, monkeypatch):
    path = tmp_path / "r.html"
    path.write_text("old")
    file = ReportFile(path, [])
    monkeypatch.setattr("adscreen.outputs.atomic.os.fsync", lambda number: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(Exception, match="No space left"):
        file.write(report)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_form_is_refused_at_once(tmp_path):
    with pytest.raises(InputError, match=r"\.html, \.md, \.json"):
        ReportFile(tmp_path / "r.pdf", [])
