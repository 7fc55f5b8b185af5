"""The figure of a sweep: what it shows can be found in the drawing, and what it says in the text alternative."""

from __future__ import annotations

import pytest

from fwlab.lab import LabError, Run, Sample, Sweep
from fwlab.lab.figures.figure import new_figure
from fwlab.lab.figures.sweep_plot import plot_sweep


def run_of(rps, milliseconds, *, error=None):
    seconds = milliseconds / 1000
    return Run("GET /", 1, 200 / rps, (Sample(0.0, 0.0, 0.0, seconds, 200, error, 0, False),) * 200)


THREADS = {1: run_of(20, 50), 40: run_of(800, 50), 100: run_of(800, 125)}
LOOP = {1: run_of(20, 50), 40: run_of(800, 50), 100: run_of(2000, 50)}


def points(axes, label):
    (line,) = (line for line in axes.lines if line.get_label() == label)
    return [(float(x), round(float(y), 6)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_medians_and_throughput_stand_against_the_load_and_the_knee_is_marked():
    figure = Sweep("users", {"def": THREADS, "async def": LOOP}).plot()
    times, rates = figure.figure.axes
    assert points(times, "def") == [(1, 50), (40, 50), (100, 125)]
    assert points(rates, "def") == [(1, 20), (40, 800), (100, 800)]
    assert points(rates, "async def")[-1] == (100, 2000)
    assert [text.get_text() for text in times.texts] == ["knee: 40"]
    assert times.get_xlabel() == "users at the same time"
    assert times.get_ylim()[0] == rates.get_ylim()[0] == 0


def test_the_text_alternative_says_the_same():
    text = Sweep("rate", {"/": THREADS}).plot().alt
    assert "against requests asked for per second" in text
    assert "at 40 a median of 50.0 ms and 800 requests/s" in text
    assert "the knee is at 40" in text


def test_a_level_without_an_answer_is_left_out_of_the_drawing_and_named_in_the_text():
    figure = Sweep("users", {"/": {**THREADS, 200: run_of(10, 50, error="timeout")}}).plot()
    assert len(points(figure.figure.axes[0], "/")) == 3
    assert "at 200 no answer" in figure.alt


def test_where_nothing_succeeded_there_is_nothing_to_draw():
    with pytest.raises(LabError, match="not one request succeeded"):
        Sweep("users", {"/": {1: run_of(10, 50, error="timeout")}}).plot()


def test_two_axes_can_be_given():
    theirs = new_figure(8, 3)
    pair = theirs.subplots(1, 2)
    assert plot_sweep(Sweep("users", {"/": THREADS}), ax=tuple(pair)).figure is theirs
    with pytest.raises(LabError, match="takes two axes"):
        plot_sweep(Sweep("users", {"/": THREADS}), ax=pair[0])
