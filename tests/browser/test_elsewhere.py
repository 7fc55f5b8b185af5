"""The extension where it is not at home: behind another base URL, as on a hub, and with a kernel that has no fwlab."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import expect

from .lab_page import Lab
from .notebook_page import NotebookPage

SHOP = """
from fwlab import App
from fwlab.lab import serve

app = App(title="Burger shop")

@app.get("/burgers")
async def burgers():
    return ["classic"]

server = await serve(app, name="shop")
"""
WITHOUT = "import sys; sys.modules['fwlab'] = None; from ipykernel.kernelapp import launch_new_instance as run; run()"


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The course under ``/user/x/``, with a shop, and with a notebook whose kernel has no fwlab."""
    shared = tmp_path_factory.mktemp("shared")
    bare = shared / "kernels" / "bare"
    bare.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, "-c", WITHOUT, "-f", "{connection_file}"],
        "display_name": "Bare",
        "language": "python",
    }
    (bare / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    lab = open_copy("shop", {"shop": SHOP}, "--ServerApp.base_url=/user/x/", JUPYTER_DATA_DIR=str(shared))
    metadata = {"kernelspec": {"name": "bare", "display_name": "Bare"}}
    cells = [nbformat.v4.new_code_cell("1 + 1", id="sum")]
    nbformat.write(
        nbformat.v4.new_notebook(cells=cells, metadata=metadata), Path(lab.folder) / "practice" / "bare.ipynb"
    )
    return lab


def test_the_pages_of_a_server_are_found_under_the_base_url(open_lab: Callable[[str], Lab]) -> None:
    lab = open_lab("practice/shop.ipynb")
    lab.run_cell("shop")
    expect(lab.panel).to_contain_text("Burger shop")
    lab.panel.get_by_label("Docs of shop").click()
    docs = lab.page.frame_locator("iframe")
    expect(docs.get_by_role("heading", name="Burger shop")).to_be_visible()
    expect(docs.get_by_text("/burgers").first).to_be_visible()
    assert "/user/x/proxy/" in str(lab.page.locator("iframe").get_attribute("src"))


def test_a_kernel_without_fwlab_is_explained_quietly(open_notebook: Callable[[str], NotebookPage]) -> None:
    notebook = open_notebook("practice/bare.ipynb")
    page = notebook.page
    page.evaluate("window.jupyterapp.shell.activateById('fwlab-sidebar')")
    panel = page.locator("#fwlab-sidebar")
    expect(panel).to_contain_text("kernel has no fwlab.")
    notebook.run_all()
    assert notebook.cells[0]["outputs"][0]["data"]["text/plain"] == "2"
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".fwlab-loop")).to_have_text("")
