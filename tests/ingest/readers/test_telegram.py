"""Telegram Desktop's result.json: every message is an ad, a reject or a counted skip, also where the file is damaged or hostile."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.telegram import TelegramReader
from adscreen.records import JobAd, Reject


class Outcome:
    def __init__(self, source: Path | str, **options: Any) -> None:
        self.rejects: list[Reject] = []
        self.log = SourceLog(str(source), self.rejects.append)
        self.ads: list[JobAd] = list(TelegramReader(**options).read(str(source), self.log))
        assert self.log.ads == len(self.ads)
        assert self.log.items == len(self.ads) + len(self.rejects)

    @property
    def texts(self) -> list[str]:
        return [ad.text for ad in self.ads]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(reject.line, reject.reason) for reject in self.rejects]


def message(number: int, text: Any = "Hiring chat agents, 900 USD", **more: Any) -> dict[str, Any]:
    base = {"id": number, "type": "message", "date": "2024-03-01T13:00:00", "date_unixtime": "1709287200", "from": "Jobs", "from_id": "channel77"}
    return {**base, "text": text, "text_entities": [], **more}


def chat(*messages: Any, name: str | None = "Jobs in Dubai", kind: str = "public_channel", number: int = 77) -> dict[str, Any]:
    return {"name": name, "type": kind, "id": number, "messages": list(messages)}


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1), "utf-8")
    return path


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCK_BYTES", 7)


def test_one_chat(tmp_path: Path) -> None:
    (ad,) = Outcome(write(tmp_path / "result.json", chat(message(12)))).ads
    assert (ad.id, ad.source, ad.posted_at) == ("77/12", "telegram:Jobs in Dubai/12", "2024-03-01T10:00:00Z")
    assert (ad.text, ad.url, ad.group, ad.contact) == ("Hiring chat agents, 900 USD", "https://t.me/c/77/12", "", "")


def test_whole_account_keeps_chats_apart(tmp_path: Path) -> None:
    account = {
        "about": 'Not "messages": [ in a string',
        "personal_information": {"user_id": 1, "first_name": "A", "bio": "{["},
        "contacts": {"list": [{"first_name": "B", "name": "no chat"}]},
        "chats": {
            "about": "",
            "list": [chat(message(1), name="One"), chat(message(1), name=None, kind="personal_chat", number=8), chat(name="Empty")],
        },
        "left_chats": {"about": "", "list": [chat(message(5), name="Left", number=9)]},
    }
    public = Outcome(write(tmp_path / "result.json", account))
    assert [ad.id for ad in public.ads] == ["77/1", "9/5"]
    assert public.log.skipped == {"private_chat": 1}
    found = Outcome(tmp_path / "result.json", private=True)
    assert [(ad.id, ad.source) for ad in found.ads] == [
        ("77/1", "telegram:One/1"),
        ("8/1", "telegram:personal_chat/1"),
        ("9/5", "telegram:Left/5"),
    ]
    assert found.ads[1].url == ""  # only channels and supergroups have addresses


def test_private_chats_are_read_where_they_are_named_or_exported_alone(tmp_path: Path) -> None:
    private = chat(message(1), name="Ann", kind="personal_chat", number=8)
    write(tmp_path / "result.json", private)
    assert len(Outcome(tmp_path / "result.json").ads) == 1
    write(tmp_path / "result.json", {"about": "", "chats": {"list": [private]}})
    assert len(Outcome(tmp_path / "result.json", chat="ann").ads) == 1
    assert not Outcome(tmp_path / "result.json").ads


def test_damage_in_a_private_chat_is_told_without_its_words(tmp_path: Path) -> None:
    raw = json.dumps({"about": "", "chats": {"list": [chat(message(1, "a secret"), name="Ann", kind="personal_chat", number=8)]}})
    (tmp_path / "result.json").write_text(raw[: raw.index("secret") + 3])
    found = Outcome(tmp_path / "result.json")
    assert found.reasons == [(1, "cut_off")]
    assert found.rejects[0].excerpt == ""


def test_pages_of_another_chat_beside_a_json_export_are_read(tmp_path: Path) -> None:
    page = '<div class="page_wrap"><div class="page_header"><div class="text bold">Other</div></div><div class="page_body">'
    page += '<div class="message default clearfix" id="message5"><div class="body"><div class="text">Cook wanted</div></div></div></div></div>'
    write(tmp_path / "result.json", chat(message(1)))
    for folder in ("ChatExport_2", "chats/chat_1"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "messages.html").write_text(page)
    assert Outcome(tmp_path).texts == ["Hiring chat agents, 900 USD", "Cook wanted"]  # chats/ is the same export in another form


def test_what_a_reader_sees_is_kept(tmp_path: Path) -> None:
    text = [
        "Apply ",
        {"type": "text_link", "text": "here", "href": "https://example.org/apply"},
        " or ",
        {"type": "link", "text": "https://example.com"},
        " ",
        {"type": "text_link", "text": "example.com/x", "href": "https://example.com/x/"},
        " ",
        {"type": "mention_name", "text": "HR", "user_id": 5},
        "\n",
        {"type": "custom_emoji", "text": "🔥", "document_id": "x"},
    ]
    buttons = [[{"type": "url", "text": "Join", "data": "https://t.me/+abc"}, {"type": "callback", "text": "More", "data": "ZGF0YQ=="}]]
    found = Outcome(write(tmp_path / "result.json", chat(message(1, text, inline_bot_buttons=buttons, edited_unixtime="1709290000"))))
    assert found.texts == ["Apply here (https://example.org/apply) or https://example.com example.com/x HR\n🔥\nJoin (https://t.me/+abc)\nMore"]


def test_polls_contacts_places_lists_and_invoices(tmp_path: Path) -> None:
    contact = {"first_name": "Ann", "last_name": "", "phone_number": "+12025550101"}
    found = Outcome(
        write(
            tmp_path / "result.json",
            chat(
                message(1, "", poll={"question": "Ready to fly?", "answers": [{"text": "Yes", "voters": 3}, {"text": "No"}]}),
                message(2, "", contact_information=contact),
                message(3, "", place_name="Office", address="1 Example Street", location_information={"latitude": 1, "longitude": 2}),
                message(4, "", location_information={"latitude": 1, "longitude": 2}),
                message(5, "", invoice_information={"title": "Visa fee", "description": "pay now", "amount": 5}),
                message(6, "", todo_list={"title": [{"type": "plain", "text": "Bring"}], "answers": [{"text": "passport"}]}),
                message(7, "", game_title="Game", game_description="win"),
            ),
        )
    )
    assert found.texts == ["Ready to fly?\n- Yes\n- No", "", "", "Visa fee\npay now", "Bring\n- passport", "Game\nwin"]
    assert (found.ads[1].contact, found.ads[2].location) == ("Ann +12025550101", "Office 1 Example Street")
    assert found.reasons == [(4, "empty_text")]


def test_text_may_stand_in_the_entities_only(tmp_path: Path) -> None:
    value = message(1, text_entities=[{"type": "plain", "text": "A "}, {"type": "text_link", "text": "B", "href": "https://example.org"}])
    del value["text"]
    assert Outcome(write(tmp_path / "result.json", chat(value))).texts == ["A B (https://example.org)"]


def test_forwards_name_channels_not_people(tmp_path: Path) -> None:
    channel = message(1, forwarded_from="Khmer Jobs", forwarded_from_id="channel5")
    person = message(2, forwarded_from="Some Person", forwarded_from_id="user5")
    sources = [ad.source for ad in Outcome(write(tmp_path / "result.json", chat(channel, person))).ads]
    assert sources == ["telegram:Jobs in Dubai/1 from Khmer Jobs", "telegram:Jobs in Dubai/2"]


def test_service_and_unsupported_messages(tmp_path: Path) -> None:
    found = Outcome(
        write(tmp_path / "result.json", chat({"id": 1, "type": "service", "action": "pin_message"}, {"id": 2, "type": "unsupported"}, message(3)))
    )
    assert found.log.skipped == {"service_message": 1}
    assert found.reasons == [(2, "unsupported_message")]


@pytest.mark.parametrize(
    ("more", "posted"),
    [
        ({"date_unixtime": "1709287200"}, "2024-03-01T10:00:00Z"),
        ({"date_unixtime": 1709287200}, "2024-03-01T10:00:00Z"),
        ({"date_unixtime": "0000000000"}, "2024-03-01T13:00:00Z"),
        ({"date_unixtime": "9" * 5000}, "2024-03-01T13:00:00Z"),
        ({"date_unixtime": None, "date": "2024-03-01T13:00:00+03:00"}, "2024-03-01T10:00:00Z"),
        ({"date_unixtime": None, "date": "yesterday"}, ""),
        ({"date_unixtime": "99999999999", "date": ""}, ""),  # no ad is of the year 5138
    ],
)
def test_times(more: dict[str, Any], posted: str, tmp_path: Path) -> None:
    assert [ad.posted_at for ad in Outcome(write(tmp_path / "result.json", chat(message(1, **more)))).ads] == [posted]


def test_parts_of_an_album_are_counted_with_its_caption(tmp_path: Path) -> None:
    def photo(number: int, text: str = "", time: int = 1709287200, sender: str = "channel77") -> dict[str, Any]:
        return message(number, text, photo="photos/x.jpg", date_unixtime=str(time), from_id=sender)

    messages = [photo(1, "caption"), photo(2), photo(3), photo(4, time=1709289999), photo(5, time=1709290100), photo(6, "late caption", 1709290101)]
    messages += [photo(7, time=1709290101, sender="user1"), message(8, ""), photo(9)]
    found = Outcome(write(tmp_path / "result.json", chat(*messages)))
    assert found.texts == ["caption", "late caption"]
    assert found.log.skipped == {"album_part": 3}
    assert sorted(found.reasons) == [(4, "empty_text"), (7, "empty_text"), (8, "empty_text"), (9, "empty_text")]


def test_many_photos_in_one_second_stay_few_in_memory(tmp_path: Path) -> None:
    photos = [message(number, "", photo="x") for number in range(1, 40)]
    found = Outcome(write(tmp_path / "result.json", chat(*photos, message(40, "caption", photo="x"))))
    assert len(found.rejects) == 30
    assert found.log.skipped == {"album_part": 9}


def test_numbers_given_twice_make_ids_that_differ(tmp_path: Path) -> None:
    ids = [
        ad.id
        for ad in Outcome(
            write(tmp_path / "result.json", chat(message(-9), message(5), message(5), message(3), {"type": "message", "text": "x"}))
        ).ads
    ]
    assert ids == ["77/-9", "77/5", "77/5-3", "77/3-4", "77/message-5"]


def test_only_chats_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "result.json", {"chats": {"list": [chat(message(1), name="JOBS 1"), chat(message(2), name="Family", number=2)]}})
    found = Outcome(path, chat="jobs")
    assert [ad.id for ad in found.ads] == ["77/1"]
    assert found.log.skipped == {"other_chat": 1}
    with pytest.raises(InputError, match="'JOBS 1', 'Family'"):
        Outcome(path, chat="cooking")


def test_control_characters_as_telegram_writes_them(tmp_path: Path, small_blocks: None) -> None:
    raw = json.dumps(chat(message(1, "a@b"), message(2, "back\\x0Bslash"), message(3))).replace("a@b", r"a\x0Bb\x1F \\x0B")
    (tmp_path / "result.json").write_text(raw)
    assert Outcome(tmp_path / "result.json").texts == ["a\x0bb\x1f \\x0B", "back\\x0Bslash", "Hiring chat agents, 900 USD"]


@pytest.mark.parametrize("block", [1, 3, 64, 128 * 1024])
@pytest.mark.parametrize("indent", [None, 1])
def test_blocks_do_not_matter(block: int, indent: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCK_BYTES", block)
    texts = ['плохо 🔥 "quoted" \\ back', "{[", "]}", '"messages": [', "é" * 50, "a\u2028b", "line\nbreak"]
    value = {"chats": {"list": [chat(*(message(n, text) for n, text in enumerate(texts)), name='N"a{me'), chat(message(1), number=2)]}}
    (tmp_path / "result.json").write_text(json.dumps(value, ensure_ascii=indent is None, indent=indent), "utf-8")
    found = Outcome(tmp_path / "result.json")
    assert found.texts == [*texts, "Hiring chat agents, 900 USD"]
    assert found.ads[0].source == 'telegram:N"a{me/0'


@pytest.mark.parametrize("block", [16, 128 * 1024])
@pytest.mark.parametrize(
    "broken",
    [
        '{"id": 2, "type": "message", "text": "no end, }',
        '{"id": 2, "type": "message", "text": "a"b"}',
        '{"id": 2, "type": "message" "text": "x"}',
        '{"id": 2, "type": "message", "text": "\\u12"}',
        '{"id": 2, "type": "message", "text": "\\xZZ"}',
        '{"id": 2, "type": "message", "text": ' + "[" * 100_000 + "}",
        '{"id": ' + "9" * 5000 + ', "type": "message"}',
        "{]",
        "nonsense",
    ],
)
def test_reading_goes_on_behind_a_broken_message(broken: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BLOCK_BYTES", block)
    parts = [json.dumps(message(1)), broken, json.dumps(message(3, "after"))]
    next_chat = json.dumps(chat(message(4, "other chat"), name="Next"))
    raw = f'{{"chats": {{"list": [{{"name": "A", "type": "private_group", "id": 1, "messages": [{", ".join(parts)}]}}, {next_chat}]}}}}'
    (tmp_path / "result.json").write_text(raw)
    found = Outcome(tmp_path / "result.json")
    assert found.texts == ["Hiring chat agents, 900 USD", "after", "other chat"]
    assert [reason for _, reason in found.reasons] == ["bad_json"]
    assert found.ads[-1].source == "telegram:Next/4"


def test_a_broken_last_message_does_not_swallow_the_next_chat(tmp_path: Path) -> None:
    next_chat = json.dumps(chat(message(4, "other chat"), name="Next"))
    raw = f'{{"chats": {{"list": [{{"name": "A", "type": "private_group", "id": 1, "messages": [{{"id": 2, "text": "broken}}]}}, {next_chat}]}}}}'
    (tmp_path / "result.json").write_text(raw)
    found = Outcome(tmp_path / "result.json")
    assert [(ad.text, ad.source) for ad in found.ads] == [("other chat", "telegram:Next/4")]
    assert found.reasons == [(1, "bad_json")]


def test_messages_are_found_where_the_list_around_them_is_damaged(tmp_path: Path) -> None:
    raw = json.dumps(chat(message(1), message(2, "second"))).replace('"messages"', '"messag"s"').replace('}, {"id": 2', '}] {"id": 2')
    (tmp_path / "result.json").write_text(raw)
    assert Outcome(tmp_path / "result.json").texts == ["Hiring chat agents, 900 USD", "second"]


def test_a_file_cut_anywhere_gives_what_came_before(tmp_path: Path) -> None:
    raw = json.dumps(chat(*(message(n, f"text {n}") for n in range(1, 6))), indent=1).encode()
    begin = raw.index(b"[") + 1
    for end in range(begin, len(raw) - 2, 7):
        (tmp_path / "result.json").write_bytes(raw[:end])
        found = Outcome(tmp_path / "result.json")
        assert found.texts == [f"text {n}" for n in range(1, len(found.texts) + 1)]
        assert set(found.reasons) <= {(len(found.texts) + 1, "cut_off")}
        assert len(found.texts) == 5 or found.rejects


def test_random_damage_never_raises_anything_else(tmp_path: Path) -> None:
    raw = bytearray(json.dumps({"chats": {"list": [chat(*(message(n) for n in range(9)), number=c) for c in range(3)]}}, indent=1).encode())
    chance = random.Random(7)
    for _ in range(150):
        damaged = bytearray(raw)
        for _ in range(chance.randrange(1, 6)):
            damaged[chance.randrange(len(raw))] = chance.choice(b'"\\{}[],:x\xff\x00 ')
        (tmp_path / "result.json").write_bytes(damaged)
        try:
            found = Outcome(tmp_path / "result.json")
        except InputError:
            continue
        assert found.log.items + sum(found.log.skipped.values()) >= 15


def test_compressed_and_truncated(tmp_path: Path) -> None:
    random_text = random.Random(1).randbytes(200_000).hex()
    packed = gzip.compress(json.dumps(chat(message(1), message(2, random_text[:190_000]), message(3, random_text[:190_000]))).encode())
    (tmp_path / "result.json.gz").write_bytes(packed[: len(packed) // 2])
    found = Outcome(tmp_path / "result.json.gz")
    assert found.texts[0] == "Hiring chat agents, 900 USD"
    assert found.reasons[-1][1] == "cut_off"


def test_undecodable_bytes_cost_one_message(tmp_path: Path) -> None:
    raw = json.dumps(chat(message(1, "before"), message(2, "b@d"), message(3, "naïve")), ensure_ascii=False).encode().replace(b"b@d", b"b\xe4d")
    (tmp_path / "result.json").write_bytes(raw)
    found = Outcome(tmp_path / "result.json")
    assert found.texts == ["before", "naïve"]
    assert found.reasons == [(2, "bad_encoding")]


def test_half_an_emoji_and_utf16(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps(chat(message(1, "cut \ud83d!"), message(2, "🔥"))), "utf-16")
    assert Outcome(tmp_path / "result.json").texts == ["cut \ufffd!", "🔥"]


def test_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 4000)
    monkeypatch.setattr(limits, "MAX_TEXT_CHARS", 1000)
    monkeypatch.setattr(limits, "BLOCK_BYTES", 512)
    found = Outcome(write(tmp_path / "result.json", chat(message(1, "x" * 9000), message(2, "y" * 1001), message(3, "z" * 1000))))
    assert found.reasons == [(1, "too_long"), (2, "too_long")]
    assert [text[0] for text in found.texts] == ["z"]
    assert all(len(reject.excerpt) <= limits.EXCERPT_CHARS for reject in found.rejects)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"a": 1}', "no list of messages"),
        ('{"messages": [{"role": "user", "content": "hi"}]}', "not Telegram's"),
        ("", "empty"),
        ("<html><body>hi</body></html>", "none of a Telegram export"),
        ("PK\x03\x04zip", "looks like"),
    ],
)
def test_what_is_no_export_is_an_error(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(content)
    with pytest.raises(InputError, match=says):
        Outcome(tmp_path / "result.json")


def test_elements_that_are_no_messages(tmp_path: Path) -> None:
    found = Outcome(write(tmp_path / "result.json", chat(message(1), 5, "text", None, [1], {}, {"type": "message", "text": {"a": 1}})))
    assert found.reasons == [(n, "not_an_object") for n in (2, 3, 4, 5)] + [(6, "empty_text"), (7, "empty_text")]


def test_memory_stays_flat(tmp_path: Path) -> None:
    import tracemalloc

    one = json.dumps(message(1, "x" * 500), indent=1)
    with (tmp_path / "result.json").open("w") as file:
        file.write('{"name": "A", "type": "public_channel", "id": 1, "messages": [' + ",".join([one] * 4_000) + "]}")
    log = SourceLog("x", lambda reject: None)
    tracemalloc.start()
    try:
        assert sum(1 for _ in TelegramReader().read(str(tmp_path / "result.json"), log)) == 4_000
        assert tracemalloc.get_traced_memory()[1] < 1_500_000  # the file has 3 MB
    finally:
        tracemalloc.stop()


def hostile() -> Iterator[tuple[str, str]]:
    start = '{"name": "A", "type": "public_channel", "id": 1, "messages": ['
    yield "quotes", start + '"' * 30_001
    yield "escapes", start + '{"id": 1, "type": "message", "text": "' + "\\x0B" * 200_000
    yield "starts", start + '{"id": 1, "type":' * 20_000
    yield "unclosed names", '{"messages": [' + '{"name": "' * 50_000
    yield "braces", start + "{" * 400_000
    yield "backslashes", '{"a": "' + '\\"' * 400_000
    yield "commas", start + "," * 1_000_000


@pytest.mark.parametrize(("name", "content"), list(hostile()), ids=[name for name, _ in hostile()])
def test_hostile_files_take_no_time(name: str, content: str, tmp_path: Path) -> None:
    import time

    (tmp_path / "result.json").write_text(content)
    began = time.process_time()
    try:
        Outcome(tmp_path / "result.json")
    except InputError:
        assert name == "backslashes"
    assert time.process_time() - began < 5
