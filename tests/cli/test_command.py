"""The command as a whole: help, version, and what wrong input gets."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version

import pytest


def fwlab(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m fwlab`` with these arguments."""
    return subprocess.run(
        [sys.executable, "-m", "fwlab", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


def test_it_says_its_version() -> None:
    said = fwlab("--version")
    assert (said.returncode, said.stdout) == (0, f"fwlab {version('fwlab')}\n")


def test_help_names_every_command() -> None:
    said = fwlab("--help")
    assert said.returncode == 0
    assert {"lab", "check", "run", "dev"} <= {
        line.split()[0] for line in said.stdout.splitlines() if line.startswith("  ")
    }


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["lab", "--port", "0"], "--port"),
        (["lab", "--port", "99999"], "--port"),
        (["lab", "--port", "many"], "--port"),
        (["lab", "--colour"], "--colour"),
        (["check"], "NOTEBOOK"),
        (["check", "missing.ipynb"], "missing.ipynb"),
    ],
)
def test_wrong_input_gets_a_usage_error_and_no_traceback(
    fwlab_here: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], complaint: str
) -> None:
    said = fwlab_here(*arguments)
    assert said.returncode == 2
    assert complaint.lower() in said.stderr.lower()
    assert "Traceback" not in said.stderr


def test_starting_the_command_loads_nothing_heavy() -> None:
    heavy = {"IPython", "httpx", "jupyterlab", "matplotlib", "nbformat", "nest_asyncio", "uvicorn"}
    program = "import sys, fwlab.cli; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not heavy & set(loaded.stdout.split())
