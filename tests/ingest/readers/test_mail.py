"""Forwarded reports: the forwarded text is the ad, whatever program forwarded it; nothing inside a message is lost, nothing hostile costs much."""

from __future__ import annotations

import zipfile
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest.readers import mail_sources
from adscreen.ingest.readers.mail import MailReader
from adscreen.ingest.readers.mail_forwards import layers, says_forward, without_prefix
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd, Reject

AD = "Customer service in Poipet, 3,000 a month, room and food free. Write to @fastjob"
HEADERS = b"From: Reporter <reporter@example.org>\nTo: desk@example.org\nDate: Mon, 02 Mar 2026 17:00:00 +0700\nMIME-Version: 1.0\n"
SENT = "2026-03-02T10:00:00Z"


def read(path: Path, **options: bool) -> tuple[list[JobAd], list[Reject], SourceLog]:
    rejects: list[Reject] = []
    log = SourceLog(str(path), rejects.append)
    ads = list(MailReader(**options).read(str(path), log))
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    assert len({ad.id for ad in ads}) == len(ads)
    assert "reporter@example.org" not in "".join(map(repr, ads))
    return ads, rejects, log


def read_bytes(tmp_path: Path, data: bytes, **options: bool) -> tuple[list[JobAd], list[Reject], SourceLog]:
    path = tmp_path / "report.eml"
    path.write_bytes(data)
    return read(path, **options)


def mail(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"], message["Date"] = "Reporter <reporter@example.org>", subject, "Mon, 02 Mar 2026 17:00:00 +0700"
    message.set_content(text)
    return message


def test_a_plain_message(tmp_path: Path) -> None:
    ads, _, _ = read_bytes(tmp_path, HEADERS + b"Subject: =?utf-8?q?H=C3=A9llo?=\n =?utf-8?q?_job?=\n\n" + AD.encode())
    assert ads == [JobAd("report/1", AD, title="Héllo job", posted_at=SENT, source="mail:report/1")]


@pytest.mark.parametrize(
    "block",
    [
        "---------- Forwarded message ---------\nFrom: Lucky <lucky@example.com>\nDate: Mon, Mar 2, 2026\nSubject: Good job\nTo: <reporter@example.org>\n\n",
        "---------- Forwarded message ---------\nVon: Lucky <lucky@example.com>\nDate: Mo., 2. März 2026\nSubject: Good job\nTo: <reporter@example.org>\n\n",
        "-----Original Message-----\nFrom: Lucky [mailto:lucky@example.com]\nSent: Monday, March 2, 2026 9:00 AM\nTo: 'reporter@example.org'\nSubject: Good job\n\n",
        "> Begin forwarded message:\n>\n> From: Lucky <lucky@example.com>\n> Subject: Good job\n> Date: 2 March 2026\n> To: reporter@example.org\n>\n> ",
        "________________________________\nVan: Lucky <lucky@example.com>\nVerzonden: maandag 2 maart 2026\nAan: reporter@example.org\nOnderwerp: Good job\n\n",
        "*De :* Lucky <lucky@example.com>\n*Envoyé :* lundi 2 mars 2026\n*À :* reporter@example.org\n*Objet :* Good job\n",
        "-------- Forwarded Message --------\nSubject: \tGood job\nDate: \tMon, 2 Mar 2026\nFrom: \tLucky <lucky@example.com>\nTo: \treporter@example.org,\n\tother@example.org\n\n\n",
        '   ----- Forwarded Message ----- From: Lucky <lucky@example.com>To: "reporter@example.org" <reporter@example.org>Sent: Monday, March 2, 2026Subject: Good job\n ',
        "发件人: Lucky <lucky@example.com>\n发送时间: 2026年3月2日\n收件人: reporter@example.org\n主题: Good job\n\n",
        "---------- Pesan terusan ---------\nDari: Lucky <lucky@example.com>\nTanggal: Sen, 2 Mar 2026\nSubjek: Good job\nKepada: <reporter@example.org>\n\n",
        "От: Lucky <lucky@example.com>\nОтправлено: 2 марта 2026 г.\nКому: reporter@example.org\nТема: Good job\n\n",
    ],
)
def test_forwards_in_the_text(block: str, tmp_path: Path) -> None:
    message = mail("Fwd: Good job", f"is this real?\n\n{block}{AD}\n")
    ads, rejects, log = read_bytes(tmp_path, message.as_bytes())
    assert [(ad.title, ad.contact, ad.text) for ad in ads] == [("Good job", "lucky@example.com", AD)]
    assert log.skipped == {"cover_note": 1}
    assert not rejects


def test_chains_keep_every_message(tmp_path: Path) -> None:
    chain = f"fyi\n\n-----Original Message-----\nFrom: b@example.com\nSent: today\nSubject: Fw: x\n\n{AD}\n\n----- Forwarded message -----\nFrom: c@example.com\nDate: today\nSubject: x\n\nweather"
    ads, _, _ = read_bytes(tmp_path, mail("FW: x", chain).as_bytes())
    assert [ad.text for ad in ads] == [AD, "weather"]  # a lure must not hide above a quoted harmless text
    ads, _, log = read_bytes(
        tmp_path, mail("x", chain.removeprefix("fyi\n\n-----Original Message-----\nFrom: b@example.com\nSent: today\nSubject: Fw: x\n\n")).as_bytes()
    )
    assert [ad.text for ad in ads] == [AD, "weather"]
    assert not log.skipped
    ads, _, _ = read_bytes(tmp_path, mail("FW: x", chain).as_bytes(), forwards=False)
    assert [ad.text for ad in ads] == [chain]


def test_an_ad_with_lines_like_headers_stays_whole() -> None:
    text = "Job in Manila\nFrom: 500 USD\nTo: 900 USD\nDate: 5 May\nThe original message was lost, see below"
    assert [layer.text for layer in layers(text)] == [text]


@pytest.mark.parametrize(
    ("subject", "is_forward", "title"),
    [
        ("Fwd: Job", True, "Job"),
        ("WG: AW: Job", True, "Job"),
        ("转发: 招聘", True, "招聘"),
        ("RV: Empleo", True, "Empleo"),
        ("Re: Job", False, "Job"),
        ("Forward thinking", False, "Forward thinking"),
    ],
)
def test_subjects(subject: str, is_forward: bool, title: str) -> None:
    assert (says_forward(subject), without_prefix(subject)) == (is_forward, title)


def test_attached_messages(tmp_path: Path) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = "Lucky <lucky@example.com>", "Good job", "Sun, 01 Mar 2026 00:00:00 +0000"
    inner.set_content(AD)
    outer = mail("Fwd: report", "please look")
    outer.add_attachment(inner)
    outer.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="again.eml")
    ads, _, log = read_bytes(tmp_path, outer.as_bytes())
    assert [(ad.id, ad.title, ad.contact, ad.text.strip(), ad.posted_at) for ad in ads] == [
        ("report/1", "Good job", "lucky@example.com", AD, "2026-03-01T00:00:00Z"),
        ("report/1.2", "Good job", "lucky@example.com", AD, "2026-03-01T00:00:00Z"),
    ]
    assert log.skipped == {"cover_note": 1}


def test_html_only_and_the_better_alternative(tmp_path: Path) -> None:
    pytest.importorskip("lxml")
    message = mail("Job", "")
    message.set_content(f"<p>{AD}</p><p><a href='https://example.com/x'>Apply here</a></p>", subtype="html")
    ads, _, _ = read_bytes(tmp_path, message.as_bytes())
    assert ads[0].text == f"{AD}\nApply here (https://example.com/x)"
    message = mail("Job", AD)
    message.add_alternative("<p>the same in HTML</p>", subtype="html")
    assert [ad.text for ad in read_bytes(tmp_path, message.as_bytes())[0]] == [AD]


@pytest.mark.parametrize(
    ("header", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n", b"1dDGuL/Nt/4=", "招聘客服"),
        (b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n", b"=93caf=E9=94 job=\ns", "“café” jobs"),
        (b"Content-Type: text/plain; charset=us-ascii\n", "việc nhẹ lương cao".encode(), "việc nhẹ lương cao"),
        (b"Content-Type: text/plain; charset=nonsense\n", "招聘客服".encode(), "招聘客服"),
        (b"Content-Type: text/plain; charset=punycode\n", b"plain", "plain"),
        (b"", "รับสมัครงานลูกค้าสัมพันธ์ เงินเดือนสูง ที่พักฟรี".encode("cp874"), "รับสมัครงานลูกค้าสัมพันธ์ เงินเดือนสูง ที่พักฟรี"),
    ],
)
def test_charsets_and_encodings(header: bytes, body: bytes, text: str, tmp_path: Path) -> None:
    ads, _, _ = read_bytes(tmp_path, HEADERS + b"Subject: x\n" + header + b"\n" + body)
    assert ads[0].text == text


def test_attached_files(tmp_path: Path) -> None:
    chat = BytesIO()
    with zipfile.ZipFile(chat, "w") as archive:
        archive.writestr("_chat.txt", f"[13/04/26, 09:00:01] +1 202 555 0143: {AD}\n")
    message = mail("Fwd: report", "see files")
    message.add_attachment(chat.getvalue(), maintype="application", subtype="zip", filename="WhatsApp Chat.zip")
    message.add_attachment(AD, filename="../../ad.txt")
    message.add_attachment(f"13/04/26, 09:00 - Ana: {AD}\n", filename="WhatsApp Chat with Jobs.txt")
    message.add_attachment(f"title,text\nJob,{AD.replace(',', '')}\n,\n", subtype="csv", filename="ads.csv")
    message.add_attachment(b"PK\x03\x04 broken", maintype="application", subtype="zip", filename="broken.zip")
    message.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="contract.exe")
    message.add_attachment(b"\x89PNG tiny", maintype="image", subtype="png", filename="pixel.png")
    ads, rejects, log = read_bytes(tmp_path, message.as_bytes())
    assert [(ad.source, ad.contact) for ad in ads] == [
        ("mail:report/1", ""),
        ("mail:report/1.2 > whatsapp:WhatsApp_Chat/1", "+1 202 555 0143"),
        ("mail:report/1.3 > ../../ad.txt", ""),
        ("mail:report/1.4 > whatsapp:WhatsApp_Chat_with_Jobs/1", ""),
        ("mail:report/1.5 > ads.csv", ""),
    ]
    assert [reject.reason for reject in rejects] == ["empty_text", "unread_attachment", "unread_attachment"]
    assert "contract.exe" in rejects[2].detail
    assert {(reject.file, reject.line) for reject in rejects} == {(str(tmp_path / "report.eml"), 1)}
    assert log.skipped == {"small_image": 1}


def test_mailboxes_are_split_and_unquoted(tmp_path: Path) -> None:
    line = b"From lucky@example.com Mon Mar  2 10:00:00 2026\n"
    body = b"Subject: one\n\n>From Manila with pay\nFrom 9:00 to 18:00 in the office\n\nFrom Monday on\n"
    path = tmp_path / "inbox.mbox"
    path.write_bytes(line + body + b"\n" + line + b"Subject: two\n\n" + AD.encode() + b"\n\n" + line + b"\n")
    ads, rejects, _ = read(path)
    assert [(ad.title, ad.text, ad.source) for ad in ads] == [
        ("one", "From Manila with pay\nFrom 9:00 to 18:00 in the office\n\nFrom Monday on", "mail:inbox/1"),
        ("two", AD, "mail:inbox/2"),
    ]
    assert [(reject.line, reject.reason) for reject in rejects] == [(3, "empty_text")]


def test_folders(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1.host:2,S").write_bytes(HEADERS + b"Subject: a\n\n" + AD.encode())
    (tmp_path / "b.eml").write_bytes(HEADERS + b"Subject: b\n\n" + AD.encode())
    (tmp_path / "c.eml").write_bytes(b"\x00\x01 no mail")
    (tmp_path / "d.msg").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "e.pdf").write_bytes(b"%PDF")
    ads, rejects, log = read(tmp_path)
    assert [ad.source for ad in ads] == ["mail:b/1", "mail:cur/1.host:2,S/1"]
    assert [reject.reason for reject in rejects] == ["not_mail", "not_mail"]
    assert log.skipped == {"other_file": 1}


def _nested(levels: int) -> bytes:
    return (
        HEADERS + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level) for level in range(levels)) + b"\n\nhello\n"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_nested(100), "too_deep"),
        (HEADERS + b"Content-Type: message/rfc822\n\n" * 1 + b"Content-Type: message/rfc822\n\n" * 50 + b"\nhi\n", "too_deep"),
        (HEADERS + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 2_000 + b"--b--\n", "too_many_parts"),
        (HEADERS + b"\n" + b"word " * 50_000, "too_long"),
        (HEADERS + b"Content-Type: application/pkcs7-mime\n\nMIAGCSqGSIb3\n", "encrypted"),
        (HEADERS + b"Subject: \n\n \n", "empty_text"),
        (HEADERS + b"\n" + b"From: a@example.com\n" * 20_000, "too_long"),
        (HEADERS + b"\n" + (b">" * 70 + b" From: a@example.com\n") * 4_000, "too_long"),
    ],
)
def test_hostile_messages_are_rejected(data: bytes, reason: str, tmp_path: Path) -> None:
    ads, rejects, _ = read_bytes(tmp_path, data)
    assert not ads
    assert [reject.reason for reject in rejects] == [reason]


@pytest.mark.parametrize(
    "header",
    [
        b"To: " + b"a@example.com, " * 100_000,
        b"Content-Type: text/plain; " + b'";' * 100_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 20_000,
        b'Content-Type: \xff\xfe; name="\xff"',
        b"Date: Mon, 99999999999999 Jan 99999999 99:99:99 +99999999999999999",
        b'Content-Type: text/plain; charset="a\x00b"',
        b"Content-Disposition: inline; " + b"".join(b"filename*%d=a;" % number for number in range(500)),
    ],
)
def test_hostile_headers_are_survived(header: bytes, tmp_path: Path) -> None:
    ads, rejects, _ = read_bytes(tmp_path, b"From: a@example.com\n" + header + b"\n\n" + AD.encode())
    assert len(ads) + len(rejects) == 1


def test_an_oversized_message_does_not_end_a_mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_sources, "MAX_MESSAGE_BYTES", 10_000)
    line = b"From a Mon Mar  2 10:00:00 2026\n"
    (tmp_path / "big.mbox").write_bytes(line + b"Subject: x\n\n" + b"word\n" * 10_000 + b"\n" + line + b"Subject: y\n\n" + AD.encode() + b"\n")
    ads, rejects, _ = read(tmp_path / "big.mbox")
    assert [ad.title for ad in ads] == ["y"]
    assert [(reject.line, reject.reason) for reject in rejects] == [(1, "too_long")]


def test_sources_that_are_no_mail(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "missing.eml")
    with pytest.raises(InputError, match="is no mail"):
        read_bytes(tmp_path, b"\x00\x01\x02")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no mail in this folder"):
        read(tmp_path / "empty")
