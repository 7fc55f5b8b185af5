"""A folder passes with its program: at its end, and where it was killed, when the next one begins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from fwlab.course.passing_folder import passing_folder

folder = passing_folder("shop")
(folder / "orders.db").write_text("two burgers")
print(folder, flush=True)
sys.stdin.read()
"""
LONG_AGO = (1_000_000_000, 1_000_000_000)


@pytest.fixture
def program(tmp_path):
    """A function that starts a program with a folder in `tmp_path`; it lives until somebody ends it."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | {"TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        folder = Path(process.stdout.readline().strip())
        assert folder.parent == tmp_path
        return process, folder

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_with_the_program_its_folder_ends(program):
    process, folder = program()
    assert (folder / "orders.db").read_text() == "two burgers"
    assert process.communicate(timeout=60) == ("", "")
    assert not folder.exists()


def test_the_folder_of_one_that_was_killed_is_taken_away_by_the_next_and_of_one_that_lives_never(program):
    killed, left = program()
    killed.kill()
    killed.wait(60)
    assert (left / "orders.db").exists()
    _, alive = program()
    for folder in (left, alive):
        os.utime(folder, LONG_AGO)
    program()
    assert not left.exists()
    assert (alive / "orders.db").exists()


def test_a_folder_that_is_new_or_that_no_program_of_ours_has_made_stays(program, tmp_path):
    killed, new = program()
    killed.kill()
    killed.wait(60)
    somebodys = tmp_path / "shop-of-somebody"
    somebodys.mkdir()
    os.utime(somebodys, LONG_AGO)
    program()
    assert new.exists()
    assert somebodys.exists()
