"""A lesson as its tests see it: what it says of itself, its prose, its code, its headings and its figures."""

from __future__ import annotations

import json
import re
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```.*?^```", re.M | re.S)


class Lesson:
    """A notebook of the course."""

    def __init__(self, path: Path) -> None:
        self.path = path
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.cells: list[dict[str, Any]] = notebook["cells"]
        self.metadata: dict[str, Any] = notebook["metadata"]["fwlab"]

    @property
    def chapter(self) -> str:
        """Its number, as in the name of the file: ``"02"``."""
        return self.path.stem[:2]

    @cached_property
    def code_cells(self) -> list[dict[str, Any]]:
        """The cells that run."""
        return [cell for cell in self.cells if cell["cell_type"] == "code"]

    @cached_property
    def code(self) -> str:
        """All that runs."""
        return "\n".join(source(cell) for cell in self.code_cells)

    @cached_property
    def prose(self) -> str:
        """All that is read, without what stands in fences."""
        texts = [source(cell) for cell in self.cells if cell["cell_type"] == "markdown"]
        return FENCE.sub("", "\n\n".join(texts))

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Depth and text of each heading, in order."""
        return [(len(marks), text) for marks, text in re.findall(r"^(#+) (.*)$", self.prose, re.M)]

    @cached_property
    def anchors(self) -> list[str]:
        """What links to its headings are written as; in lower case, for JupyterLab and GitHub differ in that."""
        return [re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-").lower() for _, text in self.headings]

    @cached_property
    def links(self) -> list[str]:
        """Where its links lead."""
        return re.findall(r"\]\(([^)\s]+)\)", self.prose)

    def section(self, heading: str) -> str:
        """The prose under a heading, up to the next one."""
        found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", self.prose, re.M | re.S)
        assert found, f"there is no heading {heading!r}"
        return found[1]

    def tags(self) -> list[str]:
        """The tags of all its cells."""
        return [tag for cell in self.cells for tag in cell["metadata"].get("tags", ())]


def source(cell: dict[str, Any]) -> str:
    """What is written in a cell."""
    return "".join(cell["source"])


PATHS = sorted(ROOT.glob("notebooks/*.ipynb"))
LESSONS = {path.stem: Lesson(path) for path in PATHS}
