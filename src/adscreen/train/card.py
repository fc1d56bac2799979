"""The model card of a bundle: what it is for, what it was trained on, what was measured, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_CARD = """# {name}

Scores job ads by how much they resemble ads that recruit people into scam compounds (`lure`) and fraud after money or data (`job_scam`).
Trained by `adscreen train`; every figure below was measured on groups of ads that the fit had not seen.

## Use
For ranking ads for human review. An output is about an ad, never a finding about a person; nothing should act on it without a reviewer.
Probabilities are calibrated at a share of {prevalence:.1%} lures; set `prevalence` in a policy to re-base them to your stream.

## Trained on
{ads} ads in {groups} groups: {labels}.

| source | ads |
|---|--:|
{sources}

| language | ads | lures lost by the triage floor |
|---|--:|--:|
{languages}
{provenance}{tries}
## Measured on held-out groups
Measured on rows of full weight only (see `weight` in the training data). Look-alikes are the lawful ads of those sources that hold lures too: written to be told apart by reading only.

| lures against | PR-AUC | ROC-AUC | {rates} | Brier | calibration error |
|---|--:|--:|{rate_rule}--:|--:|
{figures}

Triage sends {examined:.1%} of the other ads on to examination.
Thresholds: review from {review}, urgent from {urgent}, job scam from {scam_review}.
{transformer}
## Limits
Labels of lures are mostly written by this project after published cases; real lures differ and change. Languages with few ads above are
judged mostly by indicators. Public job-board ads are labelled lawful without having been read one by one.
"""


def write_card(name: str, facts: Mapping[str, Any]) -> str:
    """Render the card from a bundle's facts."""
    training, held_out, floor = facts["training"], facts["held_out"], facts["floor"]
    lost = floor["lures_lost"]
    rates = list(held_out["recall_at_fpr"])
    return _CARD.format(
        name=name,
        prevalence=facts["calibration"]["prevalence"],
        ads=training["ads"],
        groups=training["groups"],
        labels=", ".join(f"{count} {label}" for label, count in training["labels"].items()),
        sources="\n".join(f"| {source or '(none)'} | {count} |" for source, count in training["sources"].items()),
        languages="\n".join(
            f"| {language or '(unknown)'} | {count} | {'{} of {}'.format(*lost[language]) if language in lost else '-'} |"
            for language, count in training["languages"].items()
        ),
        provenance=_provenance(training),
        tries=_tries(training.get("tries", [])),
        rates=" | ".join(f"recall at {rate} false positives" for rate in rates),
        rate_rule="--:|" * len(rates),
        figures="\n".join((_row("all others", held_out), _row("look-alikes", facts["held_out_look_alikes"]))),
        examined=floor["examined_share_of_others"],
        transformer=_transformer(facts.get("transformer")),
        **facts["policy"],
    )


def _provenance(training: Mapping[str, Any]) -> str:
    """Who labelled what, and what of it stands nearly the same in a test split."""
    rows = "".join(
        f"| {row['file']} | {row['source'] or '(none)'} | {row['labelled_by'] or '(not said)'} | "
        f"{', '.join(f'{count} {label}' for label, count in row['labels'].items())} | {row['weight']:g} |\n"
        for row in training.get("provenance", [])
    )
    table = f"\n| file | source | labelled by | labels as given | weight |\n|---|---|---|---|--:|\n{rows}" if rows else ""
    near = training.get("near_test_rows", 0)
    warning = f"\n{near} of these ads are nearly the same as rows of the test split of a corpus trained beside them: figures on that split flatter.\n"
    return table + (warning if near else "")


def _transformer(facts: Mapping[str, Any] | None) -> str:
    """What the transformer was made from, which ads it reads, and how far the exported model is from the trained one."""
    if facts is None:
        return ""
    floor, export, settings = facts["floor"], facts["export"], facts["settings"]
    lost, lures = (sum(counts) for counts in zip(*floor["lures_lost"].values(), strict=True))
    rows = "".join(
        f"| {'all' if row['language'] == '*' else row['language']} | {row['ads']} | {row['mean_difference']:.4f} | {row['max_difference']:.3f} | "
        f"{_number(row['pr_auc'])} | {_number(row['pr_auc_torch'])} |\n"
        for row in export["parity"]
    )
    refused = "".join(f"; {name} was refused (mean difference {one['mean_difference']:.4f})" for name, one in export["refused"].items())
    return (
        f"\n## Transformer\nFine-tuned from {facts['base']} ({settings['layers'] or 'all'} layers), reads the {settings['reads']} of an ad, at most "
        f"{settings['tokens']} tokens. Signs and passages send it {floor['examined_share_of_others']:.1%} of the other ads, and keep {lost} of {lures} held-out "
        f"lures from it.\nStored as {export['format']}{refused}. Against torch in fp32, on the ads that chose the epoch "
        "(differences are of the probability of lure):\n\n| language | ads | mean difference | largest | PR-AUC | PR-AUC of torch |\n"
        f"|---|--:|--:|--:|--:|--:|\n{rows}"
    )


def _tries(tries: Sequence[Mapping[str, Any]]) -> str:
    """The settings tried on validation groups."""
    if not tries:
        return ""
    rows = "".join(
        f"| {row['setting']} | {row['value']:g} | {row['against']} | {_number(row['roc_auc'])} | {_number(row['recall'])} | {'yes' if row['taken'] else ''} |\n"
        for row in tries
    )
    note = (
        "Settings tried on group folds of the training rows. The figures below are on other folds of the same rows, which flatters them a little.\n"
    )
    return f"\n{note}\n| setting | value | lures against | ROC-AUC | recall at 3% false positives | taken |\n|---|--:|---|--:|--:|---|\n{rows}"


def _row(name: str, held_out: Mapping[str, Any]) -> str:
    values = (held_out["pr_auc"], held_out["roc_auc"], *held_out["recall_at_fpr"].values(), held_out["brier"], held_out["calibration_error"])
    return f"| {name} | " + " | ".join(map(_number, values)) + " |"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
