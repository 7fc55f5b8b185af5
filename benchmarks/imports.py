"""(c) The import: its CPU time and the memory it takes, each in a Python of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.ratios import Table, keep_smallest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STATEMENTS = {
    "fwlab": "from fwlab import App",
    "fastapi": "from fastapi import FastAPI",
    "starlette": "from starlette.applications import Starlette",
    "litestar": "from litestar import Litestar",
    "blacksheep": "from blacksheep import Application",
    "falcon": "from falcon.asgi import App",
}

_ROOT = Path(__file__).resolve().parents[1]

# Linux tells a process its own memory; the peak that `resource` knows there is also its parent's.
_SCRIPT = """
import sys, time
def memory():
    try:
        with open("/proc/self/statm") as statm:
            import resource
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        import resource
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = memory()
began = time.process_time()
{statement}
print(time.process_time() - began, memory() - before)
"""


def measure(frameworks: Sequence[str], *, rounds: int, step: Callable[[str], None]) -> Table:
    """Return ``seconds`` of CPU and ``bytes`` of memory that each framework's import takes, with its bytecode there.

    Raises:
        RuntimeError: an import fails.
    """
    smallest: Table = {}
    with tempfile.TemporaryDirectory() as bytecode:
        for _ in range(rounds + 1):  # the first import writes the bytecode, and is as good as any to be beaten
            for framework in frameworks:
                if framework in STATEMENTS:
                    step(f"import {framework}")
                    seconds, memory = _once(STATEMENTS[framework], bytecode)
                    keep_smallest(smallest, framework, "seconds", seconds)
                    keep_smallest(smallest, framework, "bytes", memory)
    return smallest


def _once(statement: str, bytecode: str) -> tuple[float, float]:
    surroundings = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
    surroundings.pop("PYTHONDONTWRITEBYTECODE", None)
    run = subprocess.run(
        [sys.executable, "-c", _SCRIPT.replace("{statement}", statement)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=_ROOT,
        env=surroundings,
    )
    if run.returncode:
        raise RuntimeError(f"{statement!r} fails: {run.stderr.strip()[-500:]}")
    seconds, memory = run.stdout.split()[-2:]
    return float(seconds), float(memory)
