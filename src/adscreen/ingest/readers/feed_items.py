"""One item of a feed as columns of an ad, by what its elements are called across feed formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adscreen.ingest.readers.adtext import with_lines
from adscreen.ingest.readers.markup import fragment_text, one_line, tree_text
from adscreen.ingest.readers.posted import utc
from adscreen.ingest.readers.salaries import range_text
from adscreen.ingest.readers.xmlstream import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

TEXT = "encoded content description summary snippet jobdescription jobdescriptions fulldescription body details text fullitem abstract mediadescription itunessummary"
NAMES = {
    "title": "title jobtitle positiontitle position name headline",
    "company": "company companyname employer employername hiringorganization hiringcompany organization advertiser client subcompany",
    "location": "location joblocation formattedlocation office workplace region",
    "salary": "salary salaryrange compensation wage pay remuneration basesalary payrate",
    "contact": "contact contactname contactperson contactemail contactphone email phone telephone applyemail applicationemail recruiter whatsapp telegram wechat line",
    "language": "language lang",
    "url": "link url joburl applyurl detailurl landingpage website",
    "posted_at": "pubdate published dateposted posted posteddate date publishdate publicationdate startdate created createdat creationdate issued updated lastmodified",
    "id": "guid id referencenumber jobkey jobid reqid requisitionid jobreference reference refnumber",
}
"""Column and the element names that fill it, the likeliest first. Of TEXT the longest is taken: feeds often carry a summary beside the whole."""

ADDRESS = ("address street streetaddress", "city locality town", "state province", "postalcode zip zipcode postcode", "country")
PAY = {"low": "salarymin minsalary salaryfrom minimumsalary", "high": "salarymax maxsalary salaryto maximumsalary"}
PAY |= {"currency": "currency salarycurrency", "unit": "salaryperiod salarytype salaryunit payperiod"}
FACTS = {
    "Requirements": "requirements requirement qualifications",
    "Responsibilities": "responsibilities duties",
    "Benefits": "benefits",
    "Skills": "skills",
    "Category": "category occupationcategory jobfunction jobindustry industry",
    "Department": "department",
    "Employment type": "jobtype employmenttype schedule contracttype",
    "Experience": "experience yearsofexperience seniority",
    "Education": "education",
    "Remote": "remotetype remote",
    "Valid through": "expirationdate expires validthrough deadline",
}
"""Label of a line below the text and the elements that fill it."""

LONG_CHARS = 60
"""An element of unknown name with so much text is part of the ad: it becomes a line of its own."""

MAX_LEAVES = 2_000
"""Elements of one item that are read; job feeds have tens."""

_KNOWN = frozenset(name for names in (TEXT, *NAMES.values(), *FACTS.values(), *ADDRESS, *PAY.values()) for name in names.split())
_SKIPPED = re.compile(r"georss|/slash/|wellformedweb|feedburner|gravatar|/threading")
_MEDIA = {"mrss": "media", "itunes": "itunes", "podcast": "itunes"}
_HOLDS_HTML = frozenset(["encoded", "content", "description", "summary", "body", "text", "fullitem", "title", "div"])
"""Elements in which inner elements are HTML, not fields."""


@dataclass(slots=True)
class Leaves:
    """The texts of an item by element name, in order."""

    texts: dict[str, list[str]] = field(default_factory=dict)

    def first(self, names: str) -> str:
        return next((text for name in names.split() for text in self.texts.get(name, ())), "")

    def all(self, names: str) -> list[str]:
        return list(dict.fromkeys(text for name in names.split() for text in self.texts.get(name, ())))


def item_columns(item: _Element) -> tuple[dict[str, str], str]:
    """The columns of an item's ad, and the item's own id ("" when it has none)."""
    leaves = _leaves_of(item)
    columns = {column: one_line(leaves.first(names)) for column, names in NAMES.items()}
    item_id = columns.pop("id")
    columns["contact"] = ", ".join(filter(None, map(one_line, leaves.all(NAMES["contact"]))))
    columns["posted_at"] = next((moment for text in leaves.all(NAMES["posted_at"]) if (moment := utc(text))), "")
    columns["location"] = _location(leaves)
    columns["salary"] = columns["salary"] or _pay(leaves)
    columns["url"] = columns["url"] or (item_id if item_id.startswith(("http://", "https://")) else "")
    columns["text"] = _text(leaves)
    return columns, item_id or columns["url"]


def _leaves_of(item: _Element) -> Leaves:
    """The texts of an item; those of other namespaces count where the item's own says nothing."""
    own, foreign = Leaves(), Leaves()
    for node, name, text in _leaves(item):
        holder = own if _namespace(node) in ("", _namespace(item)) else foreign
        holder.texts.setdefault(name, []).append(text)
    for name, texts in foreign.texts.items():
        own.texts.setdefault(name, texts)
    return own


def _leaves(item: _Element) -> Iterator[tuple[_Element, str, str]]:
    """Each element that holds text, its name and the text; elements that hold HTML as markup count as one."""
    inside: set[_Element] = set()
    for count, node in enumerate(item.iterdescendants()):
        if count >= MAX_LEAVES or not isinstance(node.tag, str) or _SKIPPED.search(node.tag):
            continue
        name = _media_name(node)
        if node.getparent() in inside:
            inside.add(node)
        elif len(node) and name in _HOLDS_HTML:
            inside.add(node)
            yield node, "body" if name == "div" else name, tree_text(node)
        elif name == "link" and node.get("href"):
            if (node.get("rel") or "alternate") == "alternate":
                yield node, name, str(node.get("href"))
        elif text := (node.text or node.get("term") or node.get("label") or "").strip():
            yield node, _full_name(node, name, item), text


def _media_name(node: _Element) -> str:
    """Names of media extensions get a prefix: their <title> and <description> are those of a picture or a recording."""
    name, space = local_name(node), _namespace(node)
    return next((f"{prefix}{name}" for mark, prefix in _MEDIA.items() if mark in space), name)


def _namespace(node: _Element) -> str:
    tag = node.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag[:1] == "{" else ""


def _full_name(node: _Element, name: str, item: _Element) -> str:
    """`name` and `value` say nothing by themselves: <company><name> is the company, <jobDescription><value> the description."""
    parent = node.getparent()
    if name in ("name", "value", "label", "title") and parent is not None and parent is not item:
        return local_name(parent)
    return name


def _location(leaves: Leaves) -> str:
    parts = [one_line(leaves.first(names)) for names in ADDRESS]
    address = ", ".join(dict.fromkeys(filter(None, parts)))
    stated = "; ".join(dict.fromkeys(filter(None, map(one_line, leaves.all(NAMES["location"])))))
    return stated if not address or address in stated else "; ".join(filter(None, (stated if stated not in address else "", address)))


def _pay(leaves: Leaves) -> str:
    return range_text(*(leaves.first(PAY[name]) for name in ("low", "high", "currency", "unit")))


def _text(leaves: Leaves) -> str:
    described = leaves.texts.get("jobdescription", [])
    whole = "\n".join(map(fragment_text, described)) if len(described) > 1 else ""  # a description in titled parts
    bodies = [whole, *map(fragment_text, leaves.all(TEXT))]
    others = [(name, fragment_text(text)) for name, texts in leaves.texts.items() if name not in _KNOWN for text in texts if len(text) >= LONG_CHARS]
    facts = [(label, ", ".join(filter(None, map(fragment_text, leaves.all(names))))) for label, names in FACTS.items()]
    text = max(bodies, key=len, default="")
    if not text:
        text, others = "\n".join(body for _, body in others), []
    return with_lines(text, [*facts, *((name, body) for name, body in others if not body.startswith(("http://", "https://")))])
