"""`adscreen evaluate`: how good a bundle is on labelled ads, and whether it may replace another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Device, Encoding, Examine, Examined, Format, Map, NoHeader, OnDevice, PolicyFile, Rejects, read_options
from adscreen.errors import GateRefusedError, InputError

if TYPE_CHECKING:
    from adscreen.evaluate.floors import Floors
    from adscreen.evaluate.outcome import Outcome
    from adscreen.ingest.options import ReadOptions
    from adscreen.train.leak import LeakRow

MANIFEST = "bundle.json"


def evaluate(
    ads: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ADS...]",
            help="Labelled ads that the bundle was not trained on (none: the data of the floors); a bundle's folder stands for --model.",
        ),
    ] = None,
    model: Annotated[Path | None, typer.Option("--model", metavar="DIR", help="A bundle; default: the one that ships with adscreen.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="DIR", help="The bundle in use: exit 1 with the reasons unless the other may replace it.")
    ] = None,
    policy: PolicyFile = None,
    examine: Examined = Examine.auto,
    device: OnDevice = Device.cpu,
    budget: Annotated[int | None, typer.Option("--budget", metavar="N", min=1, help="Precision and recall when N of these ads are reviewed.")] = None,
    prevalence: Annotated[
        float, typer.Option("--prevalence", metavar="P", help="Share of lures in your stream, for the precision to expect there.")
    ] = 0.001,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Also disguise ads as recruiters do, and edit what should not matter; takes minutes.")
    ] = False,
    leak_audit: Annotated[
        bool,
        typer.Option("--leak-audit", help="Also train on these ads under leaking and safe splits: what leakage would have claimed; takes minutes."),
    ] = False,
    floors: Annotated[
        Path | None, typer.Option("--floors", metavar="FILE", help="Pinned floors; default: floors.toml beside the bundle in use.")
    ] = None,
    pin_floors: Annotated[
        Path | None,
        typer.Option("--pin-floors", metavar="FILE", help="Pin floors at the lenient ends of the intervals measured here; pinned ones only rise."),
    ] = None,
    lower_floors: Annotated[
        str | None,
        typer.Option("--lower-floors", metavar="REASON", help="With --pin-floors: let those that were missed fall; REASON stays in the file."),
    ] = None,
    trained_on: Annotated[
        list[str] | None,
        typer.Option("--trained-on", metavar="FILE", help="Ads that the bundle was trained on: refuse if any is of a campaign in ADS."),
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", metavar="FILE", help="Write the whole report: .html, .md or .json.")] = None,
    show_text: Annotated[bool, typer.Option("--show-text", help="Put the text of misjudged ads into the report.")] = False,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Measure a bundle on labelled ads: ranking, recall at fixed false-positive rates, calibration, thresholds; by language, source, kind of work and more.

    The length-and-style control says how well the same ads are told apart without reading them; figures near it mean little. With --against it is a gate: a retrained
    bundle passes when it reaches the pinned floors and loses nowhere that hurts.
    """
    from adscreen.classifiers.bundle import read_card
    from adscreen.cli.progress import RejectCount
    from adscreen.corpora.parting import refuse_shared
    from adscreen.evaluate.outcome import Request, carry_out
    from adscreen.report.evaluation import Extras, evaluation_report
    from adscreen.report.formats import ReportFile
    from adscreen.screen import Screener
    from adscreen.settings import default_bundle

    if lower_floors is not None and pin_floors is None:
        raise InputError("--lower-floors REASON goes with --pin-floors FILE, which writes the floors")
    if not 0 < prevalence < 1:
        raise InputError(f"--prevalence {prevalence:g} is not between 0 and 1; write one in a thousand as 0.001")
    named, challenger = _ads_and_bundle(ads or [], model)
    sources, pinned = _with_floors(named, floors, against)
    file = ReportFile(report, sources) if report is not None else None
    if trained_on:
        refuse_shared(trained_on, sources, read_options(column_map, encoding, table_format, no_header))
    screener = Screener.load(challenger or default_bundle(), policy, examine=examine.value, device=device.value)
    options = read_options(column_map, encoding, table_format, no_header, check_labels=True)
    champion = Screener.load(against, device=device.value) if against is not None else None
    with RejectCount.writing_to(rejects, sources) as log:
        outcome = carry_out(screener, Request(sources, options, prevalence, budget, robustness, champion, pinned), log)
    log.tell()
    leaks = _leaks(sources, options) if leak_audit else ()
    _print(outcome, leaks)
    if file is not None:
        card = read_card(challenger or default_bundle())
        extras = Extras(outcome.histogram, outcome.robustness or None, outcome.shortcuts or None, leaks or None, outcome.gate, card)
        file.write(evaluation_report(outcome.evaluation, datetime.now(UTC).date().isoformat(), extras, show_text))
    if pin_floors is not None:
        _pin(pin_floors, outcome, lower_floors)
    if outcome.failed:
        checks = "; ".join(finding.check for finding in outcome.failed)
        raise GateRefusedError(
            f"{screener.bundle.label} may not replace {against}: {len(outcome.failed)} of {len(outcome.gate)} checks failed: {checks}"
        )


def _ads_and_bundle(ads: list[str], model: Path | None) -> tuple[list[str], Path | None]:
    """The ads and the bundle: a folder with a bundle among the arguments is the bundle."""
    bundles = [name for name in ads if (Path(name) / MANIFEST).is_file()]
    if not bundles:
        return ads, model
    if len(bundles) > 1 or model is not None:
        every = [*bundles, *([str(model)] if model else [])]
        raise InputError(f"several bundles to evaluate: {', '.join(every)}; name one, and the one in use with --against")
    return [name for name in ads if name != bundles[0]], Path(bundles[0])


def _with_floors(named: list[str], floors: Path | None, against: Path | None) -> tuple[list[str], Floors | None]:
    """The ads to evaluate on, and the pinned floors if they hold for these ads."""
    from adscreen.evaluate.floors import FLOORS, load_floors

    if floors is None and not named and against is not None and (against.parent / FLOORS).is_file():
        floors = against.parent / FLOORS
    if floors is None:
        if not named:
            raise InputError(
                "no ads were named; name labelled ads, or --floors FILE (beside the bundle in use: floors.toml), whose pinned data are then used"
            )
        return named, None
    pinned = load_floors(floors)
    data = pinned.files(floors)
    if named and {Path(name).resolve() for name in named} != {Path(name).resolve() for name in data}:
        raise InputError(
            f"--floors {floors} holds for {', '.join(data)}, not for {', '.join(named)}; name no ads to use its data, or leave --floors out"
        )
    return data, pinned


def _leaks(sources: list[str], options: ReadOptions) -> tuple[LeakRow, ...]:
    from adscreen.corpora.labelled import read_labelled
    from adscreen.train.config import TrainConfig
    from adscreen.train.leak import leak_audit

    ads = read_labelled(sources, options, lambda reject: None)
    return leak_audit(ads, "lure" if (ads.labels == "lure").any() else "job_scam", TrainConfig())


def _print(outcome: Outcome, leaks: tuple[LeakRow, ...]) -> None:
    from adscreen.cli.evaluation import console_for_tables, show, show_gate, show_leaks, show_robustness

    console = console_for_tables()
    show(outcome.evaluation, console)
    if outcome.robustness:
        show_robustness(outcome.robustness, outcome.shortcuts, console)
    if leaks:
        show_leaks(leaks, console)
    show_gate(outcome.gate, console)


def _pin(path: Path, outcome: Outcome, reason: str | None) -> None:
    import os

    from adscreen.evaluate.floors import Floors, PinnedFile, dump_floors, load_floors, tightened
    from adscreen.evaluate.gate import limits
    from adscreen.outputs.atomic import AtomicFile

    data = tuple(PinnedFile(os.path.relpath(file.name, path.parent), file.sha256) for file in outcome.evaluation.files)
    least, most = limits(outcome.measures)
    old = load_floors(path) if path.is_file() else None
    floors = tightened(
        old,
        Floors(data, least, most),
        {name: measure.value for name, measure in outcome.measures.items()},
        reason,
        datetime.now(UTC).date().isoformat(),
    )
    target = AtomicFile(str(path), [file.name for file in outcome.evaluation.files])
    target.open().write(dump_floors(floors).encode())
    target.commit()
    typer.echo(f"{path}: {len(floors.least)} floors and {len(floors.most)} ceilings pinned")
