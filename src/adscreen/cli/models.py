"""`adscreen models`: which bundles are at hand, whether they are unchanged, and their cards."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

models = typer.Typer(no_args_is_help=True, help="List, verify and describe model bundles.", epilog="Example: adscreen models card")

Bundle = Annotated[Path | None, typer.Argument(metavar="[DIR]", help="A bundle; default: the one that ships with adscreen.")]


@models.command("list", epilog="Example: adscreen models list models")
def list_models(
    folder: Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="A folder of bundles; default: where the shipped one lies.")] = None,
) -> None:
    """List the bundles in a folder."""
    from adscreen.classifiers.bundle import MANIFEST, verify_bundle
    from adscreen.errors import BundleError, InputError
    from adscreen.settings import default_bundle

    folder = folder or default_bundle().parent
    found = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    if not found:
        raise InputError(f"{folder}: holds no bundle (a folder with {MANIFEST}); make one with `adscreen train ADS -o {folder}/NAME`")
    for path in found:
        try:
            facts = verify_bundle(path)
        except BundleError as error:
            typer.echo(f"{path}  DAMAGED: {error}")
            continue
        labels = ", ".join(f"{count} {label}" for label, count in facts["training"]["labels"].items())
        typer.echo(f"{path}  {facts['name']}@{facts['digest'][:12]}  trained on {labels}")


@models.command("verify", epilog="Example: adscreen models verify models/adscreen-base")
def verify_model(bundle: Bundle = None) -> None:
    """Check that no byte of a bundle has changed since it was made."""
    from adscreen.classifiers.bundle import verify_bundle
    from adscreen.settings import default_bundle

    folder = bundle or default_bundle()
    facts = verify_bundle(folder)
    typer.echo(f"{folder}: {len(facts['files'])} files unchanged, {facts['name']}@{facts['digest'][:12]}, format {facts['format']}")


@models.command("card", epilog="Example: adscreen models card")
def show_card(bundle: Bundle = None) -> None:
    """Print the model card of a bundle: training data, figures, limits."""
    from adscreen.classifiers.bundle import read_card
    from adscreen.settings import default_bundle

    typer.echo(read_card(bundle or default_bundle()))
