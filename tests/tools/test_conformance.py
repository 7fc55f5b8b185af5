"""tools/conformance.py: what it reads, what it holds, what it refuses. No test here needs a network."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import fwlab

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = ROOT / "tests" / "conformance" / "fastapi_is_fwlab.py"
_spec = importlib.util.spec_from_file_location("conformance_tool", ROOT / "tools" / "conformance.py")
conformance = sys.modules[_spec.name] = importlib.util.module_from_spec(_spec)  # dataclasses look their module up
_spec.loader.exec_module(conformance)
Row, ConformanceError = conformance.Row, conformance.ConformanceError

ROWS = [Row("body", "core", 30, 30), Row("cors", "extended", 4, 2), Row("wsgi", "out of the way", 2, 0)]


def page(rows=ROWS):
    return conformance.write_table(f"# Before\n\n{conformance.BEGIN}\n{conformance.END}\n\nAfter.\n", rows)


def report(*cases: str) -> str:
    return f'<testsuites><testsuite name="pytest">{"".join(cases)}</testsuite></testsuites>'


def case(folder: str, name: str, inside: str = "") -> str:
    where = f"tests.test_tutorial.test_{folder}.test_tutorial001"
    return f'<testcase classname="{where}" name="{name}" time="0.1">{inside}</testcase>'


# --- the record ----------------------------------------------------------------------------------------------------


def test_what_is_written_into_the_page_is_read_from_it():
    assert conformance.read_table(page()) == ROWS
    assert page().startswith("# Before\n\n<!--")
    assert page().endswith("-->\n\nAfter.\n")
    assert conformance.write_table(page(), ROWS) == page()


def test_the_table_has_a_sum_for_each_tier_and_for_all():
    sums = conformance.table([*ROWS, Row("files", "extended", 10, 10)]).splitlines()[-4:]
    assert sums == [
        "| **core** | | **30** | **30** |",
        "| **extended** | | **14** | **12** |",
        "| **out of the way** | | **2** | **0** |",
        "| **all** | | **46** | **42** |",
    ]


@pytest.mark.parametrize("mark", [conformance.BEGIN, conformance.END])
def test_a_page_without_a_mark_is_refused_and_the_mark_named(mark):
    with pytest.raises(ConformanceError, match="lacks a line") as refused:
        conformance.read_table(page().replace(mark, ""))
    assert mark in str(refused.value)


def test_the_page_of_this_repository_holds_the_whole_suite():
    rows = conformance.read_table(conformance.PAGE.read_text(encoding="utf-8"))
    assert {row.tier for row in rows} == {"core", "extended", "out of the way"}
    assert sum(row.tests for row in rows) >= 1394
    assert all(row.passed == row.tests for row in rows if row.tier != "out of the way")


# --- what a run found ----------------------------------------------------------------------------------------------


def test_a_report_is_read_by_folder():
    results = conformance.read_results(
        report(
            case("body", "test_a"),
            case("body", "test_b", '<failure message="AssertionError: long">E   assert 1 == 2\nE    + more</failure>'),
            case("cors", "test_a", '<skipped type="pytest.skip" message="not here">tests/x.py:3: not here</skipped>'),
            case("cors", "test_b", '<skipped type="pytest.xfail" message="known">known</skipped>'),
        )
    )
    assert [*results] == ["body", "cors"]
    assert [*results["body"].values()] == [None, "failure: assert 1 == 2"]
    assert [*results["cors"].values()] == ["skipped: tests/x.py:3: not here", None]


def test_a_test_that_passes_and_then_fails_to_clean_up_has_not_passed():
    failed = '<error message="failed on teardown">E   OSError: no</error>'
    for cases in ([case("body", "t"), case("body", "t", failed)], [case("body", "t", failed), case("body", "t")]):
        assert [*conformance.read_results(report(*cases))["body"].values()] == ["error: OSError: no"]


def test_a_file_that_cannot_be_imported_counts_as_all_of_its_tests():
    broken = (
        '<testcase classname="" name="tests.test_tutorial.test_body.test_x">'
        '<error message="collection failure">E   ImportError: no</error></testcase>'
    )
    results = conformance.read_results(report(broken, *(case("body", f"test_{n}") for n in range(25))))
    assert conformance.rows_of(results, ROWS, [*results]) == [Row("body", "core", 30, 25)]


def test_more_tests_than_are_held_are_counted():
    results = {"cors": dict.fromkeys("abcde")}
    assert conformance.rows_of(results, ROWS, [*results]) == [Row("cors", "extended", 5, 5)]


def test_a_folder_without_a_row_is_named():
    with pytest.raises(ConformanceError, match=r"no row.*news"):
        conformance.rows_of({"news": {"t": None}}, ROWS, [])


def test_a_test_from_elsewhere_is_named():
    with pytest.raises(ConformanceError, match=r"tests\.test_other"):
        conformance.read_results(report('<testcase classname="tests.test_other" name="t"/>'))


# --- the floor -----------------------------------------------------------------------------------------------------


def test_a_folder_below_its_number_is_named_though_another_is_above():
    now = [Row("body", "core", 30, 29), Row("cors", "extended", 4, 4)]
    assert conformance.below(now, ROWS) == ["body: 29 tests pass, 30 are held"]
    assert conformance.below(ROWS, ROWS) == []


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The tool without a suite: a function that says what pytest reports, and returns whether it held and the page."""
    file = tmp_path / "fastapi.md"
    file.write_text(page(), encoding="utf-8")
    monkeypatch.setattr(conformance, "PAGE", file)
    monkeypatch.setattr(conformance, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(conformance, "make_environment", lambda _: Path("python"))
    monkeypatch.setattr(conformance, "fetch_suite", lambda *_: tmp_path)

    def run(passed: dict[str, int], folders=(), same=True):
        monkeypatch.setattr(conformance, "run_beside", lambda: same)
        cases = [case(folder, f"test_{n}") for folder, count in passed.items() for n in range(count)]
        monkeypatch.setattr(conformance, "run_suite", lambda *_: report(*cases))
        return conformance.conformance(list(folders), []), conformance.read_table(file.read_text(encoding="utf-8"))

    return run


def test_a_run_that_reaches_more_raises_what_is_held(run):
    held, rows = run({"body": 30, "cors": 4, "wsgi": 1})
    assert held
    assert [row.passed for row in rows] == [30, 4, 1]


def test_a_run_below_what_is_held_fails_and_leaves_the_page(run, capsys):
    held, rows = run({"body": 29, "cors": 4, "wsgi": 1})
    assert not held
    assert rows == ROWS
    assert "body: 29 tests pass, 30 are held" in capsys.readouterr().err


def test_a_folder_that_is_gone_from_the_report_is_below(run):
    assert not run({"body": 30, "wsgi": 1})[0]


def test_a_run_fails_when_an_app_is_not_the_same_on_both(run):
    passed = {"body": 30, "cors": 4, "wsgi": 1}
    assert not run(passed, same=False)[0]
    assert run(passed, folders=["body"], same=False)[0]


def test_fastapi_is_installed_in_the_version_whose_tests_are_run():
    assert f"fastapi=={conformance.VERSION} " in conformance.REQUIREMENTS.read_text(encoding="utf-8")


def test_a_run_of_some_folders_leaves_the_page(run):
    held, rows = run({"cors": 4}, folders=["cors"])
    assert held
    assert rows == ROWS


# --- the suite -----------------------------------------------------------------------------------------------------


def package(folder: Path, **files: str) -> Path:
    path = folder / "fastapi-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(f"fastapi-1.0/{name.replace('__', '/')}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_all_but_the_framework_is_laid_out(tmp_path):
    source = package(tmp_path, tests__test_a="", docs_src__a="", fastapi__routing="", pyproject="")
    conformance.lay_out(source, hashlib.sha256(source.read_bytes()).hexdigest(), tmp_path / "suite")
    assert sorted(path.name for path in (tmp_path / "suite").iterdir()) == ["docs_src", "pyproject", "tests"]


def test_another_file_than_the_expected_is_refused(tmp_path):
    with pytest.raises(ConformanceError, match="not the file that was expected"):
        conformance.lay_out(package(tmp_path, tests__a=""), "0" * 64, tmp_path / "suite")
    assert not (tmp_path / "suite").exists()


def test_an_unknown_folder_ends_in_one_line(tmp_path):
    with pytest.raises(ConformanceError, match="no folder 'bodies'"):
        conformance.run_suite(Path(sys.executable), tmp_path, ["bodies"], [])


# --- the stand-in --------------------------------------------------------------------------------------------------


def test_the_stand_in_is_small_and_has_no_behavior():
    source = STAND_IN.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 80
    defined = [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    ]
    assert defined == ["_module"], "what makes a module of names"


def test_fastapis_name_is_not_fwlabs():
    assert not hasattr(fwlab, "FastAPI")


def test_where_the_plugin_is_loaded_fastapi_is_fwlab():
    script = """if True:
        import in_fastapis_place
        from fastapi import FastAPI, Depends
        from fastapi.exceptions import FastAPIError
        from starlette.testclient import TestClient
        import fwlab.testclient
        assert FastAPI is fwlab.App and Depends is fwlab.Depends
        assert FastAPIError is fwlab.FwlabError and TestClient is fwlab.testclient.TestClient
        try:
            import fastapi.no_such_module
        except ModuleNotFoundError:
            print("as it should be")
    """
    environment = {"PYTHONPATH": f"{STAND_IN.parent}:{ROOT}", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == ("as it should be\n", "")
