"""Job objects of the public boards of Greenhouse, Lever, Ashby, SmartRecruiters and Workable, as columns of an ad."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adscreen.ingest.readers.adtext import with_lines
from adscreen.ingest.readers.markup import fragment_text, one_line
from adscreen.ingest.readers.posted import utc
from adscreen.ingest.readers.salaries import range_text

Job = Mapping[str, Any]

MAX_ID_CHARS = 200
"""Characters of a job's id that are kept; real ones have some forty."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """How the jobs of one vendor look. `marks`: sets of keys of which one set is in every job and in no other vendor's. `hint`: how its jobs come with descriptions."""

    name: str
    marks: tuple[frozenset[str], ...]
    id_keys: tuple[str, ...]
    columns: Callable[[Job], dict[str, str]]
    hint: str

    def claims(self, job: Job) -> bool:
        return any(keys <= job.keys() for keys in self.marks)

    def job_id(self, job: Job) -> str:
        return next((one_line(str(job[key]))[:MAX_ID_CHARS] for key in self.id_keys if job.get(key)), "")


def vendor_of(job: Job) -> Vendor | None:
    """The vendor whose shape a JSON object has, if any."""
    return next((vendor for vendor in VENDORS.values() if vendor.claims(job)), None)


def _greenhouse(job: Job) -> dict[str, str]:
    ranges = [
        range_text(_cents(one.get("min_cents")), _cents(one.get("max_cents")), one.get("currency_type"), "")
        for one in _dicts(job.get("pay_input_ranges"))
    ]
    facts = [(_line(one.get("name")), _line(one.get("value"))) for one in _dicts(job.get("metadata")) if one.get("name")]
    return {
        "title": _line(job.get("title")),
        "company": _line(job.get("company_name")) or _slug(job.get("absolute_url"), r"greenhouse\.io/(?:embed/job_app\?for=)?([\w-]+)"),
        "location": _line(job.get("location")) or _line(job.get("offices")),
        "salary": "; ".join(filter(None, ranges)),
        "language": _line(job.get("language")),
        "url": _line(job.get("absolute_url")),
        "posted_at": utc(job.get("first_published")) or utc(job.get("updated_at")),
        "text": with_lines(_html(job.get("content")), [("Department", _line(job.get("departments"))), *facts]),
    }


def _lever(job: Job) -> dict[str, str]:
    kinds = _dict(job.get("categories"))
    pay = _dict(job.get("salaryRange"))
    lists = [_block(one.get("text"), one.get("content")) for one in _dicts(job.get("lists"))]
    body = [_either(job, "description"), *lists, _either(job, "additional")]
    salary = range_text(pay.get("min"), pay.get("max"), pay.get("currency"), re.sub(r"^per-|-(?:salary|wage)$", "", _line(pay.get("interval"))))
    return {
        "title": _line(job.get("text")),
        "company": _slug(job.get("hostedUrl"), r"lever\.co/([\w.-]+)"),
        "location": _joined(kinds.get("location"), kinds.get("allLocations"), _remote(job.get("workplaceType") == "remote"), separator="; "),
        "salary": salary or " ".join(_either(job, "salaryDescription").split()),
        "url": _line(job.get("hostedUrl")) or _line(job.get("applyUrl")),
        "posted_at": utc(job.get("createdAt")),
        "text": with_lines(
            "\n".join(filter(None, body)),
            [("Department", _joined(kinds.get("department"), kinds.get("team"))), ("Employment type", _line(kinds.get("commitment")))],
        ),
    }


def _ashby(job: Job) -> dict[str, str]:
    pay = _dict(job.get("compensation"))
    postal = _dict(_dict(job.get("address")).get("postalAddress"))
    address = _joined(*(postal.get(name) for name in ("addressLocality", "addressRegion", "addressCountry")))
    others = [one.get("location") for one in _dicts(job.get("secondaryLocations"))]
    return {
        "title": _line(job.get("title")),
        "company": _slug(job.get("jobUrl"), r"ashbyhq\.com/([^/?#]+)"),
        "location": _joined(job.get("location") or address, *others, _remote(bool(job.get("isRemote"))), separator="; "),
        "salary": _line(pay.get("compensationTierSummary")) or _line(pay.get("scrapeableCompensationSalarySummary")),
        "url": _line(job.get("jobUrl")) or _line(job.get("applyUrl")),
        "posted_at": utc(job.get("publishedAt")) or utc(job.get("publishedDate")),
        "text": with_lines(
            _html(job.get("descriptionHtml")) or _html(job.get("descriptionPlain")),
            [("Department", _joined(job.get("department"), job.get("team"))), ("Employment type", _line(job.get("employmentType")))],
        ),
    }


def _smartrecruiters(job: Job) -> dict[str, str]:
    place = _dict(job.get("location"))
    pay = _dict(job.get("compensation"))
    stated = place.get("fullLocation") or _joined(place.get("city"), place.get("region"), place.get("country"))
    sections = _dict(_dict(job.get("jobAd")).get("sections"))
    blocks = [_block(one.get("title"), one.get("text")) for one in sections.values() if isinstance(one, dict)]
    kinds = [("Department", "department"), ("Function", "function"), ("Employment type", "typeOfEmployment"), ("Experience", "experienceLevel")]
    return {
        "title": _line(job.get("name")),
        "company": _line(job.get("company")),
        "location": _joined(stated, _remote(bool(place.get("remote"))), separator="; "),
        "salary": range_text(pay.get("min"), pay.get("max"), pay.get("currency"), pay.get("period")),
        "language": _line(_dict(job.get("language")).get("code")),
        "url": _line(job.get("postingUrl")) or _line(job.get("applyUrl")) or _line(job.get("ref")),
        "posted_at": utc(job.get("releasedDate")),
        "text": with_lines("\n".join(filter(None, blocks)), [(label, _line(job.get(key))) for label, key in kinds]),
    }


def _workable(job: Job) -> dict[str, str]:
    pay = _dict(job.get("salary"))
    held = [job, *_dicts(job.get("location")), *_dicts(job.get("locations"))]
    places = [_joined(one.get("city"), one.get("state") or one.get("region"), one.get("country") or one.get("countryName")) for one in held]
    remote = job.get("telecommuting") or job.get("remote") or _dict(job.get("location")).get("telecommuting")
    body = [_html(job.get("full_description") or job.get("description"))]
    body += [part for name in ("requirements", "benefits") if (part := _html(job.get(name))) and part not in body[0]]
    kinds = {
        "Department": "department",
        "Function": "function",
        "Employment type": "employment_type",
        "Experience": "experience",
        "Education": "education",
    }
    return {
        "title": _line(job.get("title")),
        "location": _joined(*places, _remote(bool(remote)), separator="; "),
        "salary": range_text(pay.get("salary_from"), pay.get("salary_to"), _line(pay.get("salary_currency")).upper(), ""),
        "language": _line(job.get("language")),
        "url": _line(job.get("url")) or _line(job.get("shortlink")) or _line(job.get("application_url")),
        "posted_at": utc(job.get("published_on")) or utc(job.get("published")) or utc(job.get("created_at")),
        "text": with_lines("\n".join(filter(None, body)), [(label, _line(job.get(key))) for label, key in kinds.items()]),
    }


def _marks(*sets: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(one.split()) for one in sets)


VENDORS = {
    vendor.name: vendor
    for vendor in (
        Vendor(
            "greenhouse",
            _marks("absolute_url", "internal_job_id title", "id title content location"),
            ("id", "internal_job_id"),
            _greenhouse,
            "ask the board with ?content=true",
        ),
        Vendor("lever", _marks("hostedUrl", "text categories", "text lists"), ("id",), _lever, "ask with ?mode=json"),
        Vendor(
            "ashby",
            _marks("jobUrl", "title descriptionHtml", "title descriptionPlain", "title isListed"),
            ("id", "jobUrl"),
            _ashby,
            "save the whole answer of the posting API",
        ),
        Vendor(
            "smartrecruiters",
            _marks("name jobAd", "name releasedDate", "name refNumber company"),
            ("id", "uuid", "refNumber"),
            _smartrecruiters,
            "its list has none; save each posting from the address in `ref`",
        ),
        Vendor(
            "workable",
            _marks("title shortcode", "title application_url", "title shortlink"),
            ("shortcode", "code", "url"),
            _workable,
            "ask the widget API with ?details=true",
        ),
    )
}
"""The vendors by name, in the order in which a shape is tried."""


def _line(value: Any) -> str:
    """A text, number, named object or list of them on one line."""
    if isinstance(value, list):
        return _joined(*value[:100])
    if isinstance(value, dict):
        keys = ("name", "label", "location_str", "city", "amount", "value")
        stated = next((value[key] for key in keys if isinstance(value.get(key), str | int | float) and value[key] != ""), "")
        if not stated and "min_value" in value:
            return range_text(value.get("min_value"), value.get("max_value"), value.get("unit"))
        return one_line(str(stated))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return one_line(str(value)) if isinstance(value, str | int | float) else ""


def _joined(*values: Any, separator: str = ", ") -> str:
    return separator.join(
        dict.fromkeys(filter(None, (_line(value) if not isinstance(value, list) else _joined(*map(_line, value[:100])) for value in values)))
    )


def _html(value: Any) -> str:
    return fragment_text(value) if isinstance(value, str) else ""


def _either(job: Job, name: str) -> str:
    return _html(job.get(name)) or _html(job.get(f"{name}Plain"))


def _block(heading: Any, body: Any) -> str:
    text = _html(body)
    return "\n".join(filter(None, (_line(heading), text))) if text else ""


def _remote(is_remote: bool) -> str:
    return "remote" if is_remote else ""


def _dict(value: Any) -> Job:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Job]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def _cents(value: Any) -> Any:
    try:
        return float(value) / 100
    except (TypeError, ValueError, OverflowError):
        return ""


def _slug(url: Any, pattern: str) -> str:
    found = re.search(pattern, url) if isinstance(url, str) else None
    return found[1] if found else ""
