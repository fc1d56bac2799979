"""Drift as a report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adscreen.evaluate.drift import Drift, StreamFacts
from adscreen.evaluate.stability import CONFIDENCE, LARGE_SHIFT, SMALL_SHIFT, Change, Shift
from adscreen.evaluate.stream import EXAMINED, FLAGGED, REPOSTED, URGENT
from adscreen.report import cells
from adscreen.report.axes import log_odds_axis, share_axis
from adscreen.report.model import Cell, Chart, Column, KeyFigure, KeyFigures, Line, Note, Report, Row, Section, Table

SHOWN_CHANGES = 15
"""Rows of a table of changes; the telling ones come first."""
SEEN_SHARE = 0.0005
"""Share of a stream below which a bin of the chart would not be seen; the axis ends with the last one above."""
OUTCOMES = {
    FLAGGED: "flagged by the policy (review or urgent)",
    URGENT: "urgent",
    EXAMINED: "examined in full",
    REPOSTED: "reposts of another ad of the stream",
}
READINGS = {
    "too few ads": "too few ads to tell",
    "within noise": "no more than chance would bring",
    "little": f"beyond chance, but little (below {SMALL_SHIFT})",
    "some": f"some shift ({SMALL_SHIFT} to {LARGE_SHIFT}): look into it",
    "large": f"large shift ({LARGE_SHIFT} and more): figures measured on OLD may not hold",
}


def drift_report(drift: Drift, date: str) -> Report:
    """Sections that say how two streams differ; `date` is the day to print, as given."""
    facts = (
        ("Bundle", drift.scored_by),
        ("Policy", drift.policy),
        ("Date", date),
        ("OLD", _named(drift.old)),
        ("NEW", _named(drift.new)),
    )
    sections = (_overview(drift), _scores(drift), _mix(drift), _terms(drift), _contacts(drift), _limits())
    return Report("adscreen drift: how the ads changed", facts, sections)


def shifts(drift: Drift) -> tuple[tuple[str, Shift], ...]:
    """The measured distributions by name."""
    return (("lure scores", drift.score_shift), ("lengths", drift.length_shift), ("languages", drift.language_shift))


def _named(facts: StreamFacts) -> str:
    rejects = f", {facts.rejects:,} rows rejected" if facts.rejects else ""
    return f"{facts.name}: {facts.ads:,} ads, {facts.unlike:,} unlike{rejects}, median length about {facts.median_length:,} characters"


def _overview(drift: Drift) -> Section:
    figures = tuple(
        KeyFigure(f"Shift of {name}", f"{shift.index:.3f}", f"chance alone: up to {shift.noise:.3f}", READINGS[shift.reading], shift.index)
        for name, shift in shifts(drift)
    )
    table = _changes("Share of all ads", drift.outcomes, OUTCOMES)
    lead = (
        "The population stability index of each distribution. Read it only where it exceeds what chance alone would bring "
        f"({CONFIDENCE:.0%} of pairs of streams of this size and with as many copies stay below)."
    )
    return Section("overview", "Overview", (KeyFigures(figures), table), lead)


def _scores(drift: Drift) -> Section:
    held = [found for found in drift.scores if found.old or found.new]
    end = max((abs(edge) for found in held if max(found.old, found.new) >= SEEN_SHARE for edge in (found.low, found.high)), default=1.0)
    high = max((max(found.old, found.new) for found in held), default=0.1)
    edges = [*drift.scores]
    old = tuple((found.low, found.old) for found in edges)
    new = tuple((found.low, found.new) for found in edges)
    summary = (
        f"Index {drift.score_shift.index:.3f}, chance up to {drift.score_shift.noise:.3f}: {READINGS[drift.score_shift.reading]}. "
        f"Ads whose lure probability is at least 50%: {cells.percent(_above(old))} of OLD, {cells.percent(_above(new))} of NEW."
    )
    chart = Chart(
        "Lure scores of both streams",
        summary,
        log_odds_axis("lure probability (log-odds scale)", end),
        share_axis("share of ads", high),
        (Line("OLD", old, "steps"), Line("NEW", new, "steps")),
    )
    return Section("scores", "Scores", (chart,))


def _above(points: Sequence[tuple[float, float]]) -> float:
    return sum(share for low, share in points if low >= 0)


def _mix(drift: Drift) -> Section:
    tables = (
        _changes("Languages: share of all ads", drift.languages),
        _changes("Indicators in the evidence: share of the examined ads", drift.indicators),
        _changes("Kinds of contact: share of all ads", drift.contact_kinds),
    )
    lead = "The surest changes first. Greyed: chance may explain it, considering how many were compared."
    return Section("mix", "Languages, indicators, contacts", tuple(table for table in tables if table.rows), lead)


def _changes(caption: str, changes: Sequence[Change], names: dict[str, str] | None = None) -> Table:
    columns = (Column("", numeric=False), Column("OLD"), Column("NEW"), Column("difference in points (95% interval)"))
    rows = tuple(
        Row(
            (
                cells.words((names or {}).get(change.name, change.name.removeprefix("contact_").replace("_", " ")) or "(unknown)"),
                cells.share(change.old),
                cells.share(change.new),
                cells.points(change.difference, (change.low, change.high)),
            ),
            muted=not change.telling,
        )
        for change in changes[:SHOWN_CHANGES]
    )
    more = len(changes) - SHOWN_CHANGES
    return Table(caption, columns, rows, f"{more} more changed less surely." if more > 0 else "", "may be chance")


def _terms(drift: Drift) -> Section:
    lead = (
        "Words whose log-odds rose most, in ads that are no reposts; pieces of a few characters where a script sets no spaces. "
        "Contacts, numbers and words of fewer than five ads are never shown."
    )
    if not drift.terms:
        return Section("terms", "New terms", (Note("No word rose beyond chance."),), lead)
    columns = (Column("term", numeric=False), Column("ads in OLD"), Column("ads in NEW"), Column("z"))
    rows = tuple(Row((cells.from_ad(one.term), cells.count(one.old), cells.count(one.new), Cell(f"{one.z:.1f}", one.z))) for one in drift.terms)
    return Section("terms", "New terms", (Table("Risen terms", columns, rows, "z: standard errors by which the log-odds rose."),), lead)


def _contacts(drift: Drift) -> Section:
    return Section(
        "contacts", "New contacts", tuple(_contact_blocks(drift)), "A contact that many unlike ads share may be one recruiter with many stories."
    )


def _contact_blocks(drift: Drift) -> Iterator[Note | Table]:
    yield Note(f"{drift.new_contacts:,} contacts of NEW do not stand in OLD; those in several ads are listed.")
    if drift.contacts:
        columns = (Column("contact", numeric=False), Column("kind", numeric=False), Column("ads"), Column("unlike ads"), Column("flagged"))
        rows = tuple(
            Row((cells.from_ad(one.shown_as), cells.words(one.kind.replace("_", " ")), *map(cells.count, (one.ads, one.unlike, one.flagged))))
            for one in drift.contacts
        )
        yield Table("New contacts in several ads", columns, rows)


def _limits() -> Section:
    text = (
        "Drift is measured without labels: it says that ads changed, not that the bundle got worse. Label a sample of what changed, and run adscreen evaluate on it. "
        "A stable stream does not prove the bundle right either: lures may change their words while every share stays as it was."
    )
    return Section("limits", "Limits", (Note(text),))
