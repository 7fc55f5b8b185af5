"""A notebook in JupyterLab, as the browser tests handle it: open it, put code into a cell, run it, read it.

JupyterLab is asked through its own application object (``--LabApp.expose_app_in_browser``), for what the page shows
depends on what is scrolled into view.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

PATIENCE = 120  # seconds; a cell takes one or two of them, a busy machine takes its time

NOTEBOOK = "window.jupyterapp.shell.currentWidget"

READY = f"""path => {{
    const panel = window.jupyterapp && {NOTEBOOK};
    const session = panel && panel.context && panel.context.path === path && panel.sessionContext;
    return session && session.isReady && session.session.kernel.status === "idle";
}}"""

# Done is when every cell with code in it has run, or when one has failed that may not.
DONE = f"""() => {NOTEBOOK}.content.widgets.every(cell =>
    cell.model.type !== "code" || !cell.model.sharedModel.source.trim() ||
    (cell.model.executionCount !== null && cell.model.executionState !== "running"))
|| {NOTEBOOK}.content.widgets.some(cell =>
    cell.model.type === "code" && !(cell.model.getMetadata("tags") || []).includes("raises-exception") &&
    cell.model.outputs.toJSON().some(output => output.output_type === "error"))"""


class NotebookPage:
    """One notebook, open in a page with a kernel that is ready.

    In a page that shows JupyterLab already, it is opened as a double click in the list of files would; else the page
    goes to its address. JupyterLab's own code is large, and to load it takes longer than to open a notebook.
    """

    def __init__(self, page: Page, address: str, path: str) -> None:
        base, token = address.split("/lab/")[0], address.split("?token=")[1]
        self.page = page
        self.path = path
        if page.url.startswith(f"{base}/lab"):
            page.evaluate("path => void window.jupyterapp.commands.execute('docmanager:open', {path})", path)
        else:
            page.goto(f"{base}/lab/tree/{path}?token={token}&reset")
            page.locator("#jupyterlab-splash").wait_for(state="detached")
        page.wait_for_function(READY, arg=path)

    def close(self) -> None:
        """End the kernel and close the notebook; what was not saved is gone, and so is a dialog that is still open."""
        if self.page.locator(".jp-Dialog").count():
            self.page.keyboard.press("Escape")
        self.page.evaluate(f"""async () => {{
            const panel = {NOTEBOOK};
            await panel.sessionContext.shutdown();
            panel.dispose();
        }}""")

    def set_source(self, cell_id: str, source: str) -> None:
        """Put code into a cell, as typing it would."""
        page_code = f"""([id, source]) => {NOTEBOOK}.content.widgets
            .find(cell => cell.model.id === id).model.sharedModel.setSource(source)"""
        self.page.evaluate(page_code, [cell_id, source])

    def run_all(self) -> None:
        """Forget the outputs that are stored, run every cell, and wait for the last."""
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
        self.page.evaluate("void window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(DONE)

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The notebook's cells, as they would be saved now."""
        cells: list[dict[str, Any]] = self.page.evaluate(f"{NOTEBOOK}.content.model.toJSON().cells")
        return cells

    def screenshot(self, file: Path) -> None:
        """Keep a picture of what a learner sees: at the first figure, or else at the end."""
        cells = self.cells
        shown = next((number for number, cell in enumerate(cells) if _has_picture(cell)), len(cells) - 1)
        self.page.evaluate(f"number => {NOTEBOOK}.content.scrollToItem(number, 'start')", shown)
        self.page.wait_for_timeout(500)  # milliseconds, for the page to draw; only the picture depends on it
        self.page.screenshot(path=file)


def _has_picture(cell: dict[str, Any]) -> bool:
    outputs = cell.get("outputs", ())
    return any(mime.startswith("image/") for output in outputs for mime in output.get("data", ()))


def text_of(cell: dict[str, Any]) -> str:
    """All that a cell put out as text."""
    parts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell["outputs"]]
    return "".join("".join(part) for part in parts)
