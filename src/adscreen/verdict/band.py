"""Bands by policy, and the one plain sentence that says why."""

from __future__ import annotations

from collections.abc import Sequence

from adscreen.records import Band, Evidence
from adscreen.settings import Policy
from adscreen.verdict.evidence import PASSAGE

_NAMED = 3
"""Signs named in the sentence."""


def band_of(policy: Policy, lure: float, scam: float) -> Band:
    """The band of an ad with these probabilities."""
    if lure >= policy.urgent:
        return "urgent"
    return "review" if lure >= policy.review or scam >= policy.scam_review else "low"


def is_scam_only(policy: Policy, lure: float, scam: float) -> bool:
    """Whether an ad is flagged for what it has of a job scam; its evidence then speaks of that score."""
    return lure < policy.review and scam >= policy.scam_review


def reason_of(policy: Policy, lure: float, scam: float, evidence: Sequence[Evidence], examined: bool) -> str:
    """One sentence about the ad: what it resembles, and which signs say so most. Never a finding about a person."""
    if not examined:
        flagged = band_of(policy, lure, scam) != "low"
        return (
            "Flagged on its wording alone; this policy's thresholds lie below those of examination."
            if flagged
            else "Wording is far from known lures; not examined further."
        )
    weighed = "; ".join(
        f"{side}: {names}"
        for side, names in (("for", _names([i for i in evidence if i.weight > 0])), ("against", _names([i for i in evidence if i.weight < 0])))
        if names
    )
    if lure >= policy.review:
        start = "Resembles known lures, warrants review"
    elif is_scam_only(policy, lure, scam):
        start = "Resembles known job scams (after money or data), warrants review"
    else:
        start = "Examined; resembles known lures less than the policy's review threshold"
    return f"{start}; {weighed}." if weighed else f"{start}."


def _names(evidence: Sequence[Evidence]) -> str:
    names = dict.fromkeys(item.indicator for item in evidence if item.indicator != PASSAGE)
    return ", ".join(name.replace("_", " ") for name in list(names)[:_NAMED])
