"""A headless Chromium, and a copy of the course open in JupyterLab, started as a learner starts it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from fwlab.course import COURSE_VARIABLE, course_folder

from .lab_page import Lab
from .notebook_page import PATIENCE, NotebookPage

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this machine; Playwright's own is never downloaded. For a module, as its loop keeps the thread."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on the PATH: install chromium (or google-chrome) to run the browser tests")
    sandbox = hasattr(os, "geteuid") and os.geteuid() != 0  # Chromium has none to offer to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, chromium_sandbox=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def open_copy(
    browser: Browser, start_course: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """A function that opens a copy of the course in JupyterLab; what a test does to it stays in the copy.

    ``cells``, by their ids, become the notebook ``practice/NAME.ipynb``. With ``progress``, what the learner does is
    kept in the copy's ``fwlab-progress.json``. ``arguments`` are more of Jupyter's, ``environment`` more variables.
    """

    def open_(
        name: str = "",
        cells: Mapping[str, str] | None = None,
        *arguments: str,
        progress: bool = False,
        **environment: str,
    ) -> Any:
        copy = tmp_path_factory.mktemp("course")
        for part in ("notebooks", "exercises", "practice"):
            shutil.copytree(course_folder() / part, copy / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        if cells is not None:
            kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}  # or JupyterLab asks which
            written = [nbformat.v4.new_code_cell(source, id=id_) for id_, source in cells.items()]
            notebook = nbformat.v4.new_notebook(cells=written, metadata=kernel)
            nbformat.write(notebook, copy / "practice" / f"{name}.ipynb")
        environment[COURSE_VARIABLE] = str(copy)
        if progress:
            environment["FWLAB_PROGRESS"] = str(copy / "fwlab-progress.json")
        lab = start_course("--", "--LabApp.expose_app_in_browser=True", *arguments, cwd=copy, **environment)
        lab.folder = copy
        return lab

    return open_


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any]) -> Any:
    """A copy of the course, open in JupyterLab."""
    return open_copy()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, in which a module's notebooks are opened one after the other."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


@pytest.fixture
def screenshots() -> Path | None:
    """The folder that ``FWLAB_SCREENSHOTS`` names; pictures of what a learner sees are kept there, if it is set."""
    if not (named := os.environ.get("FWLAB_SCREENSHOTS")):
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def open_notebook(
    page: Page, lab: Any, screenshots: Path | None, request: pytest.FixtureRequest
) -> Iterator[Callable[[str], NotebookPage]]:
    """A function that opens one notebook of the course, for this test, in a page that knows no other host."""
    asked: set[str] = set()

    def note(asking: Request) -> None:
        asked.add(asking.url)

    opened: list[NotebookPage] = []

    def open_(path: str) -> NotebookPage:
        assert not opened, "one notebook for a test"
        opened.append(NotebookPage(page, lab.address, path))
        return opened[-1]

    page.on("request", note)
    yield open_
    for notebook in opened:
        if screenshots:
            name = re.sub(r"\W+", "-", f"{request.node.name} {notebook.path}").strip("-")
            notebook.screenshot(screenshots / f"{name}.png")
        notebook.close()
    page.remove_listener("request", note)
    elsewhere = {url for url in asked if not url.startswith((lab.address.split("/lab/")[0], "data:", "blob:"))}
    assert not elsewhere, "the page asked other hosts"


@pytest.fixture
def open_lab(open_notebook: Callable[[str], NotebookPage]) -> Iterator[Callable[[str], Lab]]:
    """A function that opens one notebook, for this test, with the extension's panel beside it."""
    opened: list[Lab] = []

    def open_(path: str) -> Lab:
        opened.append(Lab(open_notebook(path)))
        return opened[-1]

    yield open_
    for lab in opened:
        lab.look_at_the_notebook()  # whose picture is kept
