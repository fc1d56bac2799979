"""Boards of five vendors, told by their shape."""

from __future__ import annotations

import json
import sys
import types
from pathlib import Path

import pytest

pytest.importorskip("lxml")

from adscreen.errors import InputError
from adscreen.ingest.readers.boards import BoardsReader
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd, Reject

GREENHOUSE = {
    "id": 41,
    "title": "Data &amp; chat",
    "absolute_url": "https://boards.greenhouse.io/exampleco/jobs/41",
    "location": {"name": "Phnom Penh"},
    "content": "&lt;p&gt;Chat all day.&lt;/p&gt;&lt;p&gt;Good &amp;amp; steady pay&lt;/p&gt;",
    "departments": [{"name": "Care"}],
    "metadata": [{"name": "Shift", "value": "Night"}, {"name": "Pay", "value": None}],
    "pay_input_ranges": [{"min_cents": 100000, "max_cents": 250000, "currency_type": "USD", "title": "Pay"}],
    "first_published": "2026-03-01T06:00:00-04:00",
}
LEVER = {
    "id": "aa-1",
    "text": "Typist",
    "hostedUrl": "https://jobs.lever.co/exampleco/aa-1",
    "categories": {"location": "Bavet", "team": "Office", "commitment": "Full time"},
    "description": "<div>Type.</div>",
    "lists": [{"text": "You bring", "content": "<li>Hands</li><li>Patience</li>"}],
    "additional": "<div>Free flight</div>",
    "salaryRange": {"min": 900, "max": 1200, "currency": "USD", "interval": "per-month-salary"},
    "createdAt": 1772359200000,
    "workplaceType": "remote",
}
ASHBY = {
    "id": "b-2",
    "title": "Recruiter",
    "jobUrl": "https://jobs.ashbyhq.com/exampleco/b-2",
    "location": "Bangkok",
    "secondaryLocations": [{"location": "Mae Sot"}],
    "isRemote": True,
    "descriptionHtml": "<p>Find talent.</p>",
    "department": "People",
    "employmentType": "FullTime",
    "publishedAt": "2026-03-01T10:00:00.123+00:00",
    "compensation": {"compensationTierSummary": "$1K – $2K"},
}
SMART = {
    "id": "744",
    "name": "Operator",
    "company": {"identifier": "ExampleCo", "name": "Example Co"},
    "releasedDate": "2026-03-01T10:00:00.000Z",
    "location": {"city": "Vientiane", "country": "la", "remote": False},
    "jobAd": {"sections": {"jobDescription": {"title": "The job", "text": "<p>Operate.</p>"}, "qualifications": {"title": "You", "text": ""}}},
    "typeOfEmployment": {"label": "Full-time"},
    "postingUrl": "https://jobs.smartrecruiters.com/ExampleCo/744",
    "language": {"code": "en"},
}
WORKABLE = {
    "title": "Agent",
    "shortcode": "AB12",
    "url": "https://apply.workable.com/j/AB12",
    "city": "Manila",
    "country": "Philippines",
    "telecommuting": False,
    "department": "Sales",
    "description": "<p>Sell.</p>",
    "requirements": "<ul><li>English</li></ul>",
    "published_on": "2026-03-01",
    "salary": {"salary_from": 900, "salary_to": 1000, "salary_currency": "usd"},
}


def read(tmp_path: Path, value: object, **options: str) -> tuple[list[JobAd], list[Reject]]:
    (tmp_path / "board.json").write_text(value if isinstance(value, str) else json.dumps(value))
    rejects: list[Reject] = []
    log = SourceLog("board.json", rejects.append)
    ads = list(BoardsReader(**options).read(str(tmp_path / "board.json"), log))  # type: ignore[arg-type]
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    return ads, rejects


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        (
            {"jobs": [GREENHOUSE], "meta": {"total": 1}},
            JobAd(
                id="greenhouse:exampleco/41",
                title="Data & chat",
                company="exampleco",
                location="Phnom Penh",
                salary="1000-2500 USD",
                url="https://boards.greenhouse.io/exampleco/jobs/41",
                posted_at="2026-03-01T10:00:00Z",
                text="Chat all day.\nGood & steady pay\nDepartment: Care\nShift: Night",
            ),
        ),
        (
            [LEVER],
            JobAd(
                id="lever:exampleco/aa-1",
                title="Typist",
                company="exampleco",
                location="Bavet; remote",
                salary="900-1200 USD per month",
                url="https://jobs.lever.co/exampleco/aa-1",
                posted_at="2026-03-01T10:00:00Z",
                text="Type.\nYou bring\nHands\nPatience\nFree flight\nDepartment: Office\nEmployment type: Full time",
            ),
        ),
        (
            {"jobs": [ASHBY], "apiVersion": "1"},
            JobAd(
                id="ashby:exampleco/b-2",
                title="Recruiter",
                company="exampleco",
                location="Bangkok; Mae Sot; remote",
                salary="$1K – $2K",
                url="https://jobs.ashbyhq.com/exampleco/b-2",
                posted_at="2026-03-01T10:00:00Z",
                text="Find talent.\nDepartment: People\nEmployment type: FullTime",
            ),
        ),
        (
            SMART,
            JobAd(
                id="smartrecruiters:Example Co/744",
                title="Operator",
                company="Example Co",
                location="Vientiane, la",
                language="en",
                url="https://jobs.smartrecruiters.com/ExampleCo/744",
                posted_at="2026-03-01T10:00:00Z",
                text="The job\nOperate.\nEmployment type: Full-time",
            ),
        ),
        (
            {"name": "Example Co", "jobs": [WORKABLE]},
            JobAd(
                id="workable:Example Co/AB12",
                title="Agent",
                company="Example Co",
                location="Manila, Philippines",
                salary="900-1000 USD",
                url="https://apply.workable.com/j/AB12",
                posted_at="2026-03-01T00:00:00Z",
                text="Sell.\nEnglish\nDepartment: Sales",
            ),
        ),
    ],
    ids=["greenhouse", "lever", "ashby", "smartrecruiters", "workable"],
)
def test_each_vendor(board: object, expected: JobAd, tmp_path: Path) -> None:
    ads, rejects = read(tmp_path, board)
    assert [{**_columns(ad), "source": ""} for ad in ads] == [_columns(expected)]
    assert ads[0].source == ads[0].id
    assert rejects == []


def _columns(ad: JobAd) -> dict[str, str]:
    return {name: getattr(ad, name) for name in JobAd.__slots__}


def test_jobs_without_description_or_known_shape_are_rejected(tmp_path: Path) -> None:
    board = {"jobs": [{**GREENHOUSE, "content": None}, {"headline": "?"}, "text", GREENHOUSE, GREENHOUSE]}
    ads, rejects = read(tmp_path, board)
    assert [ad.id for ad in ads] == ["greenhouse:exampleco/41#2", "greenhouse:exampleco/41#3"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(1, "empty_text"), (2, "unknown_board"), (3, "unknown_board")]
    assert "content=true" in rejects[0].detail


def test_several_boards_in_one_file_and_json_lines(tmp_path: Path) -> None:
    assert len(read(tmp_path, {"a": {"jobs": [GREENHOUSE]}, "b": [LEVER]})[0]) == 2
    assert len(read(tmp_path, f"{json.dumps(LEVER)}\n{json.dumps(ASHBY)}\n")[0]) == 2
    assert read(tmp_path, {"jobs": []}) == ([], [])


def test_odd_values_do_no_harm(tmp_path: Path) -> None:
    for job in (GREENHOUSE, LEVER, ASHBY, SMART, WORKABLE):
        for odd in (None, 5, True, [], {}, [None, 5, {}], "x", 10**30):
            ads, rejects = read(tmp_path, [dict.fromkeys(job, odd)])
            assert len(ads) + len(rejects) == 1


def test_a_vendor_may_be_forced_and_must_be_known(tmp_path: Path) -> None:
    assert read(tmp_path, [{"text": "Typist", "descriptionPlain": "Type"}], vendor="lever")[0][0].title == "Typist"
    with pytest.raises(InputError, match="greenhouse, lever"):
        BoardsReader(vendor="example")


def test_what_is_no_json_is_told(tmp_path: Path) -> None:
    for content in ("<html>", "[" * 100_000, '{"jobs": [', ""):
        with pytest.raises(InputError, match="is not JSON"):
            read(tmp_path, content)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text(json.dumps([LEVER]))
    rejects: list[Reject] = []
    assert len(list(BoardsReader().read(str(folder), SourceLog("in", rejects.append)))) == 1
    assert [(reject.file, reject.reason) for reject in rejects] == [("a.json", "bad_json")]


def test_an_address_is_fetched_with_the_shared_function(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    module = types.ModuleType("adscreen.ingest.readers.web_fetch")
    module.fetch_bytes = lambda url, allow_private: asked.append((url, allow_private)) or json.dumps([LEVER]).encode()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "adscreen.ingest.readers.web_fetch", module)
    ads = list(BoardsReader().read("https://example.org/board", SourceLog("x", lambda reject: None)))
    assert (len(ads), asked) == (1, [("https://example.org/board", False)])
