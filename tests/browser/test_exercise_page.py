"""An exercise in JupyterLab, as a learner does it: check, read, go to the line, ask for a hint, mend, begin anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from fwlab.grading.exercise import find_exercise

from .lab_page import Lab
from .notebook_page import NOTEBOOK

HELPED = """def run_all(*coroutines):
    return [run_one(coroutine) for coroutine in coroutines]


def run_one(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as end:
        return end.value
"""
BLOCKS = find_exercise("e01").tasks[0].starter.replace("app = App()", "app = App()\nanother = 1")


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course with an empty notebook beside the exercises, whose progress is remembered in it."""
    return open_copy("empty", {"nothing": ""}, progress=True)


def toolbar(lab: Lab, name: str) -> Locator:
    """Return a button of the notebook's toolbar that is looked at."""
    bar = lab.page.get_by_role("toolbar", name="main area toolbar").locator("visible=true")
    return bar.get_by_role("button", name=name, exact=True)


def cell_of(lab: Lab, task: str, role: str) -> str:
    """Return the identifier of a task's cell."""
    return str(
        next(
            cell["id"]
            for cell in lab.notebook.cells
            if (cell["metadata"]["fwlab"].get("task"), cell["metadata"]["fwlab"]["role"]) == (task, role)
        )
    )


def answer(lab: Lab, task: str, source: str) -> None:
    """Put an answer into its cell, with the cursor in it, and check it."""
    starter = cell_of(lab, task, "starter")
    lab.look_at_the_notebook()
    lab.notebook.set_source(starter, source)
    lab.page.evaluate(
        f"id => {{ const notebook = {NOTEBOOK}.content;"
        "notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.model.id === id); }",
        starter,
    )
    toolbar(lab, "Check").click()


def verdict(lab: Lab) -> Locator:
    return lab.page.locator(".fwlab-verdict").last


def test_a_wrong_answer_is_judged_led_to_and_mended(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/e01_in_a_hurry.ipynb")
    answer(lab, "e01.1", BLOCKS)
    expect(verdict(lab)).to_contain_text("wrong")
    expect(verdict(lab)).to_be_in_viewport(ratio=0.9)
    trial = cell_of(lab, "e01.1", "try")
    assert next(cell for cell in lab.notebook.cells if cell["id"] == trial)["execution_count"] is None
    active = f"{NOTEBOOK}.content.activeCell.model.id"
    assert lab.page.evaluate(active) == cell_of(lab, "e01.1", "starter")
    lab.page.evaluate(f"{NOTEBOOK}.content.activeCellIndex = 0")
    verdict(lab).get_by_role("link", name="line 10 of stock").press("Enter")
    lab.page.wait_for_function("() => getSelection().toString() === 'pieces = ask_supplier(item)'")
    assert lab.page.evaluate(active) == cell_of(lab, "e01.1", "starter")
    answer(lab, "e01.1", "app = App(\n")
    expect(lab.page.locator(".jp-OutputArea-output", has_text="SyntaxError")).to_be_in_viewport()
    expect(lab.page.locator(".fwlab-verdict")).to_have_count(0)  # of which answer would it be?
    answer(lab, "e01.1", find_exercise("e01").tasks[0].solution)
    expect(verdict(lab)).to_contain_text("✓ right")
    expect(verdict(lab)).to_contain_text("before: ✗ wrong, 0 of 2 points")


@pytest.mark.parametrize(
    ("notebook", "task", "wrong"),
    [("e03_coroutines", "e03.3", HELPED), ("e06_parallel_burgers", "e06.1", "")],
    ids=["whose helper stays in the kernel", "a guess"],
)
def test_each_kind_of_answer_can_be_right(open_lab: Callable[[str], Lab], notebook: str, task: str, wrong: str) -> None:
    lab = open_lab(f"practice/{notebook}.ipynb")
    asked = find_exercise(task.partition(".")[0]).task(task)
    answer(lab, task, wrong or asked.starter)
    expect(verdict(lab)).to_contain_text("wrong" if wrong else "unattempted")
    answer(lab, task, asked.solution)
    expect(verdict(lab)).to_contain_text("✓ right")


def test_a_check_is_asked_for_by_a_cell_s_button_a_shortcut_and_the_palette(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/e01_in_a_hurry.ipynb")
    cell = lab.page.locator(".jp-Cell", has_text="ask_supplier(item)").locator("visible=true").first
    cell.click()
    cell.get_by_role("button", name="Check", exact=True).click()
    expect(verdict(lab)).to_contain_text("unattempted")
    for ask in ("shortcut", "palette"):
        lab.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        expect(lab.page.locator(".fwlab-verdict")).to_have_count(0)
        cell.locator(".cm-content").click()
        if ask == "shortcut":
            lab.page.keyboard.press("Control+Shift+Enter")
        else:
            lab.command("apputils:activate-command-palette")
            lab.page.locator("#modal-command-palette input").fill("fwlab check")
            lab.page.keyboard.press("Enter")
        expect(verdict(lab)).to_contain_text("unattempted")


def test_hints_come_one_after_the_other_and_a_reset_says_what_it_did(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/e00_start.ipynb")
    starter = cell_of(lab, "e00.1", "starter")
    answer(lab, "e00.1", "my answer")
    dialog = lab.page.locator(".jp-Dialog")
    toolbar(lab, "Hint").click()
    expect(dialog).to_contain_text("hint 1 of")
    dialog.get_by_role("button", name="Next hint").click()
    expect(dialog).to_contain_text("hint 2 of")
    lab.page.keyboard.press("Escape")
    toolbar(lab, "Solution").click()
    dialog.get_by_role("button", name="My answer is right").click()
    expect(dialog).to_contain_text("not right yet")
    lab.page.keyboard.press("Escape")
    toolbar(lab, "Reset").click()
    dialog.get_by_role("button", name="Reset").click()
    expect(dialog).to_contain_text("begun anew")
    expect(dialog).not_to_contain_text("Reload")
    lab.page.keyboard.press("Escape")
    source = next(cell["source"] for cell in lab.notebook.cells if cell["id"] == starter)
    assert source.strip() == find_exercise("e00").tasks[0].starter.strip()


def test_a_hint_is_asked_for_behind_a_cell_that_fails(open_lab: Callable[[str], Lab], lab: Any) -> None:
    folder = lab.folder / "practice"
    lab = open_lab("practice/e00_start.ipynb")
    starter = cell_of(lab, "e00.1", "starter")
    fails = "from pathlib import Path\nwhile not Path('asked').exists():\n    pass\n1 / 0\n"
    lab.notebook.set_source(starter, fails)
    lab.run_cell(starter, wait=False)
    toolbar(lab, "Hint").click()
    (folder / "asked").touch()
    expect(lab.page.locator(".jp-Dialog")).to_contain_text(re.compile("hint 1 of|the last hint"))


def test_two_notebooks_are_open_and_only_the_exercise_has_the_buttons(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/e02_waiting.ipynb")
    lab.page.evaluate(
        """() => void window.jupyterapp.commands.execute("docmanager:open",
            {path: "practice/empty.ipynb", options: {mode: "split-bottom"}})"""
    )
    bars = lab.page.get_by_role("toolbar", name="main area toolbar").locator("visible=true")
    expect(bars).to_have_count(2)
    lab.look_at_the_notebook()
    expect(bars.get_by_role("button", name="Check", exact=True)).to_have_count(1)
    answer(lab, "e02.1", find_exercise("e02").tasks[0].solution)
    expect(verdict(lab)).to_contain_text("✓ right")
    expect(bars.get_by_role("button", name="Reset", exact=True)).to_have_count(1)
