"""`adscreen threshold`: what a team can afford, turned into a policy file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adscreen.cli.options import Encoding, Format, Map, Model, NoHeader, PolicyFile, Rejects, read_options
from adscreen.errors import InputError

if TYPE_CHECKING:
    from adscreen.evaluate.scored import Scored
    from adscreen.evaluate.thresholds import Thresholds


def threshold(
    ads: Annotated[list[str], typer.Argument(metavar="ADS...", help="Labelled ads that the bundle was not trained on.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The policy file to write (TOML).")],
    max_fpr: Annotated[
        float | None, typer.Option("--max-fpr", metavar="R", help="Flag at most this share of lawful campaigns, such as 0.01.")
    ] = None,
    precision: Annotated[
        float | None, typer.Option("--precision", metavar="P", help="At least this share of what is flagged are lures; needs --prevalence.")
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option("--budget", metavar="N", help="Leave at most N of these ads to review; the file should be a random part of your stream."),
    ] = None,
    prevalence: Annotated[float | None, typer.Option("--prevalence", metavar="P", help="Share of lures in your stream, such as 0.001.")] = None,
    confidence: Annotated[float, typer.Option("--confidence", metavar="C", help="How sure the bound must be.")] = 0.95,
    by_language: Annotated[bool, typer.Option("--by-language", help="Thresholds of their own for languages with enough ads.")] = False,
    model: Model = None,
    policy: PolicyFile = None,
    column_map: Map = None,
    rejects: Rejects = None,
    encoding: Encoding = None,
    table_format: Format = None,
    no_header: NoHeader = False,
) -> None:
    """Choose thresholds from a false-positive rate, a precision or a review budget, and write them with their evidence as a policy file.

    The bound holds with the confidence asked for, not only on these ads: copies of one campaign count once, and few ads give a high threshold.
    """
    from adscreen.cli.progress import RejectCount
    from adscreen.evaluate.policy_file import policy_toml
    from adscreen.evaluate.scored import score_ads
    from adscreen.evaluate.thresholds import rounded
    from adscreen.outputs.atomic import AtomicFile
    from adscreen.screen import Screener
    from adscreen.settings import default_bundle

    if sum(goal is not None for goal in (max_fpr, precision, budget)) != 1:
        raise InputError("say what you can afford: exactly one of --max-fpr R, --precision P, --budget N")
    if not 0.5 <= confidence < 1:
        raise InputError(f"--confidence {confidence:g} is not between 0.5 and 1; 0.95 is usual")
    file = AtomicFile(str(out), ads)
    screener = Screener.load(model or default_bundle(), policy)
    options = read_options(column_map, encoding, table_format, no_header, check_labels=True)
    with RejectCount.writing_to(rejects, ads) as log:
        scoring = score_ads(screener, ads, options, log)
    log.tell()
    chosen = rounded(_choose(scoring.ads, max_fpr, precision, budget, prevalence, confidence, by_language))
    file.open().write(policy_toml(chosen, screener.policy, screener.bundle.label, scoring.files).encode())
    file.commit()
    _tell(out, chosen)


def _choose(
    ads: Scored,
    max_fpr: float | None,
    precision: float | None,
    budget: int | None,
    prevalence: float | None,
    confidence: float,
    by_language: bool,
) -> Thresholds:
    from adscreen.evaluate.thresholds import for_budget, for_false_positives, for_precision

    if max_fpr is not None:
        return for_false_positives(ads, max_fpr, confidence, by_language)
    if precision is None:
        assert budget is not None
        return for_budget(ads, budget)
    if prevalence is None:
        raise InputError("--precision needs --prevalence: how pure a queue is depends on how rare lures are in your stream, such as 0.001")
    return for_precision(ads, precision, prevalence, confidence, by_language)


def _tell(out: Path, chosen: Thresholds) -> None:
    everywhere = chosen.everywhere
    typer.echo(f"{out}: {everywhere.goal}")
    for name, found in (("all", everywhere), *chosen.by_language.items()):
        typer.echo(
            f"{name}: review from {found.threshold}; catches {found.caught} of {found.lures} lure campaigns (at least {found.recall_low:.1%} of such), "
            f"flags {found.false} of {found.lawful} lawful ones (at most {found.false_rate_high:.2%} of such)"
        )
