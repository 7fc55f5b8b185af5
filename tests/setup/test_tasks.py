"""The Makefile, and that CI, the workflow and the git hooks call its targets and nothing else."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TARGETS = (
    "lab",
    "test",
    "verify",
    "format",
    "lint",
    "coverage",
    "conformance",
    "size",
    "notebooks",
    "times",
    "lock",
    "bench",
    "clean",
)
VERSIONS = ["3.11", "3.12", "3.13"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def planned(*arguments: str) -> str:
    """What make would run."""
    plan = ["make", "--dry-run", "--no-print-directory", *arguments]
    return subprocess.run(plan, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout


def test_make_alone_lists_the_targets() -> None:
    said = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert set(TARGETS) <= {line.split()[1] for line in said.splitlines()}
    assert all(len(line.split()) > 3 for line in said.splitlines()), "each with what it does"


@pytest.mark.parametrize("target", [target for target in TARGETS if target != "clean"])
def test_every_target_first_sees_to_the_environment(target: str) -> None:
    assert planned(target).splitlines()[0].endswith("sh tools/environment.sh")


def test_arguments_reach_the_tool_and_the_interpreter_reaches_the_set_up() -> None:
    plan = planned("lab", "ARGS=--no-browser", "PYTHON=/opt/python3")
    assert 'PYTHON="/opt/python3" sh tools/environment.sh' in plan
    assert plan.rstrip().endswith("-m fwlab lab --no-browser")


def test_the_makefile_needs_no_newer_make_than_macos_has() -> None:
    makefile = read("Makefile")
    assert not re.search(
        r"^[^\t#]*(!=|\$\(file |\$\(let |\$\(intcmp )|^\.ONESHELL|^\.RECIPEPREFIX", makefile, re.MULTILINE
    )


def test_notebooks_are_compared_and_time_is_bounded() -> None:
    plan = planned("test")
    assert "TQDM_DISABLE=1" in plan
    for option in ("--nbval ", "--nbval-cell-timeout 60", "--nbval-sanitize-with tests/notebooks/sanitize.cfg"):
        assert option in plan
    assert "--nbval-lax" not in plan


def test_the_files_that_are_said_to_take_long_exist() -> None:
    order = re.search(r"LONGEST_FIRST = (\(.*?\))", read("tests/conftest.py"), re.DOTALL)
    assert order
    assert [name for name in ast.literal_eval(order[1]) if not (ROOT / name).exists()] == []
    assert "--no-loadscope-reorder" in planned("test"), "or xdist has an order of its own"


def test_ci_is_the_targets_that_everybody_has(tmp_path: Path) -> None:
    commands = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert commands[2:] == ["make lint", "make size", "make docs", "make test"]
    _record("make", tmp_path)
    result = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run")],
        cwd=tmp_path,
        env=_first_on_path(tmp_path),
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert result.returncode == 0
    assert (tmp_path / "calls").read_text() == "lint\nsize\ndocs\ntest\n"


def test_ci_stops_at_the_first_failure(tmp_path: Path) -> None:
    _record("make", tmp_path, status=3)
    result = subprocess.run(["bash", str(ROOT / ".ci" / "run")], env=_first_on_path(tmp_path), timeout=60)
    assert result.returncode == 3
    assert (tmp_path / "calls").read_text() == "lint\n"


def test_the_workflow_runs_the_same_script_on_every_python() -> None:
    job = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["test"]
    assert job["strategy"]["matrix"]["python"] == VERSIONS
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]


def test_the_workflow_holds_what_of_fastapis_tutorial_passes() -> None:
    job = yaml.safe_load(read(".github/workflows/ci.yml"))["jobs"]["conformance"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make conformance"]
    assert job["timeout-minutes"] <= 30


def test_what_takes_too_long_for_each_change_is_done_every_week() -> None:
    workflow = yaml.safe_load(read(".github/workflows/weekly.yml"))
    assert "schedule" in workflow[True], "YAML reads the key `on` as true"
    assert [step["run"] for step in workflow["jobs"]["verify"]["steps"] if "run" in step] == ["make verify"]
    answers, tests = planned("verify").splitlines()[1:]
    assert answers.endswith("fwlab exercises verify --busy")
    assert "-m exhaustive" in tests
    assert "exhaustive" not in planned("test"), "what pyproject.toml says holds there"


def test_the_hooks_are_the_same_checks() -> None:
    subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-config", str(ROOT / ".pre-commit-config.yaml")],
        check=True,
        timeout=60,
    )
    (local,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert local["repo"] == "local"
    assert [hook["entry"] for hook in local["hooks"]] == ["make lint", "make test"]


@pytest.mark.parametrize("script", [".ci/run", "postBuild"])
def test_scripts_that_others_start_are_executable(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)


def _record(command: str, folder: Path, status: int = 0) -> None:
    """Put a command into a folder that writes down its arguments."""
    stand_in = folder / command
    stand_in.write_text(f'#!/bin/sh\necho "$*" >>"{folder}/calls"\nexit {status}\n')
    stand_in.chmod(0o755)


def _first_on_path(folder: Path) -> dict[str, str]:
    return os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
