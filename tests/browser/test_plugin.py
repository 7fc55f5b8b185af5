"""The JupyterLab extension, as a learner meets it: the course, the servers, and the loop."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .lab_page import Lab
from .notebook_page import NOTEBOOK

SHOP = """
import asyncio, time
from fwlab import App
from fwlab.lab import load, serve

app = App(title="Burger shop")

@app.get("/burgers")
async def burgers():
    await asyncio.sleep(0.05)
    return ["classic"]

server = await serve(app, name="shop")
"""
FRIES = """
@app.get("/fries")
def fries(): ...
"""
ASKS = "run = await load(server, '/burgers', users=5, duration=60)"
SOLVED = {"e00.1", "e00.2"}


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course with a shop in it, of which a chapter's exercise was begun."""
    cells = {"shop": SHOP, "asks": ASKS, "holds": "time.sleep(60)", "fries": FRIES}
    lab = open_copy("shop", cells)
    right = {"state": "right", "points": 2, "out_of": 2, "at": "2026-01-01T00:00:00Z"}
    tasks = {task: {"best": right, "last": right, "checks": 1} for task in SOLVED}
    (lab.folder / "fwlab-progress.json").write_text(json.dumps({"fwlab_progress": 1, "exercises": {"e00": tasks}}))
    return lab


def test_the_course_panel_lists_what_is_there(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("notebooks/00_start.ipynb")
    expect(lab.panel).to_contain_text("0 of ")
    expect(lab.panel.get_by_label("Exercise 0: 4 of 6 points")).to_be_visible()
    expect(lab.panel.get_by_label("under way")).to_have_count(1)
    lab.panel.get_by_label("Search the course").fill("burgers")
    expect(lab.panel).not_to_contain_text("0 · Start here")
    lab.panel.get_by_role("button", name="5 · Concurrent burgers").click()
    lab.page.wait_for_function(f"() => {NOTEBOOK}.context && {NOTEBOOK}.context.path.includes('05_')")
    lab.panel.get_by_label("Search the course").fill("")
    expect(lab.panel.get_by_role("button", name="Continue: Concurrent burgers")).to_be_visible()
    for button in lab.panel.get_by_role("button").all():
        assert button.evaluate("button => button.scrollHeight <= button.clientHeight + 1"), "its words are cut off"


def test_the_launcher_has_the_course_and_a_notebook_for_the_lab(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/shop.ipynb")
    lab.command("launcher:create")
    card = lab.page.locator(".jp-LauncherCard")
    expect(card.filter(has_text="Lab notebook")).to_be_visible()
    card.filter(has_text="Course").click()
    lab.page.wait_for_function(f"() => {NOTEBOOK}.context && {NOTEBOOK}.context.path === 'notebooks/00_start.ipynb'")
    lab.command("launcher:create")
    card.filter(has_text="Lab notebook").locator("visible=true").click()
    lab.page.wait_for_function(f"() => {NOTEBOOK}.context && {NOTEBOOK}.context.path.includes('Untitled')")
    lab.page.wait_for_function(f"() => {NOTEBOOK}.sessionContext.session?.kernel?.status === 'idle'")
    lab.command("notebook:run-all-cells")
    expect(lab.panel.get_by_label("Stop main")).to_be_visible()
    lab.page.evaluate(f"{NOTEBOOK}.sessionContext.shutdown()")


def test_a_server_is_listed_opened_and_stopped_while_a_cell_holds_the_loop(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/shop.ipynb")
    expect(lab.panel).to_contain_text("No server is running.")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    expect(lab.panel.locator(".fwlab-route")).to_contain_text(["GET /burgers loop"])
    lab.panel.get_by_label("Docs of shop").click()
    docs = lab.page.frame_locator("iframe")
    expect(docs.get_by_role("heading", name="Burger shop")).to_be_visible()
    lab.run_cell("fries")
    expect(lab.panel.locator(".fwlab-route")).to_have_count(2)
    expect(docs.get_by_text("/fries").first).to_be_visible()  # the page was loaded again
    lab.run_cell("holds", wait=False)
    expect(lab.loop).to_contain_text("BLOCKED")
    expect(lab.loop).to_contain_text("line 1")
    lab.panel.get_by_label("Stop shop").click()
    lab.look_at_the_notebook()
    lab.command("notebook:interrupt-kernel")
    expect(lab.loop).not_to_contain_text("BLOCKED")
    expect(lab.panel).to_contain_text("No server is running.")
    expect(lab.page.get_by_text("The server shop has stopped.")).to_be_visible()
    lab.run_cell("shop")
    expect(docs.get_by_role("heading", name="Burger shop")).to_be_visible()
    expect(lab.page.get_by_text("The server shop has stopped.")).to_be_hidden()


def wait_for_other_requests(lab: Lab) -> None:
    """Wait until the live timeline has been drawn again, with later requests."""
    shown = "document.querySelector('.fwlab-timeline svg[role=group]').getAttribute('aria-label')"
    lab.page.wait_for_function(f"before => {shown} !== before", arg=lab.page.evaluate(shown))


def middle_row(lab: Lab) -> tuple[float, float]:
    """Where the row in the middle of the timeline is; asked for in one go, for each redraw has rows of its own."""
    x, y = lab.page.evaluate("""() => {
        const rows = document.querySelectorAll(".fwlab-timeline [data-request]");
        const row = rows[Math.floor(rows.length / 2)].getBoundingClientRect();
        return [row.x + row.width / 2, row.y + row.height / 2];
    }""")
    return float(x), float(y)


def test_requests_are_bars_while_they_run_and_a_timeline_can_be_kept(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/shop.ipynb")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    lab.command("fwlab:layout")
    timeline = lab.page.locator(".fwlab-timeline")
    expect(timeline).to_contain_text("so far")
    lab.run_cell("asks", wait=False)
    rows = timeline.get_by_role("button", name="/burgers")
    expect(rows.first).to_be_visible()
    story = timeline.locator(".fwlab-story")
    rows.last.focus()
    wait_for_other_requests(lab)
    lab.page.keyboard.press("Enter")  # the row that has the focus keeps it, while others come and go
    expect(story).to_contain_text("/burgers: ")
    story.evaluate("story => story.replaceChildren()")
    lab.page.mouse.move(*middle_row(lab))
    lab.page.mouse.down()
    wait_for_other_requests(lab)
    lab.page.mouse.up()
    expect(story).to_contain_text("/burgers: ")
    lab.look_at_the_notebook()
    lab.command("notebook:interrupt-kernel")
    lab.page.wait_for_function(f"() => {lab.widget}.sessionContext.session.kernel.status === 'idle'")
    timeline.get_by_role("button", name="Keep").click()
    figure = lab.page.locator(".jp-OutputArea-output img")
    expect(figure.last).to_be_visible()
    expect(figure.last).to_have_attribute("alt", re.compile(r"/burgers"))
    lab.page.locator(".jp-OutputArea-output details", has_text="In words").last.click()
    expect(lab.page.locator(".fwlab-words p").last).to_contain_text("/burgers")
    lab.look_at_the_notebook()
    sources = [cell["source"] for cell in lab.notebook.cells]
    assert any("kept_timeline(1).plot()" in source for source in sources)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nothing_in_it_keeps_anybody_out(open_lab: Callable[[str], Lab], theme: str) -> None:
    lab = open_lab("practice/shop.ipynb")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    lab.page.evaluate(f"window.jupyterapp.commands.execute('apputils:change-theme', {{theme: '{theme}'}})")
    lab.command("fwlab:timeline")
    expect(lab.page.locator(".fwlab-timeline")).to_contain_text("so far")
    for part in ("#fwlab-sidebar", ".fwlab-timeline", ".fwlab-loop"):
        found = Axe().run(lab.page, context=part).response["violations"]
        serious = [f"{fault['id']}: {fault['help']}" for fault in found if fault["impact"] in ("serious", "critical")]
        assert serious == [], part


def test_a_restart_of_the_kernel_and_a_reload_of_the_page_lose_nothing(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/shop.ipynb")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    lab.page.evaluate(f"{NOTEBOOK}.sessionContext.session.kernel.restart()")
    expect(lab.panel).to_contain_text("No server is running.")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    lab.page.reload()
    lab.page.locator("#jupyterlab-splash").wait_for(state="detached")
    lab.page.evaluate("window.jupyterapp.shell.activateById('fwlab-sidebar')")
    expect(lab.panel).to_contain_text("Burger shop")
