"""What a learner asks in JupyterLab: quizzes and predictions, by keyboard alone and by mouse; and to begin anew."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from fwlab.grading.exercise import find_exercise

from .notebook_page import NOTEBOOK, PATIENCE, NotebookPage, text_of

CELLS = {
    "quiz": "from fwlab.grading import predict, quiz\n\nquiz('q01')",
    "predict": "predict('41 users, 50 ms each: how long does the slowest wait?', ['50 ms', '2 s'], of='max')",
    "app": (
        "import asyncio\nfrom fwlab import App\nfrom fwlab.lab import load, virtual\n\napp = App()\n\n\n"
        "@app.get('/io')\nasync def io():\n    await asyncio.sleep(0.05)"
    ),
    "stressed": "quiz('q02')",
    "after": "virtual(lambda: load(app, '/io', users=41, requests=41))",
}


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course with a notebook of questions, whose progress is remembered in it."""
    return open_copy("questions", CELLS, progress=True)


def remembered_by(lab: Any) -> Any:
    """What the learner's progress file holds."""
    return json.loads((lab.folder / "fwlab-progress.json").read_text(encoding="utf-8"))


def run_first_two(notebook: NotebookPage) -> tuple[Locator, Locator]:
    notebook.run_all()
    sheets = notebook.page.locator(".fwlab-sheet section")
    expect(sheets).to_have_count(3, timeout=PATIENCE * 1000)
    return sheets.nth(0), sheets.filter(has_text="41 users, 50 ms each")


def focused(page: Page) -> str:
    """What a screen reader would say has the focus: its role and what it is called."""
    return str(
        page.evaluate("""() => {
        const it = document.activeElement;
        return `${it.type ?? it.tagName} ${it.labels?.length ? it.labels[0].innerText : it.innerText}`.trim();
    }""")
    )


def test_a_quiz_is_answered_by_keyboard_alone(open_notebook: Callable[[str], NotebookPage], lab: Any) -> None:
    notebook = open_notebook("practice/questions.ipynb")
    quiz, _ = run_first_two(notebook)
    page = notebook.page
    first = quiz.get_by_role("group").nth(0)
    expect(first).to_contain_text("driver that knows no await")
    expect(first).to_have_accessible_name(
        "1. The stock page asks a database through a driver that knows no await. How do you write its handler?"
    )
    first.get_by_role("radio").nth(0).focus()
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("radio async def, for a server"), "the notebook did not take the arrow key"
    page.keyboard.press("Enter")
    status = first.get_by_role("status")
    expect(status).to_have_text("✗ Not yet. Try again.")
    expect(first).to_contain_text("✗ Not right: The driver would hold the loop")
    expect(first).not_to_contain_text("✓ Right")
    chosen = first.get_by_role("radio", name="async def, for a server is asynchronous")
    expect(chosen).to_have_accessible_description(re.compile("^✗ Not right: The driver would hold the loop"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    assert focused(page) == "submit Answer"
    page.keyboard.press("Space")
    expect(status).to_have_text("✓ Right.")
    expect(first).to_contain_text("✓ Right: Rule 2.")
    for key in ("d", "d", "a", "x", "y"):  # commands of the notebook: delete the cell, insert one, ...
        page.keyboard.press(key)
    assert [cell["id"] for cell in notebook.cells] == list(CELLS)
    page.keyboard.press("Tab")
    assert focused(page).startswith("PRE"), "a wide program can be scrolled by keyboard"
    remembered = remembered_by(lab)["quizzes"]["q01"]["driver-without-await"]
    assert (remembered["tries"], remembered["first"]["chosen"], remembered["right"]) == (2, ["b"], True)


def test_what_may_have_several_answers_is_asked_with_check_boxes(
    open_notebook: Callable[[str], NotebookPage],
) -> None:
    quiz, _ = run_first_two(open_notebook("practice/questions.ipynb"))
    last = quiz.get_by_role("group").nth(4)
    expect(last).to_contain_text("choose all that are right")
    last.get_by_role("button", name="Answer").click()
    expect(last.get_by_role("status")).to_have_text("Choose one or more first.")
    last.get_by_label("Whether the answer is right").check()
    last.get_by_role("button", name="Answer").click()
    expect(last.get_by_role("status")).to_have_text("✗ Right as far as it goes: there is more to choose.")
    last.get_by_label("How long one request takes alone").check()
    last.get_by_role("button", name="Answer").click()
    expect(last.get_by_role("status")).to_have_text("✓ Right.")


def test_what_is_stressed_is_set_so(open_notebook: Callable[[str], NotebookPage]) -> None:
    notebook = open_notebook("practice/questions.ipynb")
    run_first_two(notebook)
    waits = notebook.page.locator(".fwlab-sheet section").nth(2).get_by_role("group").nth(3)
    waits.get_by_label("After about 10 s").check()
    waits.get_by_role("button", name="Answer").click()
    expect(waits.locator("em")).to_have_text("runs")
    expect(waits).not_to_contain_text("*")


def test_what_is_right_is_not_in_the_page(open_notebook: Callable[[str], NotebookPage]) -> None:
    quiz, _ = run_first_two(open_notebook("practice/questions.ipynb"))
    assert "Rule 2" not in quiz.evaluate("section => section.outerHTML")


def test_a_guess_stands_beside_what_the_next_run_measures(
    open_notebook: Callable[[str], NotebookPage], lab: Any
) -> None:
    notebook = open_notebook("practice/questions.ipynb")
    _, guess = run_first_two(notebook)
    shown = {cell["id"]: text_of(cell) for cell in notebook.cells}
    assert "you made no guess" in shown["after"]
    page = notebook.page
    page.evaluate(f"{NOTEBOOK}.content.activeCellIndex = 1")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
    expect(guess.get_by_role("status")).to_have_text("")
    guess.get_by_role("radio").nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(guess.get_by_role("status")).to_have_text("Noted: 2 s. The next run shows it beside what was measured.")
    page.evaluate(f"{NOTEBOOK}.content.activeCellIndex = 4")
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
    page.wait_for_function(
        f"{NOTEBOOK}.content.widgets[4].model.outputs.toJSON().some("
        "output => JSON.stringify(output).includes('your guess was 2 s'))"
    )
    [remembered] = remembered_by(lab)["predictions"].values()
    assert (remembered["guess"], remembered["measured"], remembered["closest"]) == ("2 s", "50.0 ms", "50 ms")


def test_an_exercise_is_checked_and_begun_anew(open_notebook: Callable[[str], NotebookPage], lab: Any) -> None:
    notebook = open_notebook("practice/e01_in_a_hurry.ipynb")
    page = notebook.page
    task = find_exercise("e01").tasks[0]
    notebook.set_source("starter", task.solution)  # and not saved: only the kernel knows it
    notebook.set_source("try", "%load_ext fwlab.jupyter\n%check e01")
    notebook.set_source("check", "%reset_answer e01")
    notebook.run_all()
    shown = {cell["id"]: text_of(cell) for cell in notebook.cells if cell["cell_type"] == "code"}
    assert "right, 2 of 2 points" in shown["try"]
    assert "begun anew" in shown["check"]
    assert remembered_by(lab)["exercises"]["e01"]["e01.1"]["best"]["state"] == "right"
    kept = (lab.folder / "practice" / "kept-answers" / "e01-1.py").read_text(encoding="utf-8")
    assert task.solution.strip() in kept
    page.evaluate("void window.jupyterapp.commands.execute('docmanager:reload')")
    page.locator(".jp-Dialog button.jp-mod-warn, .jp-Dialog button.jp-mod-accept").last.click()
    page.wait_for_function(
        f"source => {NOTEBOOK}.content.widgets"
        ".some(cell => cell.model.id === 'starter' && cell.model.sharedModel.source.trim() === source.trim())",
        arg=task.starter,
    )
