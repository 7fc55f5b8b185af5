"""The command: what it measures, keeps and says, at the least effort."""

import json
import sys

import pytest

import benchmarks.__main__ as suite
from benchmarks import imports, routes
from benchmarks.cases import BY_NAME

LEAST = suite.Effort(
    in_process_rounds=1,
    in_process_seconds=0.001,
    import_rounds=0,
    thread_rounds=1,
    route_rounds=1,
    tracing_rounds=1,
    virtual_tries=2,
    requests=20,
)


@pytest.fixture
def at_least_effort(monkeypatch):
    monkeypatch.setattr(suite, "QUICK", LEAST)
    monkeypatch.setenv("TQDM_DISABLE", "1")


def arguments(*parts, out):
    only = [word for part in parts for word in ("--only", part)]
    return ["--quick", *only, "--frameworks", "raw", "fwlab", "--out", str(out)]


def test_it_keeps_what_it_measured(at_least_effort, tmp_path, capsys):
    assert suite.main(arguments("in-process", "imports", "threads", "routes", "tracing", out=tmp_path)) == 0
    [kept] = tmp_path.glob("*.json")
    results = json.loads(kept.read_text())
    assert set(results["in_process"]["fwlab"]) == set(BY_NAME)
    assert results["imports"]["fwlab"]["seconds"] > 0
    assert set(results["routes"]) == {"2", "200"}
    assert set(results["tracing"]["fwlab"]) == {"bare", "off", "on"}
    assert results["machine"]["versions"]["fwlab"]
    assert kept.with_suffix(".svg").exists()
    assert "fwlab ÷ peer" in capsys.readouterr().out


def test_a_peer_that_is_not_installed_is_left_out_with_a_word(at_least_effort, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "falcon", None)
    monkeypatch.delitem(sys.modules, "benchmarks.apps.falcon", raising=False)
    assert suite.main([*arguments("threads", out=tmp_path), "--frameworks", "fwlab", "falcon"]) == 0
    said = capsys.readouterr()
    assert "falcon is left out" in said.err
    assert "left out: falcon" in said.out


def test_the_interrupt_key_ends_it_cleanly(tmp_path, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(suite, "_measure", interrupted)
    assert suite.main(arguments("routes", out=tmp_path)) == 130
    assert "Stopped" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_import_that_fails_is_named(monkeypatch):
    monkeypatch.setitem(imports.STATEMENTS, "nothing", "import no_such_module")
    with pytest.raises(RuntimeError, match="no_such_module"):
        imports.measure(["nothing"], rounds=0, step=lambda what: None)


@pytest.mark.parametrize("count", routes.COUNTS)
def test_the_app_of_many_routes_has_so_many(count):
    assert len(routes.app_with(count).routes) == count
