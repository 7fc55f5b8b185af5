"""The documentation's commands: each line of its ``sh`` blocks is tried, with a folder, a port or a server given to it.

A target of make is only unrolled: it is not for a test to install an environment. What needs more than one machine has
tests of its own (``tests/grading/classroom/test_cluster.py``); here its words are held against the help.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PATIENCE = 120  # seconds


def commands(page: Path) -> list[tuple[str, str]]:
    """The lines of a page's ``sh`` blocks, each under a name that says where it stands."""
    found, inside = [], False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside and line.strip():
            found.append((f"{page.relative_to(ROOT)}:{number}", line.partition("  #")[0].strip()))
    return found


COMMANDS = [command for page in PAGES for command in commands(page)]
REMOTE = re.compile(r"tcp://\d")


def of(*beginnings: str) -> pytest.MarkDecorator:
    """Run a test for each of the commands that begin so, as a list of words without the program's folder."""
    chosen = [(place, words(line)) for place, line in COMMANDS if is_one_of(line, beginnings)]
    return pytest.mark.parametrize("arguments", [line for _, line in chosen], ids=[place for place, _ in chosen])


def words(line: str) -> list[str]:
    first, *others = shlex.split(line)
    return [Path(first).name, *others]


def is_one_of(line: str, beginnings: tuple[str, ...]) -> bool:
    return any(words(line)[: len(beginning.split())] == beginning.split() for beginning in beginnings)


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, check=False
    )


def fwlab(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "fwlab", *arguments, cwd=cwd)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with the course, where nobody's own answers are changed."""
    for part in ("exercises", "practice"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The README's app in ``shop.py``, served as the README says, on a free port; the folder and the address."""
    folder = tmp_path_factory.mktemp("shop")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    program = re.search(r"^```python\n(.*?)^server = ", readme, re.M | re.S)
    assert program is not None
    (folder / "shop.py").write_text(program[1], encoding="utf-8")
    (line,) = [line for _, line in COMMANDS if is_one_of(line, ("fwlab run",))]
    command = [sys.executable, "-m", *words(line), "--port", "0"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=folder, text=True, **pipes) as server:
        assert server.stdout is not None
        try:
            address = next(filter(None, (re.search(r"http://[\d.:]+", said) for said in server.stdout)))[0]
            yield folder, address
        finally:
            server.terminate()


def test_every_command_is_tried_by_one_of_these():
    tried = ("make", "pre-commit install", "pip install", "dask", "fwlab run", "fwlab load", "fwlab check")
    tried += ("fwlab hint", "fwlab solution", "fwlab progress", "fwlab grade", "fwlab exercises export")
    assert [place for place, line in COMMANDS if not is_one_of(line, tried)] == []
    assert {"README.md", "CONTRIBUTING.md", "docs/grading.md"} <= {place.partition(":")[0] for place, _ in COMMANDS}


@of("make")
def test_make_has_the_target(arguments: list[str]):
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    unrolled = run("make", "--dry-run", *arguments[1:], cwd=ROOT)
    assert unrolled.returncode == 0, unrolled.stderr


@of("pre-commit install")
def test_the_hooks_are_installed(arguments: list[str], tmp_path: Path):
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    run("git", "init", "--quiet", cwd=tmp_path)
    shutil.copy(ROOT / ".pre-commit-config.yaml", tmp_path)
    done = run(sys.executable, "-m", "pre_commit", *arguments[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / ".git" / "hooks" / "pre-commit").exists()


@of("pip install")
def test_what_is_installed_is_an_extra_of_the_project(arguments: list[str]):
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    wanted = re.fullmatch(r"fwlab\[(\w+)\]", arguments[2])
    assert wanted is not None
    assert wanted[1] in extras


@of("dask")
def test_dask_has_the_command(arguments: list[str]):
    pytest.importorskip("distributed")
    assert arguments[1] in {command.name for command in entry_points(group="dask_cli")}


@of("fwlab run")
def test_the_readmes_app_is_served(arguments: list[str], served: tuple[Path, str]):
    with urllib.request.urlopen(f"{served[1]}/burgers/2", timeout=PATIENCE) as answer:
        assert answer.read() == b'{"burgers":2}'


@of("fwlab load")
def test_it_is_loaded_and_the_checks_are_judged(arguments: list[str], served: tuple[Path, str]):
    there = [word.replace("http://127.0.0.1:8000", served[1]) for word in arguments[1:]]
    done = fwlab(*there, cwd=served[0])
    assert done.returncode in {0, 1}, done.stderr  # a machine may be too busy for p95
    assert re.search(r"requests +500\b", done.stdout)
    for condition in ("p95 < 120ms", "errors == 0"):
        assert condition in done.stdout


@of("fwlab check")
def test_an_exercise_is_checked(arguments: list[str], course: Path):
    done = fwlab(*arguments[1:], cwd=course)
    assert done.returncode == 1, done.stderr  # nobody has attempted it
    assert f"{Path(arguments[2]).name[:3]}.1" in done.stdout


@of("fwlab hint", "fwlab solution", "fwlab progress")
def test_a_learner_is_told_of_the_exercise(arguments: list[str], course: Path):
    done = fwlab(*arguments[1:], cwd=course)
    assert done.returncode in {0, 1}, done.stderr  # a solution is held back from whoever has none
    assert (arguments[2] if arguments[2:] else "e01") in done.stdout


@of("fwlab grade")
def test_a_class_is_graded(arguments: list[str], course: Path):
    if any(map(REMOTE.match, arguments)):
        told = fwlab("grade", "--help", cwd=course).stdout
        assert [word for word in arguments if word.startswith("--") and word not in told] == []
        return
    (course / "SUBMISSIONS").mkdir()
    shutil.copy(course / "practice" / "e00_start.ipynb", course / "SUBMISSIONS" / "ada.ipynb")
    done = fwlab(*arguments[1:], cwd=course)
    assert done.returncode == 0, done.stderr
    assert (course / "results" / "index.html").exists()


@of("fwlab exercises export")
def test_an_exercise_is_exported(arguments: list[str], course: Path):
    done = fwlab(*arguments[1:], cwd=course)
    assert done.returncode == 0, done.stderr
    assert (course / done.stdout.strip()).exists()
