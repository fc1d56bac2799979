"""Pictures become ads, or rejects with a reason, whatever their bytes; engines are stood in for, so that no OCR need be installed."""

from __future__ import annotations

import io
import os
import random
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adscreen.errors import InputError, OutsideError
from adscreen.ingest import limits
from adscreen.ingest.readers import image, image_decode, ocr
from adscreen.ingest.readers.catalogue import make_reader
from adscreen.ingest.readers.image import ImageReader, UnreadableError, text_of_image
from adscreen.ingest.readers.image_decode import PictureError, frames, tiles
from adscreen.ingest.readers.ocr import Box, EngineFailedError, Line, OutOfTimeError, engines_for
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd, Reject

pillow = pytest.importorskip("PIL.Image")

AD = [Line("Kitchen help wanted", 0.98, Box(10, 10, 300, 30)), Line("Call +1 202 555 0101", 0.96, Box(10, 50, 300, 70))]


@dataclass
class FakeEngine:
    """Gives the same lines for every picture, or raises; remembers the pictures it was shown."""

    found: list[Line] = field(default_factory=lambda: AD)
    error: Exception | None = None
    name: str = "fake"
    minimum: float = 0.8
    shown: list[tuple[int, int]] = field(default_factory=list)
    colours: list[object] = field(default_factory=list)

    def lines(self, picture: pillow.Image, seconds: float) -> list[Line]:
        self.shown.append(picture.size)
        self.colours.append(picture.getpixel((0, 0)))
        if self.error:
            raise self.error
        return self.found


def picture_bytes(kind: str = "PNG", size: tuple[int, int] = (320, 200), mode: str = "RGB", colour: object = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    pillow.new(mode, size, colour if colour is not None else 0).save(buffer, kind, **options)
    return buffer.getvalue()


def png_of_claimed_size(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


Run = Callable[..., tuple[list[JobAd], list[Reject], SourceLog]]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine()
    monkeypatch.setattr(image, "engines_for", lambda engine, languages: (fake,))
    return fake


@pytest.fixture
def run(tmp_path: Path, engine: FakeEngine) -> Run:
    def read(files: dict[str, bytes], **options: object) -> tuple[list[JobAd], list[Reject], SourceLog]:
        for name, data in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        rejects: list[Reject] = []
        log = SourceLog(str(tmp_path), rejects.append)
        ads = list(ImageReader(**options).read(str(tmp_path), log))  # type: ignore[arg-type]
        assert (log.ads, log.rejects) == (len(ads), len(rejects))
        return ads, rejects, log

    return read


def test_a_folder_gives_an_ad_for_each_picture_and_counts_the_rest(run: Run) -> None:
    ads, rejects, log = run({"b.png": picture_bytes(), "2026/a.JPG": picture_bytes("JPEG"), "notes.txt": b"x", ".hidden/c.png": picture_bytes()})
    assert [ad.id for ad in ads] == ["2026/a.JPG", "b.png"]
    assert ads[1].text == "Kitchen help wanted\nCall +1 202 555 0101"
    assert ads[1].source == "ocr:fake:0.97:b.png"
    assert not rejects
    assert log.skipped == {"other_file": 1}


def test_a_single_file_needs_no_suffix_as_a_mail_attachment_has_none(tmp_path: Path, engine: FakeEngine) -> None:
    (tmp_path / "attachment").write_bytes(picture_bytes("WEBP"))
    log = SourceLog("mail", [].append)
    (ad,) = make_reader("image", {}).read(str(tmp_path / "attachment"), log)
    assert ad.source == "ocr:fake:0.97:attachment"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF"])
def test_every_kind_is_read_and_a_cut_off_one_is_rejected(kind: str, run: Run) -> None:
    noise = pillow.frombytes("RGB", (200, 200), random.Random(1).randbytes(120_000))
    buffer = io.BytesIO()
    noise.save(buffer, kind)
    whole = buffer.getvalue()
    ads, rejects, _ = run({"whole.png": whole, "half.png": whole[: len(whole) // 2], "head.png": whole[:20]})
    assert [ad.id for ad in ads] == ["whole.png"]
    assert {reject.reason for reject in rejects} <= {"damaged_image", "not_an_image"}
    assert len(rejects) == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_an_image"),
        (b"<html>no picture</html>", "not_an_image"),
        (b"%PDF-1.7", "not_an_image"),
        (png_of_claimed_size(50_000, 50_000), "too_many_pixels"),
        (png_of_claimed_size(10_000, 10_000), "too_many_pixels"),
        (png_of_claimed_size(2**31 - 1, 2**31 - 1), "too_many_pixels"),
        (png_of_claimed_size(300, 300), "damaged_image"),
        (picture_bytes("GIF", (1, 1), "P"), "empty_text"),
    ],
)
def test_what_cannot_be_read_is_rejected_with_its_reason(data: bytes, code: str, run: Run, engine: FakeEngine) -> None:
    ads, (reject,), _ = run({"x.png": data})
    assert not ads
    assert reject.reason == code
    assert reject.file.endswith("x.png")
    assert not engine.shown


def test_a_file_over_the_cap_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "MAX_FILE_BYTES", 100)
    assert run({"x.png": picture_bytes()})[1][0].reason == "too_long"


def test_text_over_the_cap_is_rejected(run: Run, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TEXT_CHARS", 10)
    assert run({"x.png": picture_bytes()})[1][0].reason == "too_long"


def test_damaged_bytes_anywhere_are_a_reject_and_never_a_crash() -> None:
    chance = random.Random(7)
    wholes = [picture_bytes(kind, (40, 30)) for kind in ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")]
    for whole in wholes:
        for _ in range(150):
            bad = bytearray(whole)
            for _ in range(chance.randint(1, 8)):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            assert _code(bytes(bad)) in {"read", "empty_text", *ImageReader.rejects}


def _code(data: bytes) -> str:
    try:
        text_of_image(data, [FakeEngine()])
    except PictureError as error:
        return error.code
    return "read"


def test_confidence_below_the_bound_is_a_reject_that_keeps_the_words(run: Run, engine: FakeEngine) -> None:
    engine.found = [Line("H1R1NG", 0.5, Box(0, 0, 100, 20))]
    ads, (reject,), _ = run({"x.png": picture_bytes()})
    assert not ads
    assert (reject.reason, reject.excerpt) == ("unreadable_image", "H1R1NG")
    assert "0.50" in reject.detail
    assert len(run({"x.png": picture_bytes()}, min_confidence=0.4)[0]) == 1


def test_a_long_line_that_was_found_and_not_read_weighs_more_than_a_short_one_that_was() -> None:
    found = [Line("", 0.0, Box(0, 0, 800, 40)), Line("+1 202 555 0102", 0.99, Box(0, 60, 200, 100))]
    with pytest.raises(UnreadableError) as caught:
        text_of_image(picture_bytes(), [FakeEngine(found)])
    assert caught.value.reading.text == "+1 202 555 0102"
    assert caught.value.reading.confidence < 0.3


def test_the_next_engine_reads_what_the_first_could_not() -> None:
    unsure, failing, sure = FakeEngine([Line("x", 0.3, AD[0].box)]), FakeEngine(error=EngineFailedError("no")), FakeEngine(name="second")
    reading = text_of_image(picture_bytes(), [unsure, failing, sure])
    assert (reading.engine, reading.confidence) == ("second", pytest.approx(0.97))


@pytest.mark.parametrize(("error", "code"), [(OutOfTimeError(), "timed_out"), (EngineFailedError("no"), "ocr_failed")])
def test_an_engine_that_gives_up_is_a_reject(error: Exception, code: str, run: Run, engine: FakeEngine) -> None:
    engine.error = error
    assert run({"x.png": picture_bytes()})[1][0].reason == code


def test_a_picture_without_text_is_rejected(run: Run, engine: FakeEngine) -> None:
    engine.found = []
    assert run({"x.png": picture_bytes()})[1][0].reason == "empty_text"


def test_animations_are_read_in_frames_and_a_repeated_line_is_kept_once(run: Run, engine: FakeEngine) -> None:
    shown = [pillow.new("L", (60, 60), step * 8) for step in range(20)]
    buffer = io.BytesIO()
    shown[0].save(buffer, "GIF", save_all=True, append_images=shown[1:])
    (ad,), _, log = run({"x.gif": buffer.getvalue()})
    assert ad.text == "Kitchen help wanted\nCall +1 202 555 0101"
    assert len(engine.shown) == image_decode.MAX_FRAMES
    assert log.skipped == {"unread_frame": 20 - image_decode.MAX_FRAMES}


def test_an_animation_of_many_large_frames_stops_at_the_budget(engine: FakeEngine) -> None:
    head = b"GIF89a" + struct.pack("<HH", 6000, 6000) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    one = b"\x21\xf9\x04\x04\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    data = head + one * 5000 + b";"
    assert image_decode.MAX_STEP_PIXELS // 36_000_000 < 20
    count, _ = frames(data)
    assert count == 5000


def test_a_frame_larger_than_its_animation_is_refused() -> None:
    data = (
        b"GIF89a"
        + struct.pack("<HH", 20, 20)
        + b"\x80\0\0"
        + b"\0\0\0\xff\xff\xff"
        + b"\x2c"
        + struct.pack("<HHHH", 0, 0, 65535, 65535)
        + b"\0\x02\x02\x44\x01\0;"
    )
    assert _code(data) == "too_many_pixels"


def test_exif_turns_the_picture_upright(run: Run, engine: FakeEngine) -> None:
    exif = pillow.Exif()
    exif[0x0112] = 6
    run({"x.jpg": picture_bytes("JPEG", (300, 100), exif=exif.tobytes())})
    assert engine.shown == [(100, 300)]


def test_colours_of_every_mode_become_rgb(run: Run, engine: FakeEngine) -> None:
    grey16 = pillow.new("I;16", (60, 60), 1000)
    grey16.putpixel((0, 0), 40_000)
    buffer = io.BytesIO()
    grey16.save(buffer, "TIFF")
    run({"a.tif": buffer.getvalue(), "b.jpg": picture_bytes("JPEG", mode="CMYK", colour=(0, 0, 0, 0)), "c.png": picture_bytes(mode="1", colour=1)})
    assert engine.colours == [(255, 255, 255), (255, 255, 255), (255, 255, 255)]


@pytest.mark.parametrize(("ink", "ground"), [("white", (0, 0, 0)), ("black", (255, 255, 255))])
def test_transparent_ground_contrasts_with_the_ink(ink: str, ground: tuple[int, int, int], run: Run, engine: FakeEngine) -> None:
    drawn = pillow.new("RGBA", (80, 80), (0, 0, 0, 0))
    drawn.paste(ink, (20, 20, 60, 60))
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    run({"x.png": buffer.getvalue()})
    assert engine.colours == [ground]


def test_tall_pictures_are_cut_between_lines_and_wide_ones_scaled() -> None:
    tall = pillow.new("RGB", (400, 5000), "white")
    for top in range(0, 5000, 50):
        for left in range(0, 400, 20):
            tall.paste("black", (left, top, left + 10, top + 20))
    pieces = list(tiles(tall))
    assert sum(piece.height for _, piece in pieces) == 5000
    assert all(20 <= top % 50 < 50 for top, _ in pieces[1:])
    (wide,) = frames(picture_bytes(size=(4000, 1000)))[1]
    assert wide.size == (2000, 500)


def test_lines_of_all_pieces_are_ordered_in_one_picture(run: Run, engine: FakeEngine) -> None:
    (ad,), _, _ = run({"x.png": picture_bytes(size=(100, 3900))})
    assert ad.text.split("\n") == ["Kitchen help wanted", "Call +1 202 555 0101"] * len(engine.shown)
    assert len(engine.shown) == 3


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"engine": "magic"}, "the engines are"),
        ({"engine": "rapidocr", "languages": "tha"}, "engine=tesseract"),
        ({"min_confidence": "2"}, "between 0 and 1"),
    ],
)
def test_wrong_options_are_told(options: dict[str, str], says: str, tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(picture_bytes())
    with pytest.raises(InputError, match=says):
        list(make_reader("image", options).read(str(tmp_path), SourceLog("x", [].append)))


def test_missing_sources_are_told(tmp_path: Path) -> None:
    log = SourceLog("x", [].append)
    with pytest.raises(InputError, match="no such file"):
        list(ImageReader().read(str(tmp_path / "none.png"), log))
    with pytest.raises(InputError, match="no picture in this folder"):
        list(ImageReader().read(str(tmp_path), log))


@pytest.fixture
def no_cache() -> Iterator[None]:
    engines_for.cache_clear()
    yield
    engines_for.cache_clear()


@pytest.mark.usefixtures("no_cache")
def test_without_an_engine_the_error_has_the_line_that_installs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(OutsideError, match=r"pip install 'adscreen\[ocr\]'"):
        engines_for("auto", "")


@pytest.mark.usefixtures("no_cache")
def test_rapidocr_reads_without_the_network() -> None:
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")
    from PIL import ImageDraw

    drawn = pillow.new("RGB", (300, 300), "white")
    ImageDraw.Draw(drawn).text((20, 130), "DRIVER 2500", fill="black", font_size=36)
    buffer = io.BytesIO()
    drawn.save(buffer, "PNG")
    reading = text_of_image(buffer.getvalue(), engines_for("rapidocr", ""))
    assert reading.text.replace(" ", "") == "DRIVER2500"


@pytest.mark.skipif(os.name == "nt", reason="the stand-in is a shell script")
def test_tesseract_packs_are_checked_and_a_hanging_one_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from adscreen.ingest.readers.ocr_tesseract import find_tesseract

    script = tmp_path / "tesseract"
    script.write_text('#!/bin/sh\nif [ "$1" = --list-langs ]; then printf "List (3):\\neng\\nosd\\ntha\\n"; else exec sleep 60; fi\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    found = find_tesseract("")
    assert found is not None
    assert found.languages == "eng+tha"
    with pytest.raises(InputError, match="no pack khm; it has eng, tha"):
        find_tesseract("tha+khm")
    with pytest.raises(OutOfTimeError):
        found.lines(pillow.new("RGB", (50, 50)), 0.05)
    script.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    with pytest.raises(EngineFailedError, match="broken"):
        found.lines(pillow.new("RGB", (50, 50)), 5)
