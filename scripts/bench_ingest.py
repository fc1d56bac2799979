"""Compare adscreen's readers with what a team would otherwise write, in one run on the same files, made here from the project's own sample ads.

    python scripts/bench_ingest.py --megabytes 20 --pages 120

A Telegram export against `json.load`, which is the floor: it holds the whole file and makes no ads. Web archives against warcio + trafilatura, once with
pages of plain text and once with pages that also carry a schema.org JobPosting. Every contender runs in a process of its own. Read the ratios: absolute
figures are this machine's. Seconds are CPU seconds; peak memory is that of the process, with what it had to import.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import html
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count, cycle, islice
from pathlib import Path

SAMPLES = Path(__file__).parent.parent / "corpora" / "samples"
NAVIGATION = "".join(f'<li><a href="/{word}">{word.title()}</a></li>' for word in ("jobs", "employers", "advice", "about", "privacy", "terms"))

Count = Callable[[str], int]


def write_telegram(path: Path, megabytes: float) -> None:
    """An export of one channel: the sample export's messages over and over, each under an id of its own."""
    export = json.loads((SAMPLES / "telegram.json").read_bytes())
    size = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{{"name": "Jobs", "type": "public_channel", "id": {export["id"]}, "messages": [')
        for number, message in enumerate(cycle(export["messages"]), start=1):
            text = json.dumps({**message, "id": number}, ensure_ascii=False, indent=1)
            size += len(text.encode())
            file.write(text)
            if size >= megabytes * 1e6:
                break
            file.write(",\n")
        file.write("]}")


def write_warc(path: Path, pages: int, with_posting: bool) -> None:
    """A web archive, one gzip member for each record as crawlers write it."""
    with path.open("wb") as file:
        for number, page in enumerate(islice(sample_pages(with_posting), pages), start=1):
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/jobs/{number}\r\nWARC-Date: 2026-03-01T10:00:00Z\r\n"
                f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\nContent-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(http)}\r\n\r\n"
            )
            file.write(gzip.compress(head.encode() + http + b"\r\n\r\n", 6))


def sample_pages(with_posting: bool) -> Iterator[str]:
    """Pages of a job board without end, each with another few of the sample ads."""
    with (SAMPLES / "ads.csv").open(encoding="utf-8", newline="") as file:
        ads = list(csv.DictReader(file))
    for number in count():
        ad, others = ads[number % len(ads)], [ads[(number + step) % len(ads)]["text"] for step in (0, 1, 3)]
        title = f"{ad['title'] or 'Job'} {number}"
        posting = {"@context": "https://schema.org", "@type": "JobPosting", "title": title, "description": "\n".join(others)}
        script = f'<script type="application/ld+json">{json.dumps(posting)}</script>' if with_posting else ""
        body = "".join(f"<p>{html.escape(text)}</p>" for text in others)
        yield (
            f"<!doctype html><html><head><meta charset='utf-8'><title>{html.escape(title)}</title>{script}</head><body><nav><ul>{NAVIGATION}</ul></nav>"
            f"<main><h1>{html.escape(title)}</h1>{body}</main><footer><ul>{NAVIGATION}</ul></footer></body></html>"
        )


def adscreen_reader(kind: str) -> Count:
    from adscreen.ingest.readers.catalogue import make_reader
    from adscreen.ingest.readers.protocol import SourceLog

    reader = make_reader(kind, {})
    return lambda path: sum(1 for _ in reader.read(path, SourceLog(path, lambda reject: None)))


def json_load() -> Count:
    return lambda path: len(json.loads(Path(path).read_bytes())["messages"])


def warcio_and_trafilatura() -> Count:
    import trafilatura
    from warcio.archiveiterator import ArchiveIterator

    def texts(path: str) -> int:
        with Path(path).open("rb") as stream:
            pages = (record.content_stream().read() for record in ArchiveIterator(stream) if record.rec_type == "response")
            return sum(trafilatura.extract(page, include_links=True, include_comments=False) is not None for page in pages)

    return texts


CONTENDERS: dict[str, Callable[[], Count]] = {
    "adscreen telegram": lambda: adscreen_reader("telegram"),
    "json.load": json_load,
    "adscreen warc": lambda: adscreen_reader("warc"),
    "warcio + trafilatura": warcio_and_trafilatura,
}


def measure(name: str, path: str) -> None:
    """Run one contender in this process and print CPU seconds, peak megabytes and what it counted."""
    contender = CONTENDERS[name]()
    before = time.process_time()
    counted = contender(path)
    print(json.dumps([time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, counted]))


def compare(title: str, unit: str, amount: float, path: Path, names: tuple[str, str]) -> None:
    """Run two contenders on a file and print a line for each; the ratio is to the second one's speed."""
    print(f"\n{title}")
    results = []
    for name in names:
        printed = subprocess.run([sys.executable, __file__, "--one", name, str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout
        results.append(json.loads(printed))
    for name, (seconds, peak, counted) in zip(names, results, strict=True):
        ratio = results[1][0] / seconds
        print(f"  {name:<22} {amount / seconds:9.1f} {unit}/s  {ratio:6.2f} x  {peak:7.0f} MB peak  {counted:,} found")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=20.0, help="size of the Telegram export")
    parser.add_argument("--pages", type=int, default=120, help="pages of each web archive")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        measure(*arguments.one)
        return
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder, "result.json")
        write_telegram(export, arguments.megabytes)
        compare(f"Telegram export, {arguments.megabytes:g} MB", "MB", arguments.megabytes, export, ("adscreen telegram", "json.load"))
        for what, with_posting in (("pages of plain text", False), ("pages with a JobPosting", True)):
            archive = Path(folder, f"{with_posting}.warc.gz")
            write_warc(archive, arguments.pages, with_posting)
            compare(f"WARC, {arguments.pages} {what}", "pages", arguments.pages, archive, ("adscreen warc", "warcio + trafilatura"))


if __name__ == "__main__":
    main()
