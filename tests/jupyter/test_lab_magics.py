"""The laboratory's magics: what the functions do, awaited; and one line where something is asked wrongly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from fwlab import App
from fwlab.jupyter.lab_magics import with_await
from fwlab.lab import LoadError, ServeError, Server


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell with the magics and an app."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_line_magic("load_ext", "fwlab.jupyter")
    app = App()

    @app.get("/burgers")
    async def burgers() -> list[str]:
        return ["classic"]

    shell.user_ns["app"] = app
    yield shell
    shell.restore_sys_module_state()


def run_cells(shell: InteractiveShell, *cells: str) -> list[Any]:
    """Run cells one after the other in one event loop, as a kernel does; return their results, or raise."""

    async def run() -> list[Any]:
        results = []
        for cell in cells:
            transformed = shell.transform_cell(cell)
            results.append(await shell.run_cell_async(cell, transformed_cell=transformed))
        await shell.user_ns["server"].stop() if "server" in shell.user_ns else None
        return results

    return [result.raise_error() or result.result for result in asyncio.run(run())]


def test_a_server_is_served_loaded_and_traced(shell: InteractiveShell) -> None:
    server, run, timeline = run_cells(
        shell,
        "server = %serve app --name shop\nserver",
        "run = %load server /burgers -u 3 -n 6\nrun",
        "%trace server /burgers -u 2 -n 2",
    )
    assert isinstance(server, Server)
    assert server.name == "shop"
    assert [sample.status for sample in run.samples] == [200] * 6
    assert [request.status for request in timeline.requests] == [200, 200]


def test_an_app_is_loaded_in_memory(shell: InteractiveShell) -> None:
    (run,) = run_cells(shell, "%load app /burgers -n 4")
    assert (run.users, [sample.status for sample in run.samples]) == (4, [200] * 4)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("%serve", "the following arguments are required: app"),
        ("%serve application", "'application' is no name of this notebook"),
        ("%serve app --where moon", "a server runs in the 'loop'"),
        ("%serve app --port many", "invalid int value: 'many'"),
        ("%load app burgers", "begins with one slash"),
        ("%load app '/burgers", "No closing quotation"),
        ("%trace app /burgers --speed 3", "unrecognized arguments: --speed 3"),
    ],
)
def test_what_is_asked_wrongly_is_one_line(shell: InteractiveShell, line: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        run_cells(shell, line)
    assert raised.value.__suppress_context__ or not isinstance(raised.value.__context__, LoadError | ServeError)


def test_a_call_that_is_awaited_already_stays_as_it_is() -> None:
    awaited = "await get_ipython().run_line_magic('load', 'app')"
    assert with_await([awaited, "x = 1"]) == [awaited, "x = 1"]
