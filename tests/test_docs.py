"""The documentation's programs run: each ``python`` block of the README and of docs/ that does not say ``fragment``."""

import ast
import asyncio
import inspect
import re
import sys
import types
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```python *(?P<info>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def programs(page: Path) -> list[tuple[str, str]]:
    """The blocks of a page that are programs, each under a name that says where it stands."""
    text = page.read_text(encoding="utf-8")
    return [
        (f"{page.relative_to(ROOT)}:{text.count(chr(10), 0, block.start()) + 2}", block["code"])
        for block in FENCE.finditer(text)
        if block["info"] != "fragment"
    ]


PROGRAMS = [program for page in PAGES for program in programs(page)]


@pytest.mark.parametrize(("place", "code"), PROGRAMS, ids=[place for place, _ in PROGRAMS])
def test_a_program_runs(place, code, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plt, "show", lambda: None)
    # A notebook's cell may await, so a program of the documentation may too.
    compiled = compile(code, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    module = types.ModuleType("program")
    monkeypatch.setitem(sys.modules, "program", module)

    async def run():
        awaited = eval(compiled, vars(module))
        if inspect.isawaitable(awaited):
            await asyncio.wait_for(awaited, timeout=60)

    try:
        asyncio.run(run())
    finally:
        plt.close("all")


def test_the_pages_have_programs():
    assert {place.partition(":")[0] for place, _ in PROGRAMS} >= {"README.md", "docs/fastapi.md"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_python_escapes_by_a_misspelled_fence(page):
    infos = re.findall(r"^```(\S[^\n]*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    directives = {info for info in infos if info.startswith("{")}  # for Sphinx, which warns of those it does not know
    assert set(infos) - directives <= {"python", "python fragment", "sh", "text"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_inside_the_repository_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
