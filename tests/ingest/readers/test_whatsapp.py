"""WhatsApp exports in the layouts and languages of real phones: every message is an ad, a reject or a counted skip, and no name of a person gets in."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers import whatsapp_files
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.whatsapp import WhatsAppReader
from adscreen.ingest.readers.whatsapp_layouts import heads
from adscreen.records import JobAd, Reject

LRM, NNBSP, NBSP = "\u200e", "\u202f", "\u00a0"
AD = "Hiring chat support in Manila, 30,000 a month, write to jobs@example.com"


def read(path: Path, **options: str) -> tuple[list[JobAd], list[Reject], SourceLog]:
    rejects: list[Reject] = []
    log = SourceLog(str(path), rejects.append)
    ads = list(WhatsAppReader(**options).read(str(path), log))
    assert (log.ads, log.rejects) == (len(ads), len(rejects))
    assert len({ad.id for ad in ads}) == len(ads)
    return ads, rejects, log


def chat(tmp_path: Path, *lines: str, name: str = "WhatsApp Chat with Jobs.txt") -> Path:
    path = tmp_path / name
    path.write_bytes("\n".join([*lines, ""]).encode())
    return path


@pytest.mark.parametrize(
    ("head", "moment"),
    [
        ("[02/04/26, 13:00:15] Ana: ", "2026-04-02T13:00:15Z"),
        ("[4/2/26, 1:00:15 PM] Ana: ", "2026-04-02T13:00:15Z"),
        (f"[4/17/26, 1:00:15{NNBSP}PM] Ana: ", "2026-04-17T13:00:15Z"),
        (f"{LRM}[17/04/2026, 12:00:15{NBSP}AM] Ana: ", "2026-04-17T00:00:15Z"),
        ("[3/18/2569 BE, 14:56:01] Ana: ", "2026-03-18T14:56:01Z"),
        ("[3/18/R8, 14:56:01] Ana: ", "2026-03-18T14:56:01Z"),
        ("[14:05, 13/3/2026] Ana: ", "2026-03-13T14:05:00Z"),
        ("02/04/2026, 13:00 - Ana: ", "2026-04-02T13:00:00Z"),
        ("02.04.26, 13:00 - Ana: ", "2026-04-02T13:00:00Z"),
        ("2/4/26 13:00 - Ana: ", "2026-04-02T13:00:00Z"),
        (f"2/4/26 1:00 p.{NBSP}m. - Ana: ", "2026-04-02T13:00:00Z"),
        ("20/08/26 14.30 - Ana: ", "2026-08-20T14:30:00Z"),
        ("2026-04-02, 13:00 - Ana: ", "2026-04-02T13:00:00Z"),
        ("2.4.2026 klo 13.00 - Ana: ", "2026-04-02T13:00:00Z"),
        ("2.04.26 г., 13:00 ч. - Ana: ", "2026-04-02T13:00:00Z"),
        ("2026/4/2 下午1:00 - Ana: ", "2026-04-02T13:00:00Z"),
        ("2026. 4. 2. 오전 12:05 - Ana: ", "2026-04-02T00:05:00Z"),
        ("\u200f٢\u200f/٤\u200f/٢٠٢٦، ١:٠٠ م - أحمد: ", "2026-04-02T13:00:00Z"),
        ("१३/४/२६, १:०० pm - Ana: ", "2026-04-13T13:00:00Z"),
        ("๒/๔/๖๙ ๑๓:๐๐ - Ana: ", "2026-04-02T13:00:00Z"),
        ("2/4/2569 13:00 - Ana: ", "2026-04-02T13:00:00Z"),
        ("13/4/26, 9:05 in the evening - Ana: ", "2026-04-13T21:05:00Z"),
        ("24/12/15 17:40:12: Ana: ", "2015-12-24T17:40:12Z"),
        ("31/02/2026, 13:00 - Ana: ", ""),
    ],
)
def test_heads_of_all_layouts(head: str, moment: str, tmp_path: Path) -> None:
    ads, rejects, _ = read(chat(tmp_path, head + AD, "second line"))
    assert [(ad.posted_at, ad.text, ad.contact) for ad in ads] == [(moment, f"{AD}\nsecond line", "")]
    assert not rejects


def test_where_and_from_whom(tmp_path: Path) -> None:
    path = chat(
        tmp_path,
        f"1/13/26, 9:00{NNBSP}AM - Messages and calls are end-to-end encrypted. Only people in this chat can read them.",
        f"1/13/26, 9:01{NNBSP}AM - \u202a+1{NBSP}202{NBSP}555{NBSP}0143\u202c: {AD}",
        "",
        "Apply now",
        f"1/13/26, 9:02{NNBSP}AM - ~{NNBSP}Lucky Recruiter: hello",
    )
    ads, _, log = read(path, timezone="America/Lima")
    assert [(ad.source, ad.contact, ad.posted_at) for ad in ads] == [
        ("whatsapp:WhatsApp Chat with Jobs/2", "+1 202 555 0143", "2026-01-13T14:01:00Z"),
        ("whatsapp:WhatsApp Chat with Jobs/5", "", "2026-01-13T14:02:00Z"),
    ]
    assert ads[0].text == f"{AD}\n\nApply now"
    assert "Lucky" not in "".join(map(repr, ads))
    assert log.skipped == {"service_message": 1}


@pytest.mark.parametrize(
    ("dates", "order", "first"),
    [
        (["1/5/26", "2/3/26", "3/1/26", "4/8/26"], "auto", "2026-01-05"),  # only month first runs forward
        (["5/1/26", "3/2/26", "1/3/26", "8/4/26"], "auto", "2026-01-05"),
        (["3/4/26", "13/4/26"], "auto", "2026-04-03"),
        (["3/4/26", "4/13/26"], "auto", "2026-03-04"),
        (["3/4/26"], "auto", "2026-04-03"),
        (["3/4/26"], "mdy", "2026-03-04"),
        (["3/4/26", *["14/4/26"] * 200, "4/15/26"], "auto", "2026-04-03"),  # one pasted line does not decide
    ],
)
def test_order_of_day_and_month(dates: list[str], order: str, first: str, tmp_path: Path) -> None:
    ads, _, _ = read(chat(tmp_path, *(f"{date}, 09:00 - Ana: {AD}" for date in dates)), date_order=order)
    assert ads[0].posted_at == f"{first}T09:00:00Z"


def test_strict_asks_for_the_order(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="date_order=dmy"):
        read(chat(tmp_path, f"3/4/26, 09:00 - Ana: {AD}"), date_order="strict")
    assert read(chat(tmp_path, f"3/14/26, 09:00 - Ana: {AD}"), date_order="strict")[0]


@pytest.mark.parametrize(
    "placeholder",
    [
        "<Media omitted>",
        "<Medien ausgeschlossen>",
        "<Médias omis>",
        "<Multimedia omitido>",
        "<Arquivo de mídia oculto>",
        "<Media tidak disertakan>",
        "<Без медиафайлов>",
        "<ไม่รวมสื่อ>",
        "<省略多媒体文件>",
        "<忽略多媒體檔>",
        "<تم استبعاد الوسائط>",
        "<मीडिया के बिना>",
        "<Média vynechány>",
        "\u200eimage omitted",
        "\u200eBild weggelassen",
        "\u200eimagen omitida",
        "\u200eOffer.pdf • \u200e3 pages \u200edocument omitted",
    ],
)
def test_media_without_words_and_with(placeholder: str, tmp_path: Path) -> None:
    path = chat(
        tmp_path,
        f"13/4/26, 09:00 - Ana: {placeholder}",
        f"13/4/26, 09:01 - Ana: {placeholder}",
        AD,
        f"13/4/26, 09:02 - Ana: not {placeholder[1:]} but words",
    )
    ads, rejects, log = read(path)
    assert [ad.text for ad in ads] == [AD, f"not {placeholder[1:]} but words"]
    assert log.skipped == {"media_omitted": 1}
    assert not rejects


@pytest.mark.parametrize(
    "mark",
    [
        "IMG-20260413-WA0001.jpg (file attached)",
        "\u200eFlyer one.jpg (Datei angehängt)",
        "\u200e<attached: 00000042-PHOTO-2026-04-13.jpg>",
        "IMG-20260413-WA0001.jpg (ⵣⵣⵣ)",
    ],
)
def test_attached_files_are_named_and_captions_kept(mark: str, tmp_path: Path) -> None:
    ads, rejects, _ = read(chat(tmp_path, f"13/4/26, 09:00 - Ana: {mark}", f"13/4/26, 09:01 - Ana: {mark}", AD))
    assert [ad.text for ad in ads] == [AD]
    assert [(reject.line, reject.reason) for reject in rejects] == [(1, "unread_media")]
    assert ".jpg" in rejects[0].detail


def test_marks_that_whatsapp_adds(tmp_path: Path) -> None:
    path = chat(
        tmp_path,
        f"13/4/26, 09:00 - Ana: {AD} {LRM}<This message was edited>",
        f"13/4/26, 09:00 - Ana: {AD} <Pesan ini diedit>",
        "13/4/26, 09:01 - Ana: This message was deleted.",
        "13/4/26, 09:01 - Ana: Se eliminó este mensaje",
        "13/4/26, 09:02 - Ana: Missed voice call",
        "13/4/26, 09:02 - Ana: STK-20260413-WA0001.webp (file attached)",
        '13/4/26, 09:03 - Ana changed the subject from "Jobs: Asia" to "Jobs: World"',
        "13/4/26, 09:04 - Ana:",
        "13/4/26, 09:05 - Ana: This message was deleted? Ask me again",
    )
    ads, rejects, log = read(path)
    assert [ad.text for ad in ads] == [AD, AD, "This message was deleted? Ask me again"]
    assert [reject.reason for reject in rejects] == ["empty_text"]
    assert log.skipped == {"deleted_message": 2, "service_message": 2, "sticker": 1}


def test_a_notice_in_an_unknown_language_is_skipped_only_where_whatsapp_marked_it(tmp_path: Path) -> None:
    path = chat(
        tmp_path,
        f"{LRM}[13/04/26, 09:00:01] Ana: {LRM}ⵉⵎⵢⴰ ⵜⵜⵜⵜ",
        f"[13/04/26, 09:00:02] Ana: {LRM}ⵉⵎⵢⴰ ⵜⵜⵜⵜ",
        f"{LRM}[13/04/26, 09:00:03] Ana: {LRM}Messages and calls are for @fastjob only",
    )
    ads, _, log = read(path)
    assert [ad.id[-1] for ad in ads] == ["2", "3"]  # anyone can type the mark into a text, and a notice holds no contact
    assert log.skipped == {"service_message": 1}


def test_dates_inside_an_ad_do_not_tear_it(tmp_path: Path) -> None:
    body = [
        "Interviews:",
        "14/4/2026 10:00 - Manila",
        "[15/4/26, 10:00] Cebu",
        "13/4/26, 10:00 - walk in",
        "bring your passport",
        "16/4/26, 10:00 - https://example.com/apply",
    ]
    ads, _, log = read(
        chat(tmp_path, *(["13/4/26, 09:00 - Ana: hello"] * 40), "13/4/26, 09:00 - Ana: " + body[0], *body[1:], "13/4/26, 09:10 - Ana: bye")
    )
    assert ads[40].text == "\n".join(body)
    assert len(ads) == 42
    assert not log.skipped


def test_text_before_the_first_message_is_no_ad(tmp_path: Path) -> None:
    ads, rejects, _ = read(chat(tmp_path, "saved by the help desk", f"13/4/26, 09:00 - Ana: {AD}"))
    assert [ad.source for ad in ads] == ["whatsapp:WhatsApp Chat with Jobs/2"]
    assert [reject.reason for reject in rejects] == ["before_first_message"]


def test_archives_and_folders(tmp_path: Path) -> None:
    inside = f"[13/04/26, 09:00:01] Ana: {AD}\n".encode()
    with zipfile.ZipFile(tmp_path / "WhatsApp Chat - Jobs.zip", "w") as archive:
        archive.writestr("../../../_chat.txt", inside)
        archive.writestr("IMG-1.jpg", b"\xff\xd8")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("_chat.txt", inside)
        archive.writestr("DOC-1.txt", b"a text that somebody sent")
    assert [ad.source for ad in read(tmp_path / "WhatsApp Chat - Jobs.zip")[0]] == ["whatsapp:WhatsApp Chat - Jobs/1"]
    ads, rejects, _ = read(tmp_path / "two.zip")
    assert [ad.source for ad in ads] == ["whatsapp:two:_chat/1"]
    assert [(reject.reason, reject.file.rpartition(":")[2]) for reject in rejects] == [("not_a_chat", "DOC-1.txt")]
    (tmp_path / "notes.txt").write_text("no chat\n")
    ads, rejects, _ = read(tmp_path)
    assert len(ads) == 2
    assert len(rejects) == 2
    assert not list(tmp_path.parent.glob("_chat.txt"))


def test_bombs_and_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "".join(f"13/4/26, 09:00 - Ana: {AD} {number}\n" for number in range(5_000))
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_chat.txt", lines)
    data = bytearray((tmp_path / "bomb.zip").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 20] = bytes(20)
    (tmp_path / "damaged.zip").write_bytes(data)
    ads, rejects, _ = read(tmp_path / "damaged.zip")
    assert ads[:1]
    assert [reject.reason for reject in rejects] == ["damaged_file"]
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(lines.encode())[:6_000])
    ads, rejects, _ = read(tmp_path / "cut.txt.gz")
    assert ads[:1]
    assert [reject.reason for reject in rejects] == ["damaged_file"]
    monkeypatch.setattr(whatsapp_files, "MAX_CHAT_BYTES", 100_000)
    with pytest.raises(InputError, match="at most 100,000"):
        read(tmp_path / "bomb.zip")


def test_too_long_and_undecodable_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 400_000)
    path = tmp_path / "chat.txt"
    head = b"13/4/26, 09:00 - Ana: "
    path.write_bytes(
        head + b"a" * 200_001 + b"\n" + head + b"caf\xe9\n" + head + b"b" * 500_000 + b"\n" + head + b"short\n" * 60_000 + head + AD.encode()
    )
    ads, rejects, _ = read(path)
    assert [ad.text for ad in ads] == [AD]
    assert [(reject.line, reject.reason) for reject in rejects] == [(1, "too_long"), (2, "bad_encoding"), (3, "too_long"), (4, "too_long")]
    assert [ad.text for ad in read(path, encoding="cp1252")[0]] == ["café", AD]


@pytest.mark.parametrize(
    "evil", ["[1/1/2" * 10_000, "\u200e" * 50_000, ("\u200e" * 50 + "\n") * 1_000, "\n" * 200_000, "1/1/26, 1:00 p" + ". " * 50_000, "1" * 200_000]
)
def test_hostile_lines_are_no_heads_and_cost_nothing(evil: str) -> None:
    assert not list(heads(evil))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"timezone": "Mars/Base"}, "timezone=Mars/Base"),
        ({"timezone": "../etc"}, "timezone"),
        ({"date_order": "ddmm"}, "date_order=ddmm"),
        ({"encoding": "nope"}, "encoding 'nope'"),
    ],
)
def test_options_are_checked(options: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        read(chat(tmp_path, f"13/4/26, 09:00 - Ana: {AD}"), **options)


def test_sources_that_are_no_chat(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "missing.txt")
    with pytest.raises(InputError, match=r"no \.txt or \.zip"):
        read(tmp_path / "empty")
    with pytest.raises(InputError, match="no chat exported"):
        read(chat(tmp_path, "just a text", "of two lines"))
