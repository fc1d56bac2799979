"""schema.org salaries as a line that a person would write: `3000-4500 EUR per month`."""

from __future__ import annotations

from typing import Any

from adscreen.ingest.readers.markup import one_line

_UNITS = {
    "HOUR": "hour",
    "DAY": "day",
    "WEEK": "week",
    "BIWEEK": "two weeks",
    "MONTH": "month",
    "YEAR": "year",
    "ANN": "year",
    "HUR": "hour",
    "MON": "month",
}
_DEPTH = 4
"""Values inside values; schema.org needs two."""


def salary_text(value: Any, currency: str = "", depth: int = _DEPTH) -> str:
    """Readable text of a number, text, MonetaryAmount, MonetaryAmountDistribution or list of them; "" when nothing is stated."""
    if depth == 0 or value is None or isinstance(value, bool):
        return ""
    if isinstance(value, list):
        return "; ".join(dict.fromkeys(filter(None, (salary_text(one, currency, depth - 1) for one in value))))
    if not isinstance(value, dict):
        amount = plain(value)
        return f"{amount} {currency}".strip() if amount and _is_number(amount) else amount
    return _amount(value, currency, depth)


def range_text(low: Any, high: Any, currency: Any = "", unit: Any = "") -> str:
    """`LOW-HIGH CURRENCY per UNIT` of whatever is stated; a zero bound counts as not stated."""
    first, last = (plain(bound) for bound in (low, high))
    first, last = ("" if bound in ("0", "0.0", "0.00") else bound for bound in (first, last))
    bounds = first if first == last else "-".join(filter(None, (first, last)))
    if first and not last:
        bounds = f"from {first}"
    elif last and not first:
        bounds = f"up to {last}"
    unit_text = plain(unit)
    per = f"per {_UNITS.get(unit_text.upper(), unit_text.casefold())}" if unit_text else ""
    return " ".join(filter(None, (bounds, plain(currency), per))) if bounds else ""


def plain(value: Any) -> str:
    """A number without needless decimals, or a text on one line."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return one_line(str(value))


def _amount(value: dict[str, Any], currency: str, depth: int) -> str:
    currency = plain(value.get("currency")) or plain(value.get("priceCurrency")) or currency
    unit = value.get("unitText") or value.get("unitCode") or value.get("duration") or ""
    name = plain(value.get("name"))
    low = _first(value, "minValue", "percentile10", "percentile25", "minvalue")
    high = _first(value, "maxValue", "percentile90", "percentile75", "maxvalue")
    text = range_text(low, high, currency, unit)
    inner = value.get("value", value.get("median"))
    if not text and isinstance(inner, dict | list):
        if isinstance(inner, dict) and unit and not inner.get("unitText"):
            inner = {**inner, "unitText": unit}
        text = salary_text(inner, currency, depth - 1)
    elif not text:
        amount = plain(inner)
        text = range_text(amount, amount, currency, unit) if _is_number(amount) else amount
    return f"{text} ({name})" if text and name and name.casefold() not in ("base", "basesalary") else text


def _first(value: dict[str, Any], *names: str) -> Any:
    return next((value[name] for name in names if value.get(name) not in (None, "")), "")


def _is_number(text: str) -> bool:
    return bool(text) and text.replace(",", "").replace(".", "").replace(" ", "").isdigit()
