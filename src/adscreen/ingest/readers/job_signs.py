"""Signs that a page is a job ad, cheap enough to look for in every page of a crawl."""

from __future__ import annotations

import re
from urllib.parse import unquote

POSTING_MARK = b"JobPosting"
"""The schema.org type that job pages state for search engines."""

URL_WORDS = (
    r"(?:view|find|search|my)?jobs?(?:ads?|boards?|details?|ids?|lists?|listings?|offers?|openings?|portal|postings?|search|view)?|careers?|vacanc(?:y|ies)|hiring|recruit(?:ing|ment|er)?s?|employment|positions?(?!=)|openings?(?!=)|work-?with-?us|join-?us|"
    r"stellen(?:angebote?|anzeigen?|markt)?|karriere|emplois?|offres?-d-?emploi|carri[eè]res?|empleos?|trabajos?|vagas?|trabalhos?|lavoro|offerte-di-lavoro|"
    r"vacatures?|praca|oferty-pracy|kari(?:er|y)e?r?|loker|lowongan(?:-kerja)?|karir|kerjaya|jawatan-kosong|kerja|trabaho|viec-?lam|tuyen-?dung|"
    r"is-?ilanlari|вакансии|вакансия|работа|rabota|vakansii|vakansiya|robota"
)
"""Whole words of a job page's address, in the languages that the project's ads are written in; a choice, not a measurement.
`position=` and `opening=` are where a list or picture stands more often than jobs."""

URL_SIGNS = "招聘|求职|招工|诚聘|求人|採用|転職|채용|구인|สมัครงาน|หางาน|งาน|नौकरी|চাকরি|وظائف|وظيفة|شغل|việc-làm|tuyển-dụng"
"""The same in scripts without blanks between words, or with letters that addresses mostly encode."""

_URL = re.compile(rf"(?<![^\W_])(?:{URL_WORDS})(?![^\W_])|{URL_SIGNS}", re.IGNORECASE)


def url_looks_like_job(url: str) -> bool:
    """Whether the address has a word of job pages in it."""
    return bool(_URL.search(unquote(url)))


def page_looks_like_job(page: bytes) -> bool:
    """Whether the page states a schema.org job posting."""
    return POSTING_MARK in page
