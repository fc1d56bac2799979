"""Files in the shape their sources have: nested JSON, wide CSV, other encodings. They lie outside the repository; without them, skipped."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from adscreen.errors import InputError
from adscreen.ingest.tables import ReadOptions, read_ads
from adscreen.records import Reject

RAW = Path(os.environ.get("ADSCREEN_SHARED", Path(__file__).parents[2].parent / "shared")) / "data" / "raw"

SHAPES: dict[str, tuple[int, dict[str, Any]]] = {
    "bongthom.csv": (60, {"mapping": {"text": "description+requirements", "contact": "contact_email+contact_phone"}}),
    "emscad_flags_cp1252.csv": (50, {"encoding": "cp1252", "mapping": {"text": "company_profile+description+requirements+benefits"}}),
    "jobstreet_id.csv": (60, {"mapping": {"text": "job description+more detail", "title": "job title", "company": "company name"}}),
    "jobthai.jsonl": (60, {"mapping": {"text": "previewText+description+requirements+benefits+companyHistory"}}),
    "orfd_58.csv": (80, {"mapping": {"text": "jobDescription+jobRequirement", "title": "jobTitle", "company": "companyName"}}),
    "remote_mojibake.csv": (40, {}),
    "telegram_job_channels.json": (60, {"mapping": {"id": "message_id", "source": "channel"}}),
    "tg_spam_unquoted.csv": (119, {"mapping": {"text": "input"}}),
    "thai_sms_pipe.txt": (91, {"header": False, "mapping": {"text": "2"}}),
    "topcv_wide.csv": (40, {"mapping": {"text": "descriptions.Mô tả công việc+descriptions.Yêu cầu ứng viên"}}),
    "vietnamworks_nested.json": (30, {"mapping": {"text": "full_text_jd", "title": "job_title"}}),
    "vietnamworks_wide.csv": (40, {"mapping": {"text": "job_description[*]", "title": "job_title"}}),
    "wuzzuf_html.csv": (40, {"mapping": {"text": "description+requirements", "company": "company_name"}}),
}


def shape(name: str) -> str:
    path = RAW / name
    if not path.exists():
        pytest.skip(f"no {name} beside the repository")
    return str(path)


@pytest.mark.parametrize("name", SHAPES)
def test_every_row_of_a_real_shape_is_an_ad(name: str) -> None:
    rows, options = SHAPES[name]
    rejects: list[Reject] = []
    ads = [ad for batch in read_ads([shape(name)], ReadOptions(**options), rejects.append) for ad in batch.to_pylist()]
    assert (len(ads), rejects) == (rows, [])
    assert all(ad["text"].strip() for ad in ads)
    mapped = set(options.get("mapping", {})) - {"text", "contact"}
    assert all(any(ad[column] for ad in ads) for column in mapped)


def test_the_wrong_encoding_of_a_real_file_is_guessed() -> None:
    with pytest.raises(InputError, match="--encoding cp1252"):
        list(read_ads([shape("emscad_flags_cp1252.csv")], ReadOptions(), lambda reject: None))
