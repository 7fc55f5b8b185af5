"""A learner's notebook, handed back: their own cells, and below each answer what was seen and what to try."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fwlab.grading.verdict import TaskVerdict, Verdict


def feedback(handed_in: bytes, verdict: Verdict) -> str:
    """Return the text of a notebook with the verdict in it.

    Args:
        handed_in: the learner's notebook, one that could be read. Its outputs stay out.
        verdict: what there is to say.
    """
    notebook = json.loads(handed_in)
    cells = [_cell("fwlab-verdict", _summary(verdict))]
    told = {task.task: task for task in verdict.tasks}
    for number, cell in enumerate(notebook["cells"], 1):
        cells.append(_learners(cell, f"cell-{number}"))
        task = told.pop(_task_of(cell), None)
        if task is not None:
            cells.append(_cell(f"fwlab-{number}", _words(task)))
    cells += [_cell(f"fwlab-missing-{number}", _words(task)) for number, task in enumerate(told.values(), 1)]
    whole = {"cells": cells, "metadata": _kernel(notebook), "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _summary(verdict: Verdict) -> str:
    lines = [f"# {verdict.exercise} {verdict.title}: {verdict.points} of {verdict.out_of}", ""]
    lines += ["| | task | | points |", "|---|---|---|---|"]
    lines += [
        f"| {task.state.symbol} | {task.task} {task.title} | {task.state} | {task.points} of {task.out_of} |"
        for task in verdict.tasks
    ]
    for note in verdict.notes:
        lines += ["", "Note:", _verbatim(note)]
    return "\n".join(lines)


def _words(task: TaskVerdict) -> str:
    lines = [f"**{task.state.symbol} {task.task} {task.title}: {task.state}, {task.points} of {task.out_of}**"]
    if task.seen:
        lines += ["", "Seen:", "", _verbatim(task.seen)]
    if task.timelines:
        lines += ["", _verbatim(task.timelines)]
    if task.to_try:
        markup = set("<>[]*_|\\#").intersection(task.to_try)
        lines += ["", "Try:", "", _verbatim(task.to_try) if markup else task.to_try]
    return "\n".join(lines)


def _verbatim(text: str) -> str:
    """Fence a text in, for part of it is a learner's own: it is shown, and is no markup."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}text\n{text}\n{fence}"


def _cell(identifier: str, source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": identifier, "metadata": {"fwlab": {"role": "verdict"}}, "source": source}


def _learners(cell: dict[str, Any], identifier: str) -> dict[str, Any]:
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    kind = cell["cell_type"] if cell["cell_type"] in ("code", "markdown") else "raw"
    kept: dict[str, Any] = {"cell_type": kind, "id": identifier, "metadata": {}, "source": source}
    if kind == "code":
        kept |= {"outputs": [], "execution_count": None}
    return kept


def _task_of(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    ours = metadata.get("fwlab") if isinstance(metadata, dict) else None
    if not isinstance(ours, dict) or ours.get("role") != "starter" or not isinstance(ours.get("task"), str):
        return ""
    return str(ours["task"])


def _kernel(notebook: dict[str, Any]) -> dict[str, Any]:
    metadata = notebook.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    known = {"name", "display_name", "language"}
    if not isinstance(kernel, dict) or not all(isinstance(value, str) for value in kernel.values()):
        return {}
    return {"kernelspec": {key: value for key, value in kernel.items() if key in known}}
