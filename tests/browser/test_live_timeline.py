"""The live timeline in JupyterLab: it fills while requests run, also while a cell holds the kernel's loop."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .notebook_page import NOTEBOOK, PATIENCE, NotebookPage, text_of

CELLS = {
    "app": (
        "import asyncio\nimport time\nfrom fwlab import App\nfrom fwlab.lab import load, serve, trace\n\n"
        "app = App()\n\n\n"
        "@app.get('/wait')\nasync def wait():\n    await asyncio.sleep(0.05)\n\n\n"
        "@app.get('/thread')\ndef thread():\n    time.sleep(0.05)\n\n\n"
        "@app.get('/slow')\nasync def slow():\n    time.sleep(0.1)\n"
    ),
    "open": (
        "server = await serve(app, where='thread')\nopened = trace(app)\ntimeline = opened.__enter__()\ntimeline.live()"
    ),
    "load": "run = await load(server, {'/wait': 4, '/thread': 4, '/slow': 1}, users=6, requests=30, warmup=0)",
    "block": (
        "import threading\n"
        "from pathlib import Path\n"
        "clients = threading.Thread(target=lambda: asyncio.run(load(server.url, '/wait', users=2, requests=40)))\n"
        "clients.start()\n"
        "clients.join()\n"
        "while not Path('seen').exists():   # the cell holds the kernel's loop until the test has seen the view\n"
        "    time.sleep(0.05)"
    ),
    "close": "opened.__exit__(None, None, None)\nawait server.stop()\nprint(len(timeline.requests))",
}


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course with a notebook of its own, open in JupyterLab."""
    return open_copy("live", CELLS)


def test_it_fills_while_requests_run_and_while_a_cell_holds_the_loop(
    open_notebook: Callable[[str], NotebookPage], lab: Any, screenshots: Path | None
) -> None:
    notebook = open_notebook("practice/live.ipynb")
    page = notebook.page
    page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
    chart = page.locator("svg[role=img][aria-label*='requests so far']")
    # The label says it all, to a screen reader too; these 42 are those of the cell that still runs.
    expect(chart).to_have_attribute("aria-label", re.compile("^72 requests so far"), timeout=PATIENCE * 1000)
    state = f"{NOTEBOOK}.content.widgets.find(cell => cell.model.id === 'block').model.executionState"
    assert page.evaluate(state) == "running"
    assert chart.locator("text").first.text_content() == "33  /wait"
    assert chart.locator("rect.other").count() > 0, "that the cell holds the kernel's loop is shown"
    expect(page.get_by_text("a loop is held by something that is no request")).to_be_visible()
    for theme in ("JupyterLab Light", "JupyterLab Dark") if screenshots else ():
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_timeout(500)  # milliseconds, for the page to draw; only the picture depends on it
        page.screenshot(path=f"{screenshots}/live-{theme.split()[1].lower()}.png")
    (lab.folder / "practice" / "seen").touch()
    page.wait_for_function(f"{NOTEBOOK}.content.widgets.every(cell => cell.model.executionCount)")
    (closed,) = (cell for cell in notebook.cells if cell["id"] == "close")
    assert text_of(closed) == "72\n"
