"""From the bytes of a picture to pieces that an engine reads: checked before it is decoded, upright, RGB, bounded in size."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from adscreen.errors import OutsideError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
"""Decoders that may run; Pillow has forty, most of them for files that no one posts."""

MAX_PIXELS = 64_000_000
"""More is a decompression bomb or a map: cameras of telephones give 12 to 50 million, a stitched screenshot of 1,080 x 40,000 has 43.
A picture at the cap takes 0.8 GB of memory at its peak, a transparent one 1.1."""

MAX_FRAMES = 8
"""Frames of an animation, or pages, that are read, spread evenly; neighbours show the same words."""

MAX_STEPS = 500
"""Frames of an animation are drawn one over the other, so the last one read costs all before it; later ones are not reached."""

MAX_STEP_PIXELS = 640_000_000
"""Pixels drawn on the way to the last frame read: about ten seconds' work."""

PAGED = ("GIF", "WEBP", "PNG", "TIFF")
"""Kinds with frames or pages. A JPEG's further pictures are previews and depth maps."""

MAX_WIDTH = 2000
"""Wider pictures are scaled down to this: RapidOCR reads no wider, and a flyer's words stay tall enough."""

TILE_HEIGHT = 2000
"""Taller pictures are cut into pieces about this high, so that a stitched screenshot is read at full size."""

CUT_SEARCH = 200
"""Rows above the cut among which the calmest is chosen, so that no line of text is cut through."""

MIN_SIDE = 12
"""Pixels below which no line of text fits; icons and the single pixels of mails end here."""

_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, MemoryError, RuntimeError, struct.error, zlib.error)
"""What Pillow's decoders raise on damaged files; found by feeding them such."""


class PictureError(Exception):
    """A picture that cannot be read: `code` is the reason of its reject, the message its detail."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def frames(data: bytes) -> tuple[int, Iterator[Image.Image]]:
    """How many frames there are, and those to be read: RGB, upright, at most MAX_WIDTH wide. Raises PictureError, also when the first one is decoded."""
    picture = _opened(data)
    count = _count(picture)
    reached = min(count, MAX_STEPS, max(1, MAX_STEP_PIXELS // (picture.width * picture.height)))
    chosen = sorted({round(step * (reached - 1) / (MAX_FRAMES - 1)) for step in range(MAX_FRAMES)})
    return count, _decoded(picture, chosen)


def _count(picture: Image.Image) -> int:
    if picture.format not in PAGED:
        return 1
    with _refused(f"the {picture.format}'s frames cannot be counted"):
        return int(getattr(picture, "n_frames", 1))


def _decoded(picture: Image.Image, chosen: Sequence[int]) -> Iterator[Image.Image]:
    """The chosen frames, up to the first that is damaged; that one is an error only where nothing came before."""
    for at in chosen:
        try:
            yield _frame(picture, at)
        except PictureError:
            if at == chosen[0]:
                raise
            return


def _opened(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded."""
    try:
        from PIL import Image as pillow  # noqa: N813
        from PIL import UnidentifiedImageError
    except ImportError as error:
        raise OutsideError("pictures are decoded with Pillow, which is not installed; pip install 'adscreen[ocr]'") from error
    with _refused("the header cannot be read"):
        try:
            picture = pillow.open(io.BytesIO(data), formats=FORMATS)
        except UnidentifiedImageError as error:
            raise PictureError("not_an_image", f"the bytes are none of {', '.join(FORMATS)}") from error
    _check_size(picture)
    return picture


@contextmanager
def _refused(what: str) -> Iterator[None]:
    """Whatever Pillow raises while it works on bytes of others, as a PictureError; its warnings are for programmers and are left out."""
    from PIL import Image as pillow  # noqa: N813

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except pillow.DecompressionBombError as error:
            raise PictureError("too_many_pixels", f"{error}; the cap is {MAX_PIXELS:,} pixels") from error
        except _BROKEN as error:
            raise PictureError("damaged_image", f"{what} ({type(error).__name__}: {error})"[:300]) from error


def _check_size(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise PictureError("too_many_pixels", f"{picture.width:,} x {picture.height:,} pixels are more than {MAX_PIXELS:,}; scale it down")
    if min(picture.size) < MIN_SIDE:
        raise PictureError("empty_text", f"{picture.width} x {picture.height} pixels: too small to hold a line of text")


def _frame(picture: Image.Image, at: int) -> Image.Image:
    from PIL import ImageOps

    with _refused(f"the {picture.format} is cut off or damaged"):
        picture.seek(at)
        _check_size(picture)
        if picture.format == "JPEG":
            picture.draft("RGB", (MAX_WIDTH, MAX_WIDTH))
        return _scaled(_rgb(ImageOps.exif_transpose(picture)))


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        return _stretched(picture)
    if "A" in picture.getbands() or "transparency" in picture.info:
        return _on_ground(picture.convert("RGBA"))
    return picture.convert("RGB")


def _stretched(picture: Image.Image) -> Image.Image:
    """Sixteen bits or more to eight, darkest to black and brightest to white: Pillow's own conversion cuts off everything above 255."""
    from PIL import Image as pillow  # noqa: N813

    values = np.nan_to_num(np.asarray(picture, dtype=np.float32), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    grey = (values - low) * (255.0 / max(high - low, 1e-6))
    return pillow.fromarray(grey.astype(np.uint8)).convert("RGB")


def _on_ground(picture: Image.Image) -> Image.Image:
    """Transparent parts filled with white under dark ink and black under bright: white words on a white ground would be lost."""
    from PIL import Image as pillow  # noqa: N813
    from PIL import ImageStat

    alpha = picture.getchannel("A")
    brightness = ImageStat.Stat(picture.convert("L"), alpha.point(lambda value: 255 if value > 127 else 0))
    is_bright = brightness.count[0] > 0 and brightness.mean[0] > 127
    ground = pillow.new("RGB", picture.size, "black" if is_bright else "white")
    ground.paste(picture, mask=alpha)
    return ground


def _scaled(picture: Image.Image) -> Image.Image:
    if picture.width <= MAX_WIDTH:
        return picture
    return picture.resize((MAX_WIDTH, max(MIN_SIDE, round(picture.height * MAX_WIDTH / picture.width))), reducing_gap=2.0)


def tiles(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Pieces of the picture from top to bottom, and the row at which each begins; cut where the rows are calmest."""
    top = 0
    while picture.height - top > TILE_HEIGHT:
        bottom = _calmest_row(picture, top + TILE_HEIGHT - CUT_SEARCH, top + TILE_HEIGHT)
        yield top, picture.crop((0, top, picture.width, bottom))
        top = bottom
    yield top, picture.crop((0, top, picture.width, picture.height)) if top else picture


def _calmest_row(picture: Image.Image, first: int, last: int) -> int:
    """The middle of the longest run of rows that vary least from left to right."""
    rows = np.asarray(picture.crop((0, first, picture.width, last)).convert("L"), dtype=np.int16)
    unrest = np.abs(np.diff(rows, axis=1)).mean(axis=1)
    calm = np.flatnonzero(unrest <= unrest.min() + 1.0)
    runs = np.split(calm, np.flatnonzero(np.diff(calm) > 1) + 1)
    return first + int(np.median(max(runs, key=len)))
