"""Content codings of HTTP undone (gzip, deflate, br, zstd), bounded so that a small answer cannot fill the memory."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable

from adscreen.errors import OutsideError

MAX_CODINGS = 3
"""Codings laid over one another; real answers have one, seldom two."""

PIECE_BYTES = 64 * 1024
"""Bytes decoded at a time where a decoder knows no bound of its own."""

_MAGIC = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_HEX = re.compile(rb"[0-9a-fA-F]{1,15}")
_ALIASES = {"x-gzip": "gzip", "x-deflate": "deflate", "brotli": "br"}


MAX_MEMBERS = 64
"""Gzip members of one body; servers send one. Each further one costs a copy of the rest."""

MAX_CHUNK_LINE = 4096
"""Length of a line that announces a chunk; real ones have some ten characters."""


class CodingError(Exception):
    """A body that cannot be decoded. `code`: the reject's reason; the message: its detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def decoded(body: bytes, content_encoding: str, cap: int) -> bytes:
    """The body without the codings that the Content-Encoding header lists.

    A body that evidently does not wear a coding any more (archives often keep the header of what they decoded) is left as it is.
    Raises CodingError with `too_long` above `cap` bytes, `bad_coding` when it is damaged or the coding unknown.
    """
    names = [name.strip().casefold() for name in content_encoding.split(",")]
    names = [_ALIASES.get(name, name) for name in names if name not in ("", "identity", "none", "utf-8")]
    if len(names) > MAX_CODINGS:
        raise CodingError("bad_coding", f"{len(names)} content codings lie over one another; at most {MAX_CODINGS} are undone")
    for name in reversed(names):
        body = _undone(body, name, cap)
    return body


def _undone(body: bytes, name: str, cap: int) -> bytes:
    if name not in _DECODERS:
        raise CodingError("bad_coding", f"the content coding {name!r} is unknown; known are {', '.join(_DECODERS)}")
    if _is_bare(body, name):
        return body
    try:
        plain = _DECODERS[name](body, cap)
    except (zlib.error, EOFError, OSError) as error:
        raise CodingError("bad_coding", f"the {name} coding of the body is damaged ({error})") from error
    if len(plain) > cap:
        raise CodingError("too_long", f"the body has more than {cap:,} bytes once its {name} coding is undone")
    return plain


def _is_bare(body: bytes, name: str) -> bool:
    if name in _MAGIC:
        return not body.startswith(_MAGIC[name])
    return not body or body[:64].lstrip().startswith(b"<")


def dechunked(body: bytes) -> bytes:
    """The body without chunked transfer coding; one that is evidently not in chunks (any more) is left as it is.

    Raises CodingError with `bad_coding` when the chunks do not add up.
    """
    pieces, at = [], 0
    while size := _chunk_size(body, at):
        start = body.index(b"\n", at) + 1
        pieces.append(body[start : start + size])
        at = start + size + 2
        if at > len(body):
            raise CodingError("bad_coding", f"the chunk at byte {start:,} of the body should have {size:,} bytes, but the body ends before it does")
    if size is None and at:
        raise CodingError("bad_coding", f"byte {at:,} of the body should begin a chunk, but says no length")
    return body if size is None else b"".join(pieces)


def _chunk_size(body: bytes, at: int) -> int | None:
    """Length of the chunk announced at a position, 0 for the last one, None where no chunk is announced."""
    end = body.find(b"\n", at, at + MAX_CHUNK_LINE)
    digits = body[at:end].partition(b";")[0].strip() if end >= 0 else b""
    return int(digits, 16) if _HEX.fullmatch(digits) else None


def gunzipped(data: bytes, cap: int) -> bytes:
    """All members of gzip data, at most `cap` + 1 bytes. Raises zlib.error, and EOFError when the data is cut off or in too many members."""
    plain = b""
    for _ in range(MAX_MEMBERS):
        one = zlib.decompressobj(16 + zlib.MAX_WBITS)
        plain += one.decompress(data, cap + 1 - len(plain))
        data = one.unused_data
        if len(plain) > cap or (one.eof and not data.startswith(_MAGIC["gzip"])):
            return plain
        if not one.eof:
            raise EOFError("it ends early")
    raise EOFError(f"it has more than {MAX_MEMBERS} members")


def _inflated(data: bytes, cap: int) -> bytes:
    """Deflate with the zlib wrapper that the standard asks for, or without, as some servers send it."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        one = zlib.decompressobj(window)
        try:
            plain = one.decompress(data, cap + 1)
        except zlib.error:
            if window < 0:
                raise
            continue
        if not one.eof and len(plain) <= cap:
            raise EOFError("it ends early")
        return plain
    raise AssertionError("the last window raises or returns")


def _streamed(reader: str) -> Callable[[bytes, int], bytes]:
    """A decoder of FastWARC, which needs no further package and reads piece by piece."""

    def undone(data: bytes, cap: int) -> bytes:
        try:
            from fastwarc import stream_io
        except ImportError as error:
            raise OutsideError("br and zstd content codings need the fastwarc package; pip install 'adscreen[warc]'") from error
        stream = getattr(stream_io, reader)(io.BytesIO(data))
        plain = io.BytesIO()
        while plain.tell() <= cap and (piece := stream.read(PIECE_BYTES)):
            plain.write(piece)
        return plain.getvalue()

    return undone


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": gunzipped,
    "deflate": _inflated,
    "br": _streamed("BrotliReader"),
    "zstd": _streamed("ZstdReader"),
}
