"""Saved pages: what they state for machines, their main text, and what hostile pages cannot do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("lxml")
pytest.importorskip("trafilatura")

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers import html as html_reader
from adscreen.ingest.readers.html import HtmlReader, ads_of_page
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd, Reject

POSTING = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Customer service &amp; chat",
    "description": "<p>Work in an office in <b>Poipet</b>.</p><ul><li>Free flight</li><li>Write to <a href='https://t.me/example_hr'>our HR</a></li></ul>",
    "hiringOrganization": {"@type": "Organization", "name": "Golden Example", "telephone": "+1 202 555 0101"},
    "jobLocation": [{"@type": "Place", "address": {"addressLocality": "Poipet", "addressCountry": {"name": "KH"}}}],
    "baseSalary": {"currency": "USD", "value": {"minValue": 1000, "maxValue": 2500.0, "unitText": "MONTH"}},
    "applicationContact": {"name": "Ms Lin", "email": "mailto:lin@example.com"},
    "datePosted": "2026-03-01T12:00:00+02:00",
    "inLanguage": {"@type": "Language", "name": "English", "alternateName": "en"},
    "url": "https://example.com/jobs/1",
    "employmentType": ["FULL_TIME", "CONTRACTOR"],
    "directApply": True,
}


def page(*scripts: object, body: str = "") -> bytes:
    blocks = "".join(f'<script type="application/ld+json">{one if isinstance(one, str) else json.dumps(one)}</script>' for one in scripts)
    return f"<html><head><title>A page</title>{blocks}</head><body>{body}</body></html>".encode()


def read(data: bytes, charset: str | None = None) -> tuple[list[JobAd], list[Reject], SourceLog]:
    rejects: list[Reject] = []
    log = SourceLog("x", rejects.append)
    ads = list(ads_of_page(data, "html:x.html", "https://example.org/page", charset, log, 1))
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    return ads, rejects, log


def one(data: bytes, charset: str | None = None) -> JobAd:
    ads, rejects, _ = read(data, charset)
    assert (len(ads), rejects) == (1, [])
    return ads[0]


def test_every_useful_field_of_a_posting_is_kept() -> None:
    ad = one(page(POSTING))
    assert ad.title == "Customer service & chat"
    assert ad.company == "Golden Example"
    assert ad.location == "Poipet, KH"
    assert ad.salary == "1000-2500 USD per month"
    assert ad.contact == "Ms Lin, lin@example.com, +1 202 555 0101"
    assert (ad.language, ad.url, ad.posted_at) == ("en", "https://example.com/jobs/1", "2026-03-01T10:00:00Z")
    assert ad.text == (
        "Work in an office in Poipet.\nFree flight\nWrite to our HR (https://t.me/example_hr)\n"
        "Employment type: FULL_TIME, CONTRACTOR\nDirect apply: yes"
    )
    assert ad.id == ad.source == "html:x.html"


@pytest.mark.parametrize(
    "script",
    [
        [POSTING],
        {"@graph": [{"@type": "WebSite"}, POSTING]},
        {"@type": "ItemList", "itemListElement": [{"item": POSTING}]},
        {**POSTING, "@type": ["Thing", "https://schema.org/JobPosting"]},
        {**POSTING, "@type": "schema:JobPosting"},
        {"@graph": [{**POSTING, "hiringOrganization": {"@id": "#o"}}, {"@id": "#o", "name": "Golden Example"}]},
        json.dumps(POSTING).replace("office in", "office\nin"),
        json.dumps(POSTING)[:-1] + ", }",
        json.dumps(POSTING).replace("'https://t.me/example_hr'", '"https://t.me/example_hr"'),
        json.dumps(POSTING).replace("Free", "It\\'s free, \\o/"),
        f"<!-- {json.dumps(POSTING)} -->",
        f"//<![CDATA[\n{json.dumps(POSTING)};\n//]]>",
        json.dumps(POSTING).replace('"', "&quot;"),
        json.dumps({"@type": "Organization"}) + json.dumps(POSTING),
    ],
)
def test_postings_are_found_wherever_they_stand_and_however_broken(script: object) -> None:
    ad = one(page(script))
    assert ad.title == "Customer service & chat"
    assert ad.company == "Golden Example"
    assert "our HR (https://t.me/example_hr)" in ad.text


def test_several_postings_are_several_ads_and_a_repeated_one_is_one() -> None:
    ads, _, log = read(page(POSTING, {**POSTING, "title": "Second"}, POSTING))
    assert [ad.source for ad in ads] == ["html:x.html", "html:x.html#2"]
    assert log.skipped == {"repeated_posting": 1}


@pytest.mark.parametrize(
    ("salary", "text"),
    [
        (5000, "5000 CNY"),
        ("8k-15k a month", "8k-15k a month"),
        ({"currency": "EUR", "value": 3000, "unitText": "MONTH"}, "3000 EUR per month"),
        ({"currency": "EUR", "value": {"value": "3000", "unitText": "MONTH"}}, "3000 EUR per month"),
        ({"currency": "EUR", "minValue": 20, "unitText": "HOUR"}, "from 20 EUR per hour"),
        ({"value": {"minValue": 0, "maxValue": 0, "unitText": "HOUR"}}, ""),
        ([{"currency": "THB", "value": {"maxValue": 30000}}], "up to 30000 THB"),
        ({"currency": "USD", "value": None}, ""),
    ],
)
def test_salaries_become_readable(salary: object, text: str) -> None:
    assert one(page({**POSTING, "salaryCurrency": "CNY", "baseSalary": salary})).salary == text


def test_estimated_salary_and_remote_work_are_said() -> None:
    estimate = {"name": "base", "currency": "USD", "percentile10": 900, "percentile90": 1800, "duration": "P1M"}
    changed = {**POSTING, "baseSalary": None, "estimatedSalary": [estimate], "jobLocation": None, "jobLocationType": "TELECOMMUTE"}
    ad = one(page({**changed, "applicantLocationRequirements": [{"name": "Kenya"}, {"name": "Uganda"}]}))
    assert ad.salary == "estimated 900-1800 USD per p1m"
    assert ad.location == "remote (applicants from Kenya; Uganda)"


@pytest.mark.parametrize(
    "scheme", ["itemscope itemtype='http://schema.org/{}' itemprop='{}'", "vocab='https://schema.org/' typeof='{}' property='{}'"]
)
def test_microdata_and_rdfa(scheme: str) -> None:
    prop = "itemprop" if "itemprop" in scheme else "property"
    body = f"""<div {scheme.format("JobPosting", "")}><h1 {prop}=title><a href=/x>Typist</a></h1><meta {prop}=datePosted content="Wed Sep 02 02:00:00 UTC 2026">
      <div {scheme.format("Organization", "hiringOrganization")}><span {prop}=name>Example Ltd</span></div>
      <div {scheme.format("Place", "jobLocation")}><div {scheme.format("PostalAddress", "address")}><i {prop}=addressLocality>Bavet</i></div></div>
      <div {prop}=description><p>Type all day.</p><p>Good pay.</p></div></div>"""
    ad = one(page(body=body))
    assert (ad.title, ad.company, ad.location, ad.posted_at) == ("Typist", "Example Ltd", "Bavet", "2026-09-02T02:00:00Z")
    assert ad.text == "Type all day.\nGood pay."


def test_a_page_without_postings_gives_its_main_text() -> None:
    body = "<nav><a href=/>Home</a></nav><article><h1>Hiring now</h1><p>We hire 20 people in Bavet. Call +1 202 555 0123, or write "
    ad = one(page(body=body + "<a href='https://wa.me/12025550123'>on WhatsApp</a>, today.</p></article>"))
    assert "Call +1 202 555 0123" in ad.text
    assert "on WhatsApp (https://wa.me/12025550123)" in ad.text
    assert (ad.title, ad.url) == ("Hiring now", "https://example.org/page")


def test_a_posting_without_description_takes_the_main_text() -> None:
    ad = one(page({"@type": "JobPosting", "title": "Typist"}, body="<p>Typing in an office in Myawaddy, all found, good pay.</p>"))
    assert (ad.title, ad.text) == ("Typist", "Typing in an office in Myawaddy, all found, good pay.")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_job_text"),
        (b"<html><body><noscript>Enable JavaScript</noscript><div id=root></div></body></html>", "no_job_text"),
        (b"\x00" * 100, "no_job_text"),
        (page('{"@type": "JobPosting", "title": '), "bad_json"),
        (page({"@type": "JobPosting", "title": "Typist"}), "empty_text"),
        (page({**POSTING, "description": "x" * (limits.MAX_TEXT_CHARS + 1)}), "too_long"),
    ],
)
def test_what_is_no_ad_is_rejected_with_its_reason(data: bytes, reason: str) -> None:
    ads, rejects, _ = read(data)
    assert (ads, [reject.reason for reject in rejects]) == ([], [reason])


def test_a_page_over_the_cap_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_reader, "MAX_PAGE_BYTES", 1000)
    assert [reject.reason for reject in read(b"x" * 1001)[1]] == ["too_long"]


@pytest.mark.parametrize(
    ("encoding", "declared", "charset"),
    [
        ("utf-8", "", None),
        ("utf-8", "iso-8859-1", None),
        ("utf-8-sig", "", None),
        ("utf-16", "", None),
        ("utf-16-le", "", None),
        ("gb18030", "gb2312", None),
        ("gb18030", "", "gbk"),
        ("gb18030", "", None),
    ],
)
def test_encodings(encoding: str, declared: str, charset: str | None) -> None:
    text = "高薪招聘客服人员，包吃包住，月薪一万元，工作地点在西港，有意者请联系我们的人事经理。"
    meta = f"<meta charset={declared}>" if declared else ""
    assert one(f"<html><head>{meta}</head><body><p>{text}</p></body></html>".encode(encoding), charset).text == text


def test_mhtml_is_opened() -> None:
    head = b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://example.org/job\r\nMIME-Version: 1.0\r\n"
    head += b'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="b"\r\n\r\n'
    part = b"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.org/job\r\n\r\n"
    data = head + part + b"<p>We hire twenty people in Bavet, write =\r\nto us today =E2=9C=85</p>\r\n--b--\r\n"
    ad = one(data)
    assert (ad.text, ad.url) == ("We hire twenty people in Bavet, write to us today ✅", "https://example.org/job")


@pytest.mark.parametrize(
    "data",
    [
        b"<div>" * 4_000 + b"We hire staff in Bavet, write to us today",
        b"<b>" * 4_000 + b"We hire staff in Bavet, write to us today",
        b"<table><tr><td>" * 1_500 + b"We hire staff in Bavet, write to us today",
        b"<div " + b" ".join(b"a%d=1" % number for number in range(20_000)) + b">We hire staff in Bavet, write to us today",
        b"<script>" * 5 + b"</script>We hire staff in Bavet, write to us today",
    ],
    ids=["divs", "inline", "tables", "attributes", "scripts"],
)
def test_deep_and_wide_pages_keep_their_text(data: bytes) -> None:
    assert one(data).text == "We hire staff in Bavet, write to us today"


@pytest.mark.parametrize(
    "script",
    [
        '{"a":' * 5_000,
        '{"@type":"JobPosting","description":"' + '"a' * 5_000,
        json.dumps(
            {"@graph": [{**POSTING, "hiringOrganization": {"@id": "a"}}, {"@id": "a", "name": [{"@id": "a"}] * 2_000, "address": {"@id": "a"}}]}
        ),
        json.dumps({**POSTING, "jobLocation": {"address": [[[[[["x"]]]]]]}, "skills": [[["a"], "b"], {"name": {"name": {"name": {"name": "x"}}}}]}),
        json.dumps({**POSTING, "title": ["a", None, {}, 5], "datePosted": 10**400, "baseSalary": [[[[[{}]]]]], "hiringOrganization": 7, "url": {}}),
    ],
)
def test_hostile_json_ends_in_ads_or_rejects(script: str) -> None:
    ads, rejects, _ = read(page(script))
    assert len(ads) + len(rejects) == 1


def test_folders_are_read_by_name(tmp_path: Path) -> None:
    (tmp_path / "in" / "b").mkdir(parents=True)
    (tmp_path / "in" / "b" / "2.htm").write_bytes(page(POSTING))
    (tmp_path / "in" / "a.HTML").write_bytes(page(POSTING))
    (tmp_path / "in" / "c.html").write_bytes(b"")
    (tmp_path / "in" / "notes.txt").write_bytes(b"no page")
    rejects: list[Reject] = []
    ads = list(HtmlReader().read(str(tmp_path / "in"), SourceLog("in", rejects.append)))
    assert [ad.source for ad in ads] == ["html:a.HTML", "html:b/2.htm"]
    assert [(reject.file, reject.line, reject.reason) for reject in rejects] == [("c.html", 3, "no_job_text")]


def test_main_text_can_be_declined(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(b"<p>We hire staff in Bavet, write to us today</p>")
    rejects: list[Reject] = []
    assert list(HtmlReader(main_text=False).read(str(tmp_path / "a.html"), SourceLog("a", rejects.append))) == []
    assert [reject.reason for reject in rejects] == ["no_job_text"]


def test_missing_sources_are_told(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for source, says in ((tmp_path / "pag.html", "did you mean 'page.html'"), (tmp_path / "empty", "no file in this folder")):
        with pytest.raises(InputError, match=says):
            list(HtmlReader().read(str(source), SourceLog("x", lambda reject: None)))
