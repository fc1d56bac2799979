"""Reading a table in one call, for all tests of the readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from adscreen.ingest import limits
from adscreen.ingest.tables import ReadOptions, read_ads
from adscreen.records import Reject


@dataclass
class Outcome:
    """All ads as dicts, the rejects, and the sizes of the batches."""

    ads: list[dict[str, Any]]
    rejects: list[Reject]
    batches: list[int]

    @property
    def texts(self) -> list[str]:
        return [ad["text"] for ad in self.ads]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(reject.line, reject.reason) for reject in self.rejects]


ReadTable = Callable[..., Outcome]


@pytest.fixture
def read_table(tmp_path: Path) -> ReadTable:
    """`read_table(name, content, **options)`: write the bytes under that name and read them."""

    def read(name: str | list[str], content: bytes | str | None = None, **options: Any) -> Outcome:
        if content is not None:
            assert isinstance(name, str)
            (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
        names = [name] if isinstance(name, str) else name
        rejects: list[Reject] = []
        sources = [str(tmp_path / one) for one in names]
        batches = list(read_ads(sources, ReadOptions(**options), rejects.append))
        return Outcome([ad for batch in batches for ad in batch.to_pylist()], rejects, [batch.num_rows for batch in batches])

    return read


@pytest.fixture
def small_caps(monkeypatch: pytest.MonkeyPatch) -> int:
    """Caps a thousandth of the real ones, so that what is too long stays quick to make; gives the row cap in bytes."""
    monkeypatch.setattr(limits, "MAX_ROW_BYTES", 8192)
    monkeypatch.setattr(limits, "MAX_TEXT_CHARS", 2000)
    monkeypatch.setattr(limits, "BLOCK_BYTES", 1024)
    return 8192
