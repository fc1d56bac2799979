"""Twins go together, every ad is seen in every epoch, and what is varied is drawn from the seed."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from adscreen.classifiers.ngram import BITS
from adscreen.classifiers.passages import passages_of
from adscreen.classifiers.segments import Segments
from adscreen.text.gloss import Gloss
from adscreen.train.readings import Readings
from adscreen.train.transformer.base import load_base
from adscreen.train.transformer.data import FILLER_TOKENS, Batches, Examples, examples_of, head_tail, segments_of, tokenised, varied

PAIRS, ALONE = 40, 25
ROWS = [row for row in range(2 * PAIRS + ALONE) if row % 9]
FILLER = 7


@pytest.fixture(scope="module")
def config(tiny_config):
    return replace(tiny_config, batch_tokens=200, epochs=4)


@pytest.fixture(scope="module")
def base(config):
    return load_base(config)


@pytest.fixture(scope="module")
def examples() -> Examples:
    """Twins, then ads without one, of 0 to 60 tokens: each ad its own token, and fillers of another."""
    random = np.random.default_rng(0)
    count = 2 * PAIRS + ALONE
    twins = np.array([f"p{row // 2}" if row < 2 * PAIRS else "" for row in range(count)], dtype=object)
    pieces = [[[100 + row] * int(size) for size in random.integers(0, 20, 3)] for row in range(count)]
    fillers = [[[FILLER] * int(size) for size in random.integers(1, 12, 8)] for _ in range(5)]
    return Examples(pieces, np.arange(count) % 2, np.ones(count), twins, fillers)


def _epochs(batches: Batches, count: int) -> list[list[list[tuple[int, int]]]]:
    found = []
    for epoch in range(count):
        batches.set_epoch(epoch)
        found.append(list(batches))
    return found


def _rows(epoch) -> list[list[int]]:
    return [[row for row, _ in batch] for batch in epoch]


def test_every_row_and_no_other_is_in_every_epoch(examples, base, config):
    for epoch in _epochs(Batches(examples, ROWS, base.layout, config, 0), config.epochs):
        assert {row for batch in _rows(epoch) for row in batch} == set(ROWS)
        assert all(len(set(batch)) == len(batch) > 0 for batch in _rows(epoch))


def test_twins_stand_side_by_side_in_one_batch(examples, base, config):
    both = {row for row in ROWS if examples.twin[row] and row ^ 1 in ROWS}
    for epoch in _epochs(Batches(examples, ROWS, base.layout, config, 0), config.epochs):
        for batch in _rows(epoch):
            for row in both.intersection(batch):
                assert abs(batch.index(row) - batch.index(row ^ 1)) == 1


def test_batches_keep_the_budget_of_tokens(examples, base, config):
    config = replace(config, padding=0.0, drop_tokens=0.0)
    for epoch in _epochs(Batches(examples, ROWS, base.layout, config, 0), config.epochs):
        for batch in _rows(epoch):
            longest = max(len(head_tail(examples.pieces[row], base.layout)) for row in batch)
            assert len(batch) * longest <= config.batch_tokens


def test_filler_keeps_batches_near_the_budget(examples, base, config):
    """Memory is asked for by the longest input of a batch; one ad with filler among many short ones must not multiply it."""
    config, layout = replace(config, padding=0.15, batch_tokens=400), replace(base.layout, tokens=160)
    short = replace(examples, pieces=[[piece[:3] for piece in ad] for ad in examples.pieces])
    for epoch in _epochs(Batches(short, ROWS, layout, config, 0), config.epochs):
        for batch in epoch:
            longest = max(len(varied(short, row, seed, layout, config)) for row, seed in batch)
            assert len(batch) * longest <= 2 * config.batch_tokens or len(batch) <= 2


def test_every_epoch_has_as_many_batches(examples, base, config):
    batches = Batches(examples, ROWS, base.layout, config, 0)
    assert {len(epoch) for epoch in _epochs(batches, config.epochs)} == {len(batches)}


def test_the_seed_decides_and_epochs_differ(examples, base, config):
    one, same, other = (_epochs(Batches(examples, ROWS, base.layout, config, seed), config.epochs) for seed in (0, 0, 1))
    assert one == same
    assert _rows(one[0]) != _rows(other[0])
    assert len({str(_rows(epoch)) for epoch in one}) == config.epochs
    seeds = [{seed for batch in epoch for _, seed in batch} for epoch in one]
    assert len(set.union(*seeds)) == sum(map(len, seeds))


def test_an_epoch_is_the_same_whatever_went_before(examples, base, config):
    straight, late = (Batches(examples, ROWS, base.layout, config, 0) for _ in range(2))
    late.set_epoch(3)
    assert list(late) == _epochs(straight, 4)[3]


def test_one_ad_is_a_batch(examples, base, config):
    assert _rows(Batches(examples, [5], base.layout, replace(config, batch_tokens=1), 0)) == [[5]]


def test_variations_are_drawn_from_the_seed(examples, base, config):
    config = replace(config, padding=0.5, drop_tokens=0.3)
    one, same, other = ([varied(examples, row, seed, base.layout, config) for row in ROWS] for seed in (11, 11, 12))
    assert one == same
    assert one != other
    assert max(map(len, one)) <= base.layout.tokens


def test_without_variation_an_ad_is_read_as_it_is(examples, base, config):
    config = replace(config, padding=0.0, drop_tokens=0.0)
    for row in ROWS:
        assert varied(examples, row, 3, base.layout, config) == base.layout.inputs(examples.pieces[row])[0]


def test_about_the_asked_share_of_tokens_is_left_out(examples, base, config):
    config, layout = replace(config, padding=0.0, drop_tokens=0.25), replace(base.layout, tokens=500)
    kept = sum(len(varied(examples, row, 3, layout, config)) - 2 for row in ROWS)
    assert kept / sum(sum(map(len, examples.pieces[row])) for row in ROWS) == pytest.approx(0.75, abs=0.05)


def test_twins_get_the_same_filler_on_the_same_side(examples, base, config):
    config, layout = replace(config, padding=1.0, drop_tokens=0.0), replace(base.layout, tokens=500)
    sides = set()
    for first in range(0, 2 * PAIRS, 2):
        read = [varied(examples, row, 21, layout, config)[1:-1] for row in (first, first + 1)]
        fillers = [[at for at, token in enumerate(one) if token == FILLER] for one in read]
        assert len(fillers[0]) == len(fillers[1]) <= FILLER_TOKENS[1]
        assert fillers[0]
        before = [where[0] == 0 and len(where) < len(one) for where, one in zip(fillers, read, strict=True) if len(where) < len(one)]
        assert len(set(before)) < 2
        sides.update(before)
        for row, one in zip((first, first + 1), read, strict=True):
            assert [token for token in one if token != FILLER] == [token for piece in examples.pieces[row] for token in piece]
    assert sides == {True, False}


def test_about_the_asked_share_of_ads_is_padded(examples, base, config):
    config, layout = replace(config, padding=0.3, drop_tokens=0.0), replace(base.layout, tokens=500)
    padded = [FILLER in varied(examples, row, seed, layout, config) for seed in range(20) for row in range(0, 2 * PAIRS, 2)]
    assert np.mean(padded) == pytest.approx(0.3, abs=0.06)


def test_without_ordinary_ads_nothing_is_padded(examples, base, config):
    bare = replace(examples, fillers=[])
    assert varied(bare, 0, 1, base.layout, replace(config, padding=1.0, drop_tokens=0.0)) == base.layout.inputs(bare.pieces[0])[0]


@pytest.fixture(scope="module")
def mixed(labelled):
    """Lures with their look-alikes, and two sources that hold none."""
    labels = ["lure", "legitimate"] * 10 + ["legitimate"] * 30 + ["job_scam"] * 8 + ["legitimate"] * 4
    sources = ["lures"] * 20 + ["big"] * 38 + ["small"] * 4
    texts = [f"driver wait {'abcdefghijklmnopqrstuvwxyz'[number % 26]} boss {number}" for number in range(62)]
    ads = labelled(texts, labels, [f"g{number}" for number in range(62)], weights=[1.0] * 19 + [0.5] + [1.0] * 42)
    return replace(ads, sources=np.array(sources, dtype=object))


def _segmented(ads) -> list[Segments]:
    return [Segments((text,), np.zeros((1, 2), np.int64)) for text in ads.texts]


def test_ordinary_ads_are_sampled_by_source_and_label_and_weigh_less(mixed, base, config):
    config = replace(config, ordinary_rows=6, ordinary_weight=0.25)
    found = examples_of(mixed, _segmented(mixed), mixed.pairs, base, config)
    assert found.weight[:20].tolist() == [1.0] * 19 + [0.5]
    assert set(found.weight[20:]) == {0.0, 0.25}
    taken = {
        (source, label): int((found.weight[20:][(mixed.sources[20:] == source) & (mixed.labels[20:] == label)] > 0).sum())
        for source, label in (("big", "legitimate"), ("big", "job_scam"), ("small", "legitimate"))
    }
    assert taken == {("big", "legitimate"): 6, ("big", "job_scam"): 6, ("small", "legitimate"): 4}
    assert len(found.fillers) == 10
    assert len(found) == len(mixed)


def test_the_sample_does_not_depend_on_the_order_of_rows(mixed, base, config):
    config, back = replace(config, ordinary_rows=6), np.arange(len(mixed))[::-1]
    forward = examples_of(mixed, _segmented(mixed), mixed.pairs, base, config).weight
    turned = mixed.select(back)
    assert np.array_equal(examples_of(turned, _segmented(turned), turned.pairs, base, config).weight[back], forward)


def test_tokens_are_those_of_the_tokenizer_without_special_ones(mixed, base):
    segments = [Segments(("driver wait", "boss ."), np.zeros((2, 2), np.int64)), Segments((), np.zeros((0, 2), np.int64)), *_segmented(mixed)[:2]]
    found = tokenised(segments, base)
    vocabulary = base.tokenizer.get_vocab()
    assert found[0] == [[vocabulary["driver"], vocabulary["wait"]], [vocabulary["boss"], vocabulary["."]]]
    assert found[1] == []
    assert [len(ad) for ad in found] == [len(one) for one in segments]


def test_long_texts_are_tokenised_whole(base):
    base.tokenizer.backend_tokenizer.enable_truncation(5)
    assert len(tokenised([Segments(("boss " * 900,), np.zeros((1, 2), np.int64))], base)[0][0]) == 900


@pytest.fixture(scope="module")
def readings() -> Readings:
    """Of four ads, the last without a passage."""
    glossed = (("boss keep .", "fly ."), ("interview . office .",), ("zürich 北 .",), ())
    clauses = [
        [Gloss(word, at, at + 1, at, word) for at, word in enumerate(["a", "b", "c", "d", "e", "f", "g"][: 7 if row == 0 else 2])] for row in range(3)
    ]
    passages = (*(passages_of(one) for one in clauses), passages_of([]))
    assert [len(one) for one in passages] == [len(one) for one in glossed]
    return Readings(sp.csr_matrix((4, 1 << BITS), dtype=np.float32), np.arange(8.0).reshape(4, 2), passages, glossed)


def test_a_transformer_reads_glosses_or_text(labelled, readings):
    ads = labelled([f"ad number {at}" for at in range(4)], ["lure"] * 4, list("abcd"))
    for segments, passages, texts in zip(segments_of(ads, readings, "glosses", 100), readings.passages, readings.glossed, strict=True):
        assert segments.texts == texts
        assert np.array_equal(segments.spans, passages.spans)
    assert [one.texts for one in segments_of(ads, readings, "text", 6)] == [("ad num",)] * 4


@pytest.mark.parametrize("rows", [(0, 1, 2, 3), (3,), (3, 3, 0), (0, 3), (3, 1, 3)])
def test_kept_glosses_come_back_as_they_were(readings, rows):
    chosen = readings.select(np.array(rows))
    arrays = chosen.arrays()
    assert all(values.dtype != object for values in arrays.values())
    back = Readings.from_arrays(arrays)
    assert back.glossed == tuple(readings.glossed[row] for row in rows)
    assert [len(one) for one in back.passages] == [len(one) for one in back.glossed]
    assert Readings.joined([back, chosen]).glossed == back.glossed * 2
