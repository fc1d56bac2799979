"""From bytes to text: what a file's bytes are, and decoding that keeps undecodable bytes visible instead of losing rows."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

from adscreen.errors import InputError
from adscreen.ingest.sources import ByteStream

Read = Callable[[int], bytes]

ESCAPED = re.compile("[\udc80-\udcff]")
"""Bytes that did not decode, as `surrogateescape` shows them; strict decoding never yields these code points."""

GUESSABLE = ("cp1252", "gb18030", "big5", "cp874", "cp1258", "cp1251", "cp1256", "shift_jis", "euc_kr")
"""Encodings worth suggesting: those of the regions whose ads are read; a wider choice makes wild guesses on short rows."""

BINARY_NUL_SHARE = 0.1
"""NUL bytes among the first bytes that no text table has; UTF-16 of Latin text has half, an ad with stray NULs far fewer."""

BINARY_SAMPLE_BYTES = 1024
"""Below this many bytes a share says little; only NULs in the first line count."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_BINARY = {
    b"PK\x03\x04": "an Excel workbook or a zip archive; save it as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as CSV",
    b"%PDF": "a PDF; export its text as a table",
    b"\x89PNG": "an image; this command reads tables",
    b"\xff\xd8\xff": "an image; this command reads tables",
    b"GIF8": "an image; this command reads tables",
    b"SQLite format 3\x00": "an SQLite database; export the table as CSV",
    b"PAR1": "Parquet; rename it to .parquet",
    b"ARROW1": "an Arrow file; save it as Parquet",
    b"BZh": "compressed with bzip2; use .gz or .zst",
    b"\xfd7zXZ": "compressed with xz; use .gz or .zst",
    b"7z\xbc\xaf": "a 7-Zip archive; unpack it",
    b"Rar!": "a RAR archive; unpack it",
}


class Decoder:
    """Decodes whole lines of one file, strictly where possible; bad bytes become code points that ESCAPED finds."""

    def __init__(self, codec: str) -> None:
        self.codec = codec
        self.is_utf8 = codec == "utf-8"

    def block(self, block: bytes) -> tuple[str, bool]:
        """The text, and whether any of its lines holds bytes that do not decode."""
        try:
            return block.decode(self.codec), False
        except UnicodeDecodeError:
            text = "".join(map(self.line, block.splitlines(keepends=True)))
            return text, ESCAPED.search(text) is not None

    def line(self, line: bytes) -> str:
        try:
            return line.decode(self.codec)
        except UnicodeDecodeError:
            return self._repaired(line) or line.decode(self.codec, "surrogateescape")

    def _repaired(self, line: bytes) -> str | None:
        """The line when its only fault is UTF-8 encoded surrogates (CESU-8): a broken emoji must not hide an ad."""
        if not self.is_utf8:
            return None
        try:
            text = line.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return None
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def encode(self, text: str) -> bytes:
        """The bytes that `text` was decoded from."""
        return text.encode(self.codec, "surrogateescape")


@dataclass(frozen=True, slots=True)
class TextStream:
    """Bytes in an ASCII-compatible encoding without byte-order mark, their decoder, and the first characters to look at."""

    name: str
    read: Read
    decoder: Decoder
    head: str


def open_text(stream: ByteStream, declared: str | None) -> TextStream:
    """The stream as text in the declared encoding, else UTF-8, UTF-16 or UTF-32 by its byte-order mark.

    UTF-16, UTF-32 and declared encodings that do not contain ASCII are recoded to UTF-8 on the way, broken parts to U+FFFD.
    Raises InputError when the bytes are no text.
    """
    by_mark = next((name for mark, name in _BOMS if stream.head.startswith(mark)), None)
    codec = codecs.lookup(declared or by_mark or "utf-8").name.replace("_", "-")
    try:
        head = codecs.getincrementaldecoder(codec)("replace").decode(stream.head).removeprefix("\ufeff")
    except UnicodeError as error:  # utf-16 and utf-32 without a mark
        raise InputError(f"{stream.name}: is not {codec} ({error}); leave out --encoding, or name the byte order, such as utf-16-le") from error
    if codec in ("utf-8", "utf-8-sig"):
        _refuse_binary(stream)
        return TextStream(stream.name, _after_mark(stream), Decoder("utf-8"), head)
    if _keeps_ascii(codec):
        _refuse_binary(stream)
        return TextStream(stream.name, stream.read, Decoder(codec), head)
    return TextStream(stream.name, _recoded(stream.read, codec), Decoder("utf-8"), head)


def with_line_feeds(read: Read) -> Read:
    """The same bytes with carriage returns as line feeds, for tables of old Macintosh programs."""
    return lambda size: read(size).replace(b"\r", b"\n")


def guess_encoding(sample: bytes) -> str | None:
    """The most likely encoding of bytes that are not UTF-8, if there is one."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=list(GUESSABLE)).best()
    return best.encoding if best else None


def _refuse_binary(stream: ByteStream) -> None:
    head = stream.head
    for magic, what in _BINARY.items():
        if head.startswith(magic):
            raise InputError(f"{stream.name}: is not a text table: looks like {what}")
    first_line = head.split(b"\n", 1)[0]
    crowded = len(head) >= BINARY_SAMPLE_BYTES and head.count(0) > BINARY_NUL_SHARE * len(head)
    if 0 not in first_line and not crowded:
        return
    for parity, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if first_line and first_line[parity::2].count(0) > len(first_line) // 4:
            raise InputError(f"{stream.name}: looks like UTF-16 without a byte-order mark; pass --encoding {name}")
    raise InputError(f"{stream.name}: is not a text table: it holds binary data; save it as CSV, JSONL or Parquet")


def _after_mark(stream: ByteStream) -> Read:
    if stream.head.startswith(codecs.BOM_UTF8):
        stream.read(len(codecs.BOM_UTF8))
    return stream.read


def _keeps_ascii(codec: str) -> bool:
    plain = bytes(range(128))
    try:
        return plain.decode(codec) == plain.decode("ascii")
    except UnicodeDecodeError:
        return False


def _recoded(read: Read, codec: str) -> Read:
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    seen_any = False

    def read_utf8(size: int) -> bytes:
        nonlocal seen_any
        while True:
            raw = read(size)
            text = decoder.decode(raw, final=not raw)
            if not seen_any:
                text = text.removeprefix("\ufeff")
            seen_any = seen_any or bool(text)
            if text or not raw:
                return text.encode("utf-8")

    return read_utf8
