"""A policy file overrides only what it names, and all its problems are told at once."""

import pytest

from adscreen.errors import InputError
from adscreen.settings import Policy, load_policy, parse_policy


def test_a_partial_file_keeps_the_rest(tmp_path):
    (tmp_path / "strict.toml").write_text("urgent = 0.99\n")
    assert load_policy(tmp_path / "strict.toml", Policy(review=0.4)) == Policy(name="strict", review=0.4, urgent=0.99)


def test_all_problems_at_once():
    with pytest.raises(InputError) as caught:
        parse_policy({"reviw": 0.5, "urgent": 7, "prevalence": "many"}, Policy(), "p.toml")
    assert all(word in str(caught.value) for word in ("p.toml", "'reviw'", "urgent = 7", "prevalence = 'many'"))


@pytest.mark.parametrize(
    ("values", "message"), [({"review": 0.9, "urgent": 0.5}, "above urgent"), ({"prevalence": 1}, "every ad a lure"), ({"review": True}, "True")]
)
def test_impossible_policies_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        parse_policy(values, Policy(), "p")


@pytest.mark.parametrize("content", [b"review = ", b"\xff\xfe\x00"])
def test_a_file_that_is_not_toml_is_named(tmp_path, content):
    (tmp_path / "bad.toml").write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.toml.*not TOML"):
        load_policy(tmp_path / "bad.toml", Policy())


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        load_policy(tmp_path / "none.toml", Policy())


def test_a_language_has_its_own_thresholds_and_the_rest_is_inherited(tmp_path):
    (tmp_path / "p.toml").write_text("review = 0.5\nscam_review = 0.7\n[language.th]\nreview = 0.6\n[evidence]\ndata = 'held-out ads'\n")
    policy = load_policy(tmp_path / "p.toml", Policy())
    assert (policy.of("th").review, policy.of("th").scam_review, policy.of("vi").review) == (0.6, 0.7, 0.5)


def test_problems_of_language_tables_are_told_with_the_others():
    with pytest.raises(InputError) as error:
        parse_policy({"review": 2, "language": {"th": {"urgent": "high", "revue": 0.1}}}, Policy(), "p")
    assert all(said in str(error.value) for said in ("review = 2", "language.th: urgent = 'high'", "language.th: unknown key 'revue'"))
