"""Pictures: flyers and screenshots, read by OCR; what could not be read for sure is rejected with its value."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from adscreen.errors import InputError
from adscreen.ingest import limits
from adscreen.ingest.readers.image_decode import MAX_PIXELS, PictureError, frames, tiles
from adscreen.ingest.readers.image_layout import confidence_of, text_of
from adscreen.ingest.readers.ocr import EngineFailedError, Line, OcrEngine, OutOfTimeError, engines_for
from adscreen.ingest.readers.pagefiles import files_below, is_there, read_capped
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.rejects import without_surrogates
from adscreen.records import JobAd

if TYPE_CHECKING:
    from PIL import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
MAX_FILE_BYTES = 50 * 1024 * 1024
"""A larger file is no flyer; it is read into memory whole, and counting the frames of a hostile animation takes 0.2 s per megabyte."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of one picture, the engine or engines (joined with `+`) that read it, their mean confidence, and how many frames were not read."""

    text: str
    engine: str
    confidence: float
    unread_frames: int = 0


class UnreadableError(PictureError):
    """Text was found, but not read for sure; `reading` is what came out."""

    def __init__(self, code: str, detail: str, reading: Reading) -> None:
        super().__init__(code, detail)
        self.reading = reading


@dataclass(frozen=True, slots=True)
class _Frame:
    lines: list[Line]
    engine: OcrEngine
    confidence: float


def text_of_image(data: bytes, engines: Sequence[OcrEngine] = (), minimum: float = 0.0, seconds: float = 60.0) -> Reading:
    """Read one picture given as the bytes of its file.

    `engines` (without: those of `auto`) are tried in turn on each frame until one is sure enough: `minimum`, from 0 to 1, or the engine's own where that is 0.
    Raises PictureError, whose code is one of `ImageReader.rejects` or `empty_text`, when there is no text, or none that can be trusted.
    """
    engines = engines or engines_for("auto", "")
    end = time.monotonic() + seconds
    count, decoded = frames(data)
    tried = [_best(picture, engines, minimum, end, seconds) for picture in decoded]
    read = [frame for frame in tried if frame.lines]
    if not read:
        raise PictureError("empty_text", f"{' and '.join(engine.name for engine in engines)} found no text in the picture")
    sure = [frame for frame in read if _is_sure(frame, minimum)]
    unread = count - len(tried) + len(read) - len(sure)
    reading = _reading(sure or [max(read, key=lambda frame: frame.confidence)], unread)
    if not sure:
        detail = f"{reading.engine} is {reading.confidence:.2f} sure of what it read, too little: blurred, handwritten or in a script that no installed engine reads"
        raise UnreadableError("unreadable_image", detail, reading)
    return reading


def _best(picture: Image.Image, engines: Sequence[OcrEngine], minimum: float, end: float, seconds: float) -> _Frame:
    """What the first engine that is sure read in a frame, or else what the surest did."""
    tried: list[_Frame] = []
    failures: list[str] = []
    for engine in engines:
        try:
            lines = [
                Line(line.text, line.confidence, line.box.lower(top))
                for top, tile in tiles(picture)
                for line in engine.lines(tile, end - time.monotonic())
            ]
        except OutOfTimeError as error:
            raise PictureError(
                "timed_out", f"{engine.name} needed more than {seconds:g} s for the picture; allow more with --option seconds=N"
            ) from error
        except EngineFailedError as error:
            failures.append(str(error))
            continue
        tried.append(_Frame(lines, engine, confidence_of(lines)))
        if lines and _is_sure(tried[-1], minimum):
            return tried[-1]
    if not tried:
        raise PictureError("ocr_failed", "; ".join(failures))
    return max(tried, key=lambda frame: (bool(frame.lines), frame.confidence - frame.engine.minimum))


def _is_sure(frame: _Frame, minimum: float) -> bool:
    return frame.confidence >= (minimum or frame.engine.minimum)


def _reading(read: Sequence[_Frame], unread: int) -> Reading:
    """The frames' text one after the other; a line that an earlier frame shows too is written once."""
    rows = [row for frame in read for row in text_of(frame.lines).split("\n")]
    text = "\n".join(dict.fromkeys(rows) if len(read) > 1 else rows)
    names = dict.fromkeys(frame.engine.name for frame in read)
    return Reading(text, "+".join(names), sum(frame.confidence for frame in read) / len(read), unread)


@dataclass(frozen=True, slots=True)
class ImageReader:
    """Reads pictures, one ad each: a file, or a folder searched through."""

    engine: str = "auto"
    languages: str = ""
    min_confidence: float = 0.0
    seconds: int = 60

    kind: ClassVar[str] = "image"
    about: ClassVar[str] = "flyers and screenshots (.png .jpg .webp .bmp .tif .gif), read by OCR"
    example: ClassVar[str] = "adscreen ingest image flyers/ --option languages=tha+eng --out ads.jsonl"
    extra: ClassVar[str | None] = "ocr"
    options: ClassVar[Mapping[str, str]] = {
        "engine": "auto (RapidOCR, and Tesseract for what that cannot read), rapidocr or tesseract",
        "languages": "Tesseract's packs joined with +, as in tha+eng; Tesseract then reads first. Without: all installed of the languages adscreen knows",
        "min_confidence": "mean confidence, 0 to 1, below which a picture is rejected; 0: the engine's own bound (rapidocr 0.85, tesseract 0.6)",
        "seconds": "time for one picture",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        "not_an_image": "the file is no picture of a known kind",
        "damaged_image": "the picture is cut off or its bytes are damaged",
        "too_many_pixels": f"the picture has more than {MAX_PIXELS:,} pixels",
        "unreadable_file": "the file cannot be opened or read",
        "unreadable_image": "the engine is not sure enough of what it read: blurred, handwritten or in a script it does not know",
        "timed_out": "reading the picture took longer than allowed",
        "ocr_failed": "every engine gave up on the picture",
    }

    def __post_init__(self) -> None:
        if not 0 <= self.min_confidence <= 1:
            raise InputError(f"--option min_confidence={self.min_confidence}: a confidence lies between 0 and 1")
        if self.seconds < 1:
            raise InputError(f"--option seconds={self.seconds}: a picture needs a second at least")

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """One ad for each picture with readable text. `JobAd.source` is `ocr:ENGINE:CONFIDENCE:FILE`; of an animation or a scan with many pages MAX_FRAMES are read."""
        root = Path(source)
        paths = _pictures(root, log)
        engines = engines_for(self.engine, self.languages)
        for position, path in enumerate(paths, 1):
            name = path.relative_to(root).as_posix() if path != root else path.name
            ad = self._ad(path, name, position if path != root else 0, engines, log)
            if ad:
                log.ads += 1
                yield ad

    def _ad(self, path: Path, name: str, position: int, engines: Sequence[OcrEngine], log: SourceLog) -> JobAd | None:
        data = read_capped(path, MAX_FILE_BYTES, log, position, str(path))
        if data is None:
            return None
        try:
            reading = text_of_image(data, engines, self.min_confidence, self.seconds)
        except PictureError as error:
            excerpt = error.reading.text if isinstance(error, UnreadableError) else ""
            log.reject(position, error.code, str(error), excerpt, file=str(path))
            return None
        if reading.unread_frames:
            log.skip("unread_frame", reading.unread_frames)
        if len(reading.text) > limits.MAX_TEXT_CHARS:
            log.reject(
                position,
                "too_long",
                f"the picture's text has {len(reading.text):,} characters, the cap is {limits.MAX_TEXT_CHARS:,}",
                reading.text,
                str(path),
            )
            return None
        name = without_surrogates(name)
        return JobAd(id=name, text=reading.text, source=f"ocr:{reading.engine}:{reading.confidence:.2f}:{name}")


def _pictures(root: Path, log: SourceLog) -> list[Path]:
    """The files to read, sorted; what else lies in a folder is counted as skipped, hidden files and folders are passed over."""
    if not is_there(str(root)):
        raise InputError(f"{root}: there is no such file or folder; check the path")
    if not root.is_dir():
        return [root]
    pictures = files_below(root, lambda path: path.suffix.casefold() in SUFFIXES, log)
    if not pictures:
        raise InputError(f"{root}: no picture in this folder; looked for {', '.join(SUFFIXES)}")
    return pictures
