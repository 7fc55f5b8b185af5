"""The pictures of JupyterLab in ``docs/``: made by ``make screenshots``, and of the extension as it is now."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import Page, expect

from fwlab.grading.exercise import find_exercise

from .lab_page import Lab
from .notebook_page import NOTEBOOK

CHECKOUT = Path(__file__).resolve().parents[2]
EXTENSION = CHECKOUT / "fwlab" / "jupyter" / "labextension" / "built"
PICTURES = ("exercise.png", "jupyterlab.png")
MARK = "fwlab"
"""The name under which a picture says what it shows."""

SHOP = """from fwlab import App
from fwlab.lab import load, serve
import asyncio, time

app = App(title="Burger shop")

@app.get("/burgers")
async def burgers():
    await asyncio.sleep(0.2)
    return {"burgers": 3}

@app.get("/fries")
def fries():
    time.sleep(0.1)

server = await serve(app, name="shop")"""
ASKS = 'run = await load(\n    server, {"/burgers": 1, "/fries": 1},\n    users=12, duration=3)'
HOLDS = "time.sleep(30)"


def what_they_show() -> str:
    """A digest of what decides how the pictures look: the extension as it is built, and the list of the chapters."""
    shown = hashlib.sha256()
    for path in [*sorted(EXTENSION.rglob("*")), CHECKOUT / "notebooks" / "course.json"]:
        if path.is_file():
            shown.update(path.name.encode() + b"\0" + path.read_bytes())
    return shown.hexdigest()[:16]


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course, in which the first exercise is done and the second was begun."""
    lab = open_copy("shop", {"shop": SHOP, "asks": ASKS, "holds": HOLDS}, progress=True, TQDM_DISABLE="1")
    tasks = [*find_exercise("e00").tasks, find_exercise("e01").tasks[1]]
    exercises: dict[str, dict[str, object]] = {}
    for task in tasks:
        points = task.checks.points
        right = {"state": "right", "points": points, "out_of": points, "at": "2026-01-01T00:00:00Z"}
        exercises.setdefault(task.id.split(".")[0], {})[task.id] = {"best": right, "last": right, "checks": 1}
    (lab.folder / "fwlab-progress.json").write_text(json.dumps({"fwlab_progress": 1, "exercises": exercises}))
    return lab


@pytest.fixture
def take(page: Page) -> Iterator[Callable[[str], None]]:
    """A function that takes the picture of this name; it is kept in the folder that ``FWLAB_PICTURES`` names."""
    size = page.viewport_size
    page.set_viewport_size({"width": 1400, "height": 900})

    def take_(name: str) -> None:
        taken = page.screenshot()
        if folder := os.environ.get("FWLAB_PICTURES"):
            says = PngImagePlugin.PngInfo()
            says.add_text(MARK, what_they_show())
            with Image.open(io.BytesIO(taken)) as picture:
                picture.convert("RGB").quantize(256, method=Image.Quantize.MAXCOVERAGE).save(
                    Path(folder) / name, optimize=True, pnginfo=says
                )

    yield take_
    assert size is not None
    page.set_viewport_size(size)


def test_the_lab_while_a_cell_holds_the_loop(open_lab: Callable[[str], Lab], take: Callable[[str], None]) -> None:
    lab = open_lab("practice/shop.ipynb")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    lab.command("fwlab:layout")
    timeline = lab.page.locator(".fwlab-timeline")
    lab.run_cell("asks")
    expect(timeline.get_by_role("button", name="/fries").last).to_be_visible()
    lab.run_cell("holds", wait=False)
    expect(timeline).to_contain_text("BLOCKED")
    expect(lab.loop).to_contain_text("BLOCKED 1.")
    take("jupyterlab.png")
    lab.command("notebook:interrupt-kernel")
    expect(lab.loop).not_to_contain_text("BLOCKED")


def test_an_exercise_whose_answer_is_wrong(open_lab: Callable[[str], Lab], take: Callable[[str], None]) -> None:
    lab = open_lab("practice/e01_in_a_hurry.ipynb")
    starter = next(cell["id"] for cell in lab.notebook.cells if cell["metadata"]["fwlab"]["role"] == "starter")
    lab.page.evaluate(
        f"id => {{ const notebook = {NOTEBOOK}.content;"
        "notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.model.id === id); }",
        starter,
    )
    wrong = (CHECKOUT / "exercises" / "e01_in_a_hurry" / "wrong" / "async_wrapper.py").read_text(encoding="utf-8")
    lab.notebook.set_source(starter, re.sub(r"(# .*\n)+\n?", "", wrong, count=1))
    lab.command("fwlab:check")
    verdict = lab.page.locator(".fwlab-verdict").last
    expect(verdict).to_contain_text("wrong")
    expect(verdict).to_be_in_viewport(ratio=0.9)
    take("exercise.png")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_of_what_is_there_now(name: str) -> None:
    with Image.open(CHECKOUT / "docs" / name) as picture:
        assert picture.info.get(MARK) == what_they_show(), "`make screenshots` makes the pictures in docs/ again"
