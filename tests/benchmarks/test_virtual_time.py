"""Virtual time as it is measured: the same bytes each time, and what the report says where they are not."""

from __future__ import annotations

import itertools

import pytest

from benchmarks import report, virtual_time
from benchmarks.targets import judge

STEADY = {"tries": 100, "same": 100, "digest": "0123456789abcdef" * 4, "requests": 1000, "seconds": 0.7}


def missed(results):
    return [outcome.what for outcome in judge(results) if not outcome.reached]


def test_the_same_bytes_beside_a_busy_core():
    steps = []
    measured = virtual_time.measure(tries=5, step=steps.append)
    assert measured["same"] == measured["tries"] == 5
    assert len(steps) == 6
    assert measured["seconds"] > 0


def test_what_is_compared_is_all_that_was_recorded():
    recorded = virtual_time.once()
    for path in virtual_time.PATHS:
        assert path.encode() in recorded
    assert recorded != virtual_time.once(seed=6), "another order is another run"


def test_a_run_that_differs_is_counted(monkeypatch):
    runs = itertools.cycle([b"a", b"a", b"b"])
    monkeypatch.setattr(virtual_time, "once", lambda: next(runs))
    assert virtual_time.measure(tries=6, step=lambda what: None)["same"] == 4


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, []),
        ({"same": 99}, ["runs in virtual time with the same bytes"]),
        ({"seconds": 2.1}, ["1,000 requests in virtual time, in s"]),
    ],
)
def test_it_is_judged(change, what):
    assert missed({"virtual_time": STEADY | change}) == what


def test_what_tracing_costs_is_judged():
    quick = {"fastapi": {"bare": 50e-6, "on": 56e-6}, "fwlab": {"bare": 4e-6, "on": 8e-6}}
    slow = {"fastapi": {"bare": 50e-6, "on": 58e-6}, "fwlab": {"bare": 4e-6, "on": 20e-6}}
    assert missed({"tracing": quick}) == []
    assert missed({"tracing": slow}) == [
        "a request of FastAPI's, traced, of one that is not",
        "what tracing adds to a request of fwlab's, in us",
    ]


def test_the_report_says_it_in_words():
    machine = {"processor": "x", "cores": 2, "system": "x", "python": "x", "versions": {}, "load_average": None}
    told = report.render({"machine": machine, "virtual_time": STEADY | {"same": 98}})
    assert "of 100 tries beside a busy core, 98 gave the same bytes" in told
    assert "1,000 requests: 0.70 s" in told
