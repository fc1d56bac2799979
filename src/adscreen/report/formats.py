"""Which form a report takes, by the name of its file, and the writing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from adscreen.errors import InputError, OutsideError
from adscreen.outputs.atomic import AtomicFile
from adscreen.report.html import render_html
from adscreen.report.json import render_json
from adscreen.report.markdown import render_markdown
from adscreen.report.model import Report

Renderer = Callable[[Report], str]
RENDERERS: dict[str, Renderer] = {".html": render_html, ".md": render_markdown, ".json": render_json}


def renderer_for(path: Path) -> Renderer:
    """The renderer for a file name. Raises InputError when its suffix is none that reports have."""
    renderer = RENDERERS.get(path.suffix.casefold())
    if renderer is None:
        raise InputError(
            f"--report {path}: a report is {', '.join(RENDERERS)} by its suffix, not {path.suffix or 'without one'!r}; name it {path.stem}.html"
        )
    return renderer


class ReportFile:
    """A file that a report will be written to, whole or not at all.

    Raises InputError at once, before the long work begins, when the name tells no form or the file cannot be written; OutsideError when the disk is full.
    """

    def __init__(self, path: Path, inputs: Sequence[str]) -> None:
        self._path = path
        self._render = renderer_for(path)
        self._file = AtomicFile(str(path), inputs)

    def write(self, report: Report) -> None:
        """Render the report and put the file in place."""
        rendered = self._render(report).encode()
        file = self._file.open()
        try:
            file.write(rendered)
            file.flush()
            self._file.commit()
        except OSError as error:
            self._file.discard()
            raise OutsideError(f"{self._path}: the report could not be written ({error.strerror}); make room and run again") from error
