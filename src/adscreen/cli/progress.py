"""What long work tells the person who waits: progress on a terminal, silence in a pipe; and what became of bad rows."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa

from adscreen.outputs.writers import RejectWriter, open_reject_writer
from adscreen.records import Reject


def counting(batches: Iterator[pa.RecordBatch], what: str, stack: ExitStack) -> Iterator[pa.RecordBatch]:
    """Pass batches through; on a terminal show how many rows came and how fast."""
    if not sys.stderr.isatty():
        yield from batches
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f} " + what), TextColumn("{task.fields[rate]}"), TimeElapsedColumn())
    progress = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
    task = progress.add_task(what, total=None, rate="")
    for batch in batches:
        yield batch
        progress.advance(task, batch.num_rows)
        speed = progress.tasks[task].speed
        progress.update(task, rate=f"{speed:,.0f}/s" if speed else "")


class Summary:
    """What a run of scoring wrote, for the person at the terminal; and kept columns that turned out empty, for everybody."""

    def __init__(self, kept: Sequence[str]) -> None:
        self._bands: Counter[str] = Counter()
        self._empty = set(kept)

    def add(self, verdicts: pa.RecordBatch) -> None:
        """Take in a batch of verdicts."""
        self._bands.update(verdicts.column("band").to_pylist())
        self._empty = {name for name in self._empty if verdicts.column(name).null_count == verdicts.num_rows}

    def tell(self, out: str | None) -> None:
        """Say on stderr what was written, if a person is there to read it, and which kept columns held nothing."""
        if out and sys.stderr.isatty():
            counts = ", ".join(f"{count:,} {band}" for band, count in self._bands.most_common())
            print(f"adscreen: wrote {self._bands.total():,} verdicts to {out}: {counts or 'none'}", file=sys.stderr)  # noqa: T201
        if self._empty and self._bands:
            print(f"adscreen: --keep {', '.join(sorted(self._empty))}: no row has it; check the spelling", file=sys.stderr)  # noqa: T201


class RejectCount:
    """Counts rejects by reason and, if asked, writes each to a file."""

    def __init__(self, writer: RejectWriter | None) -> None:
        self._writer = writer
        self._reasons: Counter[str] = Counter()

    @classmethod
    @contextmanager
    def writing_to(cls, target: Path | None, inputs: Sequence[str]) -> Iterator[RejectCount]:
        """A count whose rejects go to `target`, if there is one; the file is whole or absent."""
        if target is None:
            yield cls(None)
            return
        with open_reject_writer(str(target), inputs) as writer:
            yield cls(writer)

    def __call__(self, reject: Reject) -> None:
        self._reasons[reject.reason] += 1
        if self._writer is not None:
            self._writer(reject)

    def tell(self, what: str = "row") -> None:
        """Say on stderr how many rows, or whatever else was read, were rejected, and why."""
        if self._reasons:
            counts = ", ".join(f"{count:,} {reason}" for reason, count in self._reasons.most_common())
            hint = "" if self._writer is not None else "; --rejects FILE writes each with file and line"
            total = self._reasons.total()
            print(f"adscreen: {total:,} {what}{'s' * (total != 1)} rejected: {counts}{hint}", file=sys.stderr)  # noqa: T201
