"""Errors that adscreen raises on purpose. A message says what, where, the value seen, and what to do next.

Only the command line prints them or turns them into exit codes.
"""

from __future__ import annotations


class AdscreenError(Exception):
    """Base of all; the command did not succeed."""

    exit_code = 1


class InputError(AdscreenError):
    """The caller's files, options or settings cannot be used as they are."""

    exit_code = 2


class BundleError(InputError):
    """A model bundle is missing, damaged, changed since it was made, or of an unknown format."""


class OutsideError(AdscreenError):
    """Something outside adscreen is missing or failed: an extra that is not installed, a full disk."""

    exit_code = 3


class GateRefusedError(AdscreenError):
    """A challenger lost against the champion or a pinned floor; it should not replace it."""
