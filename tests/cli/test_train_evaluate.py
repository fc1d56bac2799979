"""A team retrains on its own labels and measures the result, from the command line."""

import json

import pytest


def test_train_then_evaluate_then_verify(adscreen, small_corpus, tmp_path):
    (tmp_path / "quick.toml").write_text("folds = 3\n")
    model = tmp_path / "ours"
    trained = adscreen("train", small_corpus, "-o", model, "--config", tmp_path / "quick.toml")
    assert trained.code == 0, trained.err
    assert "PR-AUC" in trained.out
    assert adscreen("models", "verify", model).code == 0
    assert "Trained on" in adscreen("models", "card", model).out
    measured = adscreen("evaluate", small_corpus, "--model", model, "--report", tmp_path / "report.json")
    assert measured.code == 0, measured.err
    assert "length-and-style control" in measured.out
    assert f"trained on {len(small_corpus.read_bytes().splitlines())} of these ads" in measured.out
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))["figures"]
    rows = [json.loads(line) for line in small_corpus.read_bytes().splitlines()]
    assert report["lure"]["ads"] == len(rows)
    assert report["lure"]["positives"] == sum(row["label"] == "lure" for row in rows)
    assert sum(part["figures"]["ads"] for part in report["slices"]["language"]) == len(rows)


def test_unsure_rows_are_left_out_and_said(adscreen, small_corpus, small_bundle, tmp_path):
    rows = [json.loads(line) for line in small_corpus.read_bytes().splitlines()]
    for row in rows[:7]:
        row["label"] = "unsure"
    path = tmp_path / "reviewed.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    out = adscreen("evaluate", path, "--model", small_bundle).out
    assert "left out: 7 ads labelled unsure" in out


@pytest.mark.parametrize("verb", ["train", "evaluate"])
def test_a_wrong_label_is_a_reject_with_its_line(adscreen, small_corpus, small_bundle, tmp_path, verb):
    path = tmp_path / "typo.jsonl"
    path.write_text(small_corpus.read_text("utf-8") + '{"text": "x", "label": "lurre"}\n', "utf-8")
    options = ("-o", tmp_path / "m") if verb == "train" else ("--model", small_bundle)
    result = adscreen(verb, path, *options, "--rejects", tmp_path / "bad.jsonl")
    (reject,) = [json.loads(line) for line in (tmp_path / "bad.jsonl").read_bytes().splitlines()]
    assert (reject["reason"], reject["line"]) == ("bad_label", len(path.read_bytes().splitlines()))
    assert "1 row rejected" in result.err


def test_no_labels_says_which_column_is_needed(adscreen, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n')
    result = adscreen("train", tmp_path / "a.jsonl", "-o", tmp_path / "m")
    assert result.code == 2
    assert "`label` column" in result.err


def test_too_few_groups_to_hold_any_out_is_refused(adscreen, tmp_path):
    rows = [{"text": f"ad {n}", "label": "lure" if n % 2 else "legitimate", "group": f"g{n % 4}"} for n in range(40)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = adscreen("train", tmp_path / "a.jsonl", "-o", tmp_path / "m")
    assert result.code == 2
    assert "independent groups" in result.err
    assert not (tmp_path / "m").exists()


def test_all_problems_of_a_config_at_once(adscreen, small_corpus, tmp_path):
    (tmp_path / "c.toml").write_text('fold = 3\ntriage_c = "much"\n')
    result = adscreen("train", small_corpus, "-o", tmp_path / "m", "--config", tmp_path / "c.toml")
    assert result.code == 2
    assert "'fold'" in result.err
    assert "triage_c = 'much'" in result.err


def test_training_does_not_replace_a_folder_that_is_no_bundle(adscreen, small_corpus, tmp_path):
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    result = adscreen("train", small_corpus, "-o", folder)
    assert result.code == 2
    assert "is no bundle" in result.err
    assert (folder / "thesis.txt").read_text() == "years of work"


def test_a_report_does_not_overwrite_the_ads(adscreen, small_corpus, small_bundle):
    before = small_corpus.read_bytes()
    assert adscreen("evaluate", small_corpus, "--model", small_bundle, "--report", small_corpus).code == 2
    assert small_corpus.read_bytes() == before


def test_only_unsure_rows_are_a_clear_error(adscreen, small_bundle, tmp_path):
    (tmp_path / "u.jsonl").write_text('{"text": "x", "label": "unsure"}\n' * 3)
    result = adscreen("evaluate", tmp_path / "u.jsonl", "--model", small_bundle)
    assert result.code == 2
    assert "unsure" in result.err


def test_rows_of_less_weight_teach_but_do_not_judge(adscreen, small_corpus, tmp_path):
    rows = [json.loads(line) for line in small_corpus.read_bytes().splitlines()]
    for row in rows[: len(rows) // 2]:
        row["weight"] = 0.5
    (tmp_path / "w.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    (tmp_path / "quick.toml").write_text("folds = 2\n")
    assert adscreen("train", tmp_path / "w.jsonl", "-o", tmp_path / "m", "--config", tmp_path / "quick.toml").code == 0
    facts = json.loads((tmp_path / "m" / "bundle.json").read_text("utf-8"))
    assert facts["training"]["ads"] == len(rows)
    assert facts["held_out"]["ads"] == len(rows) - len(rows) // 2


def test_evaluate_ranks_pairs_and_names_a_strict_threshold(adscreen, small_corpus, small_bundle, tmp_path):
    result = adscreen("evaluate", small_corpus, "--model", small_bundle, "--report", tmp_path / "report.json")
    assert result.code == 0
    assert "strict threshold" in result.out
    assert "ranked rightly" in result.out
    report = json.loads((tmp_path / "report.json").read_text())["figures"]
    assert report["pairs"] > 10
    assert 0 <= report["pairs_ranked"] <= 1
    gaps = [pair["lure"] - pair["lawful"] for pair in report["hardest_pairs"]]
    assert gaps == sorted(gaps)
    assert len(gaps) == min(10, report["pairs"])


def test_texts_of_misjudged_ads_stay_out_of_reports_unless_asked_for(adscreen, small_corpus, small_bundle, tmp_path):
    texts = [json.loads(line)["text"] for line in small_corpus.read_bytes().splitlines()]
    pieces = [text[:30] for text in texts if text[:30].isascii() and len(text) > 60 and text[:30].isprintable()]
    for suffix in ("json", "md", "html"):
        for shown in (False, True):
            path = tmp_path / f"{shown}.{suffix}"
            flags = ("--show-text",) if shown else ()
            assert adscreen("evaluate", small_corpus, "--model", small_bundle, "--report", path, *flags).code == 0
            assert any(piece in path.read_text("utf-8") for piece in pieces) == shown


def test_the_length_slices_cover_every_ad_once_and_a_budget_is_kept(adscreen, small_corpus, small_bundle, tmp_path):
    result = adscreen("evaluate", small_corpus, "--model", small_bundle, "--budget", "10", "--report", tmp_path / "r.json")
    assert result.code == 0, result.err
    figures = json.loads((tmp_path / "r.json").read_text("utf-8"))["figures"]
    assert sum(part["figures"]["ads"] for part in figures["slices"]["length"]) == figures["lure"]["ads"]
    (point,) = [point for point in figures["points"] if point["name"] == "budget of 10"]
    assert point["flagged"] <= 10
    assert {part["part"] for part in figures["parts"]} == {"triage", "signs", "passages", "features", "examined", "verdict"}
