"""Fill the contact placeholders of corpus rows ({phone:KH}, {telegram}, {email:slug}, ...) with contacts that look ordinary and reach nobody.

Writers of ads never invent contacts themselves: a habit of the writer would become a feature of the label. This script draws them for all
labels in the same way, by the row's id, and leaves filled rows as they are. None can reach anyone:
phone numbers use prefixes that the country's numbering plan leaves unassigned; Telegram, LINE, WeChat and other handles hold a double
underscore, which these services refuse; company domains hold an underscore, which cannot be registered; Gmail refuses underscores too.

    python scripts/fill_contacts.py corpora/lures/data/*.jsonl
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
from pathlib import Path

# Country code and an unassigned mobile-like prefix, then digits left to draw; checked with the phonenumbers library (possible, not valid).
PHONES = {
    "KH": ("+855", "20", 7), "MM": ("+95", "30", 7), "LA": ("+856", "60", 8), "TH": ("+66", "11", 7), "VN": ("+84", "13", 7), "MY": ("+60", "20", 7),
    "SG": ("+65", "20", 6), "ID": ("+62", "10", 9), "PH": ("+63", "990", 7), "CN": ("+86", "109", 8), "HK": ("+852", "10", 6), "TW": ("+886", "910", 5),
    "JP": ("+81", "104", 7), "KR": ("+82", "13", 8), "IN": ("+91", "100", 7), "PK": ("+92", "390", 7), "BD": ("+880", "10", 8), "LK": ("+94", "79", 7),
    "NP": ("+977", "990", 7), "AE": ("+971", "59", 7), "QA": ("+974", "10", 6), "SA": ("+966", "20", 7), "KW": ("+965", "30", 6), "KE": ("+254", "30", 7),
    "TZ": ("+255", "10", 7), "UG": ("+256", "60", 7), "ET": ("+251", "60", 7), "NG": ("+234", "600", 7), "GH": ("+233", "10", 7), "ZA": ("+27", "95", 7),
    "RU": ("+7", "100", 7), "UA": ("+380", "10", 7), "KZ": ("+7", "799", 7), "GE": ("+995", "100", 6), "TR": ("+90", "100", 7), "BR": ("+55", "10", 9),
    "PE": ("+51", "10", 7), "CO": ("+57", "390", 7), "MX": ("+52", "100", 7), "EC": ("+593", "10", 7), "ES": ("+34", "500", 6), "FR": ("+33", "0", 8),
    "MA": ("+212", "10", 7), "EG": ("+20", "19", 8), "CM": ("+237", "10", 7), "CI": ("+225", "10", 8), "GB": ("+44", "7700 900", 3), "US": ("+1", "202 555 01", 2),
    "SD": ("+249", "13", 7), "RO": ("+40", "10", 7), "PL": ("+48", "10", 7), "DE": ("+49", "10", 8), "TL": ("+670", "10", 6), "MG": ("+261", "10", 7),
    "KG": ("+996", "10", 7), "UZ": ("+998", "10", 7), "MN": ("+976", "10", 6), "IT": ("+39", "10", 8), "PT": ("+351", "10", 7), "AO": ("+244", "10", 7),
    "MZ": ("+258", "10", 7), "CL": ("+56", "10", 7), "AR": ("+54", "10", 8), "BH": ("+973", "10", 6), "OM": ("+968", "10", 6), "JO": ("+962", "10", 7),
    "LB": ("+961", "10", 6), "MO": ("+853", "10", 6), "MT": ("+356", "10", 6), "CY": ("+357", "10", 6), "BG": ("+359", "10", 7), "RS": ("+381", "40", 7),
    "AU": ("+61", "10", 7), "CA": ("+1", "10", 8), "ZM": ("+260", "10", 7), "ZW": ("+263", "10", 7), "RW": ("+250", "10", 7), "SN": ("+221", "10", 7),
    "MV": ("+960", "10", 5), "BT": ("+975", "10", 6), "TN": ("+216", "10", 6), "DZ": ("+213", "10", 7), "BO": ("+591", "10", 6), "VE": ("+58", "10", 8),
    "CV": ("+238", "10", 5), "BI": ("+257", "10", 6), "CD": ("+243", "10", 7), "GM": ("+220", "10", 7), "MW": ("+265", "10", 7), "NA": ("+264", "10", 7),
    "BW": ("+267", "10", 6), "HN": ("+504", "10", 6), "GT": ("+502", "10", 6), "SV": ("+503", "10", 6), "NI": ("+505", "10", 6), "DO": ("+1", "10", 5),
    "PY": ("+595", "10", 7), "UY": ("+598", "10", 7), "CR": ("+506", "10", 6), "PA": ("+507", "10", 6), "SL": ("+232", "10", 6), "LR": ("+231", "10", 7),
    "BJ": ("+229", "10", 8), "TG": ("+228", "10", 6), "ML": ("+223", "10", 6), "BF": ("+226", "10", 6), "NE": ("+227", "10", 6), "TD": ("+235", "10", 6),
    "SO": ("+252", "10", 7), "DJ": ("+253", "10", 6), "ER": ("+291", "10", 5), "LY": ("+218", "10", 7), "IQ": ("+964", "10", 7), "IR": ("+98", "10", 6),
    "AF": ("+93", "10", 7), "TJ": ("+992", "13", 7), "TM": ("+993", "80", 7), "AZ": ("+994", "11", 7), "AM": ("+374", "13", 6), "MD": ("+373", "10", 6),
    "BY": ("+375", "10", 7), "LV": ("+371", "10", 6), "LT": ("+370", "80", 7), "EE": ("+372", "10", 6), "CZ": ("+420", "10", 7), "SK": ("+421", "10", 7),
    "HU": ("+36", "10", 7), "HR": ("+385", "10", 7), "SI": ("+386", "10", 6), "AL": ("+355", "10", 7), "MK": ("+389", "10", 6), "GR": ("+30", "10", 8),
    "SE": ("+46", "71", 7), "NO": ("+47", "10", 6), "DK": ("+45", "10", 6), "FI": ("+358", "11", 7), "IE": ("+353", "20", 7), "BE": ("+32", "10", 7),
    "CH": ("+41", "10", 7), "AT": ("+43", "10", 7), "BN": ("+673", "10", 5), "FJ": ("+679", "10", 5), "PG": ("+675", "10", 6), "VU": ("+678", "10", 5),
    "GN": ("+224", "10", 6), "WS": ("+685", "10", 5), "TO": ("+676", "10", 5), "SB": ("+677", "10", 5), "PW": ("+680", "10", 5), "FM": ("+691", "10", 5),
}  # fmt: skip

FIRST = [
    "amy",
    "alice",
    "anna",
    "ben",
    "bella",
    "cindy",
    "chen",
    "dara",
    "david",
    "eva",
    "fay",
    "grace",
    "hana",
    "hui",
    "ivy",
    "jack",
    "jason",
    "jenny",
    "joy",
    "kai",
    "kelly",
    "ken",
    "kim",
    "lan",
    "leo",
    "lily",
    "lin",
    "lucy",
    "mai",
    "mei",
    "mia",
    "mike",
    "min",
    "nana",
    "nina",
    "omar",
    "pim",
    "rani",
    "rina",
    "rosa",
    "sam",
    "sari",
    "sofia",
    "sunny",
    "tao",
    "tina",
    "tom",
    "vicky",
    "vivi",
    "wendy",
    "xiao",
    "yan",
    "yuki",
    "zara",
]
ROLE = ["hr", "job", "jobs", "recruit", "work", "career", "hiring", "office", "admin", "staff", "team", "apply", "agency", "desk", "info"]
PLACEHOLDER = re.compile(
    r"\{(phone|whatsapp|zalo|viber|signal|telegram|tglink|line|wechat|kakao|facebook|instagram|freemail|email|url)(?::([^}]*))?\}"
)


def _phone(draw: random.Random, country: str) -> str:
    name = country.strip().upper() or draw.choice(sorted(PHONES))
    if name not in PHONES:
        sys.exit(f"no unassigned phone range is known for country {name!r}; add one to PHONES after checking it")
    code, prefix, count = PHONES[name]
    digits = "".join(str(draw.randrange(10)) for _ in range(count))
    style = draw.randrange(3)
    if style == 0:
        return f"{code}{prefix.replace(' ', '')}{digits}"
    if style == 1:
        return f"{code} {prefix} {digits[: len(digits) // 2]} {digits[len(digits) // 2 :]}"
    return f"{code}-{prefix.replace(' ', '-')}-{digits}"


def _handle(draw: random.Random) -> str:
    parts = [draw.choice(FIRST), draw.choice((*ROLE, *FIRST))]
    draw.shuffle(parts)
    return "__".join(parts) + draw.choice(("", str(draw.randrange(1, 100)), str(draw.randrange(100, 10000))))


def _domain(draw: random.Random, slug: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", slug.lower()).strip("_") or draw.choice(FIRST)
    name = words if "_" in words else f"{words}_{draw.choice(('group', 'hr', 'co', 'asia', 'intl', 'jobs'))}"
    return f"{name}.{draw.choice(('com', 'com', 'com', 'net', 'co', 'org'))}"


def _contact(draw: random.Random, kind: str, argument: str) -> str:
    if kind in ("phone", "whatsapp", "zalo", "viber", "signal"):
        return _phone(draw, argument)
    if kind == "tglink":
        return f"t.me/{_handle(draw)}"
    if kind == "telegram":
        return f"@{_handle(draw)}"
    if kind == "freemail":
        return f"{_handle(draw).replace('__', '_')}@gmail.com"
    if kind == "email":
        return f"{draw.choice(ROLE)}@{_domain(draw, argument)}"
    if kind == "url":
        return f"https://{_domain(draw, argument)}/{draw.choice(('careers', 'jobs', 'apply', ''))}".rstrip("/")
    return _handle(draw)


def fill(row: dict[str, object]) -> dict[str, object]:
    """Return the row with its placeholders filled; the same placeholder in one row, or in both rows of a pair, gives the same contact."""
    key = str(row.get("pair_id") or row["id"])

    def replace(match: re.Match[str]) -> str:
        seed = hashlib.sha256(f"{key}|{match.group()}".encode()).digest()
        return _contact(random.Random(seed), match[1], match[2] or "")

    return {name: PLACEHOLDER.sub(replace, value) if isinstance(value, str) else value for name, value in row.items()}


def main() -> None:
    for path in map(Path, sys.argv[1:]):
        rows = [fill(json.loads(line)) for line in path.read_bytes().splitlines() if line.strip()]
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


if __name__ == "__main__":
    main()
