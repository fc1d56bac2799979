"""The road with a transformer: who is read by it, what that changes, and evidence that stands in the ad."""

import subprocess
import sys
from dataclasses import asdict, replace

import numpy as np
import pytest

from adscreen.classifiers.bundle import load_bundle
from adscreen.corpora.labelled import read_labelled
from adscreen.ingest.options import ReadOptions
from adscreen.ingest.tables import read_ads
from adscreen.screen import ALL, AUTO, NONE, Screener
from adscreen.train.run import train_bundle
from adscreen.train.work import Work


@pytest.fixture(scope="session")
def transformed_bundle(small_corpus, small_config, tiny_config, tmp_path_factory):
    """`small_bundle` with a tiny transformer, trained for an epoch."""
    folder = tmp_path_factory.mktemp("models") / "transformed"
    ads = read_labelled([str(small_corpus)], ReadOptions(check_labels=True), lambda reject: None)
    config = replace(small_config, transformer=replace(tiny_config, epochs=1, folds=2, floor_loss=0.3))
    train_bundle(ads, folder, config)
    return folder


@pytest.fixture
def batch(small_corpus):
    return next(read_ads([str(small_corpus)], ReadOptions(), lambda reject: None))


def _screener(folder, examine=AUTO, floor=None):
    screener = Screener.load(folder, examine=examine)
    if floor is None:
        return screener
    facts = dict(screener.bundle.facts)
    facts["transformer"] = {**facts["transformer"], "floor": {"score": floor, "scam_probability": 2.0}}
    return Screener(replace(screener.bundle, facts=facts), screener.policy, examine=examine)


def test_a_bundle_says_what_its_transformer_is_and_loses(transformed_bundle, adscreen):
    facts = load_bundle(transformed_bundle).facts["transformer"]
    assert facts["base"] == "tiny"
    assert facts["export"]["parity"][0]["language"] == "*"
    assert sum(lures for _, lures in facts["floor"]["lures_lost"].values()) > 0
    card = adscreen("models", "card", transformed_bundle).out
    assert "Fine-tuned from tiny" in card
    assert adscreen("models", "verify", transformed_bundle).code == 0


def test_everything_is_read_with_all_and_nothing_with_none(transformed_bundle, batch):
    everything = _screener(transformed_bundle, ALL).judge(batch)
    assert all(one.reading is not None and one.reading.was_transformed for one in everything)
    nothing = _screener(transformed_bundle, NONE).judge(batch)
    assert all(one.reading is None for one in nothing)


def test_the_floor_decides_who_is_read(transformed_bundle, batch):
    first = [one.first.lure.log_odds for one in _screener(transformed_bundle, ALL).judge(batch)]
    floor = float(np.median(first))
    judged = [one for one in _screener(transformed_bundle, floor=floor).judge(batch) if one.reading is not None]
    assert {one.reading.was_transformed for one in judged} == {True, False}
    assert all(one.reading.was_transformed == (one.first.lure.log_odds >= floor) for one in judged)
    assert all(one.reading is one.first for one in judged if not one.reading.was_transformed)


def test_parts_are_the_same_however_much_was_judged_before(transformed_bundle, batch):
    parts = []
    for examine in (ALL, AUTO, NONE):
        screener = _screener(transformed_bundle, examine)
        parts.append([asdict(part) for part in screener.parts(screener.judge(batch))])
    for one in parts[1:]:
        for key in ("triage", "signs", "passages", "features", "transformer", "examined"):
            assert [row[key] for row in one] == pytest.approx([row[key] for row in parts[0]], abs=1e-9)


def test_terms_add_up_with_the_transformer(transformed_bundle, batch):
    for one in _screener(transformed_bundle, ALL).judge(batch)[:20]:
        terms = one.reading.lure
        assert terms.prior + terms.passages + terms.wording + terms.transformer + sum(terms.signs.values()) == pytest.approx(terms.log_odds, abs=1e-9)


def test_evidence_of_flagged_ads_holds_the_share_of_the_transformer(transformed_bundle, batch):
    screener = _screener(transformed_bundle, ALL)
    screener._policy = replace(screener.policy, review=1e-6, urgent=1.0)  # everything is flagged
    judged = screener.judge(batch)
    told, untold = screener.verdicts(batch, judged).to_pylist(), screener.verdicts(batch, judged, quote=False).to_pylist()
    fields = batch.to_pylist()
    assert any(one["evidence"] != other["evidence"] for one, other in zip(told, untold, strict=True))
    for verdict, ad in zip(told, fields, strict=True):
        for item in verdict["evidence"]:
            assert item["quote"] == ad[item["field"]][item["start"] : item["end"]]


def test_occlusion_is_what_the_odds_lose_without_the_passage(transformed_bundle, batch):
    screener = _screener(transformed_bundle, ALL)
    reading = next(one.reading for one in screener.judge(batch) if len(one.reading.segments) > 2)
    transformer = screener.bundle.transformer
    whole = transformer.scores([reading.segments])[0]
    without = replace(reading.segments, texts=reading.segments.texts[1:], spans=reading.segments.spans[1:])
    assert transformer.shares(reading.segments)[:, 0] == pytest.approx(whole - transformer.scores([without])[0], abs=1e-6)


def test_neighbours_in_a_batch_do_not_move_a_score(transformed_bundle, batch):
    screener = _screener(transformed_bundle, ALL)
    together = [one.lure for one in screener.judge(batch)]
    alone = [screener.judge(batch.slice(row, 1))[0].lure for row in range(0, batch.num_rows, 16)]
    assert together[::16] == alone


@pytest.mark.parametrize(("examine", "loaded"), [("none", False), ("all", True)])
def test_the_runtime_is_loaded_only_when_an_ad_needs_it(transformed_bundle, examine, loaded):
    code = (
        "import sys, pyarrow as pa\n"
        "from adscreen.screen import Screener\nfrom adscreen.ingest.tables import ad_schema\nfrom pathlib import Path\n"
        f"screener = Screener.load(Path({str(transformed_bundle)!r}), examine={examine!r})\n"
        "schema = ad_schema()\n"
        "row = [pa.array(['We pay the flight'] if name == 'text' else ['']) for name in schema.names]\n"
        "screener.screen_batch(pa.RecordBatch.from_arrays(row, schema=schema))\n"
        "print([name in sys.modules for name in ('onnxruntime', 'tokenizers', 'torch', 'transformers')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == str([loaded, loaded, False, False])


def test_a_stopped_run_takes_over_the_scores_of_finished_folds(small_corpus, small_config, tiny_config, tmp_path):
    ads = read_labelled([str(small_corpus)], ReadOptions(check_labels=True), lambda reject: None)
    config = replace(small_config, transformer=replace(tiny_config, epochs=1, folds=2))

    def stop(line):
        if "all rows" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_bundle(ads, tmp_path / "bundle", config, work=Work(tmp_path / "work", stop))
    said = []
    train_bundle(ads, tmp_path / "bundle", config, work=Work(tmp_path / "work", said.append))
    assert [line.split(": ")[0] for line in said if line.startswith("transformer")] == ["transformer, all rows"]
    train_bundle(ads, tmp_path / "again", config)
    first, second = (load_bundle(tmp_path / name) for name in ("bundle", "again"))
    assert np.allclose(first.combination.whole_weights, second.combination.whole_weights, atol=1e-4)


def test_from_the_command_line(transformed_bundle, small_corpus, adscreen, tmp_path):
    scored = adscreen("score", small_corpus, "--model", transformed_bundle, "--examine", "all", "-o", tmp_path / "all.jsonl")
    assert scored.code == 0, scored.err
    explained = adscreen("explain", "--text", "We hire a driver, the boss waits at the airport.", "--model", transformed_bundle)
    assert "transformer" in explained.out
    refused = adscreen("train", small_corpus, "-o", tmp_path / "m", "--base", tmp_path)
    assert refused.code == 2
    assert "give a folder with config.json" in refused.err
