"""Nested runs: allowed where they can work, explained where they cannot. Applying it changes asyncio for good, so the
working case runs in a kernel of its own."""

import asyncio
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from traitlets.config import Config

from fwlab.exceptions import FwlabError
from fwlab.jupyter import allow_nested_run


def test_a_cell_may_run_a_loop_inside_the_kernels_loop() -> None:
    notebook = new_notebook(
        cells=[
            new_code_cell(
                """
import asyncio

async def answer():
    await asyncio.sleep(0.01)
    return asyncio.current_task() is not None and 42

coroutine = answer()
try:
    asyncio.run(coroutine)
except RuntimeError as error:
    coroutine.close()
    print("refused")
"""
            ),
            new_code_cell("from fwlab.jupyter import allow_nested_run\nallow_nested_run()\nallow_nested_run()"),
            new_code_cell("asyncio.run(answer())"),
            new_code_cell("await answer()"),
        ]
    )
    config = Config({"KernelManager": {"transport_encryption": "auto"}})
    NotebookClient(notebook, timeout=60, kernel_name="python3", config=config).execute()
    assert [_text(cell) for cell in notebook.cells] == ["refused\n", "", "42", "42"]


def test_where_no_loop_runs_there_is_nothing_to_nest_in() -> None:
    with pytest.raises(FwlabError, match=r"no event loop is running here: asyncio\.run"):
        allow_nested_run()


def test_a_python_that_nest_asyncio_breaks_is_told_to_await(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    with pytest.raises(FwlabError, match=r"Python 3\.14 .* `await"):
        allow_nested_run()


def test_a_foreign_loop_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    run = asyncio.run
    monkeypatch.setattr(asyncio, "get_running_loop", object)
    with pytest.raises(FwlabError, match="not object: write `await"):
        allow_nested_run()
    assert asyncio.run is run


def _text(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text") or output["data"]["text/plain"] for output in cell.outputs)
