"""Tesseract of the system, run as a program of its own: a hostile picture can neither crash nor hold up adscreen."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from adscreen.errors import InputError
from adscreen.ingest.readers.ocr import Box, EngineFailedError, Line, OutOfTimeError

if TYPE_CHECKING:
    from PIL import Image

PACKS = ("eng", "chi_sim", "tha", "vie", "ind", "rus", "ara", "hin", "mya", "khm", "jpn", "kor", "chi_tra", "msa", "fil", "lao")
"""Packs used of those installed when none are named: the languages in which lures are known to be written. All at once cost about four seconds a flyer."""

MINIMUM = 0.6
"""Tesseract rated drawn flyers that it read right 0.83 to 0.96, and noise 0.1 to 0.6. On photographs it is less honest: a road sign half misread had 0.80."""

SPARSE = "11"
"""Page segmentation `sparse text`: of modes 3, 4, 6 and 11 the one that read drawn flyers in all of twelve languages; order is restored afterwards."""

LIST_SECONDS = 20
WORD_COLUMNS = 12
FRAGMENT_GAP = 2.0
"""A gap between words of more line heights than this separates columns; a blank is about a quarter of a line high."""

UNSPACED_GAP = 0.6
"""In scripts without blanks between words a gap is a blank only above this many line heights."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """The program at `path` with language packs joined by `+`."""

    path: str
    languages: str
    name: str = "tesseract"
    minimum: float = MINIMUM

    def lines(self, picture: Image.Image, seconds: float) -> list[Line]:
        buffer = io.BytesIO()
        picture.save(buffer, "PPM")
        command = [self.path, "-", "-", "-l", self.languages, "--psm", SPARSE, "tsv"]
        try:
            done = subprocess.run(command, input=buffer.getvalue(), capture_output=True, timeout=max(seconds, 0.01), env=_one_thread(), check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            raise OutOfTimeError from error
        if done.returncode:
            raise EngineFailedError(f"tesseract ended with {done.returncode}: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}")
        return list(lines_of(done.stdout.decode("utf-8", "replace")))


def find_tesseract(languages: str) -> TesseractEngine | None:
    """The system's Tesseract; None when there is none or it has no pack. Raises InputError for packs that are named and not installed."""
    path = shutil.which("tesseract")
    if path is None:
        return None
    installed = _installed(path)
    wanted = [pack for pack in re.split(r"[+,\s]+", languages) if pack]
    if missing := [pack for pack in wanted if pack not in installed]:
        raise InputError(f"--option languages={languages}: Tesseract has no pack {', '.join(missing)}; it has {', '.join(installed) or 'none'}")
    packs = wanted or [pack for pack in PACKS if pack in installed] or installed[:1]
    return TesseractEngine(path, "+".join(packs)) if packs else None


def _installed(path: str) -> list[str]:
    try:
        done = subprocess.run([path, "--list-langs"], capture_output=True, timeout=LIST_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return []
    listed = done.stdout.decode("utf-8", "replace").splitlines()[1:]
    return [line.strip() for line in listed if line.strip() not in ("", "osd", "equ")]


def _one_thread() -> dict[str, str]:
    """More threads make Tesseract slower on pictures of flyer size, and take the processor from others."""
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


@dataclass(frozen=True, slots=True)
class _Word:
    line: tuple[str, ...]
    text: str
    confidence: float
    box: Box


def lines_of(table: str) -> Iterator[Line]:
    """The lines of Tesseract's TSV: words joined with the blanks that the gaps show, cut where a gap separates columns."""
    for _, words in groupby(_words(table), key=lambda word: word.line):
        for fragment in _fragments(list(words)):
            yield _joined(fragment)


def _words(table: str) -> Iterator[_Word]:
    for row in table.split("\n")[1:]:
        cells = row.split("\t")
        if len(cells) == WORD_COLUMNS and cells[0] == "5" and cells[11].strip():
            left, top, width, height = map(int, cells[6:10])
            yield _Word(tuple(cells[1:5]), cells[11].strip(), max(0.0, float(cells[10]) / 100), Box(left, top, left + width, top + height))


def _gap(before: _Word, after: _Word) -> float:
    """Width between two words in line heights, whichever way the script runs."""
    gap = max(before.box.left, after.box.left) - min(before.box.right, after.box.right)
    return gap / max(1, before.box.height, after.box.height)


def _fragments(words: list[_Word]) -> Iterator[list[_Word]]:
    start = 0
    for at in range(1, len(words)):
        if _gap(words[at - 1], words[at]) > FRAGMENT_GAP:
            yield words[start:at]
            start = at
    yield words[start:]


def _joined(words: list[_Word]) -> Line:
    text = words[0].text
    for before, after in pairwise(words):
        is_unspaced = _UNSPACED.match(before.text[-1]) and _UNSPACED.match(after.text[0])
        text += ("" if is_unspaced and _gap(before, after) < UNSPACED_GAP else " ") + after.text
    letters = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / letters
    lefts, tops, rights, bottoms = zip(*(word.box for word in words), strict=True)
    return Line(text, confidence, Box(min(lefts), min(tops), max(rights), max(bottoms)))
