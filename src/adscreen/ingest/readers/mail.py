"""Mail: reports that users forward, as .eml files, mailboxes and folders of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import ClassVar

from adscreen.ingest.readers.mail_attachments import Report, file_ads
from adscreen.ingest.readers.mail_forwards import Layer, layers, says_forward, without_prefix
from adscreen.ingest.readers.mail_parts import MAX_DEPTH, Opened, TooMuchError, file_name, header, opened, parse_message, payload
from adscreen.ingest.readers.mail_sources import MAX_MESSAGE_BYTES, RawMessage, raw_messages
from adscreen.ingest.readers.posted import utc
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd

NOTE_CHARS = 400
"""Characters above which the text over a forwarded message is no note of the reporter but kept as an ad of its own: a sender may quote something harmless below a lure."""

_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")


@dataclass(frozen=True, slots=True)
class MailReader:
    """Reads forwarded reports: the forwarded text is the ad, its subject the title, its sender's address the contact.

    Forwards are unwrapped whether they are attached (message/rfc822, .eml) or stand in the text, in the layouts of the common programs in many languages; each
    message of a chain is an ad, the innermost one last. The note above a forward is left out (counted as `cover_note`) where the subject says Fwd: or the like
    and it is short. With `forwards=no` nothing is unwrapped: for collections of original messages, whose senders could feign a forward.
    The addresses of the outer message are not kept. What is rejected inside an attached file has the code of the reader that the file went through.
    """

    kind: ClassVar[str] = "mail"
    about: ClassVar[str] = "mail and forwarded reports: .eml files, mbox mailboxes, folders of them; attachments through the other readers"
    example: ClassVar[str] = "adscreen ingest mail reports/ -o ads.jsonl --rejects rejects.jsonl"
    extra: ClassVar[str | None] = "html"
    options: ClassVar[Mapping[str, str]] = {
        "forwards": "unwrap forwarded messages (default yes; no for collections of original messages)",
        "attachments": "read attached files too (default yes)",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        "unread_attachment": "an attached file is of a kind that is not read, or its reader cannot read it",
        "encrypted": "the message is encrypted",
        "too_deep": "the parts of the message are nested too deep to be parsed",
        "too_many_parts": "the message has more parts than any report",
        "not_mail": "the file in the folder is named as mail but is none, or is of Outlook's own format",
        "damaged_file": "the file breaks off; what stood before was read",
    }

    forwards: bool = True
    attachments: bool = True

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of the messages of a file, mailbox or folder. Raises InputError when it is missing or is no mail, OutsideError for HTML without lxml."""
        for raw in raw_messages(source, log):
            yield from self._report(raw, log)

    def _report(self, raw: RawMessage, log: SourceLog) -> Iterator[JobAd]:
        report = Report(raw.path, f"{raw.name}/{raw.position}", raw.position, log)
        if raw.is_too_long:
            report.reject("too_long", f"the message has more than {MAX_MESSAGE_BYTES:,} bytes")  # without an excerpt: it would name the reporter
            return
        try:
            message = parse_message(raw.data)
            report.posted_at = utc(header(message, "Date"))
            before = log.items, sum(log.skipped.values())
            yield from self._message(message, report, 0)
            if before == (log.items, sum(log.skipped.values())):
                report.reject("empty_text", "the message has no text")
        except TooMuchError as error:
            report.reject(error.reason, str(error))

    def _message(self, message: Message, report: Report, depth: int) -> Iterator[JobAd]:
        """Ads of a message: of its text, the messages inside it and its files, in this order."""
        if depth > MAX_DEPTH:
            raise TooMuchError("too_deep", f"messages are forwarded inside each other more than {MAX_DEPTH} deep")
        if message.get_content_type() in ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted"):
            report.reject("encrypted", f"the message is encrypted or signed in a closed form ({message.get_content_type()})")
            return
        if depth:
            report.posted_at = utc(header(message, "Date")) or report.posted_at
        parts = opened(message)
        yield from self._texts(message, parts, report, depth)
        if self.forwards or depth:
            for inner in parts.messages:
                yield from self._message(inner, report, depth + 1)
        else:
            for _ in parts.messages:
                report.reject("unread_attachment", "a message is attached, and forwards=no leaves it closed")
        yield from self._files(parts, report, depth)

    def _texts(self, message: Message, parts: Opened, report: Report, depth: int) -> Iterator[JobAd]:
        subject = header(message, "Subject")
        found = layers(parts.text, says_forward(subject)) if self.forwards else [Layer(parts.text)]
        outside, *forwarded = found
        if (forwarded or parts.messages) and says_forward(subject) and len(outside.text) <= NOTE_CHARS:
            if outside.text:
                report.log.skip("cover_note")
        elif outside.text or not (forwarded or parts.messages or parts.files):
            sender = _ADDRESS.search(header(message, "From")) if depth else None
            yield from self._own(outside.text, subject, sender[0] if sender else "", report)
        for layer in forwarded:
            if layer.text or layer.subject:
                yield from report.text_ad(layer.text, without_prefix(layer.subject or subject), layer.sender)

    def _own(self, text: str, subject: str, contact: str, report: Report) -> Iterator[JobAd]:
        title = without_prefix(subject)
        if text or title:
            yield from report.text_ad(text, title, contact)

    def _files(self, parts: Opened, report: Report, depth: int) -> Iterator[JobAd]:
        for part in parts.files:
            if not self.attachments:
                report.log.skip("attachment")
            elif self.forwards and Path(file_name(part).casefold()).suffix == ".eml":
                yield from self._message(parse_message(payload(part)), report, depth + 1)
            else:
                yield from file_ads(part, report)
