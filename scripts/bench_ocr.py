"""How well and how fast pictures are read: invented flyers in twelve languages and six layouts, by each engine that is installed.

Shown for each language: character error rate (edits per character, blanks left out), share of flyers rejected, seconds per picture; at the end, peak memory.

Fonts are those of Debian's fonts-noto-core and fonts-noto-cjk:

    python scripts/bench_ocr.py --fonts /usr/share/fonts --engine rapidocr
    python scripts/bench_ocr.py --fonts /usr/share/fonts --engine tesseract --own-pack
"""

from __future__ import annotations

import argparse
import resource
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adscreen.ingest.readers.image import UnreadableError, text_of_image
from adscreen.ingest.readers.image_decode import PictureError
from adscreen.ingest.readers.ocr import ENGINES, engines_for
from ocr_flyers import PACKS, STYLES, Flyer, Painter


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one flyer; the error rate is that of what was read, also where it was rejected."""

    error_rate: float
    confidence: float
    is_rejected: bool
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", type=Path, required=True, help="folder with the Noto fonts")
    parser.add_argument("--engine", choices=ENGINES, default="auto")
    parser.add_argument("--own-pack", action="store_true", help="tell Tesseract each flyer's language (and English) instead of all")
    parser.add_argument("--languages", default="", help="only these, as in th,vi")
    asked = parser.parse_args()
    painter = Painter(asked.fonts)
    print(
        f"engine {asked.engine}{', own pack' if asked.own_pack else ''}\nlang    CER  worst  conf  rejected  s/picture  by style: {' '.join(STYLES)}"
    )
    for language in painter.languages():
        if not asked.languages or language in asked.languages.split(","):
            packs = "+".join(dict.fromkeys((PACKS[language], "eng"))) if asked.own_pack else ""
            print(_row(language, [_outcome(painter.flyer(language, style), asked.engine, packs) for style in STYLES]), flush=True)
    own, children = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"peak memory: {own:.0f} MiB, of a Tesseract process {children:.0f} MiB")


def _outcome(flyer: Flyer, engine: str, packs: str) -> Outcome:
    engines = engines_for(engine, packs)
    start = time.perf_counter()
    try:
        reading, is_rejected = text_of_image(flyer.data, engines), False
    except UnreadableError as error:
        reading, is_rejected = error.reading, True
    except PictureError:
        return Outcome(1.0, 0.0, True, time.perf_counter() - start)
    return Outcome(error_rate("".join(flyer.lines), reading.text), reading.confidence, is_rejected, time.perf_counter() - start)


def _row(language: str, outcomes: Sequence[Outcome]) -> str:
    rates = [outcome.error_rate for outcome in outcomes]
    mean = [sum(values) / len(outcomes) for values in (rates, [each.confidence for each in outcomes], [each.seconds for each in outcomes])]
    styles = " ".join(f"{each.error_rate:.2f}{'!' if each.is_rejected else ''}" for each in outcomes)
    rejected = sum(each.is_rejected for each in outcomes)
    return f"{language:4} {mean[0]:6.3f} {max(rates):6.3f} {mean[1]:5.2f} {rejected:6}/{len(outcomes)} {mean[2]:10.2f}  {styles}"


def error_rate(expected: str, read: str) -> float:
    """Edits (insert, delete, replace) that turn one text into the other, per character expected; blanks left out, canonically composed."""
    wanted, found = ("".join(unicodedata.normalize("NFC", text).split()) for text in (expected, read))
    row = list(range(len(found) + 1))
    for at, letter in enumerate(wanted, 1):
        above, row = row, [at]
        for column, other in enumerate(found, 1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (letter != other)))
    return row[-1] / len(wanted)


if __name__ == "__main__":
    main()
