"""A JupyterLab that is older than the one which the extension is made for: as one that says an older number."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from .notebook_page import NotebookPage


@pytest.fixture(scope="module")
def lab(open_copy: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    config = tmp_path_factory.mktemp("config")
    (config / "labconfig").mkdir()
    (config / "labconfig" / "page_config.json").write_text(json.dumps({"appVersion": "4.4.9"}), encoding="utf-8")
    return open_copy(JUPYTER_CONFIG_DIR=str(config))


def test_it_is_told_in_the_sidebar_what_it_lacks(open_notebook: Callable[[str], NotebookPage]) -> None:
    page = open_notebook("practice/e00_start.ipynb").page
    page.evaluate("window.jupyterapp.shell.activateById('fwlab-sidebar')")
    expect(page.locator("#fwlab-sidebar")).to_contain_text(re.compile("This is JupyterLab 4.4.9, and .* 4.6 or newer"))
    expect(page.get_by_role("button", name="Check", exact=True)).to_have_count(0)
    expect(page.locator(".fwlab-loop, .jp-Dialog, .jp-toast-message")).to_have_count(0)


def test_what_it_needs_is_what_is_installed_with_fwlab() -> None:
    checkout = Path(__file__).resolve().parents[2]
    project = (checkout / "pyproject.toml").read_text(encoding="utf-8")
    module = (checkout / "fwlab/jupyter/labextension/src/olderLab.ts").read_text(encoding="utf-8")
    needed = re.search(r'"jupyterlab>=(\d+)\.(\d+)"', project)
    assert needed
    assert f"OLDEST = [{needed[1]}, {needed[2]}]" in module
