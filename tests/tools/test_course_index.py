"""tools/course_index.py: what the panel in JupyterLab knows of the course."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from course_index import course_index

ROOT = Path(__file__).resolve().parents[2]


def test_each_chapter_and_its_exercise_is_in_it() -> None:
    chapters = json.loads(course_index(ROOT))["chapters"]
    assert [chapter["notebook"] for chapter in chapters] == sorted(
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("notebooks/[0-9]*.ipynb")
    )
    assert [chapter["number"] for chapter in chapters if not chapter["needs"]] == ["00"]
    for chapter in chapters:
        notebook = nbformat.read(ROOT / chapter["notebook"], as_version=4)
        assert chapter["minutes"] == notebook.metadata["fwlab"]["minutes"]
        assert "In five lines" in chapter["sections"]
        assert all(number < chapter["number"] for number in chapter["needs"])
        assert (ROOT / chapter["exercise"]["notebook"]).is_file()
        assert set(chapter["exercise"]["points"].values()) <= {1, 2, 3}


def test_what_is_committed_is_current() -> None:
    assert (ROOT / "notebooks" / "course.json").read_text(encoding="utf-8") == course_index(ROOT)
