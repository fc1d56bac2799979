"""`adscreen explain`: the words that moved a score, and terms that add up."""

import json

import pytest

LURE = "招聘客服，柬埔寨西港，包机票包吃住，月薪3000美元，不需要经验，联系飞机 @amy__hr"


def test_terms_add_up_and_quotes_are_in_the_text(adscreen, small_bundle):
    shown = json.loads(adscreen("explain", "--text", LURE, "--json", "--model", small_bundle).out)
    for terms in (shown["lure_terms"], shown["scam_terms"]):
        assert sum(terms.values()) - terms["log_odds"] == pytest.approx(terms["log_odds"], abs=1e-6)
    assert all(LURE[item["start"] : item["end"]] == item["quote"] for item in shown["evidence"])
    assert {"travel_paid", "place_hot_spot"} <= set(shown["lure_terms"])


def test_obfuscation_is_seen_through_and_quoted_as_received(adscreen, small_bundle):
    raw = "招聘客服 西​港 包.机.票 包吃住 Ｔ e l e g r a m @amy__hr"
    shown = json.loads(adscreen("explain", "--text", raw, "--json", "--model", small_bundle).out)
    quotes = {item["indicator"]: item["quote"] for item in shown["evidence"]}
    assert "place_hot_spot" in shown["lure_terms"]
    assert all(raw[item["start"] : item["end"]] == item["quote"] for item in shown["evidence"])
    assert quotes.get("travel_paid") in (None, "包.机.票")


def test_an_ad_of_a_table_scores_as_it_does_in_bulk(adscreen, own_ads, small_bundle, tmp_path):
    path = tmp_path / "ads.jsonl"
    path.write_text("".join(json.dumps(ad, ensure_ascii=False) + "\n" for ad in own_ads[:40]), "utf-8")
    verdicts = [json.loads(line) for line in adscreen("score", path, "--model", small_bundle).out.splitlines()]
    verdict = next(row for row in verdicts if row["examined"] and len(row["evidence"]) > 3)
    shown = json.loads(adscreen("explain", path, "--id", verdict["id"], "--json", "--model", small_bundle).out)
    assert {name: shown[name] for name in verdict} == verdict


def test_the_waterfall_ends_in_the_probability(adscreen, small_bundle):
    out = adscreen("explain", "--text", LURE, "--model", small_bundle).out
    assert "prior" in out
    assert "final" in out
    assert "西港" in out


@pytest.mark.parametrize("arguments", [(), ("ads.csv",), ("--text", "  "), ("ads.csv", "--text", "both")])
def test_nothing_to_explain_is_a_usage_error(adscreen, arguments):
    assert adscreen("explain", *arguments).code == 2


def test_an_unknown_id_says_where_ids_come_from(adscreen, tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n')
    result = adscreen("explain", tmp_path / "a.jsonl", "--id", "nope")
    assert result.code == 2
    assert "'nope'" in result.err
