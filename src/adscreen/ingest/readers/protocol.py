"""What every reader is and does: a source in, ads out, each item that is no ad rejected with a reason or skipped with a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from adscreen.ingest import limits
from adscreen.ingest.options import RejectSink
from adscreen.ingest.rejects import without_surrogates
from adscreen.records import JobAd, Reject


@dataclass(slots=True)
class SourceLog:
    """Counts what became of the items of one source: `items` = `ads` + `rejects`; `skipped` counts what never claimed to be an item (service messages), by reason."""

    name: str
    sink: RejectSink
    ads: int = 0
    rejects: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def items(self) -> int:
        return self.ads + self.rejects

    def reject(self, line: int, reason: str, detail: str, excerpt: str = "", file: str = "") -> None:
        """Reject one item. `line`: 1-based position in the file (line, message, record or page; 0 for the file as a whole); `file`: a file inside the source."""
        self.rejects += 1
        told = (without_surrogates(text) for text in (detail, excerpt[: limits.EXCERPT_CHARS]))
        self.sink(Reject(without_surrogates(file or self.name), line, reason, *told))

    def skip(self, reason: str, count: int = 1) -> None:
        """Count something that is no item: a service message, a deleted one, a page outside the filter."""
        self.skipped[reason] += count


class Reader(Protocol):
    """Reads one kind of source.

    A reader is a frozen dataclass whose fields, all with defaults and all of str, int, float, bool or `str | None`, are its options
    (`--option NAME=VALUE` on the command line). It streams: memory does not grow with the source.
    """

    kind: ClassVar[str]
    """What it is called on the command line; lower_snake."""
    about: ClassVar[str]
    """One line: what it reads."""
    example: ClassVar[str]
    """A whole command line that uses it."""
    extra: ClassVar[str | None]
    """The extra that it needs (`pip install 'adscreen[EXTRA]'`), None for none."""
    options: ClassVar[Mapping[str, str]]
    """Name of each option and one line on it."""
    rejects: ClassVar[Mapping[str, str]]
    """Reason code and meaning of every reject of its own."""

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of one source (file, folder, archive or address), in its order; `JobAd.source` says where exactly an ad stood.

        Counts every ad in `log.ads` just before it yields it. Raises InputError when the source is missing or is not of this kind at all, OutsideError when
        something outside is missing (an extra, the network); a broken item is a reject, and reading goes on.
        """
        ...
