"""Feeds of all common forms become ads; broken and hostile ones end in rejects."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("lxml")

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers import feed, xmlstream
from adscreen.ingest.readers.feed import FeedReader
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd, Reject

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:job_listing="https://example.org" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Jobs</title><link>https://example.org</link><description>All jobs</description>
<item><title>Translator &amp; typist</title><link>https://example.org/1?a=1&b=2</link><guid isPermaLink="false">g-1</guid>
  <pubDate>Sun, 01 Mar 2026 12:00:00 +0200</pubDate><description>Short&nbsp;summary</description><media:title>A picture</media:title>
  <content:encoded><![CDATA[<p>Work in Poipet &amp; earn.</p><p><a href="https://t.me/example">Write us</a></p>]]></content:encoded>
  <category>Office</category><category>Remote</category>
  <job_listing:location>Poipet</job_listing:location><job_listing:company>Golden Example</job_listing:company><job_listing:job_type>Full Time</job_listing:job_type></item>
<item><title>Second</title><description>&lt;p&gt;Escaped&lt;br&gt;lines&lt;/p&gt;</description></item>
<item><title>Third has no text</title></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Jobs</title>
<entry><title type="html">Cook &amp;amp; cleaner</title><id>urn:1</id><link rel="edit" href="https://example.org/edit"/><link href="https://example.org/1"/>
<updated>2026-03-01T10:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Cook all <b>day</b>.</p><p>Good pay.</p></div></content></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="x"><title>t</title></channel>
<item rdf:about="a"><title>Guard</title><link>https://example.org/g</link><description>Guard a gate</description><dc:date>2026-03-01</dc:date><dc:language>en</dc:language></item></rdf:RDF>"""

INDEED = """<source><publisher>X</publisher><job><title><![CDATA[Sales agent]]></title><date><![CDATA[2026-03-01]]></date>
<referencenumber><![CDATA[R1]]></referencenumber><url><![CDATA[https://example.com/r1?x=1&y=2]]></url><company><![CDATA[Example Co]]></company>
<city><![CDATA[Bavet]]></city><state><![CDATA[Svay Rieng]]></state><country><![CDATA[KH]]></country><salary><![CDATA[$900 a month]]></salary>
<description><![CDATA[<p>Sell things.</p>]]></description><email>hr@example.com</email><phone>+1 202 555 0102</phone><experience>None</experience></job>
<job><title>Two</title><referencenumber>R1</referencenumber><description>Same number</description>
<salary_min>10</salary_min><salary_max>20</salary_max><currency>USD</currency></job></source>"""

PERSONIO = """<workzag-jobs><position><id>7</id><subcompany>Example GmbH</subcompany><office>Berlin</office><name>Tester</name>
<jobDescriptions><jobDescription><name>Your task</name><value><![CDATA[<p>Test.</p>]]></value></jobDescription>
<jobDescription><name>Your profile</name><value>Careful</value></jobDescription></jobDescriptions>
<createdAt>2026-03-01T10:00:00+00:00</createdAt></position></workzag-jobs>"""


def read(tmp_path: Path, content: str | bytes, name: str = "f.xml", **options: str) -> tuple[list[JobAd], list[tuple[int, str]]]:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    rejects: list[Reject] = []
    log = SourceLog(name, rejects.append)
    ads = list(FeedReader(**options).read(str(tmp_path / name), log))  # type: ignore[arg-type]
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    return ads, [(reject.line, reject.reason) for reject in rejects]


def test_rss_with_job_fields(tmp_path: Path) -> None:
    (first, second), rejects = read(tmp_path, RSS)
    assert (first.id, first.title, first.url) == ("feed:f.xml/g-1", "Translator & typist", "https://example.org/1?a=1&b=2")
    assert (first.company, first.location, first.posted_at) == ("Golden Example", "Poipet", "2026-03-01T10:00:00Z")
    assert first.text == "Work in Poipet & earn.\nWrite us (https://t.me/example)\nCategory: Office, Remote\nEmployment type: Full Time"
    assert (second.id, second.text) == ("feed:f.xml#2", "Escaped\nlines")
    assert rejects == [(3, "empty_text")]


@pytest.mark.parametrize(
    ("source", "title", "text", "url", "posted_at"),
    [
        (ATOM, "Cook & cleaner", "Cook all day.\nGood pay.", "https://example.org/1", "2026-03-01T10:00:00Z"),
        (RDF, "Guard", "Guard a gate", "https://example.org/g", "2026-03-01T00:00:00Z"),
        (PERSONIO, "Tester", "Your task\nTest.\nYour profile\nCareful", "", "2026-03-01T10:00:00Z"),
    ],
)
def test_other_forms(source: str, title: str, text: str, url: str, posted_at: str, tmp_path: Path) -> None:
    ads, rejects = read(tmp_path, source)
    assert [(ad.title, ad.text, ad.url, ad.posted_at) for ad in ads] == [(title, text, url, posted_at)]
    assert rejects == []


def test_job_feed_fields_and_repeated_ids(tmp_path: Path) -> None:
    (first, second), _ = read(tmp_path, INDEED)
    assert (first.company, first.location, first.salary) == ("Example Co", "Bavet, Svay Rieng, KH", "$900 a month")
    assert (first.contact, first.url) == ("hr@example.com, +1 202 555 0102", "https://example.com/r1?x=1&y=2")
    assert first.text == "Sell things.\nExperience: None"
    assert (first.id, second.id, second.salary) == ("feed:f.xml/R1", "feed:f.xml/R1#2", "10-20 USD")


def test_json_feed(tmp_path: Path) -> None:
    items = [
        {"id": "1", "title": "Typist", "content_html": "<p>Type</p><p>all day</p>", "url": "https://example.org/1", "date_published": "2026-03-01"},
        5,
        {"id": 2},
    ]
    ads, rejects = read(tmp_path, json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}), "f.json")
    assert [(ad.id, ad.title, ad.text) for ad in ads] == [("feed:f.json/1", "Typist", "Type\nall day")]
    assert rejects == [(2, "not_an_object"), (3, "empty_text")]


def test_an_item_of_unknown_name_can_be_named(tmp_path: Path) -> None:
    source = (
        "<all><stelle><titel>x</titel><beschreibung>"
        + "Wir suchen Personal im Ausland, gute Bezahlung, Flug und Kost frei. "
        + "</beschreibung></stelle></all>"
    )
    with pytest.raises(InputError, match="--option item=NAME"):
        read(tmp_path, source)
    ads, _ = read(tmp_path, source, item="stelle")
    assert ads[0].text == "Wir suchen Personal im Ausland, gute Bezahlung, Flug und Kost frei."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030", "cp1251"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = "Работа" if encoding == "cp1251" else "高薪招聘"
    declared = "" if encoding in ("utf-8-sig", "utf-16") else f"<?xml version='1.0' encoding='{encoding}'?>"
    ads, _ = read(tmp_path, f"{declared}<rss><channel><item><description>{text}</description></item></channel></rss>".encode(encoding))
    assert [ad.text for ad in ads] == [text]


def test_slips_of_real_feeds(tmp_path: Path) -> None:
    slips = "\n\n<?xml version='1.0'?><rss><channel><item><title>A & B\x0b &eacute; &unknown;</title><description>x < y, <b>bold</description></item></channel></rss>"
    ads, rejects = read(tmp_path, slips)
    assert len(ads) + len(rejects) == 1
    assert not ads or ads[0].title == "A & B é &unknown;"


def test_gzip_and_cut_off(tmp_path: Path) -> None:
    packed = gzip.compress(RSS.encode())
    assert len(read(tmp_path, packed, "f.xml.gz")[0]) == 2
    ads, rejects = read(tmp_path, RSS[: RSS.index("Second")])
    assert (len(ads), rejects) == (1, [(2, "empty_text"), (3, "damaged_feed")])
    items = "".join(f"<item><description>{hashlib.sha256(str(number).encode()).hexdigest()}</description></item>" for number in range(2_000))
    long = gzip.compress(f"<rss><channel>{items}</channel></rss>".encode())
    ads, rejects = read(tmp_path, long[: len(long) // 2], "g.xml.gz")
    assert 0 < len(ads) < 2_000
    assert [reason for _, reason in rejects] == ["damaged_feed"]


def test_entities_do_not_expand(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 12))
    bomb = f'<!DOCTYPE r [<!ENTITY l0 "ha">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel><item><description>Pay &l11; &f; now</description></item></channel></rss>'
    ads, _ = read(tmp_path, bomb)
    assert [ad.text for ad in ads] == ["Pay &l11; &f; now"]


@pytest.mark.parametrize(
    "inside",
    [
        "<b>" * 5_000,
        "<a/>" * 30_000,
        "&#0;&#x110000;&" * 5_000,
        "<description>" + "x" * (limits.MAX_TEXT_CHARS + 1) + "</description>",
        "<![CDATA[" * 1_000,
    ],
    ids=["deep", "wide", "references", "long", "cdata"],
)
def test_hostile_items_end_in_rejects(inside: str, tmp_path: Path) -> None:
    ads, rejects = read(tmp_path, f"<rss><channel><item><title>t</title>{inside}</item></channel></rss>")
    assert (ads, bool(rejects)) == ([], True)


def test_what_is_no_feed_is_told(tmp_path: Path) -> None:
    for content, says in (("<html><body>x</body></html>", "html or web reader"), ("no feed", "feed"), ('{"a": 1}', "boards reader"), ("", "empty")):
        with pytest.raises(InputError, match=says):
            read(tmp_path, content)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.xml").write_text("<html></html>")
    (folder / "b.xml").write_text(RSS)
    rejects: list[Reject] = []
    assert len(list(FeedReader().read(str(folder), SourceLog("in", rejects.append)))) == 2
    assert [(reject.file, reject.reason) for reject in rejects] == [("a.xml", "not_a_feed"), ("b.xml", "empty_text")]


def test_items_that_are_done_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bool] = []

    def forget(element: Any) -> None:
        xmlstream.forget(element)
        kept.append(len(element) > 0 or element.getprevious() is not None)

    monkeypatch.setattr(feed, "forget", forget)
    ads, _ = read(
        tmp_path, "<rss><channel>" + "<item><title>t</title><description>Some work abroad</description></item><x/>" * 1_000 + "</channel></rss>"
    )
    assert (len(ads), any(kept)) == (1_000, False)
