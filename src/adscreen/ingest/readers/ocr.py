"""What an OCR engine is, and which of those on this machine read a picture: RapidOCR's wheel with its models, Tesseract of the system, or both."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol

from adscreen.errors import InputError, OutsideError

if TYPE_CHECKING:
    from PIL import Image

ENGINES = ("auto", "rapidocr", "tesseract")
INSTALL = "pip install 'adscreen[ocr]' for Chinese, Japanese and Latin letters; for other scripts install Tesseract and its language packs (apt install tesseract-ocr tesseract-ocr-tha)"


class Box(NamedTuple):
    """Where something stands in a picture, in pixels from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    def lower(self, pixels: int) -> Box:
        """The same box in a picture of which `pixels` rows stand above."""
        return Box(self.left, self.top + pixels, self.right, self.bottom + pixels)


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on one line, how sure the engine is of it (0 to 1), and where it stands."""

    text: str
    confidence: float
    box: Box


class OutOfTimeError(Exception):
    """The engine had not finished when its time was over."""


class EngineFailedError(Exception):
    """The engine gave up on a picture; the message says why."""


class OcrEngine(Protocol):
    """Reads the text of one picture."""

    @property
    def name(self) -> str: ...

    @property
    def minimum(self) -> float:
        """Mean confidence below which what it read is no text; engines are not equally modest."""
        ...

    def lines(self, picture: Image.Image, seconds: float) -> list[Line]:
        """The lines of an RGB picture, in any order; a place where text stands that it cannot read is a line with confidence 0.

        Raises OutOfTimeError after about `seconds`, EngineFailedError when it cannot read the picture at all.
        """
        ...


@lru_cache(maxsize=4)
def engines_for(engine: str, languages: str) -> tuple[OcrEngine, ...]:
    """The engines to try in turn: the next one reads what the one before could not.

    `auto` tries RapidOCR first, which tells best what it can read and reads photographs; named `languages` are Tesseract's, and put it first.
    Raises InputError for an unknown engine or language, OutsideError with the line that installs one when none is there.
    """
    if engine not in ENGINES:
        raise InputError(f"--option engine={engine}: the engines are {', '.join(ENGINES)}")
    if engine == "rapidocr" and languages:
        raise InputError(
            f"--option languages={languages}: RapidOCR reads what its models read; languages are chosen with engine=tesseract or engine=auto"
        )
    found = [make for make in (_rapid(engine), _tesseract(engine, languages)) if make is not None]
    if not found:
        raise OutsideError(f"no OCR engine was found for engine={engine}; {INSTALL}")
    return tuple(sorted(found, key=lambda each: each.name != "tesseract") if languages else found)


def _rapid(engine: str) -> OcrEngine | None:
    if engine == "tesseract" or not (find_spec("rapidocr") and find_spec("onnxruntime")):
        return None
    from adscreen.ingest.readers.ocr_rapid import RapidEngine

    return RapidEngine()


def _tesseract(engine: str, languages: str) -> OcrEngine | None:
    if engine == "rapidocr":
        return None
    from adscreen.ingest.readers.ocr_tesseract import find_tesseract

    return find_tesseract(languages)
