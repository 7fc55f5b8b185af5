"""Writes ``notebooks/course.json``: what the course has.

JupyterLab's panel and the map of the course are made of it, and so open no notebook.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import nbformat

if TYPE_CHECKING:
    from pathlib import Path


HEADING = re.compile(r"^#{2,4} (.+)$", re.MULTILINE)
NEEDED = re.compile(r"^\| \*\*You need\*\* \|.*$", re.MULTILINE)
CHAPTER = re.compile(r"\((\d\d)_\w+\.ipynb\)")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def course_index(root: Path) -> str:
    """Return the index of the course under a folder, as the text of its file.

    Each chapter has its number, title, minutes, the numbers of the chapters that its card says it needs, its headings,
    and its exercise with the points of each task.
    """
    chapters = [_chapter(path, root) for path in sorted(root.glob("notebooks/[0-9][0-9]_*.ipynb"))]
    return json.dumps({"chapters": chapters}, ensure_ascii=False, indent=1) + "\n"


def _chapter(path: Path, root: Path) -> dict[str, Any]:
    notebook = nbformat.read(path, as_version=4)
    card = notebook.metadata["fwlab"]
    prose = "\n".join(CODE.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    exercises = list(root.glob(f"practice/e{card['chapter']}_*.ipynb"))
    return {
        "number": card["chapter"],
        "title": card["title"],
        "minutes": card["minutes"],
        "notebook": path.relative_to(root).as_posix(),
        "needs": sorted({number for row in NEEDED.findall(prose) for number in CHAPTER.findall(row)}),
        "sections": HEADING.findall(prose),
        "exercise": _exercise(exercises[0], root) if exercises else None,
    }


def _exercise(path: Path, root: Path) -> dict[str, Any]:
    notebook = nbformat.read(path, as_version=4)
    abouts = [cell.metadata.get("fwlab", {}) for cell in notebook.cells]
    return {
        "name": notebook.metadata["fwlab"]["exercise"],
        "notebook": path.relative_to(root).as_posix(),
        "points": {about["task"]: about["points"] for about in abouts if about.get("role") == "starter"},
    }
