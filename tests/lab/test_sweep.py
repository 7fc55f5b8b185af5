"""A sweep loads at one level after the other, and marks where more load only means more waiting."""

from __future__ import annotations

import pytest

from fwlab import App
from fwlab.lab import LoadError, Run, Sample, Sweep, sweep


def run_of(rps, milliseconds, *, error=None):
    """A run of 200 requests a second long, or longer, that all took the same time."""
    seconds = milliseconds / 1000
    return Run("GET /", 1, 200 / rps, (Sample(0.0, 0.0, 0.0, seconds, 200, error, 0, False),) * 200)


# A handler that waits 50 ms, in 40 threads: until there are 40 users each gets its answer after 50 ms.
THREADS = {1: run_of(20, 50), 10: run_of(200, 50), 40: run_of(800, 50), 50: run_of(800, 62.5), 100: run_of(800, 125)}
LOOP = {users: run_of(20 * users, 50) for users in THREADS}
CPU = {1: run_of(50, 20), 10: run_of(50, 200), 100: run_of(50, 2000)}


def test_the_knee_is_where_throughput_stops_to_grow_and_waiting_begins():
    curve = Sweep("users", {"def": THREADS, "async def": LOOP, "cpu": CPU})
    assert curve.knee("def") == 40
    assert curve.knee("cpu") == 1
    assert curve.knee("async def") is None, "it lies beyond what was tried"


def test_where_nothing_succeeds_there_is_no_knee():
    curve = Sweep("users", {"/": {1: run_of(20, 50, error="HTTP 500"), 2: run_of(20, 50, error="HTTP 500")}})
    assert curve.knee("/") is None
    assert "200" in str(curve)


def test_the_table_has_a_line_for_each_level_and_marks_the_knee():
    lines = str(Sweep("users", {"def": THREADS})).splitlines()
    assert lines[0].split() == ["users", "throughput", "p50", "p95", "errors"]
    assert len(lines) == 6
    assert [line.split()[1] for line in lines if line.endswith("knee")] == ["40"]
    assert "800 requests/s  62.5 ms" in lines[4]


def test_in_a_notebook_labels_stay_text():
    html = Sweep("users", {"<def>": THREADS})._repr_html_()
    assert "&lt;def&gt;" in html
    assert "<def>" not in html


def test_an_unknown_label():
    with pytest.raises(LoadError, match="there are 'def'"):
        Sweep("users", {"def": THREADS}).knee("deaf")


def counting_app(calls):
    app = App()

    @app.get("/{path}")
    async def count(path: str):
        calls.append(path)

    return app


@pytest.mark.anyio
async def test_levels_go_up_and_paths_take_turns():
    calls = []
    curve = await sweep(counting_app(calls), {"one": "/a", "two": "/b"}, users=[4, 1], requests=10, warmup=0)
    assert calls == ["a"] * 10 + ["b"] * 10 + ["a"] * 10 + ["b"] * 10
    assert {label: list(levels) for label, levels in curve.runs.items()} == {"one": [1, 4], "two": [1, 4]}
    assert [run.users for run in curve.runs["one"].values()] == [1, 4]


@pytest.mark.anyio
async def test_each_user_sends_ten_requests_and_all_together_enough_for_a_p95():
    calls = []
    curve = await sweep(counting_app(calls), "/a", users=[1, 30], warmup=0)
    assert [len(run.samples) for run in curve.runs["/a"].values()] == [200, 300]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "grows one thing"),
        ({"users": [1], "rate": [1]}, "grows one thing"),
        ({"users": 5}, "is a list of numbers"),
        ({"users": []}, "at least one number"),
        ({"users": "15"}, "at least one number"),
        ({"users": [1, "two"]}, "is a list of numbers"),
        ({"users": [0, 1]}, "users"),
        ({"users": [1], "paths": {}}, "nothing to ask for"),
    ],
)
@pytest.mark.anyio
async def test_what_makes_no_sense_is_refused(options, message):
    with pytest.raises(LoadError, match=message):
        await sweep(counting_app([]), **options)
