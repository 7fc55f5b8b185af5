"""A file is written whole or not at all."""

from __future__ import annotations

import os

import pytest

from fwlab.lab import LabError
from fwlab.lab.whole_file import write_whole


def test_text_and_bytes_take_the_place_of_what_was_there(tmp_path):
    path = tmp_path / "progress.txt"
    assert write_whole(path, "grün\n") == path
    assert path.read_bytes() == "grün\n".encode()
    write_whole(str(path), b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert [entry.name for entry in tmp_path.iterdir()] == ["progress.txt"]


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_keeps_its_permissions_and_a_new_one_gets_the_usual_ones(tmp_path):
    usual, kept = tmp_path / "usual", tmp_path / "kept"
    usual.touch()
    kept.touch(mode=0o600)
    write_whole(kept, "x")
    write_whole(tmp_path / "new", "x")
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new").stat().st_mode == usual.stat().st_mode


def test_where_writing_fails_the_old_file_stays_and_nothing_lies_beside_it(tmp_path, monkeypatch):
    path = tmp_path / "progress.txt"
    path.write_text("old")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(LabError, match=r"progress\.txt' cannot be written: No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["progress.txt"]
