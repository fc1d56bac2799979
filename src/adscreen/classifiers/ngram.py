"""Triage: a linear model over hashed byte n-grams, run in numpy over whole batches of ads.

The score of an ad is `bias + sum(weights of its n-grams) / sqrt(number of n-grams)`. It works on UTF-8 bytes, so every script needs the
same code and no tokeniser, and it is additive, so the share of every character is exact. Weights are small integers: sums are exact in
any order, hence equal whatever the batch size, the machine or the number of workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CLASSES = ("lure", "job_scam")
"""The two scores: log-odds of lure against all else, and of job scam against all else."""

ORDERS = (3, 6, 9)
"""Bytes per n-gram: one to three characters of Chinese or Thai, three to nine letters of Latin text."""
BITS = 18
"""2**18 buckets: the packed table (2 MB) still fits in a second-level cache."""
MAX_BYTES = 32_768
"""Bytes of an ad that triage reads. With WEIGHT_LIMIT it also keeps both packed sums within 32 bits."""
WEIGHT_LIMIT = 2047
_BLOCK_BYTES = 1 << 16
"""Bytes hashed at a time, so that the intermediate arrays stay in cache."""

_PRIME = np.uint32(0x01000193)
_PRIME_CUBED = np.uint32(0x01000193**3 & 0xFFFFFFFF)
_MIX = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35))
_PAD = b"\0" * (max(ORDERS) - 1)
"""Follows every text, so that an n-gram of every order begins at each of its bytes; those at its end say where it ends."""

_FOLD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456789\t\r", b"abcdefghijklmnopqrstuvwxyz000000000  ")
"""Case of ASCII letters and the digits of pay and phone numbers carry accidents of a data set, not meaning."""

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def encode(text: str) -> bytes:
    """The bytes that triage reads: UTF-8, ASCII case and digits folded, framed by line breaks, cut at MAX_BYTES."""
    return b"\n" + text.encode("utf-8", "replace")[:MAX_BYTES].translate(_FOLD) + b"\n"


def _buckets(data: npt.NDArray[np.uint8]) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Yield (order, bucket of the n-gram that starts at each byte) for all bytes but the padding at the end."""
    size = len(data) - len(_PAD)
    shift = np.uint32(32 - BITS)
    one = data.astype(np.uint32)
    three = (one[:-2] * _PRIME + one[1:-1]) * _PRIME + one[2:]
    six = three[:-3] * _PRIME_CUBED + three[3:]
    nine = six[:-3] * _PRIME_CUBED + three[6:]
    for order, hashes, mix in zip(ORDERS, (three, six, nine), _MIX, strict=True):
        yield order, ((hashes[:size] * mix) >> shift).astype(np.intp)


@dataclass(frozen=True, slots=True)
class NgramModel:
    """A trained triage model.

    `weights`: int16, shape (2, 2**BITS), within ±WEIGHT_LIMIT, in units of `scale` (log-odds), rows in the order of CLASSES.
    `bias`: float64, shape (2,).
    """

    weights: npt.NDArray[np.int16]
    scale: float
    bias: FloatArray
    _packed: IntArray

    @classmethod
    def from_weights(cls, weights: npt.NDArray[np.int16], scale: float, bias: FloatArray) -> NgramModel:
        """Build from integer weights; raises ValueError when shape or range do not fit."""
        if weights.shape != (len(CLASSES), 1 << BITS) or np.abs(weights).max(initial=0) > WEIGHT_LIMIT:
            raise ValueError(f"triage weights must have shape {(len(CLASSES), 1 << BITS)} and lie within ±{WEIGHT_LIMIT}, got {weights.shape}")
        packed = (weights[0].astype(np.int64) << 32) + weights[1].astype(np.int64)
        return cls(weights, scale, bias, packed)

    @classmethod
    def from_coefficients(cls, coefficients: FloatArray, bias: FloatArray) -> NgramModel:
        """Quantise fitted coefficients of shape (2, 2**BITS) to integers with one common scale."""
        scale = float(np.abs(coefficients).max()) / WEIGHT_LIMIT or 1.0
        return cls.from_weights(np.rint(coefficients / scale).astype(np.int16), scale, bias)

    def scores(self, texts: Sequence[str]) -> FloatArray:
        """Log-odds of each class for clean texts; shape (len(texts), 2)."""
        out = np.empty((len(texts), len(CLASSES)))
        for first, block in _blocks(texts):
            out[first : first + len(block)] = self._block_scores(block)
        return out

    def _block_scores(self, block: list[bytes]) -> FloatArray:
        lengths = np.fromiter(map(len, block), np.int64, len(block))
        data = np.frombuffer(_PAD.join(block) + _PAD, np.uint8)
        weights = sum(self._packed.take(buckets) for _, buckets in _buckets(data))
        starts = np.concatenate(([0], np.cumsum(lengths + len(_PAD))[:-1]))
        edges = np.column_stack((starts, starts + lengths)).ravel()[:-1]  # the last text runs to the end
        sums = np.add.reduceat(weights, edges)[::2]
        scam = ((sums + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
        lure = (sums - scam) >> 32
        root = np.sqrt(lengths * len(ORDERS))
        return np.asarray(np.column_stack((lure, scam)) * (self.scale / root)[:, None] + self.bias, np.float64)

    def character_shares(self, text: str, target: int = 0) -> FloatArray:
        """Share of each character of a clean text in the score of one class, shape (len(text),).

        An n-gram's weight is spread evenly over its bytes; what falls on the frame counts to the first and last character. The shares and the bias
        add up to the score.
        """
        encoded = encode(text)
        size = len(encoded)
        shares = np.zeros(size + len(_PAD) + 1)
        for order, buckets in _buckets(np.frombuffer(encoded + _PAD, np.uint8)):
            each = self.weights[target].take(buckets) / order
            shares[:size] += each
            shares[order : order + size] -= each
        per_byte = np.cumsum(shares)[:-1] * (self.scale / np.sqrt(size * len(ORDERS)))
        owner = np.repeat(np.arange(len(text)), _byte_widths(text))[: size - 2]
        if not len(owner):
            return np.zeros(len(text))
        ends = np.full(len(per_byte) - 1 - len(owner), owner[-1])
        return np.bincount(np.concatenate((owner[:1], owner, ends)), weights=per_byte, minlength=len(text)).astype(np.float64)


def _byte_widths(text: str) -> IntArray:
    """UTF-8 bytes of each character."""
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    return np.asarray(1 + (codes >= 0x80) + (codes >= 0x800) + (codes >= 0x10000), np.int64)


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, list[bytes]]]:
    """Runs of encoded texts of about _BLOCK_BYTES, with the position of the first."""
    block: list[bytes] = []
    size = first = 0
    for position, text in enumerate(texts):
        encoded = encode(text)
        block.append(encoded)
        size += len(encoded)
        if size >= _BLOCK_BYTES:
            yield first, block
            block, size, first = [], 0, position + 1
    if block:
        yield first, block


def bucket_counts(text: str) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """The sparse training row of a clean text: distinct buckets, and their counts divided by sqrt(number of n-grams)."""
    encoded = encode(text)
    buckets = [found for _, found in _buckets(np.frombuffer(encoded + _PAD, np.uint8))]
    distinct, counts = np.unique(np.concatenate(buckets), return_counts=True)
    return distinct.astype(np.int64), counts / np.sqrt(len(encoded) * len(ORDERS))
