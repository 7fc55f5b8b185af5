"""What is made of the numbers: minima, ratios over the cases both have, means, targets, the report and the figure."""

import math

import pytest

from benchmarks.figure import draw
from benchmarks.ratios import geometric_mean, keep_largest, keep_smallest, ratios
from benchmarks.report import render, table
from benchmarks.targets import judge


def results(**parts):
    machine = {
        "cores": 2,
        "processor": "a processor",
        "system": "a system",
        "python": "CPython 3.11",
        "versions": {"fwlab": "0.1", "falcon": None},
        "load_average": 0.5,
        "load_average_after": 1.5,
    }
    return {"date": "2026-01-01", "machine": machine, "missing": [], **parts}


IN_PROCESS = {
    "raw": {"json": 1e-6},
    "fwlab": {"json": 4e-6, "def": 60e-6},
    "fastapi": {"json": 40e-6, "def": 600e-6},
    "falcon": {"json": 4e-6},
}
WIRE = {
    "driver": "wrk",
    "rounds": 3,
    "rates": {"raw": {"json": 20000.0, "body": 20000.0}, "fwlab": {"json": 18000.0, "body": 10000.0}},
    "cpu": {"raw": {"json": 20e-6, "body": 20e-6}, "fwlab": {"json": 25e-6, "body": 40e-6}},
}
IMPORTS = {"fwlab": {"seconds": 0.1, "bytes": 2**20}, "fastapi": {"seconds": 0.2, "bytes": 2**21}}
ALL = results(
    in_process=IN_PROCESS,
    wire=WIRE,
    imports=IMPORTS,
    threads={"bare": 50e-6, "handler": 55e-6},
    routes={"2": {"static": 4e-6, "templated": 5e-6}, "200": {"static": 4.1e-6, "templated": 6e-6}},
)


def test_the_smallest_and_the_largest_are_kept():
    least, most = {}, {}
    for value in (3.0, 1.0, 2.0):
        keep_smallest(least, "a", "json", value)
        keep_largest(most, "a", "json", value)
    assert (least, most) == ({"a": {"json": 1.0}}, {"a": {"json": 3.0}})


def test_only_cases_that_both_have_are_compared():
    assert ratios(IN_PROCESS, "fwlab", "falcon") == {"json": 1.0}
    assert ratios(IN_PROCESS, "fwlab", "litestar") == {}
    assert geometric_mean([]) is None
    assert math.isclose(geometric_mean(ratios(IN_PROCESS, "fwlab", "fastapi").values()), 0.1)


def test_targets_are_judged_by_what_was_measured():
    outcomes = {outcome.what: outcome.reached for outcome in judge(ALL)}
    assert outcomes == {
        "in process, CPU time, of fastapi's": True,
        "in process, CPU time, of falcon's": False,
        "over the wire, requests/s of json, of the raw app's": True,
        "over the wire, requests/s of body, of the raw app's": False,
        "a def handler, of a bare to_thread.run_sync": True,
        "the import, CPU time, of FastAPI's": False,
        "200 routes, static, of 2": True,
        "200 routes, templated, of 2": False,
    }
    assert list(judge(results())) == []


def test_a_rate_over_the_wire_is_not_judged_by_one_round():
    assert list(judge(results(wire={**WIRE, "rounds": 1}))) == []


def test_the_report_has_every_part_and_says_what_is_missing():
    report = render({**ALL, "missing": ["litestar"]})
    for text in (
        "a processor, 2 cores",
        "fwlab 0.1",
        "0.5 at the beginning, 1.5 at the end",
        "left out: litestar",
        "(a) In process",
        "(b) Over the wire: requests per second, driven by wrk, the best of 3 rounds",
        "(c) The import",
        "MISSED",
    ):
        assert text in report
    lines = report.splitlines()
    assert [line.split() for line in lines if line.startswith("fastapi")][:2] == [
        ["fastapi", "40.0", "600.0"],
        ["fastapi", "0.10", "0.10", "0.10"],
    ]
    assert not [line for line in lines if line != line.rstrip()]


def test_a_report_of_one_part_has_no_other():
    assert "(c)" not in render(results(in_process=IN_PROCESS))


def test_columns_are_as_wide_as_their_widest_cell():
    assert table(["", "a"], [["x", "100"], ["longer", "1"]]) == "          a\nx       100\nlonger    1"


@pytest.mark.parametrize("parts", [{"in_process": IN_PROCESS}, {"wire": WIRE}, ALL])
def test_the_figure_says_in_words_what_it_shows(parts, tmp_path):
    figure = draw(results(**{name: parts[name] for name in ("in_process", "wire") if name in parts}))
    assert ("JSON: raw 1, fwlab 4, fastapi 40, falcon 4." in figure.alt) == ("in_process" in parts)
    assert ("fwlab 0.9" in figure.alt) == ("wire" in parts)
    assert figure.save(tmp_path / "figure.svg").stat().st_size > 1000
