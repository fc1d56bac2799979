"""The spaCy pipeline shows hits to spaCy's own tools, in scripts with and without spaces."""

import pytest

from adscreen.indicators.pipeline import build_pipeline

NLP = build_pipeline()


def test_hits_are_spans_and_exact_offsets():
    doc = NLP("柬埔寨西港招聘客服，包机票")
    quotes = {hit.indicator: doc.text[hit.start : hit.end] for hit in doc._.hits}
    assert quotes["place_hot_spot"] == "西港"
    assert "travel_paid" in quotes
    assert {span.label_ for span in doc._.indicator_spans} <= set(quotes)
    assert any(span.text == "西港" for span in doc._.indicator_spans)


@pytest.mark.parametrize(("text", "tokens"), [("招聘客服", list("招聘客服")), ("pay 20k", ["pay", "20k"]), ("รับคน", list("รับคน"))])
def test_scripts_without_spaces_are_split_into_characters(text, tokens):
    assert [token.text for token in NLP(text)] == tokens


def test_pay_is_judged_by_the_wages_of_the_place():
    def band(text):
        return {hit.indicator for hit in NLP(text)._.hits if hit.indicator.startswith("pay_") and "USD/month" in hit.value}

    assert band("Clerk in Cambodia, salary USD 1,500 per month") == {"pay_far_above_entry_wage"}
    assert band("Clerk in Singapore, salary USD 1,500 per month") == {"pay_ordinary"}
