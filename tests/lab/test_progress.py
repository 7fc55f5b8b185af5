"""The progress bar: nothing for a moment's work, a line for longer work, and nothing of it left."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from fwlab.lab.progress import ProgressBar


@pytest.fixture
def clock(monkeypatch):
    """A clock for the bar that stands still until it is moved."""
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    time = [1000.0]
    monkeypatch.setattr("tqdm.std.time", lambda: time[0])
    return time


def test_a_short_one_writes_nothing(clock, capfd):
    with ProgressBar(total=2) as bar:
        bar.update()
        clock[0] += 0.9
        bar.update()
    assert capfd.readouterr() == ("", "")


def test_a_longer_one_shows_how_far_it_is_and_takes_the_line_away(clock, capfd):
    with ProgressBar(total=4) as bar:
        bar.update()
        clock[0] += 1.5
        bar.update()
        shown = capfd.readouterr().err
    assert "2/4" in shown
    assert "requests/s" in shown
    assert capfd.readouterr().err.strip() == ""


def test_it_can_be_switched_off():
    code = "from fwlab.lab.progress import ProgressBar; print(ProgressBar(total=1).disable)"
    environment = {**os.environ, "TQDM_DISABLE": "1"}
    assert subprocess.check_output([sys.executable, "-c", code], env=environment, text=True) == "True\n"


def test_it_leaves_no_thread():
    before = threading.enumerate()
    with ProgressBar(total=1) as bar:
        bar.update()
    assert threading.enumerate() == before
