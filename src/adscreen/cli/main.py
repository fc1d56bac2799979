"""The command line: one file per verb, each a thin function over the library. Only this package prints, and only `main` exits."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
from types import FrameType

import typer

from adscreen.cli.corpus import corpus
from adscreen.cli.drift import drift
from adscreen.cli.evaluate import evaluate
from adscreen.cli.explain import explain
from adscreen.cli.indicators import indicators
from adscreen.cli.ingest import ingest
from adscreen.cli.models import models
from adscreen.cli.score import score
from adscreen.cli.threshold import threshold
from adscreen.cli.train import train
from adscreen.errors import AdscreenError

INTERRUPTED = 130
COLLECT_EVERY = 200_000

EXTRA_OF = {
    **dict.fromkeys(("sklearn", "scipy", "datasketch", "torch", "transformers", "accelerate", "onnx"), "train"),
    **dict.fromkeys(("lxml", "lxml_html_clean", "trafilatura"), "html"),
    "fastwarc": "warc",
    **dict.fromkeys(("httpcore2", "protego", "idna"), "web"),
    **dict.fromkeys(("rapidocr", "PIL"), "ocr"),
}
"""Module -> the extra that brings it: whatever was imported without a message of its own is told all the same."""

app = typer.Typer(
    name="adscreen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Find job ads that resemble recruitment into scam compounds. An output is about an ad and a reason to review it, never a finding about a person.",
    epilog="Example: adscreen score ads.csv -o verdicts.jsonl",
)
app.command(epilog="Example: adscreen score ads.csv --map text=body -o verdicts.jsonl")(score)
app.command(epilog="Example: adscreen ingest telegram ChatExport_2026-03-01/result.json -o ads.jsonl")(ingest)
app.command(epilog="Example: adscreen explain ads.csv --id 4711")(explain)
app.command(epilog="Example: adscreen train labelled.csv corpora/lures/data/*.jsonl -o models/ours")(train)
app.command(epilog="Example: adscreen evaluate held_out.csv --model models/ours")(evaluate)
app.command(epilog="Example: adscreen threshold held_out.csv --max-fpr 0.01 -o policy.toml")(threshold)
app.command(epilog="Example: adscreen drift last_month.csv this_month.csv --report drift.html")(drift)
app.add_typer(indicators, name="indicators")
app.add_typer(models, name="models")
app.add_typer(corpus, name="corpus")


def main() -> None:
    """Run the command line; exit 0 done, 1 failed, 2 your input or usage, 3 something outside."""
    signal.signal(signal.SIGTERM, _interrupt)
    gc.set_threshold(COLLECT_EVERY)  # loading a catalogue makes a few hundred thousand objects that all stay
    try:
        app()
    except AdscreenError as error:
        print(f"adscreen: error: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in EXTRA_OF:
            raise
        print(f"adscreen: error: {module} is not installed; run: pip install 'adscreen[{EXTRA_OF[module]}]'", file=sys.stderr)  # noqa: T201
        sys.exit(3)
    except KeyboardInterrupt:
        print("adscreen: interrupted; no output was left half-written", file=sys.stderr)  # noqa: T201
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # the reader of our output has gone (`adscreen score ... | head`): that is its right
        with contextlib.suppress(OSError):
            sys.stdout.close()
        sys.exit(0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
