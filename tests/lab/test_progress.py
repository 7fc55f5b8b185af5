"""The progress bar: nothing for a moment's work, a line for longer work, and nothing of it left.

Each test has a process of its own: tqdm reads its switches from the environment when it is imported.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

_CLOCK = """
import threading
import tqdm.std
from fwlab.lab.progress import ProgressBar

now = [1000.0]
tqdm.std.time = lambda: now[0]  # a clock that stands still until it is moved
"""


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TQDM")}
    return subprocess.run(
        [sys.executable, "-c", _CLOCK + textwrap.dedent(code)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=True,
    )


def test_a_short_one_writes_nothing():
    done = run("""
        with ProgressBar(total=2) as bar:
            bar.update()
            now[0] += 0.9
            bar.update()
    """)
    assert (done.stdout, done.stderr) == ("", "")


def test_a_longer_one_shows_how_far_it_is_and_takes_the_line_away():
    done = run("""
        with ProgressBar(total=4) as bar:
            bar.update()
            now[0] += 1.5
            bar.update()
    """)
    *shown, last = done.stderr.splitlines()  # each drawing of the line begins with a carriage return
    assert any("2/4" in line and "requests/s" in line for line in shown)
    assert last.strip() == ""


def test_it_can_be_switched_off():
    assert run("print(ProgressBar(total=1).disable)", TQDM_DISABLE="1").stdout == "True\n"


def test_it_leaves_no_thread():
    done = run("""
        before = threading.enumerate()
        with ProgressBar(total=1) as bar:
            bar.update()
        print(threading.enumerate() == before)
    """)
    assert done.stdout == "True\n"
