"""Word-by-word English glosses of ads in many languages, so that what is learnt from one language serves all.

No ad is translated well this way; but "costs | set against | salary | if | leave" is the same sequence of glosses in every language, and a model over glosses
needs examples of an idea, not of an idea in each language. Glosses are plain vocabulary, written without looking at labels.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

import snowballstemmer
from ahocorasick_rs import AhoCorasick, MatchKind

from adscreen.errors import InputError
from adscreen.text.fold import fold

GLOSSARY_DIR: Final = Path(__file__).parent / "glossaries"
ENGLISH: Final = "en"
NOTHING: Final = "-"
"""Gloss of words without a meaning of their own."""
MAX_WORDS: Final = 5
"""Words of the longest entry that is looked for in scripts with spaces."""
MIN_STEM: Final = 3
MAX_LETTERS: Final = 40
"""Longer runs of letters are no words."""
KIN: Final = {"id": ("ms",), "ms": ("id",), "hi": ("ur",), "ur": ("hi",), "lo": ("th",), "ja": ("zh",)}
"""Where to look further: languages that share much of their vocabulary and script, or are mixed in chats."""

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_IS_UNSPACED: Final = re.compile(f"[{_UNSPACED}]")
_WORD: Final = re.compile(rf"[^\W\d_{_UNSPACED}](?:[^\W\d_{_UNSPACED}]|[\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff]|['’](?=\w))*")
_CLAUSE: Final = re.compile(r"[\n.!?;:。！？；：၊။।፡።၊,，、،|/•·]")
_ENTRY: Final = re.compile(r"-|[a-z0-9]+( [a-z0-9]+){0,2}")


class Gloss(NamedTuple):
    """An English word, and its stem, that stand for `[start, end)` of the clean text, in the clause with the number `clause`."""

    stem: str
    start: int
    end: int
    clause: int
    word: str


Glossary = Mapping[str, Mapping[str, str]]
"""For each language (ISO 639-1), words and expressions with their gloss. A word that ends in `*` stands for all words that begin so."""


def load_glossary(folder: Path = GLOSSARY_DIR) -> Glossary:
    """Read a folder of `LANGUAGE.tsv` (word, tab, gloss); all bad lines are reported in one InputError."""
    paths = sorted(folder.glob("*.tsv"))
    if not paths:
        raise InputError(f"no glossary in {folder}: expected one LANGUAGE.tsv per language")
    problems: list[str] = []
    glossary: dict[str, dict[str, str]] = {}
    for path in paths:
        entries = glossary.setdefault(path.stem, {})
        for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
            word, tab, gloss = line.partition("\t")
            if not line:
                continue
            if not tab or not word.strip("* ") or not _ENTRY.fullmatch(gloss):
                problems.append(f"{path.name}:{number}: {line!r} is not a word, a tab and one to three English words (or -)")
            entries.setdefault(word.strip(), gloss)
    if problems:
        raise InputError("the glossary has problems:\n  " + "\n  ".join(problems[:20]))
    return glossary


def glossary_digest(glossary: Glossary) -> str:
    """sha256 over all entries in order."""
    lines = (f"{language}\t{word}\t{gloss}\n" for language, entries in glossary.items() for word, gloss in entries.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@cache
def _stemmer() -> snowballstemmer.basestemmer.BaseStemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The Snowball stem of an English word."""
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1 << 16)
def _meaning(gloss: str) -> tuple[str, ...]:
    """The words of a gloss."""
    return () if gloss == NOTHING else tuple(gloss.split())


def words_of(text: str) -> list[str]:
    """The words of a script with spaces, lower-case; hyphens part words, apostrophes do not."""
    return [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]


class _Words:
    """The entries of one language, with those of its kin behind them, ready for looking up."""

    def __init__(self, glossary: Glossary, language: str) -> None:
        self.exact: dict[str, str] = {}
        self.folded: dict[str, str] = {}
        self.stems: dict[str, str] = {}
        unspaced: dict[str, str] = {}
        for source in (language, *KIN.get(language, ()), ENGLISH):
            for word, gloss in glossary.get(source, {}).items():
                if _IS_UNSPACED.search(word):
                    unspaced.setdefault(fold(word), gloss)
                elif word.endswith("*"):
                    self.stems.setdefault(fold(word[:-1]), gloss)
                else:
                    spaced = " ".join(words_of(word))
                    self.exact.setdefault(spaced, gloss)
                    self.folded.setdefault(fold(spaced), gloss)
        self.unspaced = list(unspaced.values())
        self.automaton = AhoCorasick(list(unspaced), matchkind=MatchKind.LeftmostLongest) if unspaced else None

    def look_up(self, lowered: str) -> str | None:
        found = self.exact.get(lowered)
        if found is None and (lowered.isascii() or not _LATIN.search(lowered)):
            found = self.folded.get(fold(lowered))
        return found

    def by_stem(self, lowered: str) -> str | None:
        folded = fold(lowered)
        for end in range(len(folded), MIN_STEM - 1, -1):
            found = self.stems.get(folded[:end])
            if found is not None:
                return found
        return None


_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


class GlossReader:
    """Reads glosses off clean texts. Entries of a language are compiled when its first ad comes."""

    def __init__(self, glossary: Glossary) -> None:
        self._glossary = glossary
        self._words: dict[str, _Words] = {}

    def read(self, clean: str, language: str) -> list[Gloss]:
        """The glosses of a clean text, in order. Latin words that no entry has stand for themselves (most are English), others are left out."""
        words = self._words.get(language) or self._words.setdefault(language, _Words(self._glossary, language))
        spans = sorted((*self._unspaced(words, clean), *self._spaced(words, clean)))
        ends = [match.start() for match in _CLAUSE.finditer(clean)]
        found: list[Gloss] = []
        clause = 0
        for start, end, meaning in spans:
            while clause < len(ends) and ends[clause] < start:
                clause += 1
            found += [Gloss(stem(word), start, end, clause, word) for word in meaning]
        return found

    def _unspaced(self, words: _Words, clean: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        if words.automaton is not None:
            for index, start, end in words.automaton.find_matches_as_indexes(fold(clean)):
                yield start, end, _meaning(words.unspaced[index])

    def _spaced(self, words: _Words, clean: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
        found = [match for match in _WORD.finditer(clean) if match.end() - match.start() <= MAX_LETTERS]
        tokens = [(match.start(), match.end(), match.group().lower().replace("’", "'")) for match in found]
        at = 0
        while at < len(tokens):
            start, end, word = tokens[at]
            gloss, used = None, 1
            for size in range(_unbroken(clean, tokens, at), 0, -1):
                gloss = words.look_up(" ".join(token for _, _, token in tokens[at : at + size]))
                if gloss is not None:
                    used, end = size, tokens[at + size - 1][1]
                    break
            gloss = gloss if gloss is not None else words.by_stem(word)
            if gloss is not None:
                yield start, end, _meaning(gloss)
            elif len(word) > 1 and _LATIN.match(word):
                yield start, end, (fold(word),)
            at += used


def _unbroken(clean: str, tokens: Sequence[tuple[int, int, str]], at: int) -> int:
    """How many tokens from `at` on may be one expression: at most MAX_WORDS, none beyond the end of a clause."""
    size = 1
    while size < MAX_WORDS and at + size < len(tokens) and not _CLAUSE.search(clean, tokens[at + size - 1][1], tokens[at + size][0]):
        size += 1
    return size
