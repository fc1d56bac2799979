"""Telegram Desktop's messages.html: pages in their order, hidden addresses kept, layout and personal data left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.telegram import TelegramReader
from adscreen.records import JobAd, Reject

Read = Callable[..., tuple[list[JobAd], list[Reject], SourceLog]]

HEAD = """<!DOCTYPE html>
<html><head><meta charset="utf-8"/></head><body onload="CheckLocation();">
  <div class="page_wrap"><div class="page_header"><div class="content">
     <div class="text bold">
Jobs &amp; Visa
     </div></div></div>
   <div class="page_body chat_page"><div class="history">
     <div class="message service" id="message-1"><div class="body details">
1 March 2024
      </div></div>
"""


def message(number: int, body: str, name: str | None = "Ann", date: str = "01.03.2024 13:00:00 UTC+03:00") -> str:
    joined = "" if name else " joined"
    sender = f'<div class="from_name">\n{name} \n</div>' if name else ""
    return f"""
     <div class="message default clearfix{joined}" id="message{number}">
      <div class="pull_left userpic_wrap"><div class="userpic userpic1"><div class="initials">A</div></div></div>
      <div class="body">
       <div class="pull_right date details" title="{date}">
13:00
       </div>
       {sender}
       {body}
      </div>
     </div>
"""


def text(words: str) -> str:
    return f'<div class="text">\n{words}\n       </div>'


PHOTO = '<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left" href="photos/1.jpg"><img class="photo" src="t.jpg"/></a></div>'


def media(kind: str, title: str, *details: str) -> str:
    inner = "".join(f'<div class="{name}">\n{words}\n</div>' for name, words in zip(("description", "status details"), details, strict=False))
    body = f'<div class="body"><div class="title bold">\n{title}\n</div>{inner}</div>'
    return f'<div class="media_wrap clearfix"><div class="media clearfix pull_left {kind}"><div class="fill pull_left"></div>{body}</div></div>'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def _read(*messages: str, head: str = HEAD, name: str = "messages.html") -> tuple[list[JobAd], list[Reject], SourceLog]:
        (tmp_path / name).write_text(head + "".join(messages) + "</div></div></div></body></html>", "utf-8")
        return read_source(tmp_path / name)

    return _read


def read_source(path: Path) -> tuple[list[JobAd], list[Reject], SourceLog]:
    rejects: list[Reject] = []
    log = SourceLog(str(path), rejects.append)
    ads = list(TelegramReader().read(str(path), log))
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    return ads, rejects, log


def test_a_message(read: Read) -> None:
    words = 'Hiring &lt;now&gt; <strong>900 $</strong><br><br>Apply <a href="https://example.org/a?b=1&amp;c=2">here</a> or ask <a href="https://t.me/jobs_hr">@jobs_hr</a>'
    (ad,), _, log = read(message(7, text(words)))
    assert ad.text == "Hiring <now> 900 $\n\nApply here (https://example.org/a?b=1&c=2) or ask @jobs_hr"
    assert (ad.source, ad.posted_at, ad.id) == ("telegram:Jobs & Visa/7", "2024-03-01T10:00:00Z", "messages/7")
    assert log.skipped == {"service_message": 1}


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ('<a href="https://example.org">https://example.org/</a>', "https://example.org/"),
        ('<a href="tel:+12025550101">+12025550101</a>', "+12025550101"),
        ('<a href="mailto:a@example.org">mail</a>', "mail (mailto:a@example.org)"),
        ('<a href="" onclick="return ShowHashtag(&quot;jobs&quot;)">#jobs</a>', "#jobs"),
        ('<a href="photos/x.jpg">photo</a>', "photo"),
        ('<span class="spoiler hidden" onclick="ShowSpoiler(this)"><span aria-hidden="true">hidden</span></span>', "hidden"),
        ("<pre>a\n b</pre>", "a b"),
        ("<blockquote>one<br>two</blockquote>three", "one\ntwo\nthree"),
        ("a &nbsp; b &#128293;", "a \xa0 b 🔥"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
    ],
)
def test_words_of_a_message(words: str, seen: str, read: Read) -> None:
    (ad,), _, _ = read(message(1, text(words)))
    assert ad.text == seen


def test_forwards_replies_signatures_and_reactions_leave_only_the_text(read: Read) -> None:
    forwarded = f"""<div class="pull_left forwarded userpic_wrap"><div class="initials">B</div></div>
      <div class="forwarded body"><div class="from_name">\nSome Person <span class="date details" title="28.02.2024 10:00:00"> 28.02.2024</span></div>
      <div class="reply_to details">In reply to <a href="#go_to_message1">this message</a></div>{text("the ad")}
      <div class="signature details">Editor</div></div><span class="reactions"><span class="reaction">👍 <span class="count">3</span></span></span>"""
    (ad,), _, _ = read(message(1, forwarded))
    assert (ad.text, ad.posted_at) == ("the ad", "2024-03-01T10:00:00Z")


def test_buttons_polls_contacts_places_and_invoices(read: Read) -> None:
    buttons = """<table class="bot_buttons_table"><tbody><tr><td class="bot_button_row"><div class="bot_button"><a href="https://t.me/+abc"><div>Join</div></a></div>
      <div class="bot_button_column_separator"></div><div class="bot_button"><div>More</div></div></td></tr></tbody></table>"""
    poll = """<div class="media_wrap clearfix"><div class="media_poll"><div class="question bold">\nReady?\n</div><div class="details">Anonymous poll</div>
      <div class="answer">\n- Yes <span class="details">3 votes</span></div><div class="answer">\n- No</div><div class="total details\t">3 votes</div></div></div>"""
    ads, rejects, _ = read(
        message(1, text("Ad") + buttons),
        message(2, poll),
        message(3, media("media_contact", "Ann Lee", "", "+1 202 555 0101")),
        message(4, media("media_venue", "Office", "1 Example Street")),
        message(5, media("media_invoice", "Visa fee", "pay now", "5 USD")),
        message(6, media("media_file", "offer.pdf", "", "12 KB")),
        message(7, media("media_location", "Location", "", "11.5, 104.9")),
    )
    assert [ad.text for ad in ads] == ["Ad\nJoin (https://t.me/+abc)\nMore", "Ready?\n- Yes\n- No", "", "", "Visa fee\npay now\n5 USD"]
    assert (ads[2].contact, ads[3].location) == ("Ann Lee +1 202 555 0101", "Office 1 Example Street")
    assert [(reject.line, reject.reason) for reject in rejects] == [(7, "empty_text"), (8, "empty_text")]


def test_albums_of_one_sender_are_joined(read: Read) -> None:
    ads, rejects, log = read(message(1, PHOTO + text("caption")), message(2, PHOTO, name=None), message(3, PHOTO, name="Ben"))
    assert [ad.text for ad in ads] == ["caption"]
    assert log.skipped["album_part"] == 1
    assert [reject.line for reject in rejects] == [4]


@pytest.mark.parametrize(
    ("date", "posted"),
    [
        ("01.03.2024 13:00:00", "2024-03-01T13:00:00Z"),
        ("01.03.2024 13:00:00 UTC-03:30", "2024-03-01T16:30:00Z"),
        ("99.99.2024 13:00:00", ""),
        ("", ""),
    ],
)
def test_dates(date: str, posted: str, read: Read) -> None:
    (ad,), _, _ = read(message(1, text("x"), date=date))
    assert ad.posted_at == posted


def test_a_folder_gives_its_pages_in_order_and_one_form(read: Read, tmp_path: Path) -> None:
    (tmp_path / "chats" / "chat_001").mkdir(parents=True)
    for number in (10, 2):
        read(message(number, text(f"page {number}")), name=f"messages{number}.html")
    read(message(1, text("page 1")))
    read(message(1, text("other chat")), name="chats/chat_001/messages.html")
    (tmp_path / "messages3.html").write_text("<html>none of it")
    ads, rejects, _ = read_source(tmp_path)
    assert [ad.text for ad in ads] == ["page 1", "page 2", "page 10", "other chat"]
    assert [ad.id for ad in ads[2:]] == [f"{tmp_path.name}/10", "chats/chat_001/1"]
    assert [reject.reason for reject in rejects] == ["not_telegram"]
    (tmp_path / "result.json").write_text('{"name": "A", "type": "saved_messages", "id": 1, "messages": []}')
    assert read_source(tmp_path)[0] == []


def test_a_folder_without_an_export(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no Telegram export"):
        read_source(tmp_path)


@pytest.mark.parametrize("block", [1, 5, 4096])
def test_blocks_do_not_matter(block: int, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCK_BYTES", block)
    ads, _, _ = read(message(1, text("один")), message(2, text("два 🔥"), name=None), message(3, text("три")))
    assert [ad.text for ad in ads] == ["один", "два 🔥", "три"]


def test_a_broken_or_endless_message_spoils_no_other(read: Read, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 4_000_000)
    ads, rejects, _ = read(message(1, '<div class="text">no end <a href="'), message(2, text("x" * 6_000_000)), message(3, text("whole")))
    assert [ad.text[:5] for ad in ads] == ["no en", "whole"]
    assert [reject.reason for reject in rejects] == ["too_long"]
    raw = (HEAD + message(1, text("b@d")) + message(2, text("good"))).encode().replace(b"b@d", b"b\xe4d")
    (tmp_path / "messages.html").write_bytes(raw)
    ads, rejects, _ = read_source(tmp_path / "messages.html")
    assert ([ad.text for ad in ads], [reject.reason for reject in rejects]) == (["good"], ["bad_encoding"])


@pytest.mark.parametrize(
    "junk",
    [
        "<div>" * 100_000,
        "</div>" * 100_000,
        "<a " * 100_000,
        '<a "' * 100_001,
        "<!--" * 100_000,
        "&" * 300_000,
        "\n " * 200_000,
        '<a href="https://x.test">' * 50_000,
    ],
)
def test_hostile_markup_takes_no_time(junk: str, read: Read) -> None:
    import time

    began = time.process_time()
    read(message(1, text(junk)), message(2, text("good")))
    assert time.process_time() - began < 5
