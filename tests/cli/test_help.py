"""Every verb explains itself with an example, and the README's commands exist."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from adscreen.ingest.readers.protocol import SourceLog
from adscreen.records import JobAd

VERBS = [
    ("score",),
    ("ingest",),
    ("explain",),
    ("train",),
    ("evaluate",),
    ("threshold",),
    ("drift",),
    ("corpus", "split"),
    ("indicators", "list"),
    ("indicators", "show"),
    ("models", "list"),
    ("models", "verify"),
    ("models", "card"),
]
README = Path(__file__).parent.parent.parent / "README.md"


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_has_an_example(adscreen, verb):
    result = adscreen(*verb, "--help")
    assert result.code == 0
    assert f"Example: adscreen {' '.join(verb)}" in " ".join(result.out.split())


def _readme_commands():
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", README.read_text("utf-8"), re.DOTALL | re.MULTILINE):
        for line in block.splitlines() if not language else ():
            if "adscreen " in line:
                yield line[line.index("adscreen ") :].split("|")[0]


@pytest.mark.parametrize("line", list(_readme_commands()))
def test_readme_commands_use_verbs_and_options_that_exist(adscreen, line):
    words = shlex.split(line)[1:]
    verb = words[:2] if words[0] in ("indicators", "models") else words[:1]
    usage = adscreen(*verb, "--help").out
    assert all(option in usage for option in words if option.startswith("-") and option != "-")


def test_readme_examples_on_the_samples_run(adscreen, small_bundle, monkeypatch):
    monkeypatch.chdir(README.parent)
    lines = [line for line in _readme_commands() if "corpora/samples" in line]
    assert len(lines) == 3
    for line in lines:
        assert adscreen(*shlex.split(line)[1:], "--model", small_bundle).code == 0


def test_the_reader_of_the_readme_reads(tmp_path):
    (code,) = re.findall(r"```python\n(.*?class NotesReader.*?)```", README.read_text("utf-8"), re.DOTALL)
    names = {"dataclass": dataclass, "JobAd": JobAd}
    exec(code, names)
    (tmp_path / "ads.txt").write_text("cook\nguard\n", "utf-8")
    log = SourceLog("ads.txt", lambda reject: None)
    assert [ad.text for ad in names["NotesReader"]().read(str(tmp_path / "ads.txt"), log)] == ["cook", "guard"]
    assert log.items == 2


def test_indicators_can_be_listed_and_shown(adscreen):
    listed = adscreen("indicators", "list", "--kind", "lawful")
    assert "licence_or_job_order" in listed.out
    assert "travel_paid" not in listed.out
    shown = adscreen("indicators", "show", "travel_paid").out
    assert "Sources:" in shown
    assert "must not" in shown


def test_an_unknown_indicator_suggests_near_ones(adscreen):
    result = adscreen("indicators", "show", "travel_payed")
    assert result.code == 2
    assert "travel_paid" in result.err
