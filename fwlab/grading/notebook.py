"""A notebook of an exercise, as a file: its cells, and what each of them is for.

A cell of an exercise says so in its metadata: ``{"fwlab": {"exercise": "e01", "role": "starter", "task": "e01.1"}}``.
Roles are *text*, *starter* (where the learner writes), *try* (to play with) and *check* (which calls the grader). An
author's notebook has more, which the learner's has not: *solution*, *hint*, and *hidden check*.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fwlab.grading.errors import NotebookError

_FORMAT = 4  # Jupyter's major version of the notebook format


@dataclass(frozen=True)
class Cell:
    """One cell. `number` counts the code cells from 1, as a reader would."""

    kind: str
    source: str
    number: int
    exercise: str = ""
    role: str = ""
    task: str = ""


@dataclass(frozen=True)
class Notebook:
    """A notebook's cells."""

    path: Path
    cells: tuple[Cell, ...] = field(repr=False)
    title: str = ""
    """The exercise's name, where the notebook says it."""
    language: str = ""
    """The language that it is written in, where it is a translation."""

    @property
    def code_cells(self) -> list[Cell]:
        """The cells that hold code."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def exercise(self) -> str:
        """The exercise that its cells belong to.

        Raises:
            NotebookError: they belong to none, or to several.
        """
        exercises = sorted({cell.exercise for cell in self.cells if cell.exercise})
        if len(exercises) == 1:
            return exercises[0]
        if exercises:
            raise NotebookError(f"{self.path} mixes the cells of {', '.join(exercises)}: one notebook, one exercise.")
        raise NotebookError(
            f"{self.path} is not a notebook of an exercise: no cell's metadata names one. "
            "Start from the exercise's own notebook, and write your answer there."
        )


def read_notebook(path: Path) -> Notebook:
    """Read a notebook.

    Args:
        path: an ``.ipynb`` file.

    Raises:
        NotebookError: it is not there, or not a notebook of format 4.
    """
    return parsed_notebook(path, _read(path))


def parsed_notebook(path: Path, data: bytes) -> Notebook:
    """Return the notebook that these bytes are.

    Args:
        path: where they are from, for messages.
        data: the file's content.

    Raises:
        NotebookError: they are no notebook of format 4.
    """
    content = _parsed(path, data)
    if not isinstance(content, dict) or "nbformat" not in content:
        raise NotebookError(f"{path} is not a notebook: it is JSON, but not of the notebook format.")
    if content["nbformat"] != _FORMAT:
        raise NotebookError(
            f"{path} is a notebook of format {content['nbformat']}; fwlab reads format {_FORMAT}. "
            "Open it in JupyterLab and save it there to convert it."
        )
    cells = content.get("cells")
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise NotebookError(f"{path} is damaged: its cells are not those of a notebook.")
    numbers = iter(range(1, len(cells) + 1))
    read = tuple(_cell(cell, next(numbers) if cell["cell_type"] == "code" else 0) for cell in cells)
    return Notebook(path, read, **_texts(content.get("metadata"), "title", "language"))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotebookError(f"{path} does not exist. Give the path of an exercise's notebook.") from None
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}.") from None


def _parsed(path: Path, data: bytes) -> Any:
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        raise NotebookError(f"{path} is not a notebook: its content is not JSON.") from None


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        return False
    source = cell.get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _cell(cell: dict[str, Any], number: int) -> Cell:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return Cell(cell["cell_type"], text, number, **_texts(cell.get("metadata"), "exercise", "role", "task"))


def _texts(metadata: Any, *keys: str) -> dict[str, str]:
    """Return the texts that metadata has of ours under these keys."""
    ours = metadata.get("fwlab") if isinstance(metadata, dict) else None
    return {key: ours[key] for key in keys if isinstance(ours.get(key), str)} if isinstance(ours, dict) else {}
