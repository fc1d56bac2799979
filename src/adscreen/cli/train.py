"""`adscreen train`: labelled ads to a bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from adscreen.cli.options import Encoding, Format, Map, NoHeader, Rejects, read_options


def train(
    ads: Annotated[
        list[str], typer.Argument(metavar="ADS...", help="Tables of ads with a `label` column: lure, job_scam, legitimate, other (or unsure).")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="The bundle to write.")],
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="TOML with training settings; see adscreen.train.config.")] = None,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Train a bundle on labelled ads, and measure it on groups of ads that the fit did not see.

    Put your ads beside the project's own corpora rather than alone: they teach the difference between lures and lawful look-alikes.
    """
    from adscreen.cli.progress import RejectCount
    from adscreen.corpora.labelled import read_labelled
    from adscreen.train.config import load_config
    from adscreen.train.run import train_bundle

    settings = load_config(config)
    options = read_options(column_map, encoding, table_format, no_header, check_labels=True)
    with RejectCount.writing_to(rejects, ads) as log:
        labelled = read_labelled(ads, options, log)
    log.tell()
    facts = train_bundle(labelled, out, settings, progress=_say)
    held_out, floor = facts["held_out"], facts["floor"]
    recalls = ", ".join(f"{recall:.3f} at {rate}" for rate, recall in held_out["recall_at_fpr"].items() if recall is not None)
    typer.echo(
        f"{out}: trained on {facts['training']['ads']} ads, {facts['training']['labels']}"
        + (f"; {labelled.unsure} unsure left out" if labelled.unsure else "")
    )
    typer.echo(f"held-out groups: PR-AUC {held_out['pr_auc']:.3f}, ROC-AUC {held_out['roc_auc']:.3f}, recall of lures {recalls} false positives")
    typer.echo(f"triage sends {floor['examined_share_of_others']:.1%} of other ads on; thresholds {facts['policy']}")


def _say(step: str) -> None:
    if sys.stderr.isatty():
        print(f"adscreen: {step}", file=sys.stderr)  # noqa: T201
