"""Edits that should not decide: company, contact, lodging, place names, nationality and gender.

Of a person's or a place's name alone no label follows, so a score that moves far on such an edit rests on a shortcut. Logos and pictures, and the columns `source`, `url`
and `posted_at`, are no text here: the screener never reads them, so there is nothing to edit.
"""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Final

from adscreen.evaluate.robustness.mutator import Mutator, Row, changed, filled, language_in, mutator, rewriter_in
from adscreen.evaluate.robustness.pieces import script
from adscreen.evaluate.robustness.tables import genders, nationalities, neutral, pattern
from adscreen.indicators.catalogue import Catalogue, Place, load_catalogue
from adscreen.indicators.matcher import PhraseMatcher
from adscreen.indicators.values import find_values
from adscreen.records import TEXT_FIELDS
from adscreen.text.compose import SEPARATOR, compose
from adscreen.text.normalise import clean_with_map

HOT_TIERS: Final = ("compound", "hot_spot", "hot_region", "hot_country")
NEUTRAL_PLACES: Final = ("poland", "canada", "new_zealand", "qatar", "brazil")
"""Places that the catalogue calls ordinary, on five continents, with names in most scripts."""
INSERTED_PLACES: Final = ("sihanoukville", "poipet", "myawaddy")
"""Hot spots, a coast and two borders, whose names the catalogue has in nearly every script."""
MAIL: Final = "jobs@hartwell-office.example"
HANDLE: Final = "Telegram: @hartwell_jobs"
PHONE: Final = "+1 555 010 0199"
"""Contacts of nobody: a reserved domain (RFC 2606), an invented handle, a number reserved for fiction (NANP 555-0100 to 0199)."""


def company_removed(row: Row, rng: Random) -> Row | None:
    """The company column emptied, and the name taken out of the other fields. Only for ads that name a company there."""
    company = row.get("company", "").strip()
    if not company:
        return None
    return changed(row, {field: "" if field == "company" else row[field].replace(company, "") for field in filled(row)})


def company_added(row: Row, rng: Random) -> Row | None:
    """A company name in the column and a sentence about it before the text, in the ad's language or in English. Only for ads without a company."""
    own = neutral(language_in(row))
    return None if row.get("company", "").strip() else changed(row, {"company": own.company, "text": f"{own.profile}{SEPARATOR}{row['text']}"})


def contact_removed(row: Row, rng: Random) -> Row | None:
    """The contact column emptied, and handles, links, addresses and numbers taken out of the other fields, also disguised ones."""
    return changed(row, {field: "" if field == "contact" else _without_contacts(row[field]) for field in filled(row)})


def _without_contacts(text: str) -> str:
    mapped = clean_with_map(text)
    spans = sorted(mapped.raw_span(hit.start, hit.end) for hit in find_values(mapped.text) if hit.indicator.startswith("contact_"))
    kept, done = [], 0
    for start, end in spans:
        kept.append(text[done : max(start, done)])
        done = max(end, done)
    return "".join((*kept, text[done:]))


def _contact_added(name: str, about: str, contact: str) -> Mutator:
    def mutate(row: Row, rng: Random) -> Row | None:
        found = " ".join(filter(None, (row.get("contact", "").strip(), contact)))
        return changed(row, {"contact": found})

    return Mutator(name, about, mutate)


def lodging_added(row: Row, rng: Random) -> Row | None:
    """A sentence that meals and a room are provided, after the text, in the ad's language or in English: lawful work abroad offers it as often as lures do."""
    return changed(row, {"text": f"{row['text']}{SEPARATOR}{neutral(language_in(row)).lodging}"})


def places_made_neutral(row: Row, rng: Random) -> Row | None:
    """Every hot place of the catalogue becomes the name of one ordinary place of another country, the same throughout the ad, in the script of the name that it replaces."""
    wanted = _main_script(compose([row.get(field, "") for field in TEXT_FIELDS]))
    places = [_places()[place] for place in rng.sample(NEUTRAL_PLACES, len(NEUTRAL_PLACES))]
    place = next((place for place in places if _plain_names(place, wanted)), places[0])
    return changed(row, {field: _renamed(row[field], place) for field in filled(row)})


def hot_place_inserted(row: Row, rng: Random) -> Row | None:
    """A hot spot is put before the location, in the script of the ad. Only for ads that name no hot place: lawful ones above all."""
    text = compose([row.get(field, "") for field in TEXT_FIELDS])
    if _hot_matcher().hits(clean_with_map(text).text):
        return None
    name = _name_in(_places()[rng.choice(INSERTED_PLACES)], _main_script(text))
    return changed(row, {"location": ", ".join(filter(None, (name, row.get("location", ""))))})


def nationality_swapped(row: Row, rng: Random) -> Row | None:
    """Words for nationalities, which often name a language too, become others of the same list, each the same throughout the ad. Languages of people.toml; inflected ones in the
    commonest form only."""
    known = nationalities(language_in(row))
    if not known:
        return None
    shift = rng.randrange(1, len(known))
    others = {word.lower(): known[(place + shift) % len(known)] for place, word in enumerate(known)}
    return changed(row, {field: pattern(known).sub(lambda match: others[match[0].lower()], row[field]) for field in filled(row)})


def gender_swapped(text: str, language: str, rng: Random) -> str:
    """Words for men and women trade places, with the case of their first letter. Languages of people.toml; adjectives and verbs are not made to agree."""
    table = genders(language)
    return pattern(table).sub(lambda match: _in_case(table.get(match[0], table.get(match[0].lower(), match[0])), match[0]), text)


def _in_case(word: str, like: str) -> str:
    return word.upper() if like.isupper() and len(like) > 1 else word[0].upper() + word[1:] if like[0].isupper() else word


@cache
def _places() -> dict[str, Place]:
    return {place.id: place for place in load_catalogue().places}


@cache
def _hot_matcher() -> PhraseMatcher:
    return PhraseMatcher(Catalogue((), tuple(place for place in _places().values() if place.tier in HOT_TIERS), ""))


def _renamed(text: str, place: Place) -> str:
    mapped = clean_with_map(text)
    parts: list[str] = []
    done = 0
    for hit in sorted(_hot_matcher().hits(mapped.text), key=lambda hit: (hit.start, -hit.end)):
        start, end = mapped.raw_span(hit.start, hit.end)
        if start >= done:
            parts += text[done:start], _name_in(place, script(mapped.text[hit.start]))
            done = end
    return "".join((*parts, text[done:]))


def _plain_names(place: Place, wanted: str) -> list[str]:
    """The names in a script that are whole words."""
    return [name for name in place.names if "*" not in name and ".." not in name and script(name[0]) == wanted]


def _name_in(place: Place, wanted: str) -> str:
    """A plain name in the script, else a stem, which in Bengali, Tamil and Arabic is the bare name; else the first of all (Latin)."""
    stems = [name.strip("*") for name in place.names if ".." not in name and script(name.strip("*")[0]) == wanted]
    return next(iter((*_plain_names(place, wanted), *stems)), place.names[0])


def _main_script(text: str) -> str:
    scripts = [script(char) for char in text if char.isalpha()]
    return max(sorted(set(scripts)), key=scripts.count, default="LATIN")


SHORTCUTS: Final = (
    mutator("company_removed", company_removed),
    mutator("company_added", company_added),
    mutator("contact_removed", contact_removed),
    _contact_added("company_mail_added", "A mail address of a company is added to the contact column.", MAIL),
    _contact_added("messenger_added", "A messenger handle is added to the contact column.", HANDLE),
    _contact_added("phone_added", "A phone number is added to the contact column.", PHONE),
    mutator("lodging_added", lodging_added),
    mutator("places_made_neutral", places_made_neutral),
    mutator("hot_place_inserted", hot_place_inserted),
    mutator("nationality_swapped", nationality_swapped),
    rewriter_in("gender_swapped", gender_swapped),
)
