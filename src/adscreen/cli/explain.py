"""`adscreen explain`: one ad, its evidence in its own words, and how its terms add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Encoding, Format, Map, Model, NoHeader, PolicyFile, ReaderOption, parse_options, read_options

if TYPE_CHECKING:
    from adscreen.ingest.options import ReadOptions
    from adscreen.records import JobAd


def explain(
    source: Annotated[
        str | None, typer.Argument(metavar="[INPUT]", help="A table of ads, or KIND:SOURCE as in `adscreen score`; needs --id.")
    ] = None,
    ad_id: Annotated[str | None, typer.Option("--id", help="Which ad of INPUT.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="An ad's text instead of a table; - reads it from stdin.")] = None,
    model: Model = None,
    policy: PolicyFile = None,
    column_map: Map = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
    option: ReaderOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict and its terms as JSON.")] = False,
) -> None:
    """Show one ad with the words that moved its score, and the waterfall from prior to final log-odds.

    Red words speak for a lure, green ones against it. One sign proves nothing: read the ad.
    """
    from adscreen.cli.waterfall import print_json, print_reading
    from adscreen.errors import InputError
    from adscreen.records import TEXT_FIELDS
    from adscreen.screen import Screener
    from adscreen.settings import default_bundle

    if text is not None and source is not None:
        raise InputError(f"explain takes either INPUT ({source}) with --id, or --text, not both")
    options = read_options(column_map, encoding, table_format, no_header)
    ad = _from_text(text) if text is not None else _from_source(source, ad_id, options, parse_options(option))
    screener = Screener.load(model or default_bundle(), policy)
    verdict, reading = screener.examine([getattr(ad, name) for name in TEXT_FIELDS], ad.language, ad.id)
    (print_json if as_json else print_reading)(ad, verdict, reading, screener)


def _from_text(text: str) -> JobAd:
    import sys

    from adscreen.errors import InputError
    from adscreen.records import JobAd

    if text == "-":
        text = sys.stdin.read()
    if not text.strip():
        raise InputError("--text is empty; give the words of an ad")
    return JobAd(id="", text=text)


def _from_source(source: str | None, ad_id: str | None, options: ReadOptions, reader_options: dict[str, str]) -> JobAd:
    from dataclasses import fields

    from adscreen.errors import InputError
    from adscreen.ingest.readers.opening import open_ads
    from adscreen.records import JobAd
    from adscreen.text.compose import compose_batch
    from adscreen.text.fingerprint import content_id
    from adscreen.text.normalise import clean

    if source is None or ad_id is None:
        raise InputError('explain needs either INPUT and --id ID, or --text "..."')
    for batch in open_ads([source], options, lambda reject: None, reader_options):
        for row, (given, raw) in enumerate(zip(batch.column("id").to_pylist(), compose_batch(batch), strict=True)):
            if ad_id == (given or content_id(clean(raw))):
                values = {field.name: batch.column(field.name)[row].as_py() for field in fields(JobAd)}
                return JobAd(**{**values, "id": ad_id})
    raise InputError(f"{source}: no ad has the id {ad_id!r}; ids are those of the verdicts of `adscreen score {source}`")
