"""tools/lesson_times.py: a line for each lesson, a sum, and nothing stored."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

TOOL = Path(__file__).resolve().parents[2] / "tools" / "lesson_times.py"


def written(path: Path, code: str) -> Path:
    nbformat.write(new_notebook(cells=[new_code_cell(code, id="only")]), path)
    return path


def test_it_prints_a_line_for_each_and_stores_nothing(tmp_path: Path) -> None:
    waits = written(tmp_path / "waits.ipynb", "import time\ntime.sleep(1)")
    fails = written(tmp_path / "fails.ipynb", "1 / 0")
    before = [path.read_bytes() for path in (waits, fails)]
    said = subprocess.run(
        [sys.executable, TOOL, waits, fails], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300
    )
    assert said.returncode == 1
    lesson, together = said.stdout.splitlines()
    found = re.fullmatch(r"waits +(\d+\.\d) s", lesson)
    assert found
    assert float(found[1]) >= 1
    assert together.startswith("together ")
    assert "with 2 at a time" in together
    assert said.stderr.startswith("fails: cell 'only' failed:")
    assert "ZeroDivisionError" in said.stderr
    assert [path.read_bytes() for path in (waits, fails)] == before
