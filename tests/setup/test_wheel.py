"""The wheel: it carries the course, and what it carries works without a checkout."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout and unpacked as an installer does it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("fwlab-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.mark.parametrize("name", ["notebooks", "exercises", "practice"])
def test_it_carries_every_file_of_the_course(installed: Path, name: str) -> None:
    listing = subprocess.run(["git", "ls-files", name], cwd=ROOT, capture_output=True, text=True, check=True)
    carried = installed / "fwlab" / "course" / "content"
    assert listing.stdout, f"there is no {name}/ in the checkout"
    for path in listing.stdout.splitlines():
        assert (carried / path).read_bytes() == (ROOT / path).read_bytes()


def test_it_carries_nothing_but_the_package(installed: Path) -> None:
    assert {path.name.split("-")[0] for path in installed.iterdir()} == {"fwlab"}
    assert not list(installed.rglob("__pycache__"))
    assert not list(installed.rglob(".ipynb_checkpoints"))


def test_it_opens_a_copy_of_the_course_where_the_learner_is(
    installed: Path, tmp_path: Path, start_course: Callable[..., Any]
) -> None:
    running = start_course(cwd=tmp_path, PYTHONPATH=str(installed))
    assert b"00_start.ipynb" in running.get("/api/contents/notebooks")
    assert f"({tmp_path / 'fwlab-course'})" in running.output


def test_it_speaks_the_languages_that_the_checkout_does(installed: Path, tmp_path: Path) -> None:
    program = "from fwlab.grading import check; print(check('e00', namespace={}))"
    environment = os.environ | {"PYTHONPATH": str(installed), "FWLAB_LANGUAGE": "es", "FWLAB_PROGRESS": "off"}
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert said.stdout.startswith("e00 Empieza aquí: sin empezar, 0 de 6 puntos"), said.stderr


def test_its_command_knows_its_version(installed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(installed)}
    said = subprocess.run(
        [sys.executable, "-c", "import fwlab; print(fwlab.__file__); from fwlab.cli import main; main()", "--version"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    file, version = said.stdout.splitlines()
    assert Path(file).is_relative_to(installed)
    assert version == f"fwlab {(next(installed.glob('fwlab-*.dist-info')).name).split('-')[1].removesuffix('.dist')}"
