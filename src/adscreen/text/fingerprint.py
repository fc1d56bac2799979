"""The identity of an ad by what it says, for ads that come without an id."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

ID_BYTES: Final = 8
"""64 bits: among a hundred million ads two unlike ones share an id with a chance of about 1 in 3,700."""


def content_id(clean: str) -> str:
    """16 hexadecimal digits of a clean text, so that ads which differ by disguise only get the same."""
    return blake2b(clean.encode(), digest_size=ID_BYTES).hexdigest()


def digest(clean: str) -> int:
    """The same as a number below 2**64."""
    return int(content_id(clean), 16)
