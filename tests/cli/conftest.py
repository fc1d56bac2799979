"""Runs the command line in this process, as a user would type it."""

import sys
from dataclasses import dataclass

import pytest

from adscreen.cli.main import main


@dataclass(frozen=True, slots=True)
class Result:
    code: int
    out: str
    err: str


@pytest.fixture
def adscreen(monkeypatch, capfd):
    def run(*arguments) -> Result:
        monkeypatch.setattr(sys, "argv", ["adscreen", *map(str, arguments)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        sys.stdout.flush()
        captured = capfd.readouterr()
        return Result(code, captured.out, captured.err)

    return run
