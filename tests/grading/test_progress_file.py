"""The learner's file: where it is, that nothing in it is written over, and what happens when it cannot be used."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from fwlab.grading.learner import progress_file
from fwlab.grading.learner.progress_file import (
    NAME,
    PROGRESS_VARIABLE,
    ProgressError,
    progress_path,
    read_progress,
    update_progress,
)


def take_hint(progress):
    progress.task("e01.1").hints += 1


@pytest.fixture
def path(tmp_path):
    return tmp_path / NAME


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Nothing is said in the environment about where the file is."""
    monkeypatch.delenv(PROGRESS_VARIABLE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_change_is_in_the_file_and_the_next_adds_to_it(path):
    update_progress(path, take_hint)
    assert update_progress(path, take_hint).task("e01.1").hints == 2
    assert read_progress(path).task("e01.1").hints == 2


def test_a_person_can_read_it(path):
    update_progress(path, take_hint)
    text = path.read_text(encoding="utf-8")
    assert json.loads(text)["exercises"]["e01"]["e01.1"]["hints"] == 1
    assert '\n      "e01.1": {\n' in text
    assert text.endswith("}\n")


def test_what_a_later_version_wrote_stays(path):
    path.write_text('{"fwlab_progress": 1, "streak": 5, "exercises": {"e01": {"e01.1": {"stars": 3}}}}')
    update_progress(path, take_hint)
    assert json.loads(path.read_text())["streak"] == 5
    assert json.loads(path.read_text())["exercises"]["e01"]["e01.1"] == {
        "stars": 3,
        "checks": 0,
        "hints": 1,
        "resets": 0,
    }


WRITER = """
import sys
from pathlib import Path
from fwlab.grading.learner.progress_file import update_progress

def take_hint(progress):
    progress.task(sys.argv[2]).hints += 1
    progress.task("e01.3").hints += 1

print("ready", flush=True)
sys.stdin.read()
for _ in range(40):
    update_progress(Path(sys.argv[1]), take_hint)
"""


def test_two_kernels_that_write_at_once_lose_nothing(path):
    kernels = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), task], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for task in ("e01.1", "e01.2")
    ]
    for kernel in kernels:
        assert kernel.stdout.readline() == "ready\n"
    for kernel in kernels:
        kernel.stdin.close()
    for kernel in kernels:
        kernel.stdout.close()
        assert kernel.wait(timeout=120) == 0
    hints = {task: record.hints for task, record in read_progress(path).exercises["e01"].items()}
    assert hints == {"e01.1": 40, "e01.2": 40, "e01.3": 80}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        b'<<<<<<< HEAD\n{"fwlab_progress": 1}',
        b'{"fwlab_progress": 1, "exercises": 7}',
        b'{"fwlab_progress": 1, "exercises": {"e01": {"e01.1": {"hints": "many"}}}}',
    ],
)
def test_a_damaged_file_is_put_aside_and_not_written_over(path, content):
    path.write_bytes(content)
    with pytest.raises(ProgressError, match=r"damaged|not a learner's progress"):
        read_progress(path)
    with pytest.raises(ProgressError, match=r"was damaged and is now fwlab-progress\.damaged-1\.json"):
        update_progress(path, take_hint)
    assert path.with_name("fwlab-progress.damaged-1.json").read_bytes() == content
    assert read_progress(path).task("e01.1").hints == 1


def test_a_second_damaged_file_does_not_take_the_place_of_the_first(path):
    for _ in range(2):
        path.write_text("oh no")
        with pytest.raises(ProgressError):
            update_progress(path, take_hint)
    assert len(list(path.parent.glob("*.damaged-*"))) == 2


def test_a_file_of_a_newer_fwlab_is_left_alone(path):
    path.write_text('{"fwlab_progress": 2}')
    with pytest.raises(ProgressError, match="newer fwlab"):
        update_progress(path, take_hint)
    assert path.read_text() == '{"fwlab_progress": 2}'


def test_who_holds_the_file_too_long_is_waited_for_only_so_long(path, monkeypatch):
    monkeypatch.setattr(progress_file, "_PATIENCE", 0.05)
    with FileLock(path.with_name(f".{NAME}.lock")), pytest.raises(ProgressError, match="another program has held it"):
        update_progress(path, take_hint)
    assert not path.exists()


def test_a_place_where_no_file_can_be_is_named(tmp_path):
    (tmp_path / "in the way").write_text("a file")
    with pytest.raises(ProgressError, match=r"in the way.* cannot be"):
        update_progress(tmp_path / "in the way" / NAME, take_hint)


def test_a_folder_in_the_place_of_the_file_is_named(path):
    path.mkdir()
    with pytest.raises(ProgressError, match="cannot be read"):
        read_progress(path)
    with pytest.raises(ProgressError, match="cannot be"):
        update_progress(path, take_hint)


def test_a_link_to_the_file_stays_a_link(path, tmp_path):
    (tmp_path / "cloud").mkdir()
    path.symlink_to(tmp_path / "cloud" / "mine.json")
    update_progress(path, take_hint)
    assert path.is_symlink()
    assert read_progress(tmp_path / "cloud" / "mine.json").task("e01.1").hints == 1


def test_it_lies_in_the_learners_copy_of_the_course(here):
    for part in ("notebooks", "practice"):
        (here / "course" / part).mkdir(parents=True)
    assert progress_path(here / "course" / "practice") == here / "course" / NAME
    assert progress_path(here / "course") == here / "course" / NAME


def test_elsewhere_it_lies_where_one_works_or_where_there_is_one_above(here):
    (here / "a" / "b").mkdir(parents=True)
    assert progress_path(here / "a" / "b") == here / "a" / "b" / NAME
    (here / NAME).write_text('{"fwlab_progress": 1}')
    assert progress_path(here / "a" / "b") == here / NAME
    assert progress_path() == here / NAME


@pytest.mark.parametrize("word", ["off", "OFF", ""])
def test_the_environment_may_say_that_nothing_is_written_down(word, monkeypatch, tmp_path):
    monkeypatch.setenv(PROGRESS_VARIABLE, word)
    monkeypatch.chdir(tmp_path)
    assert progress_path() is None
    before = read_progress(None).task("e99.1").hints
    update_progress(None, lambda progress: setattr(progress.task("e99.1"), "hints", before + 1))
    assert read_progress(None).task("e99.1").hints == before + 1, "as long as the process lives, it is remembered"
    assert os.listdir(tmp_path) == []


def test_the_environment_may_name_another_file(monkeypatch, tmp_path):
    monkeypatch.setenv(PROGRESS_VARIABLE, str(tmp_path / "me.json"))
    assert progress_path(Path("/")) == tmp_path / "me.json"
