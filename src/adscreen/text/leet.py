"""Rules about words whose letters are swapped for digits and signs."""

from __future__ import annotations

import re
from typing import Final

from adscreen.text import characters as ch
from adscreen.text.links import TOKEN_END, around, in_link, is_link
from adscreen.text.rule import Rule

MIN_LETTERS: Final = 3
MIN_CAPITALS: Final = 6
MAX_LETTERS: Final = 40
"""Of a Cyrillic word in disguise; no word is longer, and what lies beyond the reach of a look never decides."""
MAX_CONTACT_LABEL: Final = 16
_VOWELS = "aeiouy"
_LEET_LETTERS: Final = str.maketrans("0345$", "oeass")
_SHORT: Final = re.compile("[b-df-hj-np-tv-z]0[b-df-hj-np-tv-z]")
_VOWEL_CLASH: Final = re.compile(
    "[aiou]4|4[aeo4]|e4[aeiouy]|(?<!nh)4us?$|[aeouy]3|(?<!l)i3|i3(?!n)|3[iouy]|(?<![b-df-hj-np-tv-z][lr])3[ae]|(?!33|55)[1345]{2}|[1345]0|[aeiou]33|33[aeiou]"
)
"""Where E and A do not stand for a digit; 'cl3ar', 'cli3nte', 'Th4i' and 'se4man' do. In Arabic chat a 3 is a letter ('l3arbi', 'kay3raf')."""
_NAMES: Final = re.compile(
    r"[0-9](?:am|pm|hrs?|hours?|days?|yrs?|years?|months?|to|th|st|nd|rd|x|k|kg|js?|d)$|^(?:log4|neo4|sha1|auth0|web3|x[01]|s1)"
)
"""Times, counts and products whose digits are digits."""
_CONTACT_LABEL: Final = re.compile(
    r"(?:(?<![a-z])(?:id|line|wechat|weixin|wx|vx|whats ?app|telegram|tg|zalo|viber|skype|kakao|qq|signal|user(?:name)?)"
    rf" ?[:：=-] ?|[{ch.char_class(ch.HAN_KANA_RANGES)}][:： ]?)$",
    re.IGNORECASE,
)
"""What stands before a contact name; in Chinese text a word with digits is one nearly always."""
_WORD_CHARS = "A-Za-z0-9_$"
_LEET_WORD: Final = re.compile(r"\$?[A-Za-z]+(?:[01345$]{1,2}[A-Za-z]+)*")
_AT_WORD: Final = re.compile("[A-Za-z]@[A-Za-z]{2,6}|[A-Za-z]{2,8}@[A-Za-z]{1,2}|(?:ch|cl|cr|dr|fl|gr|pl|sh|sl|st|tr|tw)@[a-z]{2,6}")
_LEET_SIGN: Final = re.compile(rf"[01345$@](?:(?<=[A-Za-z].)[01345$]?|(?<![{_WORD_CHARS}].)(?<=\$))(?=[A-Za-z])")
"""A sign between two letters, or a dollar before the first; the set of signs stands first so that text without any is skipped at memory speed."""
_WORD_END: Final = re.compile(f"[^{_WORD_CHARS}]")
_AT_WORD_END: Final = re.compile(f"[^{_WORD_CHARS}.@-]")
_LEET_SHAPES: Final = ((b"0", b"0a", b"a0a", b"a00a"), (b"$", b"$a", b"a$a", b"$aaa"), (b"@", b"@a", b"a@a ", b"a@aa ", b" a@a", b" aa@a"))
"""What a letter in disguise looks like in the classes of characters; the first two of each row are in all the others."""
_INITIAL_ZERO: Final = re.compile(
    r"0(?<![\w.,:$€£@/-]0)(?=(?:ff(?:ic|er)|nl|pen|pera|pp|ver|rig|rd|ut|ur\b|the)[a-z]*\b|(?:FF(?:IC|ER)|NL|PEN|PERA|PP|VER|RIG|RD|UT|THE)[A-Z]*\b)"
)
"""A zero before what begins words with O; before other words it is a count ('0fees', '0experience')."""
_ONSET = "[bdghklmnprstvx]|b[lr]|ch|cl|cr|dr|fl|fr|gh|gl|gr|kh|kn|ng|nh|ph|pl|pr|s[chklmptw]|str|th|thr|tr|tw|wh"
_BANG: Final = re.compile("!(?<=[A-Za-z]!)(?=[A-Za-z])")
_BANG_WORD_END: Final = re.compile(r"[^\w!@$]")
_BANG_WORD: Final = re.compile(f"(?:{_ONSET})!(?:[a-z]{{1,8}})", re.IGNORECASE)
"""Without a vowel before the sign there is no sentence that it could end: 'v!sa', but 'now!apply'."""
_CYRILLIC = "А-Яа-яЁёІіЇїЄєҐґ"
_CYRILLIC_SIGN: Final = re.compile(f"[034@](?<=[{_CYRILLIC}].)(?=[{_CYRILLIC}])")
_CYRILLIC_LETTERS: Final = {"0": "о", "4": "а", "@": "а"}
_CYRILLIC_WORD_END: Final = re.compile(f"[^{_CYRILLIC}0-9A-Za-z@_]")
_CYRILLIC_WORD: Final = re.compile(f"[{_CYRILLIC}]+(?:[034@][{_CYRILLIC}]+)+")
_CYRILLIC_VOWELS = "аеиоуыэюяёії"
_PUNCTUATION = ".,:;!?()«»\"'"
MAX_AT_PIECE: Final = 2
_CYRILLIC_SHAPES: Final = tuple(before + sign + after for sign in (b"0", b"@") for before in (b"c", b"C") for after in (b"c", b"C"))

_RARER_SIGN: Final = re.compile(f"{_INITIAL_ZERO.pattern}|{_BANG.pattern}|{_CYRILLIC_SIGN.pattern}")


def _one_between(word: str, index: int) -> str:
    before, after = word[index - 1].lower(), word[index + 1].lower()
    # 'he1p', 'se1f', 'sue1do'; EI and OI stand before these consonants in hardly any word.
    if before == "e" and after in "dfmp":
        return "l"
    return "l" if after in _VOWELS and before in _VOWELS + "bcfgps" else "i"


def _unleet(match: re.Match[str]) -> str:
    """The signs read as letters, if that gives a plausible word which is no link and no contact name."""
    text, signs = match.string, match[0]
    if signs == "@":
        start, end = around(match, _AT_WORD_END)
        end -= text[end - 1] == "."
        return "a" if _AT_WORD.fullmatch(text, start, end) and not _names_contact(text, around(match, TOKEN_END)[0]) else signs
    start, end = around(match, _WORD_END)
    word = text[start:end]
    if _LEET_WORD.fullmatch(word) is None or not _plausible(word):
        return signs
    token = around(match, TOKEN_END)
    if is_link(text[slice(*token)]) or _names_contact(text, token[0]) or _names_contact(text, start):
        return signs
    at = match.start() - start
    plain = "".join(_one_between(word, at + i) if sign == "1" else sign for i, sign in enumerate(signs)).translate(_LEET_LETTERS)
    return plain.upper() if word.isupper() else plain


def _plausible(word: str) -> bool:
    """Whether digits can be letters here: letters dominate, case is that of a word, and E and A stand where they do in words.

    A zero between two consonants needs no further letter ('j0b'); other signs need three ('H1B' stays), in capitals six, because
    short codes in capitals are product names ('S4HANA', 'ST5KM').
    """
    lower = word.lower()
    letters = sum(char.isalpha() for char in word)
    if _NAMES.search(lower) or not (word.isupper() or word[1:].islower()):
        return False
    if set(word) & set("1345$") and letters < (MIN_CAPITALS if word.isupper() else MIN_LETTERS):
        return False
    if letters < MIN_LETTERS and _SHORT.fullmatch(lower) is None:
        return False
    return (len(word) - letters) * 2 <= letters and not _VOWEL_CLASH.search(lower)


def _names_contact(text: str, start: int) -> bool:
    return _CONTACT_LABEL.search(text[max(start - MAX_CONTACT_LABEL, 0) : start]) is not None


def _apart(match: re.Match[str]) -> bool:
    """Whether the token that a sign stands in is neither a link nor a contact name."""
    return not in_link(match) and not _names_contact(match.string, around(match, TOKEN_END)[0])


def _unzero(match: re.Match[str]) -> str:
    return ("O" if match.string[match.end()].isupper() else "o") if _apart(match) else match[0]


def _unbang(match: re.Match[str]) -> str:
    word = match.string[slice(*around(match, _BANG_WORD_END))]
    if _BANG_WORD.fullmatch(word) is None or not (word.isupper() or word[1:].islower()) or not _apart(match):
        return match[0]
    return "I" if word.isupper() else "i"


def _at_for_a(match: re.Match[str], word: str) -> bool:
    """Whether a word with an at sign is no address: nothing hangs on it, and one side of the sign is too short for a name."""
    token = match.string[slice(*around(match, TOKEN_END))]
    return token.strip(_PUNCTUATION) == word and min(map(len, word.split("@"))) <= MAX_AT_PIECE


def _uncyrillic(match: re.Match[str]) -> str:
    start, end = around(match, _CYRILLIC_WORD_END)
    word = match.string[start:end]
    letters = sum(char.isalpha() for char in word)
    if not MIN_LETTERS <= letters <= MAX_LETTERS or (len(word) - letters) * 2 > letters or _CYRILLIC_WORD.fullmatch(word) is None:
        return match[0]
    if not (word.isupper() or word[1:].islower()) or not (_at_for_a(match, word) if "@" in word else _apart(match)):
        return match[0]
    at = match.start() - start
    plain = _CYRILLIC_LETTERS.get(match[0]) or ("з" if {word[at - 1].lower(), word[at + 1].lower()} <= set(_CYRILLIC_VOWELS) else "е")
    return plain.upper() if word.isupper() else plain


def _leet(_: str, kinds: bytes) -> bool:
    for sign, start, *shapes in _LEET_SHAPES:
        if sign in kinds and start in kinds:
            for shape in shapes:
                if shape in kinds:
                    return True
    return False


def _rarer(text: str, kinds: bytes) -> bool:
    if _INITIAL_ZERO.search(text) or ("!" in text and _BANG.search(text)):
        return True
    return b"c" in kinds and any(shape in kinds for shape in _CYRILLIC_SHAPES)


def _unrare(match: re.Match[str]) -> str:
    if match[0] == "!":
        return _unbang(match)
    return _unzero(match) if _INITIAL_ZERO.match(match.string, match.start()) else _uncyrillic(match)


LEET_RULES: Final = (
    Rule("digits for letters", _leet, _LEET_SIGN, _unleet, same_length=True),
    Rule("rarer signs for letters", _rarer, _RARER_SIGN, _unrare, same_length=True),
)
