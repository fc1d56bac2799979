"""Finds all hits in one clean text: phrases, places, pay against local wages, and other values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from adscreen.indicators.catalogue import TIERS, Catalogue, Place
from adscreen.indicators.matcher import Hit, PhraseMatcher
from adscreen.indicators.pay import ENTRY_WAGE_USD, LANGUAGE_COUNTRY, Pay, find_pay
from adscreen.indicators.values import find_values

PAY_BANDS = ((1.5, "pay_ordinary"), (3.0, "pay_above_entry_wage"), (float("inf"), "pay_far_above_entry_wage"))
"""Stated pay against entry-level pay of the place: ordinary below 1.5 times, far above from 3 times (the ratios that victims' accounts and
police advisories quote are 3 to 8; indicators.md L03)."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A compiled catalogue with the extractors; `read` is pure."""

    matcher: PhraseMatcher
    places: dict[str, Place]

    @classmethod
    def of(cls, catalogue: Catalogue) -> Reader:
        return cls(PhraseMatcher(catalogue), {place.id: place for place in catalogue.places})

    def read(self, clean: str, language: str) -> tuple[Hit, ...]:
        """All hits of a clean text, ordered by start. `language` (ISO 639-1 or "") settles ambiguous pay."""
        hits = self.matcher.hits(clean)
        country = self._work_country(hits)
        hits += [_pay_hit(pay, country, language) for pay in find_pay(clean, language)]
        hits += find_values(clean)
        return tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.indicator)))

    def _work_country(self, hits: Iterable[Hit]) -> str:
        """The country of the place with the most telling tier; the first named wins among equals."""
        named = [self.places[hit.value] for hit in hits if hit.indicator.startswith("place_") and hit.value]
        return min(named, key=lambda place: TIERS.index(place.tier)).country if named else ""


def _pay_hit(pay: Pay, work_country: str, language: str) -> Hit:
    for country in (work_country, pay.country, LANGUAGE_COUNTRY.get(language, "")):
        if country in ENTRY_WAGE_USD:
            ratio = pay.monthly_usd / ENTRY_WAGE_USD[country]
            name = next(name for limit, name in PAY_BANDS if ratio < limit)
            return Hit(name, pay.start, pay.end, f"{pay.monthly_usd:.0f} USD/month, {ratio:.1f} x entry wage in {country}")
    return Hit("pay_ordinary", pay.start, pay.end, f"{pay.monthly_usd:.0f} USD/month")
