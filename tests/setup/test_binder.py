"""Binder: what it would build from this repository, as its own tool says, and that our part of it runs.

Not proven here: that conda can solve the base environment, and the launch itself.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dockerfile() -> str:
    """The Dockerfile that repo2docker makes of the repository; it needs no docker for that."""
    made = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout


def test_the_project_is_there_before_it_is_installed(dockerfile: str) -> None:
    steps = ["COPY --chown=0:0 src/", '--file "environment.yml"', "RUN ./postBuild"]
    places = [dockerfile.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_the_python_is_one_that_binder_has_a_base_for(dockerfile: str) -> None:
    assert "environment-2epy-2d3-2e13-2d" in dockerfile, "repo2docker falls back to Python 3.10 without a pinned one"


def test_conda_brings_python_and_pip_brings_the_project() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == "fwlab"
    assert environment["dependencies"] == ["python=3.13", "pip", {"pip": ["-e .[course]"]}]


@pytest.mark.parametrize("folder", ["binder", ".binder"])
def test_no_folder_hides_the_environment(folder: str) -> None:
    assert not (ROOT / folder).exists(), "repo2docker would read this folder and ignore environment.yml"


def test_post_build_runs_through(tmp_path: Path) -> None:
    for name in ("fwlab/__init__.py", "notebooks/00_start.ipynb", "practice/e01_in_a_hurry.ipynb", "bin/jupyter"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    jupyter = tmp_path / "bin" / "jupyter"
    jupyter.write_text(f'#!/bin/sh\necho "$*" >>"{tmp_path}/calls"\n')
    jupyter.chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(
        [ROOT / "postBuild"],
        cwd=tmp_path,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=60,
    )
    assert list((tmp_path / "fwlab" / "__pycache__").iterdir())
    assert (tmp_path / "calls").read_text().splitlines() == [
        "trust notebooks/00_start.ipynb practice/e01_in_a_hurry.ipynb",
        "labextension disable @jupyterlab/apputils-extension:announcements",
    ]
