"""`adscreen train`: labelled ads to a bundle."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Encoding, Format, Map, NoHeader, Rejects, read_options
from adscreen.errors import InputError

if TYPE_CHECKING:
    from adscreen.corpora.labelled import LabelledAds
    from adscreen.train.curve import Point
    from adscreen.train.noise import Suspect
    from adscreen.train.run import Trained
    from adscreen.train.sources import TrainingRows

_MAX_SHOWN = 5
"""Ids that a warning names; the rest are counted."""


def train(
    ads: Annotated[
        list[str], typer.Argument(metavar="ADS...", help="Tables of ads with a `label` column: lure, job_scam, legitimate, other (or unsure).")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="The bundle to write.")],
    corpora: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", metavar="CORPUS", help="A corpus to train on too, such as corpora/lures: its train and validation splits, never its test split."
        ),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="TOML with training settings; see adscreen.train.config.")] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--base",
            metavar="NAME",
            help="Also fine-tune a transformer: a Hugging Face encoder by name or folder (sets transformer.base; see --config).",
        ),
    ] = None,
    tune: Annotated[bool, typer.Option("--tune", help="Choose the main settings on group folds of these ads first (slow).")] = False,
    suspects: Annotated[
        Path | None, typer.Option("--suspects", metavar="FILE", help="Write the rows whose label the model doubts, most doubted first (JSONL).")
    ] = None,
    learning_curve: Annotated[
        str | None,
        typer.Option(
            "--learning-curve", metavar="N,N,...", help="Also say what so many lures are worth, alone and with --with; JSON to DIR.curve.json."
        ),
    ] = None,
    resume: Annotated[bool, typer.Option(help="Take over what a stopped run has read already (kept in DIR.work).")] = True,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Train a bundle on labelled ads, and measure it on groups of ads that the fit did not see.

    Put your ads beside the project's own corpora rather than alone (--with corpora/lures): they teach the difference between lures and lawful look-alikes.
    """
    from adscreen.cli.progress import RejectCount
    from adscreen.train.config import load_config
    from adscreen.train.curve import learning_curve as measure_curve
    from adscreen.train.run import train_bundle
    from adscreen.train.sources import read_rows
    from adscreen.train.work import Work

    settings, sizes = load_config(config), _sizes(learning_curve)
    if base is not None:
        settings = replace(settings, transformer=replace(settings.transformer, base=base))
    options = read_options(column_map, encoding, table_format, no_header, check_labels=True)
    with RejectCount.writing_to(rejects, ads) as log:
        rows = read_rows(ads, corpora or [], options, log)
    log.tell()
    _warn(rows)
    work = Work(out.with_name(f"{out.name}.work"), _say, 2 + tune + bool(sizes))
    if not resume:
        work.done()
    origin = {"provenance": list(rows.provenance), "near_test_rows": len(rows.near_test)}
    trained = train_bundle(rows.ads, out, settings, tuned=tune, origin=origin, work=work)
    _tell(out, trained, rows.ads)
    if suspects:
        _write_suspects(suspects, trained.suspects, rows.ads)
    if sizes:
        with work.step("learning curve"):
            points = measure_curve(rows.ads, trained.readings, rows.own, sizes, settings)
        _tell_curve(out.with_name(f"{out.name}.curve.json"), points)
    work.done()


def _sizes(text: str | None) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in (text or "").split(",") if part.strip())
    except ValueError:
        sizes = (0,)
    if text and (not sizes or min(sizes) < 1):
        raise InputError(f"--learning-curve {text!r} is not a list of whole numbers from 1; write --learning-curve 50,100,200")
    return sizes


def _warn(rows: TrainingRows) -> None:
    if rows.near_test:
        shown = ", ".join(rows.near_test[:_MAX_SHOWN]) + (", ..." if len(rows.near_test) > _MAX_SHOWN else "")
        _say(f"{len(rows.near_test)} of your rows are nearly the same as rows of a corpus's test split ({shown}); figures on that split will flatter")


def _tell(out: Path, trained: Trained, ads: LabelledAds) -> None:
    facts = trained.facts
    held_out, floor = facts["held_out"], facts["floor"]
    recalls = ", ".join(f"{recall:.3f} at {rate}" for rate, recall in held_out["recall_at_fpr"].items() if recall is not None)
    unsure = f"; {ads.unsure} unsure left out" if ads.unsure else ""
    typer.echo(f"{out}: trained on {facts['training']['ads']} ads, {facts['training']['labels']}{unsure}")
    for row in facts["training"]["tries"]:
        typer.echo(f"{'*' if row['taken'] else ' '} {row['setting']} {row['value']:g}: ROC-AUC {row['roc_auc']:.4f} against {row['against']}")
    typer.echo(f"held-out groups: PR-AUC {held_out['pr_auc']:.3f}, ROC-AUC {held_out['roc_auc']:.3f}, recall of lures {recalls} false positives")
    typer.echo(f"triage sends {floor['examined_share_of_others']:.1%} of other ads on; thresholds {facts['policy']}")


def _write_suspects(path: Path, found: tuple[Suspect, ...], ads: LabelledAds) -> None:
    import orjson

    rows = (
        {"rank": rank, "id": ads.ids[one.row], "label": ads.labels[one.row], "probability": round(one.probability, 6), "taken_for": one.taken_for}
        for rank, one in enumerate(found, 1)
    )
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    typer.echo(f"{path}: {len(found)} rows whose label the model doubts")


def _tell_curve(path: Path, points: tuple[Point, ...]) -> None:
    import orjson

    path.write_bytes(orjson.dumps([point.as_dict() for point in points], option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    for point in points:
        alike = point.look_alikes
        figures = (
            f"PR-AUC {alike.pr_auc:.3f}, ROC-AUC {alike.roc_auc:.3f}" if alike.pr_auc is not None and alike.roc_auc is not None else "no figures"
        )
        typer.echo(
            f"{point.positives:6} lures, {point.ads:6} ads, {'with corpora' if point.with_corpora else 'alone':12}: {figures} against look-alikes"
        )
    typer.echo(f"{path}: learning curve on the same held-out groups")


def _say(line: str) -> None:
    print(f"adscreen: {line}", file=sys.stderr)  # noqa: T201
