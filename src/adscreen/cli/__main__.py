"""`python -m adscreen.cli` is the same as `adscreen`."""

from adscreen.cli.main import main

main()
