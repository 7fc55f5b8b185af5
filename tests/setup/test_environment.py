"""The set-up script against stand-ins for Python and uv, which write down how they were called.

CI runs it for real, from an empty machine; here it meets the machines that CI is not: without venv, with a broken
python3.13 first on the PATH, with a set-up that was cut short.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "environment.sh"
BUILT = "fwlab/jupyter/labextension/built/package.json"
STANDARD_TOOLS = ("sh", "cat", "chmod", "cksum", "cp", "dirname", "mkdir", "rm", "sed")

PYTHON = """#!/bin/sh
echo "python $*" >>"$CALLS"
case "$*" in
    *sys.version_info*) echo "${VERSION:-3.12.4}"; exit "${TOO_OLD:-0}" ;;
    *"import ensurepip"*) exit "${NO_ENSUREPIP:-0}" ;;
    *"import pip"*) exit "${NO_PIP:-0}" ;;
    "-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"install"*) cp "$UV" .venv/bin/uv ;;
esac
"""

UV = """#!/bin/sh
case "$*" in
    --version) exit 0 ;;
    venv*) mkdir -p .venv/bin; cp "$PYTHON_STANDIN" .venv/bin/python ;;
    "pip sync"*) [ ! -e sync-fails ] || exit 9 ;;
esac
echo "uv $*" >>"$CALLS"
"""

LOCK = """anyio==4.0 \\
    --hash=sha256:aa
    # via fwlab
uv==0.13 \\
    --hash=sha256:bb \\
    --hash=sha256:cc
    # via fwlab (pyproject.toml:dev)
zipp==3.0 \\
    --hash=sha256:dd
"""


class Machine:
    """A folder with the script in it, and a PATH of its own with nothing on it but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.path = folder / "bin"
        self.shelf = folder / "shelf"
        for place in (self.project / "tools", self.path, self.shelf):
            place.mkdir(parents=True)
        for tool in STANDARD_TOOLS:
            (self.path / tool).symlink_to(shutil.which(tool) or "")
        shutil.copy(SCRIPT, self.project / "tools")
        (self.project / "requirements.lock").write_text(LOCK)
        built = self.project / BUILT
        built.parent.mkdir(parents=True)
        built.write_text("{}")
        (self.project / "pyproject.toml").write_text("")
        self._write(self.shelf / "uv", UV)
        self._write(self.shelf / "python", PYTHON)
        self.environment = {
            "PATH": str(self.path),
            "CALLS": str(folder / "calls"),
            "UV": str(self.shelf / "uv"),
            "PYTHON_STANDIN": str(self.shelf / "python"),
        }

    @staticmethod
    def _write(file: Path, text: str) -> None:
        file.write_text(text)
        file.chmod(0o755)

    def install(self, *names: str) -> None:
        """Put Python or uv on the PATH under these names."""
        for name in names:
            shutil.copy(self.shelf / ("uv" if name == "uv" else "python"), self.path / name)

    def break_command(self, name: str) -> None:
        """Put a command on the PATH that only complains, as pyenv does for versions that are not chosen."""
        self._write(self.path / name, "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")

    def set_up(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script; what was called before is forgotten."""
        Path(self.environment["CALLS"]).write_text("")
        return subprocess.run(
            [self.path / "sh", "tools/environment.sh"],
            cwd=self.project,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=30,
        )

    @property
    def calls(self) -> list[str]:
        """What was called, without the questions after a version."""
        lines = Path(self.environment["CALLS"]).read_text().splitlines()
        return [line for line in lines if line.split()[0] in {"python", "uv"} and "version_info" not in line]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_lock_is_installed_to_the_letter_then_the_project_without_a_download(machine: Machine) -> None:
    machine.install("python3.12", "uv")
    assert machine.set_up().returncode == 0
    venv, sync, project = (call for call in machine.calls if call.startswith("uv "))
    assert venv.startswith("uv venv")
    assert sync.startswith("uv pip sync")
    assert sync.endswith("--require-hashes requirements.lock")
    assert project.startswith("uv pip install")
    assert project.endswith("--no-deps --no-build-isolation --editable .")


def test_a_second_call_finds_nothing_to_do(machine: Machine) -> None:
    machine.install("python3.12", "uv")
    machine.set_up()
    again = machine.set_up()
    assert (again.returncode, again.stderr, machine.calls) == (0, "", [])


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml", BUILT])
def test_a_change_is_brought_into_the_environment_that_is_there(machine: Machine, changed: str) -> None:
    machine.install("python3.12", "uv")
    machine.set_up()
    with (machine.project / changed).open("a") as file:
        file.write("# changed\n")
    assert machine.set_up().returncode == 0
    assert [call.split()[:3] for call in machine.calls] == [["uv", "pip", "sync"], ["uv", "pip", "install"]]


def test_without_uv_the_locked_one_is_fetched_by_pip(machine: Machine) -> None:
    machine.install("python3")
    assert machine.set_up().returncode == 0
    assert "python -m venv .venv" in machine.calls
    fetch = next(call for call in machine.calls if " install " in call and call.startswith("python"))
    assert "--require-hashes" in fetch
    assert (machine.project / fetch.split()[-1]).read_text() == "".join(LOCK.splitlines(keepends=True)[3:7])
    assert machine.calls[-1].startswith("uv pip install")


def test_debians_python_without_its_venv_package_borrows_its_own_pip(machine: Machine) -> None:
    machine.install("python3")
    assert machine.set_up(NO_ENSUREPIP="1").returncode == 0
    assert "python -m venv --without-pip .venv" in machine.calls
    assert any(call.startswith("python -m pip --python .venv/bin/python install") for call in machine.calls)


def test_without_venv_pip_and_uv_it_says_what_to_install(machine: Machine) -> None:
    machine.install("python3")
    failed = machine.set_up(NO_ENSUREPIP="1", NO_PIP="1")
    assert failed.returncode == 1
    assert "apt install python3-venv" in failed.stderr
    assert machine.set_up().returncode == 0, "once it is installed, the next call works"


def test_a_command_that_is_there_but_does_not_run_is_passed_over(machine: Machine) -> None:
    machine.break_command("python3.13")
    machine.install("python3.12", "python3", "uv")
    result = machine.set_up()
    assert result.returncode == 0
    assert "(python3.12)" in result.stderr


def test_no_python_at_all_is_said_in_one_sentence(machine: Machine) -> None:
    machine.break_command("python3.13")
    failed = machine.set_up()
    assert failed.returncode == 1
    assert "found no Python 3.11 or newer (tried python3.13 python3.12 python3.11 python3 python)" in failed.stderr
    assert not (machine.project / ".venv").exists()


def test_a_python_that_is_too_old_is_as_good_as_none(machine: Machine) -> None:
    machine.install("python3", "uv")
    assert "found no Python 3.11" in machine.set_up(VERSION="3.9.2", TOO_OLD="1").stderr


def test_the_python_that_was_asked_for_is_taken(machine: Machine) -> None:
    machine.install("python3.13", "mine", "uv")
    assert "(mine)" in machine.set_up(PYTHON="mine").stderr
    assert machine.set_up(PYTHON="mine").stderr == ""


def test_asking_for_another_python_makes_the_environment_anew(machine: Machine) -> None:
    machine.install("python3.13", "uv")
    machine.set_up()
    machine._write(machine.path / "other", PYTHON.replace("3.12.4", "3.11.9"))
    assert "of another Python: making it anew" in machine.set_up(PYTHON="other").stderr


@pytest.mark.parametrize("asked", ["nonsense", "python3.13"])
def test_a_python_that_cannot_be_taken_is_named_and_nothing_is_lost(machine: Machine, asked: str) -> None:
    machine.install("python3", "uv")
    machine.break_command("python3.13")
    machine.set_up()
    failed = machine.set_up(PYTHON=asked)
    assert failed.returncode == 1
    assert f"PYTHON={asked} does not run" in failed.stderr
    assert machine.set_up().stderr == ""


def test_a_set_up_that_was_cut_short_begins_again_from_nothing(machine: Machine) -> None:
    machine.install("python3", "uv")
    (machine.project / "sync-fails").touch()
    failed = machine.set_up()
    assert failed.returncode != 0
    assert "did not finish. The next call begins it again." in failed.stderr
    (machine.project / ".venv" / "half-a-package").touch()
    (machine.project / "sync-fails").unlink()
    assert machine.set_up().returncode == 0
    assert not (machine.project / ".venv" / "half-a-package").exists()
    assert machine.set_up().stderr == ""


def test_a_python_that_was_removed_since_is_replaced(machine: Machine) -> None:
    machine.install("python3", "uv")
    machine.set_up()
    interpreter = machine.project / ".venv" / "bin" / "python"
    interpreter.unlink()
    interpreter.symlink_to("/nowhere/python3")
    assert machine.set_up().returncode == 0
    assert any(call.startswith("uv venv") for call in machine.calls)
    assert machine.set_up().stderr == ""
