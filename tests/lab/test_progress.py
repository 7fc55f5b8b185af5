"""The progress bar: nothing for a moment's work, a line for longer work, and nothing of it left.

Each test has a process of its own: tqdm reads its switches from the environment when it is imported.
"""

from __future__ import annotations

import os
import re
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


def test_a_load_shows_throughput_p95_and_errors():
    done = run("""
        import asyncio
        from fwlab.lab import load

        asked = 0

        async def app(scope, receive, send):
            global asked
            assert scope["type"] == "http"
            asked += 1
            now[0] += 1  # tqdm's clock
            await asyncio.sleep(0.001)
            await send({"type": "http.response.start", "status": 200 if asked % 10 else 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        asyncio.run(load(app, users=2, requests=1000))
        print("by time", flush=True)
        asyncio.run(load(app, users=2, duration=0.7))
    """)
    assert re.search(r"\d+/1002 requests \[.*, \d+ requests/s, p95 \d+\.\d ms, \d+ errors\]", done.stderr)
    assert re.search(r"\n?\d+ requests \[.*, [01] of 0\.7 s, \d+ requests/s", done.stderr)
    assert done.stdout == "by time\n"
