"""The world with sliders in JupyterLab: by keyboard alone, a slider moves and the timeline is another."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .notebook_page import NotebookPage

CELL = "from fwlab.course.simulator import simulator\n\nsimulator('thread', users=8, wait=100, work=0, threads=4)"


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course with a notebook of its own, open in JupyterLab."""
    return open_copy("turned", {"world": CELL})


def test_a_slider_that_is_moved_by_keyboard_draws_another_timeline(
    open_notebook: Callable[[str], NotebookPage], screenshots: Path | None
) -> None:
    notebook = open_notebook("practice/turned.ipynb")
    notebook.run_all()
    page = notebook.page
    says, picture = page.get_by_role("status"), page.locator("img[alt^='Timeline, a row for each request. ']")
    told = says.filter(has_text=re.compile("customer"))
    expect(told).to_have_text("8 customers (def): the first has an answer after 100 ms, the last after 200 ms.")
    page.get_by_label("customers", exact=True).press("ArrowRight")
    expect(told).to_have_text("9 customers (def): the first has an answer after 100 ms, the last after 300 ms.")
    expect(picture).to_have_attribute("alt", re.compile("9 requests, at most 9 in flight"))
    page.get_by_label("the handler is").select_option("async def, which awaits")
    expect(told).to_have_text("9 customers (async def, which awaits): all answers are there after 100 ms.")
    for theme in ("JupyterLab Light", "JupyterLab Dark") if screenshots else ():
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
        page.screenshot(path=f"{screenshots}/simulator-{theme.split()[1].lower()}.png")
