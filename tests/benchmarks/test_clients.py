"""What the laboratory's clients cost: every one is measured, and held to what fwlab has set itself."""

from __future__ import annotations

from benchmarks import clients, wrk
from benchmarks.report import render
from benchmarks.targets import judge

RESULTS = {
    "rounds": 5,
    "cpu": {"wrk": 5e-6, "raw": 9e-6, "raw, uvloop": 7e-6},
    "cpu_of_wrk": {"raw": 1.8, "raw, uvloop": 1.6},
    "rps_of_wrk": 0.95,
    "pool": {
        "httpx's own pool": {"10": 7e-4, "50": 4e-3, "100": 7e-3},
        "httpx engine": {"10": 1.6e-4, "50": 1.5e-4, "100": 1.5e-4},
    },
    "p50": {"httpx": 0.0558, "raw": 0.0629},
}


def test_each_is_held_to_its_target():
    missed = [outcome.what for outcome in judge({"clients": RESULTS}) if not outcome.reached]
    assert missed == ["client CPU, raw, uvloop, of wrk's", "a wait of 50 ms, 100 users, raw, in ms"]


def test_without_wrk_the_rest_is_judged():
    without = {name: value for name, value in RESULTS.items() if "wrk" not in name and name != "cpu"}
    assert len(list(judge({"clients": without}))) == 4


def test_the_report_shows_them():
    machine = {
        "cores": 2, "processor": "", "system": "", "python": "", "versions": {}, "load_average": 0,
        "load_average_after": 0,
    }  # fmt: skip
    shown = render({"machine": machine, "clients": RESULTS})
    assert "wrk          5.0" in shown
    assert "httpx's own pool  700  4000  7000" in shown


def test_it_measures_every_client(monkeypatch):
    monkeypatch.setattr(clients, "USERS", (2, 3))
    said = []
    results = clients.measure(rounds=1, seconds=1, requests=10, step=said.append)
    assert len(said) == clients.steps(1)
    for row in results["pool"].values():
        assert set(row) == {"2", "3"}
        assert min(row.values()) > 0
    assert min(results["p50"].values()) >= 0.05
    assert ("cpu_of_wrk" in results) is wrk.installed()
