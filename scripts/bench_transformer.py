"""Compare the bundle's transformer with the `transformers` pipeline in fp32, in one run on the same labelled ads and one core.

    python scripts/bench_transformer.py build/heldout.jsonl build/lures_dev.jsonl --base FOLDER

Contenders: our int8 path with the reading of glosses that it needs; the pipeline with the very same network in fp32 and the same glosses; and, with --base,
the pipeline with the encoder it was made from over the ads' own text, which is what a team would otherwise run (untrained there: speed only). Shown are
ads/s, PR-AUC and ROC-AUC of lures against lawful look-alikes, how far the scores are apart, what loading costs, one ad at a time against batches, and both
rules for ads that are longer than the encoder reads at once.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from adscreen.classifiers.bundle import load_bundle
from adscreen.classifiers.segments import LONG, Segments, gloss_segments
from adscreen.classifiers.transformer import TOKENIZER, Transformer, padded, scores_of
from adscreen.corpora.labelled import mixed_sources, read_labelled
from adscreen.ingest.options import ReadOptions
from adscreen.settings import default_bundle
from adscreen.text.gloss import GlossReader

ADS = 600
PIPELINE_BATCH = 8
MAX_TOKENS = 512

FloatArray = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ads", nargs="+")
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--base", default="", help="folder or name of the encoder that the transformer was made from")
    parser.add_argument("--count", type=int, default=ADS)
    options = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    ads = read_labelled(options.ads, ReadOptions(check_labels=True), lambda reject: None)
    rows = np.flatnonzero(mixed_sources(ads.sources, ads.labels) & np.isin(ads.labels.astype(str), ("lure", "legitimate")))
    ads = ads.select(np.sort(np.random.default_rng(0).permutation(rows)[: options.count]))
    lure = ads.labels == "lure"
    bundle = load_bundle(options.model or default_bundle())
    if bundle.transformer is None:
        sys.exit(f"{bundle.label} has no transformer")
    reader = GlossReader(bundle.glossary)
    for text, language in zip(ads.texts, ads.languages, strict=True):
        reader.read(text, language)  # glossaries are compiled now, not in the timing
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    bundle.transformer.scores([gloss_segments(reader.read("we need staff", "en"))])
    print(
        f"first score: {time.perf_counter() - started:.2f} s, {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before:.0f} MB more memory"
    )

    def ours() -> FloatArray:
        segments = [gloss_segments(reader.read(text, language)) for text, language in zip(ads.texts, ads.languages, strict=True)]
        assert bundle.transformer is not None
        return bundle.transformer.scores(segments)[:, 0]

    seconds, reference = timed(ours)
    tell("adscreen int8, glosses", len(ads), seconds, seconds, reference, reference, lure)
    one_by_one(bundle.transformer, reader, list(ads.texts), list(ads.languages))
    long_ads(bundle.transformer, [gloss_segments(reader.read(text, language)) for text, language in zip(ads.texts, ads.languages, strict=True)], lure)
    import torch

    torch.set_num_threads(1)
    same = pipeline_of_bundle(bundle.transformer)
    glossed = [" ".join(gloss_segments(reader.read(text, language)).texts) for text, language in zip(ads.texts, ads.languages, strict=True)]
    other, scores = timed(lambda: same(glossed))
    tell("transformers pipeline, fp32, glosses", len(ads), other, seconds, scores, reference, lure)
    if options.base:
        plain = pipeline_of_base(options.base)
        other, _ = timed(lambda: plain(list(ads.texts)))
        tell("transformers pipeline, fp32, text", len(ads), other, seconds, None, reference, lure)


def timed(run: Callable[[], FloatArray]) -> tuple[float, FloatArray]:
    """Seconds of processor time, so that a busy machine counts little, and what came out."""
    started = time.process_time()
    found = run()
    return time.process_time() - started, found


def tell(name: str, count: int, seconds: float, ours: float, scores: FloatArray | None, reference: FloatArray, lure: npt.NDArray[np.bool_]) -> None:
    """Print one contender."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    line = f"{name:38} {count / seconds:8.1f} ads/s, {seconds / ours:5.2f} times our time"
    if scores is not None:
        apart = np.abs(1 / (1 + np.exp(-scores)) - 1 / (1 + np.exp(-reference)))
        line += f", PR-AUC {average_precision_score(lure, scores):.4f}, ROC-AUC {roc_auc_score(lure, scores):.4f}"
        line += f", probabilities apart {apart.mean():.4f} on average, {apart.max():.3f} at most"
    print(line, flush=True)


def one_by_one(transformer: Transformer, reader: GlossReader, texts: list[str], languages: list[str]) -> None:
    """What batches would cost on this processor, and how far they would move scores."""
    pieces = [transformer._pieces(gloss_segments(reader.read(text, language))) for text, language in zip(texts, languages, strict=True)]
    inputs = sorted((transformer.settings.layout.inputs(one)[0] for one in pieces), key=len)
    alone, each = timed(lambda: np.vstack([transformer._run(*padded([one])) for one in inputs]))
    batches = [inputs[at : at + PIPELINE_BATCH] for at in range(0, len(inputs), PIPELINE_BATCH)]
    together, batched = timed(lambda: np.vstack([transformer._run(*padded(batch)) for batch in batches]))
    moved = np.abs((each[:, 1] - each[:, 0]) - (batched[:, 1] - batched[:, 0]))
    print(
        f"encoder alone: {1000 * alone / len(inputs):.1f} ms an ad one by one, {1000 * together / len(inputs):.1f} ms in batches of {PIPELINE_BATCH} sorted "
        f"by length, which move scores by up to {moved.max():.2f} log-odds; {np.mean([len(one) for one in inputs]):.0f} tokens on average",
        flush=True,
    )


def long_ads(transformer: Transformer, segments: list[Segments], lure: npt.NDArray[np.bool_]) -> None:
    """What the beginning and end of long ads tell, and what windows over the whole of them tell."""
    from sklearn.metrics import roc_auc_score

    layout = transformer.settings.layout
    pieces = [transformer._pieces(one) for one in segments]
    rows = [row for row, one in enumerate(pieces) if sum(map(len, one)) + len(layout.first) + len(layout.last) > layout.tokens]
    if not 0 < lure[rows].sum() < len(rows):
        print("no lures and lawful ads among those longer than the encoder reads")
        return
    told = []
    for rule in LONG:
        seconds, scores = timed(lambda rule=rule: scores_of([pieces[row] for row in rows], replace(layout, long=rule), transformer._logits)[:, 0])  # type: ignore[misc]
        told.append(f"{rule} ROC-AUC {roc_auc_score(lure[rows], scores):.4f} at {1000 * seconds / len(rows):.1f} ms an ad")
    print(f"{len(rows)} ads longer than {layout.tokens} tokens: {'; '.join(told)}", flush=True)


def pipeline_of_bundle(transformer: Transformer) -> Callable[[list[str]], FloatArray]:
    """The same network in the pipeline for features, with its head over the mean of the states."""
    import torch
    from transformers import PreTrainedTokenizerFast, pipeline

    from adscreen.classifiers.cuda import load_network
    from adscreen.classifiers.network import POOL_SCALE

    network = load_network(transformer.folder, transformer.settings.tensors).eval()
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(transformer.folder / TOKENIZER), pad_token="[PAD]", model_max_length=transformer.settings.layout.tokens
    )
    states = pipeline("feature-extraction", model=network.encoder, tokenizer=tokenizer, framework="pt", device="cpu")

    def run(texts: list[str]) -> FloatArray:
        pooled = [np.asarray(one, np.float32)[0].mean(axis=0) for one in states(texts, batch_size=1, tokenize_kwargs={"truncation": True})]
        with torch.inference_mode():
            logits: Any = network.head(torch.from_numpy(np.array(pooled)) * POOL_SCALE).numpy()
        return np.asarray(logits[:, 1] - logits[:, 0], np.float64)

    return run


def pipeline_of_base(base: str) -> Callable[[list[str]], FloatArray]:
    """What a team would run: the encoder with a classification head over the text as it is, cut at MAX_TOKENS."""
    from transformers import pipeline

    classify = pipeline("text-classification", model=base, tokenizer=base, device="cpu")
    return lambda texts: np.array([one["score"] for one in classify(texts, batch_size=PIPELINE_BATCH, truncation=True, max_length=MAX_TOKENS)])


if __name__ == "__main__":
    main()
