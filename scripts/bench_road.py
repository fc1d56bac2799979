"""Time `adscreen score` from Parquet to Parquet at two sizes, with the shipped floors and with ones that let 1 %, 5 % or all of the ads through.

    python scripts/bench_road.py --shared ../shared --ads 100000 400000

Ads are the real ones at hand (else the project's own), joined and varied to about 2 KB each, so that none is a duplicate. Memory is the peak of
the scoring process; it must not grow with the number of ads. Ads that are let through are read by everything, the transformer too. The output of two workers is compared byte by byte with that of one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from adscreen.classifiers.bundle import load_bundle, save_bundle
from adscreen.screen import Screener
from adscreen.settings import Policy, default_bundle
from adscreen.text.normalise import clean
from bench import bench_ads

TARGET_CHARACTERS = 2000
BATCH = 10_000
EXAMINED_SHARES = (0.01, 0.05)
FEW = 10
"""All ads are examined in so much smaller a sample: that is some hundred times slower."""


def write_ads(path: Path, texts: list[str], total: int) -> None:
    """Write `total` different ads of about TARGET_CHARACTERS to a Parquet file, in batches; few of them are spread over all texts."""
    numbers = count(step=max(len(texts) // total, 1))
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        for first in range(0, total, BATCH):
            rows = [vary(texts, number) for number in islice(numbers, min(BATCH, total - first))]
            writer.write_batch(pa.RecordBatch.from_arrays([pa.array(f"ad{first + n}" for n in range(len(rows))), pa.array(rows)], schema=schema))


def vary(texts: list[str], number: int) -> str:
    """An ad of its own: one real ad, filled up with the next ones to the target length, and its number."""
    parts, at = [f"Ref {number}"], number % len(texts)
    while sum(map(len, parts)) < TARGET_CHARACTERS:
        parts.append(texts[at % len(texts)][:TARGET_CHARACTERS])
        at += 1
    return "\n".join(parts)[:TARGET_CHARACTERS]


def bundle_with_share(folder: Path, sample: list[str], share: float) -> None:
    """A copy of the shipped bundle that examines a share of the sample, by its floor alone, and asks the transformer, if it has one, for all of that."""
    bundle = load_bundle(default_bundle())
    screener = Screener(bundle, Policy())
    scores = screener.triage_log_odds([clean(text) for text in sample])
    floor = {
        **bundle.facts["floor"],
        "score": float(np.quantile(scores, 1 - share)),
        "sure_from_characters": 0,
        "scam_probability": 2.0,
        "languages": ["*"],
    }
    everything = {"transformer": {**bundle.facts.get("transformer", {}), "floor": {"score": -1e9, "scam_probability": 0.0}}}
    save_bundle(folder, replace(bundle, facts={**bundle.facts, **everything, "floor": floor}), "bench only")


def score(ads: Path, out: Path, model: Path, workers: int, examine: str = "auto") -> tuple[float, float]:
    """Seconds, and peak memory in MB of the main process."""
    started = time.perf_counter()
    arguments = [sys.executable, "-m", "adscreen.cli", "score", str(ads), "-o", str(out), "--model", str(model), "--workers", str(workers)]
    arguments += ["--examine", examine]
    process = os.spawnv(os.P_NOWAIT, sys.executable, arguments)
    _, status, usage = os.wait4(process, 0)
    if status:
        sys.exit(f"{' '.join(arguments)} failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def tell(name: str, total: int, seconds: float, peak: float, out: Path) -> None:
    """Print one row."""
    examined = pq.read_table(out, columns=["examined"]).column("examined").to_pylist()
    print(f"{total:>9,} ads, {name:14} ({sum(examined) / total:6.2%} examined): {total / seconds:8,.0f} ads/s, peak {peak:5.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--corpora", type=Path, default=Path("corpora"))
    parser.add_argument("--ads", type=int, nargs="+", default=[20_000])
    options = parser.parse_args()
    texts = [ad["text"] for ad in bench_ads(options.shared, options.corpora)]
    folder = Path(tempfile.mkdtemp())
    try:
        sample = [vary(texts, number) for number in range(0, len(texts), max(len(texts) // 5000, 1))]
        bundles = {"shipped floors": default_bundle()}
        for share in EXAMINED_SHARES:
            bundles[f"{share:.0%} examined"] = folder / f"{share}"
            bundle_with_share(folder / f"{share}", sample, share)
        for total in options.ads:
            ads, out = folder / f"{total}.parquet", folder / "out.parquet"
            write_ads(ads, texts, total)
            for name, model in bundles.items():
                tell(name, total, *score(ads, out, model, 1), out)
            again, _ = score(ads, folder / "two.parquet", model, 2)
            same = out.read_bytes() == (folder / "two.parquet").read_bytes()
            print(f"{'':>9}      two workers: {total / again:8,.0f} ads/s, {'the same bytes' if same else 'OTHER BYTES'}", flush=True)
        few = max(options.ads[0] // FEW, 1)
        write_ads(folder / "few.parquet", texts, few)
        tell("everything", few, *score(folder / "few.parquet", out, default_bundle(), 1, "all"), out)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
