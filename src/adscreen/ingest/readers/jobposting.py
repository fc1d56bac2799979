"""schema.org JobPosting, from JSON-LD or markup, as an ad."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adscreen.ingest import limits
from adscreen.ingest.readers import jsonld
from adscreen.ingest.readers.adtext import with_lines
from adscreen.ingest.readers.markup import fragment_text, one_line
from adscreen.ingest.readers.posted import utc
from adscreen.ingest.readers.salaries import salary_text

BODY_PARTS = {
    "responsibilities": "Responsibilities",
    "qualifications": "Qualifications",
    "skills": "Skills",
    "educationRequirements": "Education",
    "experienceRequirements": "Experience",
    "jobBenefits": "Benefits",
    "incentiveCompensation": "Incentives",
}
"""Properties that become lines of the text when the description does not hold them already; they are an ad without it too."""

FACTS = {"workHours": "Working hours", "employmentType": "Employment type", "validThrough": "Valid through", "directApply": "Direct apply"}
"""Properties that become lines below a text."""

MAX_LINKS = 5
"""Values inside values that are looked into; schema.org needs three."""

MAX_LISTED = 500
"""Elements of one list that are read; an ad that names 500 towns names the country."""

_ADDRESS = ("streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry")


MAX_REFERRED = 2_000_000
"""Values and characters that the references of one page may bring in: each brings its whole node once more, and nodes may refer in circles."""

MAX_LINE_CHARS = limits.MAX_TEXT_CHARS + 1
"""Characters of one value that are read: one above what an ad may have, so that too long a one is noticed."""


class References:
    """The nodes of a page by their `@id`."""

    def __init__(self, nodes: Iterable[Mapping[str, Any]] = ()) -> None:
        self._by_id: dict[str, Mapping[str, Any]] = {}
        self._weights: dict[str, int] = {}
        self._left = MAX_REFERRED
        for node in nodes:
            name = node.get("@id")
            if isinstance(name, str) and len(node) > max(1, len(self._by_id.get(name, ()))):
                self._by_id[name] = node

    def resolved(self, value: Any) -> Any:
        """The node that a reference names; anything else as it is."""
        if not (isinstance(value, dict) and "@id" in value and len(value) <= 2):
            return value
        name = str(value["@id"])
        node = self._by_id.get(name)
        if node is None:
            return value
        if name not in self._weights:
            self._weights[name] = jsonld.weight(node)
        self._left -= self._weights[name]
        return node if self._left > 0 else value


@dataclass(frozen=True, slots=True)
class Posting:
    """One JobPosting and what its `@id` references point to."""

    node: Mapping[str, Any]
    references: References = field(default_factory=References)

    def fields(self) -> dict[str, str]:
        """The columns of an ad that the posting fills, `text` among them (it may be empty)."""
        get = self._get
        return {
            "title": self._words(get("title")) or self._words(get("name")),
            "company": self._words(get("hiringOrganization")) or self._words(get("hiringorganization")),
            "location": self._location(),
            "salary": self._salary(),
            "contact": self._contact(),
            "language": self._language(),
            "url": self._url(),
            "posted_at": utc(self._words(get("datePosted"))),
            "text": self._text(),
        }

    def _get(self, name: str) -> Any:
        return self._resolved(self.node.get(name))

    def _resolved(self, value: Any) -> Any:
        """A value, or the node that it refers to; lists and inner values are left for later."""
        return self.references.resolved(value)

    def _words(self, value: Any, depth: int = MAX_LINKS) -> str:
        """A name, text, number or list of them as one line."""
        value = self._resolved(value) if depth >= MAX_LINKS - 1 else value  # references further in may go in circles
        if depth == 0 or value is None or isinstance(value, bool):
            return ""
        if isinstance(value, str):
            return one_line(value[:MAX_LINE_CHARS])
        if isinstance(value, list):
            return ", ".join(dict.fromkeys(filter(None, (self._words(one, depth - 1) for one in value[:MAX_LISTED]))))
        if isinstance(value, dict):
            named = ("name", "@value", "value", "legalName", "alternateName", "description", "text")
            return next(filter(None, (self._words(value.get(key), depth - 1) for key in named)), "")
        return str(value)

    def _location(self) -> str:
        places = [self._place(one) for one in _listed(self._get("jobLocation"))]
        kind = self._words(self._get("jobLocationType"))
        required = "; ".join(dict.fromkeys(filter(None, (self._place(one) for one in _listed(self._get("applicantLocationRequirements"))))))
        remote = "remote" if kind.upper() == "TELECOMMUTE" else kind
        if required:
            remote = f"{remote} (applicants from {required})".strip()
        return "; ".join(dict.fromkeys(filter(None, [*places, remote])))

    def _place(self, value: Any, depth: int = MAX_LINKS) -> str:
        value = self._resolved(value)
        if not isinstance(value, dict) or depth == 0:
            return self._words(value)
        address = self._resolved(value.get("address"))
        if isinstance(address, list):
            return "; ".join(filter(None, (self._place({"address": one}, depth - 1) for one in address[:MAX_LISTED])))
        if isinstance(address, str) and address.strip():
            return one_line(address)
        holder = address if isinstance(address, dict) else value
        parts = [self._words(holder.get(name)) for name in _ADDRESS]
        return ", ".join(dict.fromkeys(filter(None, parts))) or self._words(value)

    def _salary(self) -> str:
        currency = self._words(self._get("salaryCurrency"))
        base = [salary_text(self._resolved(one), currency) for one in _listed(self._get("baseSalary"))]
        guessed = [salary_text(self._resolved(one), currency) for one in _listed(self._get("estimatedSalary"))]
        guessed = [f"estimated {text}" for text in guessed if text]
        return "; ".join(dict.fromkeys(filter(None, [*base, *guessed])))

    def _contact(self) -> str:
        """Whom to apply to, then the addresses that the employer itself gives."""
        found: list[str] = []
        for one in _listed(self._get("applicationContact")):
            contact = self._resolved(one)
            names = ("name", "contactType", "telephone", "email", "faxNumber", "url") if isinstance(contact, dict) else ()
            found += [self._words(contact.get(name)) for name in names] or [self._words(contact)]
        for one in _listed(self._get("hiringOrganization")):
            company = self._resolved(one)
            if isinstance(company, dict):
                found += [self._words(company.get(name)) for name in ("telephone", "email")]
        return ", ".join(dict.fromkeys(text.removeprefix("mailto:").removeprefix("tel:") for text in found if text))

    def _language(self) -> str:
        value = self._get("inLanguage")
        if isinstance(value, dict):
            return self._words(value.get("alternateName")) or self._words(value)
        return self._words(value)

    def _url(self) -> str:
        stated = self._words(self._get("url"))
        if stated:
            return stated
        page = self._get("mainEntityOfPage")
        address = page.get("@id") or page.get("url") if isinstance(page, dict) else page
        return address if isinstance(address, str) and address.startswith(("http://", "https://")) else ""

    def _text(self) -> str:
        body = [(label, self._part(self._get(name))) for name, label in BODY_PARTS.items()]
        text = self._description() or "\n".join(f"{label}: {part}" for label, part in body if part)
        return with_lines(text, [*body, *((label, self._part(self._get(name))) for name, label in FACTS.items())])

    def _description(self) -> str:
        value = self._get("description")
        return "\n".join(filter(None, (fragment_text(one) if isinstance(one, str) else self._words(one) for one in _listed(value))))

    def _part(self, value: Any) -> str:
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dict) and "monthsOfExperience" in value:
            return f"{self._words(value['monthsOfExperience'])} months"
        if isinstance(value, dict):
            return self._words(value.get("credentialCategory")) or self._words(value)
        if isinstance(value, list):
            return ", ".join(
                filter(None, (self._words(one) if isinstance(one, list) else self._part(self._resolved(one)) for one in value[:MAX_LISTED]))
            )
        return fragment_text(value) if isinstance(value, str) else self._words(value)


def postings_of(values: list[Any]) -> list[Posting]:
    """The JobPostings among JSON-LD values of one page."""
    nodes = list(jsonld.objects(values))
    references = References(nodes)
    return [Posting(node, references) for node in nodes if jsonld.has_type(node, "JobPosting")]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value[:MAX_LISTED] if isinstance(value, list) else [value]
