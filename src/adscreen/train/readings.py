"""What the models see of labelled ads, read once: n-grams for triage, features and passages for examination."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from adscreen.classifiers.features import FeatureSpace
from adscreen.classifiers.ngram import BITS, bucket_counts
from adscreen.classifiers.passages import Passages, passages_of
from adscreen.classifiers.segments import gloss_segments
from adscreen.corpora.labelled import LabelledAds
from adscreen.indicators.catalogue import CATALOGUE_DIR, load_catalogue
from adscreen.indicators.reader import Reader
from adscreen.text.gloss import GLOSSARY_DIR, GlossReader, load_glossary

FloatArray = npt.NDArray[np.float64]
Arrays = Mapping[str, npt.NDArray[Any]]
Keep = Callable[[str, Callable[[], Arrays]], Arrays]
"""Given a key and how to make them: arrays, kept under the key from an earlier run or made now."""

Job = tuple[str, str]
"""Text and language of one ad."""
Read = tuple[FloatArray, Passages, tuple[str, ...]]
"""Features, passages and glossed text of each passage, of one ad."""
Reads = Callable[[Sequence[Job]], Iterable[Read]]

FEW = 500
"""Ads up to which one process reads: some ten milliseconds each, where a new process takes seconds to load catalogue and glossary."""
CHUNK = 2000
"""Ads that are read, and kept, at a time: under a minute's work, so that little is lost when a run is stopped."""
_OF_NGRAMS = ("data", "indices", "indptr")
_OF_PASSAGES = ("spans", "keys", "owner", "bucket", "value")


@dataclass(frozen=True, slots=True)
class Readings:
    """One entry per ad: n-grams of shape (n, 2**BITS), features of shape (n, features), passages, and the English glosses of each passage."""

    ngrams: sp.csr_matrix
    features: FloatArray
    passages: tuple[Passages, ...]
    glossed: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.passages)

    def select(self, where: npt.NDArray[np.int64]) -> Readings:
        """The entries of these row numbers."""
        return Readings(
            self.ngrams[where], self.features[where], tuple(self.passages[row] for row in where), tuple(self.glossed[row] for row in where)
        )

    def arrays(self) -> Arrays:
        """The same as plain arrays, passages end to end, to be kept in a file."""
        flat = {name: np.concatenate([getattr(one, name) for one in self.passages]) for name in _OF_PASSAGES}
        counts = {f"{name}_counts": np.array([len(getattr(one, name)) for one in self.passages]) for name in _OF_PASSAGES}
        ngrams = {f"ngrams_{name}": getattr(self.ngrams, name) for name in _OF_NGRAMS}
        glossed = np.frombuffer("\0".join("\n".join(texts) for texts in self.glossed).encode(), np.uint8)
        return {"features": self.features, "glossed": glossed, **ngrams, **flat, **counts}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Readings:
        """What `arrays` gave."""
        parts = [np.split(arrays[name], np.cumsum(arrays[f"{name}_counts"])[:-1]) for name in _OF_PASSAGES]
        data, indices, ends = (arrays[f"ngrams_{name}"] for name in _OF_NGRAMS)
        ngrams = sp.csr_matrix((data, indices, ends), shape=(len(ends) - 1, 1 << BITS))
        texts = arrays["glossed"].tobytes().decode().split("\0")
        glossed = tuple(tuple(text.split("\n")) if text else () for text in texts)
        return cls(ngrams, arrays["features"], tuple(Passages(*columns) for columns in zip(*parts, strict=True)), glossed)

    @classmethod
    def joined(cls, parts: Sequence[Readings]) -> Readings:
        """Several readings, one after the other."""
        features = np.vstack([part.features for part in parts])
        passages, glossed = (tuple(one for part in parts for one in getattr(part, name)) for name in ("passages", "glossed"))
        return cls(sp.vstack([part.ngrams for part in parts], format="csr"), features, passages, glossed)


def make_now(key: str, make: Callable[[], Arrays]) -> Arrays:
    """Keep nothing."""
    return make()


def read_ads(
    ads: LabelledAds,
    characters: int,
    catalogue_dir: Path = CATALOGUE_DIR,
    glossary_dir: Path = GLOSSARY_DIR,
    keep: Keep = make_now,
    made_with: str = "",
) -> Readings:
    """Read the first `characters` of every ad, with all cores, CHUNK ads at a time.

    `keep` may give what an earlier run read; its keys hold the ads and `made_with`, which must name catalogue, glossary and code.
    """
    jobs = [(text[:characters], language) for text, language in zip(ads.texts, ads.languages, strict=True)]
    chunks = [jobs[first : first + CHUNK] for first in range(0, len(jobs), CHUNK)]
    with _readers(len(jobs), (catalogue_dir, glossary_dir)) as read:
        return Readings.joined([Readings.from_arrays(keep(_key(chunk, made_with), partial(_read_chunk, read, chunk))) for chunk in chunks])


@contextmanager
def _readers(count: int, folders: tuple[Path, Path]) -> Iterator[Reads]:
    """What reads many ads: this process, when starting others would take longer than the reading; else one for each core."""
    if count <= FEW:
        yield lambda jobs: _read_here(jobs, folders)
        return
    context = multiprocessing.get_context("spawn")  # forking a process that holds Arrow's threads can deadlock
    with ProcessPoolExecutor(mp_context=context, initializer=_start_reader, initargs=folders) as pool:
        yield lambda jobs: pool.map(_read, jobs, chunksize=64)


def _read_here(jobs: Sequence[Job], folders: tuple[Path, Path]) -> Iterator[Read]:
    _start_reader(*folders)
    return map(_read, jobs)


def _read_chunk(read: Reads, jobs: Sequence[Job]) -> Arrays:
    features, passages, glossed = zip(*read(jobs), strict=True)
    return Readings(ngram_matrix([text for text, _ in jobs]), np.array(features), passages, glossed).arrays()


def _key(jobs: Sequence[Job], made_with: str) -> str:
    digest = hashlib.sha256(made_with.encode())
    for text, language in jobs:
        digest.update(f"{language}\0{text}\0".encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


def ngram_matrix(texts: Sequence[str]) -> sp.csr_matrix:
    """Sparse training rows of clean texts, shape (len(texts), 2**BITS)."""
    rows = [bucket_counts(text) for text in texts]
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in rows)])
    buckets = np.concatenate([buckets for buckets, _ in rows]).astype(np.int32)
    values = np.concatenate([values for _, values in rows]).astype(np.float32)
    return sp.csr_matrix((values, buckets, ends), shape=(len(rows), 1 << BITS))


_reader: tuple[Reader, FeatureSpace, GlossReader] | None = None


def _start_reader(catalogue_dir: Path, glossary_dir: Path) -> None:
    global _reader  # one compiled catalogue for each worker process
    catalogue = load_catalogue(catalogue_dir)
    _reader = Reader.of(catalogue), FeatureSpace.of(catalogue), GlossReader(load_glossary(glossary_dir))


def _read(job: Job) -> Read:
    assert _reader is not None
    reader, space, glosses = _reader
    read = glosses.read(*job)
    return space.vector(reader.read(*job)), passages_of(read), gloss_segments(read).texts
