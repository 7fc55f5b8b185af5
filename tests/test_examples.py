"""The examples in docstrings that need a server, an event loop or a learner's progress, each run as a cell would."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import matplotlib.pyplot as plt
import pytest

import fwlab.grading
import fwlab.lab
from fwlab import App
from fwlab.lab import AppTransport, DirectTransport, compare, load, serve, sweep, trace

PACKAGE = Path(fwlab.__file__).parent


def blocks() -> list[Any]:
    """Every block under ``Example::`` in a docstring of the package, with where it stands."""
    found = []
    for path in sorted(path for path in PACKAGE.rglob("*.py") if "node_modules" not in path.parts):
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)) if "Example::" in source else ():
            if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for block in re.findall(
                r"^Example::\n\n((?:(?:    .*)?\n?)+)", ast.get_docstring(node) or "", re.MULTILINE
            ):
                place = f"{path.relative_to(PACKAGE)}: {getattr(node, 'name', '')}"
                found.append(pytest.param(textwrap.dedent(block).strip(), id=place))
    return found


@pytest.fixture
async def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Any]]:
    """What the examples speak of: an application, a server of it, runs, a timeline, and all that is public."""
    monkeypatch.setenv("FWLAB_PROGRESS", str(tmp_path / "fwlab-progress.json"))
    app = App()

    @app.get("/burgers/{number}")
    @app.get("/burgers")
    @app.get("/io")
    @app.get("/async")
    @app.get("/quick")
    async def waits() -> str:
        await anyio.sleep(0.001)
        return "burger"

    @app.get("/io-sync")
    @app.get("/def")
    def also_waits() -> str:
        return "burger"

    async def one_after_the_other(app: App) -> Any:
        with trace(app) as timeline:
            async with httpx.AsyncClient(transport=AppTransport(app), base_url="http://app") as client:
                await client.get("/quick")
                await client.get("/slow")
        return timeline

    @app.get("/slow")
    @app.get("/mixed")
    async def is_slow() -> str:
        await anyio.sleep(0.01)
        return "burger"

    public = {name: getattr(part, name) for part in (fwlab, fwlab.lab, fwlab.grading) for name in part.__all__}
    async with serve(app, name="examples") as server:
        run = await load(server, "/quick", users=1, requests=5)
        yield public | {
            "httpx": httpx,
            "AppTransport": AppTransport,
            "DirectTransport": DirectTransport,
            "app": app,
            "server": server,
            "old": app,
            "new": app,
            "run_a": run,
            "run_b": run,
            "timeline": await one_after_the_other(app),
            "display": str,
            # no figure of these is looked at, so they need not be measured well
            "compare": partial(compare, pairs=3, requests=50),
            "sweep": partial(sweep, requests=100),
        }
    for other in ("old", "new"):
        if (left := {one.name: one for one in fwlab.lab.servers()}.get(other)) is not None:
            await left.stop()
    plt.close("all")


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("code", blocks())
async def test_it_runs(code: str, names: dict[str, Any]) -> None:
    result = eval(compile(code, "<example>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), names)
    if result is not None:
        await result


def test_there_are_some() -> None:
    assert len(blocks()) > 10
