"""RapidOCR: PaddleOCR's detection and recognition models, which its wheel carries, on onnxruntime."""

from __future__ import annotations

import time
from importlib.metadata import files
from typing import TYPE_CHECKING, Any

import numpy as np

from adscreen.errors import OutsideError
from adscreen.ingest.readers.ocr import Box, EngineFailedError, Line, OutOfTimeError

if TYPE_CHECKING:
    from PIL import Image

MINIMUM = 0.85
"""RapidOCR, with skipped letters held against it, rated drawn flyers in languages it knows 0.98 to 1.00, in Thai 0.71 to 0.81, in others less."""

LETTERS_PER_HEIGHT = 0.6
"""Letters that a line has at least for each of its own heights of width: Chinese, the widest, has about 0.9, Latin 2.
The model leaves out letters that it does not know and is as sure as ever of what remains (a Russian flyer: 0.92 with a quarter of its letters), so fewer count against it."""

LONGEST_TO_SHORTEST = 4
"""The detector enlarges the shorter side to 736 pixels; a narrower strip is padded to this shape, or it would grow beyond memory."""

MAX_LINES = 400
"""A picture is a page at most; more places with text are noise, and each costs up to 0.1 s."""


class RapidEngine:
    """The models of the installed wheel, never others: RapidOCR downloads what it misses, and adscreen reads offline."""

    name = "rapidocr"

    def __init__(self) -> None:
        from rapidocr import RapidOCR

        self.minimum = MINIMUM
        steps = {"Global.use_cls": False, "Global.use_preprocess_img": False, "Global.text_score": 0.0, "Global.log_level": "critical"}
        self._engine: Any = RapidOCR(params={**steps, "Det.model_path": _model("_det"), "Rec.model_path": _model("_rec")})

    def lines(self, picture: Image.Image, seconds: float) -> list[Line]:
        end = time.monotonic() + seconds
        lines = []
        for corners in self._places(_padded(picture))[:MAX_LINES]:
            if time.monotonic() > end:
                raise OutOfTimeError
            lines.append(self._line(picture, corners))
        return lines

    def _places(self, picture: Image.Image) -> Any:
        """The four corners of each place where text stands, as n x 4 x 2 numbers; the places are the detector's alone, read one by one to keep the time."""
        found = self._run(picture, use_det=True, use_rec=False)
        return [] if found is None or getattr(found, "boxes", None) is None else found.boxes

    def _line(self, picture: Image.Image, corners: Any) -> Line:
        from PIL import Image as pillow  # noqa: N813

        xs, ys = corners[:, 0], corners[:, 1]
        box = Box(int(xs.min()), int(ys.min()), int(np.ceil(xs.max())), int(np.ceil(ys.max())))
        width, height = (round(max(np.linalg.norm(corners[a] - corners[b]) for a, b in pairs)) for pairs in (((0, 1), (3, 2)), ((0, 3), (1, 2))))
        if width < 2 or height < 2:
            return Line("", 0.0, box)
        upper_left, upper_right, lower_right, lower_left = corners.tolist()
        crop = picture.transform(
            (width, height), pillow.Transform.QUAD, (*upper_left, *lower_left, *lower_right, *upper_right), pillow.Resampling.BICUBIC
        )
        if height > 1.5 * width:
            crop = crop.transpose(pillow.Transpose.ROTATE_90)
        return self._recognised(crop, box)

    def _recognised(self, crop: Image.Image, box: Box) -> Line:
        found = self._run(crop, use_det=False, use_rec=True)
        if found is None or not found.txts:
            return Line("", 0.0, box)
        text, score = found.txts[0].strip(), float(found.scores[0])
        expected = max(1.0, LETTERS_PER_HEIGHT * crop.width / crop.height)
        return Line(text, score * min(1.0, sum(not letter.isspace() for letter in text) / expected), box)

    def _run(self, picture: Image.Image, use_det: bool, use_rec: bool) -> Any:
        import cv2

        pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
        try:
            return self._engine(pixels, use_det=use_det, use_cls=False, use_rec=use_rec)
        except (cv2.error, RuntimeError, ValueError, ArithmeticError) as error:
            raise EngineFailedError(f"rapidocr: {type(error).__name__}: {error}"[:300]) from error


def _model(part: str) -> str:
    for file in files("rapidocr") or []:
        if file.suffix == ".onnx" and part in file.name:
            return str(file.locate())
    raise OutsideError(f"the installed rapidocr carries no *{part}* model; pip install --upgrade 'adscreen[ocr]'")


def _padded(picture: Image.Image) -> Image.Image:
    """The picture, with its corner's colour right and below where it is too long and narrow."""
    from PIL import Image as pillow  # noqa: N813

    shortest = -(-max(picture.size) // LONGEST_TO_SHORTEST)
    if min(picture.size) >= shortest:
        return picture
    padded = pillow.new("RGB", (max(picture.width, shortest), max(picture.height, shortest)), picture.getpixel((0, 0)))
    padded.paste(picture, (0, 0))
    return padded
