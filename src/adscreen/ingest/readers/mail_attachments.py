"""Files attached to mail: text and tables become ads here, other known kinds go through their own readers, the rest is rejected by type."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path

from adscreen.errors import InputError, OutsideError
from adscreen.ingest import limits
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.readers.catalogue import make_reader
from adscreen.ingest.readers.mail_parts import charset_of, decoded, file_name, payload
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.whatsapp_layouts import survey
from adscreen.ingest.rejects import without_surrogates
from adscreen.ingest.tables import read_ads
from adscreen.records import AD_COLUMNS, JobAd, Reject

MAX_FILES = 50
"""Attached files read of one report; mail services stop far below."""

SMALL_IMAGE_BYTES = 4096
"""A smaller picture is a tracking pixel, a bullet or an icon; a readable flyer has tens of thousands of bytes."""

_KINDS = {
    **dict.fromkeys((".html", ".htm", ".mht", ".mhtml"), "html"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"), "image"),
    ".zip": "whatsapp",
    ".json": "telegram",
}
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".parquet")
_SUFFIX_OF = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
    "application/zip": ".zip",
    "application/json": ".json",
}
_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-keys")
_DELIVERY = ("message/delivery-status", "text/rfc822-headers", "message/disposition-notification", "message/feedback-report")
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(slots=True)
class Report:
    """One message on its way to ads: where it stands and how many ads came of it so far."""

    path: str
    place: str
    position: int
    log: SourceLog
    posted_at: str = ""
    count: int = 0
    files: int = 0

    def ad(self, ad: JobAd) -> JobAd:
        """The ad under its id and source; the first one has those of the message."""
        self.count += 1
        self.log.ads += 1
        place = self.place if self.count == 1 else f"{self.place}.{self.count}"
        source = without_surrogates(f"mail:{place}{f' > {ad.source}' if ad.source else ''}")
        return replace(ad, id=without_surrogates(place), source=source, posted_at=ad.posted_at or self.posted_at)

    def reject(self, reason: str, detail: str, excerpt: str = "") -> None:
        self.log.reject(self.position, reason, detail, excerpt, file=self.path)

    def text_ad(self, text: str, title: str = "", contact: str = "", source: str = "") -> Iterator[JobAd]:
        """The ad of a text, or a reject where it is too long."""
        if max(len(text), len(title)) > limits.MAX_TEXT_CHARS:
            self.reject("too_long", f"the text has {len(text):,} characters, the most is {limits.MAX_TEXT_CHARS:,}", text)
        else:
            yield self.ad(JobAd(id="", text=text, title=title, contact=contact, source=source))


def file_ads(part: Message, report: Report) -> Iterator[JobAd]:
    """The ads of one attached file. Never raises for what is in it: a file that cannot be read is a reject."""
    report.files += 1
    kind, name = part.get_content_type(), file_name(part) or "unnamed"
    suffix = Path(name.casefold()).suffix if Path(name).suffix else _SUFFIX_OF.get(kind, "")
    if kind in _SIGNATURES or kind in _DELIVERY:
        report.log.skip("signature" if kind in _SIGNATURES else "delivery_report")
        return
    data = payload(part)
    if _KINDS.get(suffix) == "image" and len(data) < SMALL_IMAGE_BYTES:
        report.log.skip("small_image")
    elif report.files > MAX_FILES:
        report.reject("unread_attachment", f"the attached file {name[:80]!r} is one of more than {MAX_FILES}")
    elif suffix in _KINDS or suffix in _TABLES:
        yield from _through_file(data, name, suffix, report)
    elif suffix == ".txt" or (kind == "text/plain" and suffix not in _SUFFIX_OF.values()):
        yield from _text_file(data, name, charset_of(part), report)
    else:
        report.reject("unread_attachment", f"the attached file {name[:80]!r} ({kind[:80]}) is of a kind that is not read", name)


def _text_file(data: bytes, name: str, charset: str, report: Report) -> Iterator[JobAd]:
    text = decoded(data, charset).replace("\r\n", "\n").removeprefix("\ufeff").strip()
    if survey([text[: limits.MAX_TEXT_CHARS]]):
        yield from _through_file(text.encode("utf-8", "replace"), name, ".txt", report)
    elif not text:
        report.reject("empty_text", f"the attached file {name[:80]!r} is empty")
    else:
        yield from report.text_ad(text, source=name)


def _through_file(data: bytes, name: str, suffix: str, report: Report) -> Iterator[JobAd]:
    """The ads that another reader finds in a file, which it needs on disk; its name there has no folder and no odd characters."""
    with tempfile.TemporaryDirectory(prefix="adscreen-") as folder:
        path = Path(folder) / (_UNSAFE.sub("_", Path(name).stem).strip("._")[:60] + "_"[: not Path(name).stem.strip("._")] + suffix)
        path.write_bytes(data)
        log = SourceLog(name, lambda reject: report.log.sink(_outward(reject, name, report)))
        try:
            for ad in _table_ads(path, log) if suffix in _TABLES else make_reader(_KINDS.get(suffix, "whatsapp"), {}).read(str(path), log):
                yield report.ad(replace(ad, source=ad.source.replace(f"{folder}/", "")))
        except (InputError, OutsideError) as error:
            report.reject("unread_attachment", f"the attached file {name[:80]!r} cannot be read: {str(error).replace(f'{folder}/', '')}", name)
        finally:
            report.log.rejects += log.rejects
            report.log.skipped.update(log.skipped)


def _table_ads(path: Path, log: SourceLog) -> Iterator[JobAd]:
    def count(reject: Reject) -> None:
        log.reject(reject.line, reject.reason, reject.detail, reject.excerpt)

    for batch in read_ads([str(path)], ReadOptions(), count):
        for row in batch.select(AD_COLUMNS).to_pylist():
            yield replace(JobAd(**row), source=path.name, label="", group="")  # what a stranger's table says of these is not to be believed


def _outward(reject: Reject, name: str, report: Report) -> Reject:
    where = f"in the attached file {name[:80]!r}{f', {reject.line}' if reject.line else ''}: "
    return replace(reject, file=report.path, line=report.position, detail=where + reject.detail)
