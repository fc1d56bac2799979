"""What a normalisation rule is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One family of tricks: when it may be there, where it stands, what the plain text is.

    `fires(text, kinds)` is a cheap look at the text and the classes of its characters, since most ads hold no trick at all.
    Patterns are linear: repetitions that a failing tail could make quadratic are possessive or bounded. `same_length`
    promises that the replacement answers the match character by character. `traced` finds the same replacements in smaller
    steps, for the offset map.
    """

    name: str
    fires: Callable[[str, bytes], bool]
    pattern: re.Pattern[str]
    replace: Callable[[re.Match[str]], str]
    same_length: bool = False
    traced: re.Pattern[str] | None = None
