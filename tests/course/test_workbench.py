"""The workbench: a copy that is worked on as a project is, and from which nothing gets out."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest

import fwlab
from fwlab.course.workbench import Workbench
from fwlab.exceptions import FwlabError


@pytest.fixture(scope="module")
def bench() -> Iterator[Workbench]:
    made = Workbench()
    yield made
    made.close()


def test_it_has_a_copy_of_the_package_and_goes_with_the_last_who_knows_it(bench: Workbench):
    original = Path(fwlab.__file__).parent / "exceptions.py"
    assert bench.read("fwlab/exceptions.py") == original.read_text(encoding="utf-8")
    other = Workbench()
    folder = other.folder
    assert folder.is_dir()
    del other
    assert not folder.exists()


def test_it_can_be_thrown_away():
    other = Workbench()
    other.close()
    assert not other.folder.exists()


def test_a_command_runs_in_the_copy_and_its_folder_is_not_told(bench: Workbench, capsys: pytest.CaptureFixture[str]):
    bench.run("python -c 'import os, fwlab; print(os.getcwd(), fwlab.__file__)'")
    assert capsys.readouterr().out == "<copy> <copy>/fwlab/__init__.py\n"


def test_a_change_is_what_the_next_command_runs(bench: Workbench, capsys: pytest.CaptureFixture[str]):
    bench.write("fwlab/answer.py", "ANSWER = 41\n")
    bench.replace("fwlab/answer.py", "41", "42")
    bench.run("python -c 'from fwlab.answer import ANSWER; print(ANSWER)'")
    assert capsys.readouterr().out == "42\n"
    assert bench.names_of("fwlab/answer.py")["ANSWER"] == 42


def test_it_says_the_same_wherever_it_runs(
    bench: Workbench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    bench.write("test_false.py", "def test_false():\n    assert 20 == len([1])\n")

    def said() -> str:
        bench.run("python -m pytest -q test_false.py")
        return re.sub(r"in [\d.]+s", "", capsys.readouterr().out)

    at_home = said()
    for name in ("CI", "BUILD_NUMBER", "FORCE_COLOR", "PY_COLORS"):  # each of them changes what pytest prints
        monkeypatch.setenv(name, "1")
    assert said() == at_home


def test_what_a_command_complains_of_is_printed_too(bench: Workbench, capsys: pytest.CaptureFixture[str]):
    bench.run("python -c '1 / 0'")
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_a_program_that_is_missing_is_named(bench: Workbench, capsys: pytest.CaptureFixture[str]):
    bench.run("no-such-program --help")
    with bench.running("no-such-program --serve") as it_runs:
        assert not it_runs
    assert capsys.readouterr().out.count("`no-such-program`, which is not installed here") == 2


def test_a_server_runs_as_long_as_the_block(bench: Workbench):
    bench.write("wait.py", "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n")
    with bench.running("python wait.py") as it_runs:
        assert it_runs
        while not (bench.folder / "pid").exists() or not bench.read("pid"):
            pass
    with pytest.raises(ProcessLookupError):
        os.kill(int(bench.read("pid")), 0)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda bench: bench.read("nothing.py"), "no file nothing.py"),
        (lambda bench: bench.write("../outside.py", ""), "not in the copy"),
        (lambda bench: bench.replace("pyproject.toml", "no such words", ""), "0 times"),
        (lambda bench: bench.run("uv pip install --dry-run ."), "run `uv venv`"),
    ],
)
def test_what_cannot_be_is_refused_and_says_why(bench: Workbench, act, said: str):
    if "uv" in said and not shutil.which("uv", path=str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]):
        pytest.skip("uv is not installed")
    with pytest.raises(FwlabError, match=said):
        act(bench)


def test_without_an_environment_nothing_is_lent_and_that_is_said(bench: Workbench, capsys: pytest.CaptureFixture[str]):
    bench.lend_packages()
    assert "no environment of its own" in capsys.readouterr().out


def test_an_editable_install_is_the_copys_own(capsys: pytest.CaptureFixture[str]):
    if not shutil.which("uv", path=str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]):
        pytest.skip("uv is not installed")
    here = distribution("fwlab").read_text("direct_url.json")
    bench = Workbench()
    bench.run("uv venv --quiet")
    bench.lend_packages()
    bench.run("uv pip install --quiet --no-deps --editable .")
    bench.run("python -c 'import sys, fwlab, pydantic; sys.path.remove(\"\"); print(fwlab.__file__)'")
    bench.run("which fwlab")
    assert capsys.readouterr().out == "<copy>/fwlab/__init__.py\n<copy>/.venv/bin/fwlab\n"
    assert distribution("fwlab").read_text("direct_url.json") == here


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_git_asks_for_nobodys_configuration(
    bench: Workbench, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / ".gitconfig").write_text("[user]\nname = Somebody else\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    bench.run("git init --quiet")
    bench.run("git add pyproject.toml")
    bench.run("git commit --quiet --message='A project'")
    bench.run("git log --format='%an: %s'")
    assert capsys.readouterr().out == "A learner: A project\n"
    assert not (tmp_path / "elsewhere").exists()
