"""A stream cut into blocks of whole lines, in bounded memory whatever the length of a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adscreen.ingest import limits
from adscreen.ingest.encoding import Read


@dataclass(frozen=True, slots=True)
class OversizedLine:
    """A line over the row cap that was read past; `head` is how it starts."""

    head: bytes


def line_blocks(read: Read) -> Iterator[bytes | OversizedLine]:
    """Blocks that end with a line feed (the last may not), and a marker in place of every line above MAX_ROW_BYTES."""
    pending: list[bytes] = []
    size = 0
    while chunk := read(limits.block_bytes()):
        first_end = chunk.find(b"\n") + 1
        if size + (first_end or len(chunk)) > limits.MAX_ROW_BYTES:
            yield OversizedLine(b"".join(pending)[: limits.EXCERPT_CHARS] or chunk[: limits.EXCERPT_CHARS])
            chunk = chunk[first_end:] if first_end else _rest_of_chunk_after_line(read)
            pending, size = [], 0
        end = chunk.rfind(b"\n") + 1
        if end:
            yield b"".join((*pending, chunk[:end]))
            pending, size = [], 0
        if end < len(chunk):
            pending.append(chunk[end:])
            size += len(chunk) - end
    if pending:
        yield b"".join(pending)


def _rest_of_chunk_after_line(read: Read) -> bytes:
    """Read on to the end of the current line and give what the last chunk holds behind it."""
    while chunk := read(limits.block_bytes()):
        end = chunk.find(b"\n") + 1
        if end:
            return chunk[end:]
    return b""
