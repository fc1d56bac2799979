"""The identity of an ad by what it says, for ads that come without an id."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from adscreen.text.normalise import clean

ID_BYTES: Final = 8
"""64 bits: among a hundred million ads two unlike ones share an id with a chance of about 1 in 3,700."""


def content_id(composed: str) -> str:
    """16 hexadecimal digits that are the same for ads whose composed texts clean to the same text."""
    return blake2b(clean(composed).encode(), digest_size=ID_BYTES).hexdigest()
