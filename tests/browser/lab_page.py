"""A page of JupyterLab with the extension's parts in it, as the browser tests handle it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .notebook_page import NotebookPage

expect.set_options(timeout=30_000)  # milliseconds


class Lab:
    """A page of JupyterLab with the extension's parts in it."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.page: Page = notebook.page
        self.widget = f"""[...window.jupyterapp.shell.widgets("main")]
            .find(widget => widget.context && widget.context.path === "{notebook.path}")"""
        self.panel = self.page.locator("#fwlab-sidebar")
        self.loop = self.page.locator(".fwlab-loop")
        self.page.evaluate(  # an earlier test's
            """for (const widget of [...window.jupyterapp.shell.widgets("main")])
                if (widget !== window.jupyterapp.shell.currentWidget) widget.dispose();"""
        )
        expect(self.loop).to_contain_text("loop")  # the kernel has fwlab
        self.page.evaluate("window.jupyterapp.shell.activateById('fwlab-sidebar')")

    def command(self, name: str) -> None:
        self.page.evaluate(f"void window.jupyterapp.commands.execute('{name}')")

    def look_at_the_notebook(self) -> None:
        self.page.evaluate(f"window.jupyterapp.shell.activateById({self.widget}.id)")
        self.page.wait_for_function(f"() => window.jupyterapp.shell.currentWidget === {self.widget}")

    def run_cell(self, cell: str, *, wait: bool = True) -> None:
        self.look_at_the_notebook()
        self.page.evaluate(
            f"""id => {{
                const notebook = {self.widget}.content;
                notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.model.id === id);
                void window.jupyterapp.commands.execute('notebook:run-cell');
            }}""",
            cell,
        )
        if wait:
            self.page.wait_for_function(
                f"id => {self.widget}.content.widgets.find(cell => cell.model.id === id).model.executionCount",
                arg=cell,
            )
