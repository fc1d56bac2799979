"""The local engine: the kernel in this process, or in several, with the same rows in the same order and the same bytes."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa

from adscreen.classifiers.transformer import CPU
from adscreen.screen import AUTO, Screener

IN_FLIGHT_PER_WORKER = 2
"""Batches handed out ahead of each worker: enough to keep it busy, few enough to keep memory flat."""


@dataclass(frozen=True, slots=True)
class ScreenerSpec:
    """What a worker needs to load its own screener."""

    model: Path
    policy: Path | None = None
    keep: Sequence[str] = ()
    examine: str = AUTO
    device: str = CPU

    def load(self) -> Screener:
        return Screener.load(self.model, self.policy, self.keep, self.examine, self.device)


def screen_all(batches: Iterator[pa.RecordBatch], spec: ScreenerSpec, workers: int = 1) -> Iterator[pa.RecordBatch]:
    """Verdicts for all batches, in order. With one worker everything runs in this process."""
    screener = spec.load()  # also with more workers: what is wrong with a bundle or policy is told here, not by a dying process
    if workers == 1:
        yield from screener.screen(batches)
        return
    # spawn: forking a process that holds Arrow's threads can deadlock
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(spec,)) as pool:
        pending: deque[Future[pa.RecordBatch]] = deque()
        for batch in islice(batches, workers * IN_FLIGHT_PER_WORKER):
            pending.append(pool.submit(_screen, batch))
        while pending:
            verdicts = pending.popleft().result()
            for batch in islice(batches, 1):
                pending.append(pool.submit(_screen, batch))
            yield verdicts


_screener: Screener | None = None


def _start_worker(spec: ScreenerSpec) -> None:
    global _screener  # one loaded model for each worker process
    _screener = spec.load()


def _screen(batch: pa.RecordBatch) -> pa.RecordBatch:
    assert _screener is not None
    return _screener.screen_batch(batch)
