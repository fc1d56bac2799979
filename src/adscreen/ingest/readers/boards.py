"""Public job boards of applicant-tracking systems, saved as JSON or fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from adscreen.errors import InputError
from adscreen.ingest.readers.addresses import is_web
from adscreen.ingest.readers.adtext import counted
from adscreen.ingest.readers.charsets import decode_markup
from adscreen.ingest.readers.pagefiles import is_folder, page_files, read_capped
from adscreen.ingest.readers.protocol import SourceLog
from adscreen.ingest.readers.vendors import VENDORS, Vendor, vendor_of
from adscreen.records import JobAd

MAX_BOARD_BYTES = 64 * 1024 * 1024
"""A larger file is rejected: it is parsed whole, at several times its size. A choice, not a measurement; the boards tried are far smaller."""

MAX_DEPTH = 6
"""Lists and objects around a job that are looked through; the vendors nest twice, people who save several boards once or twice more."""

SUFFIXES = (".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class BoardsReader:
    """Reads saved or fetched boards; one job is one ad."""

    kind: ClassVar[str] = "boards"
    about: ClassVar[str] = "public job boards as JSON (Greenhouse, Lever, Ashby, SmartRecruiters, Workable): files, folders of them, or addresses"
    example: ClassVar[str] = "adscreen ingest boards 'https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true' --out ads.jsonl"
    extra: ClassVar[str | None] = "html"
    options: ClassVar[Mapping[str, str]] = {
        "vendor": f"{', '.join(VENDORS)}; told by the shape of each job when left out",
        "allow_private": "yes lets an address lead to this machine or its network; no by default",
    }
    rejects: ClassVar[Mapping[str, str]] = {
        "unknown_board": "the file or the job has the shape of no vendor known",
        "unreadable_file": "the file cannot be opened or read",
    }

    vendor: str | None = None
    allow_private: bool = False

    def __post_init__(self) -> None:
        if self.vendor is not None and self.vendor not in VENDORS:
            raise InputError(f"vendor {self.vendor!r} is unknown; use one of {', '.join(VENDORS)}, or leave it out")

    def read(self, source: str, log: SourceLog) -> Iterator[JobAd]:
        """Ads of a board. Raises InputError when the source is missing or a single file is no JSON, OutsideError when an address cannot be fetched."""
        seen: dict[str, int] = {}
        for name, data in _contents(source, self.allow_private, log):
            try:
                values = _values(data, name, log)
            except ValueError as error:
                if name == source or not is_folder(source):
                    raise InputError(f"{source}: is not JSON ({error}); save the board's JSON, or use the html reader for a page") from error
                log.reject(0, "bad_json", f"the file is not JSON: {error}", data[:200].decode("utf-8", "replace"), name)
                continue
            yield from self._ads(values, name, log, seen)

    def _ads(self, values: list[Any], name: str, log: SourceLog, seen: dict[str, int]) -> Iterator[JobAd]:
        forced = VENDORS[self.vendor] if self.vendor else None
        count = 0
        for count, (job, company) in enumerate(_claims(values, forced is not None), start=1):
            vendor = forced or vendor_of(job)
            if vendor is None:
                log.reject(count, "unknown_board", f"job {count} has the shape of no vendor known; its keys are {_keys(job)}", _excerpt(job), name)
                continue
            columns = vendor.columns(job)
            columns["company"] = columns.get("company") or company
            yield from counted(columns, _place(vendor, job, columns["company"] or name, count, seen), log, count, name, vendor.hint)
        if not count and not _is_empty_board(values):
            log.reject(0, "unknown_board", "no job of a vendor known is in the file", _excerpt(values), name)


def _contents(source: str, allow_private: bool, log: SourceLog) -> Iterator[tuple[str, bytes]]:
    if is_web(source):
        from adscreen.ingest.readers.web_fetch import fetch_bytes

        yield source, fetch_bytes(source, allow_private)
        return
    for path in page_files(source, SUFFIXES, log):
        name = path.relative_to(source).as_posix() if is_folder(source) else path.name
        data = read_capped(path, MAX_BOARD_BYTES, log, 0, name)
        if data is not None:
            yield name, data


def _values(data: bytes, name: str, log: SourceLog) -> list[Any]:
    """The JSON value of a file, or the values of its lines, broken lines rejected. Raises ValueError when it is neither."""
    try:
        return [orjson.loads(data)]
    except orjson.JSONDecodeError as error:
        problem = str(error)
    text = decode_markup(data)
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return _of_lines(text.split("\n"), problem, name, log)


def _of_lines(lines: list[str], problem: str, name: str, log: SourceLog) -> list[Any]:
    values: list[Any] = []
    broken: list[tuple[int, str, str]] = []
    for number, line in enumerate(lines, start=1):
        try:
            values += [orjson.loads(line)] if line.strip() else []
        except orjson.JSONDecodeError as error:
            broken.append((number, line, str(error)))
    if len(broken) >= sum(isinstance(value, dict | list) for value in values):
        raise ValueError(problem)
    for number, line, fault in broken:
        log.reject(number, "bad_json", f"the line is not JSON: {fault}", line, name)
    return values


def _claims(values: list[Any], takes_any: bool) -> Iterator[tuple[dict[str, Any], str]]:
    """The job objects of a file and the company that the board around them names; where there are any, also the outermost elements that hold none."""
    elements = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    found = [(element, list(_jobs(element, "", takes_any, MAX_DEPTH))) for element in elements]
    has_any = any(jobs for _, jobs in found)
    for element, jobs in found:
        yield from jobs
        if has_any and not jobs and not _is_empty_board([element]):
            yield _claim(element), ""


def _claim(element: Any) -> dict[str, Any]:
    return element if isinstance(element, dict) else {"": element}


def _jobs(value: Any, company: str, takes_any: bool, depth: int) -> Iterator[tuple[dict[str, Any], str]]:
    """The job objects in a value, and the company that the board around them names."""
    if depth == 0:
        return
    if isinstance(value, list):
        for one in value:
            yield from _jobs(one, company, takes_any, depth - 1)
    elif isinstance(value, dict):
        listed = _listed(value)
        if listed is None and (takes_any or vendor_of(value)):
            yield value, company
        elif listed is None:
            for one in value.values():
                if isinstance(one, dict | list):
                    yield from _jobs(one, company, takes_any, depth - 1)
        else:
            name = value.get("name") or value.get("organizationName")
            for one in listed:
                yield _claim(one), name if isinstance(one, dict) and isinstance(name, str) else company


def _listed(board: dict[str, Any]) -> list[Any] | None:
    """The jobs of a board object: every element claims to be one, of whatever shape."""
    jobs = next((board[key] for key in ("jobs", "content", "results", "postings") if isinstance(board.get(key), list)), None)
    return jobs if jobs is not None and vendor_of(board) is None else None


def _is_empty_board(values: list[Any]) -> bool:
    return all(value == [] or (isinstance(value, dict) and _listed(value) == []) for value in values)


def _place(vendor: Vendor, job: Mapping[str, Any], board: str, count: int, seen: dict[str, int]) -> str:
    """`greenhouse:acme/4012`; the same id again (one job in two countries) gets `#2`."""
    place = f"{vendor.name}:{board}/{vendor.job_id(job) or count}"
    seen[place] = seen.get(place, 0) + 1
    return place if seen[place] == 1 else f"{place}#{seen[place]}"


def _keys(job: Mapping[str, Any]) -> str:
    return ", ".join(list(job)[:12])


def _excerpt(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:200]
