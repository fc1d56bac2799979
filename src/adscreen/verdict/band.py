"""Bands by policy, and the one plain sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from adscreen.records import Band, Evidence
from adscreen.settings import Policy
from adscreen.verdict.evidence import WORDING

_NAMED = 3
"""Signs named in the sentence."""


def band_of(policy: Policy, lure: float, scam: float) -> Band:
    """The band of an ad with these probabilities."""
    if lure >= policy.urgent:
        return "urgent"
    return "review" if lure >= policy.review or scam >= policy.scam_review else "low"


def reason_of(policy: Policy, lure: float, scam: float, evidence: Sequence[Evidence], examined: bool) -> str:
    """One sentence about the ad: what it resembles, and which signs say so most. Never a finding about a person."""
    if not examined:
        return "Wording is far from known lures; not examined further."
    towards = _names([item for item in evidence if item.weight > 0])
    against = _names([item for item in evidence if item.weight < 0])
    if lure >= policy.review:
        return f"Resembles known lures, warrants review: {towards or 'its wording'}" + (f"; against it: {against}." if against else ".")
    if scam >= policy.scam_review:
        return "Resembles known job scams (after money or data), warrants review" + (f": {towards}." if towards else ".")
    return "Examined; the signs together do not resemble known lures" + (f" (against it: {against})." if against else ".")


def _names(evidence: Sequence[Evidence]) -> str:
    names = dict.fromkeys(item.indicator for item in evidence if item.indicator != WORDING)
    return ", ".join(name.replace("_", " ") for name in list(names)[:_NAMED])
