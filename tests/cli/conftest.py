"""The command in the process of the tests: what it says and its exit status, without the second that a start costs.

Where a test is about the process itself (signals, children, what a start loads), it starts one.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout

import pytest

from fwlab.cli import main


@pytest.fixture
def fwlab_here(monkeypatch: pytest.MonkeyPatch) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that runs ``fwlab ARGUMENTS`` here and returns what a process of its own would have left."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["fwlab", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status: object = None
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()) as complained:
            try:
                main()
            except SystemExit as end:
                status = end.code
        assert status is None or isinstance(status, int)
        return subprocess.CompletedProcess(arguments, status or 0, said.getvalue(), complained.getvalue())

    return run
