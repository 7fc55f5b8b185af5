"""A load in a process of its own: the same run comes back, and the process ends, whatever happens."""

from __future__ import annotations

import asyncio
import inspect
import math
import re
import signal
import subprocess
import sys
import textwrap
import threading

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab import LoadError, load, serve, virtual
from fwlab.lab.loading import load_process
from fwlab.lab.loading.engine import Exchange
from fwlab.lab.loading.frames import pack, unpack
from fwlab.lab.loading.load_process import ProcessExperiment
from fwlab.lab.loading.plan import checked_plan

from .bad_servers import BadServer, Good, Silent
from .conftest import lives, wait_until

moments = st.floats(allow_nan=False, allow_infinity=False)
exchanges = st.builds(
    Exchange,
    moments,
    moments,
    st.none() | moments,
    st.none() | moments,
    st.none() | st.integers(100, 599),
    st.none() | st.text(),
    st.integers(0, 2**31 - 1),
    st.text(),
)


@given(st.lists(exchanges))
def test_samples_travel_unchanged(rows):
    assert unpack(pack(rows)) == rows
    assert not any(math.isnan(row.sent) for row in rows)


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
@pytest.mark.parametrize("engine", ["httpx", "raw"])
async def test_the_same_run_comes_back(hello, engine):
    async with serve(hello) as server:
        run = await load(server, {"/a": 1, "/b": 2}, users=5, requests=50, engine=engine, where="process")
    assert (len(run.samples), len(run.warmup_samples), run.errors) == (50, 5, {})
    assert (run.name, run.users) == ("GET /a, /b", 5)
    assert {sample.name for sample in run.samples} == {"GET /a", "GET /b"}
    for sample in (*run.samples, *run.warmup_samples):
        assert 0 <= sample.intended <= sample.sent <= sample.first_byte <= sample.done
    assert run.generator.where == "process"
    assert run.generator.cpu > 0


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_a_function_goes_along_and_what_it_prints_is_not_taken_for_the_result(hello, capfd):
    secret = "burgers"

    def make(user, number):
        print("from the client", flush=True)
        return f"/{secret}/{number}"

    async with serve(hello) as server:
        run = await load(server, make, users=1, requests=3, warmup=0, where="process")
    assert [sample.name for sample in run.samples] == [f"GET /burgers/{number}" for number in range(3)]
    said = capfd.readouterr()
    assert (said.out, said.err.count("from the client")) == ("", 3)


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_an_open_load(hello):
    async with serve(hello) as server:
        run = await load(server, rate=200, requests=40, where="process", engine="raw")
    assert (len(run.samples), run.rate, run.unsent) == (40, 200, 0)


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_what_goes_wrong_there_is_an_error_here():
    async with BadServer(Good) as server:
        with pytest.raises(LoadError, match="it raised ZeroDivisionError"):
            await load(server.url, lambda user, number: 1 / 0, where="process")
        url = server.url
    with pytest.raises(LoadError, match="Nothing listens on"):
        await load(url, where="process", engine="raw")


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_a_process_that_dies_is_an_error(monkeypatch):
    started = []
    start = load_process._start
    monkeypatch.setattr(load_process, "_start", lambda: started.append(start()) or started[-1])

    async with BadServer(Silent) as server:
        killing = asyncio.create_task(_kill_when(lambda: server.asked > 0, lambda: started[0].kill()))
        with pytest.raises(LoadError, match=re.escape("ended before the load did (exit status -9)")):
            await load(server.url, where="process")
        await killing


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_what_cannot_travel_is_named():
    lock = threading.Lock()
    async with BadServer(Good) as server:
        with pytest.raises(LoadError, match="cannot be sent to another process"):
            await load(server.url, lambda user, number: f"/{lock}", where="process")


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
@pytest.mark.parametrize("how", [{"where": "process"}, {"engine": "raw"}])
async def test_an_application_in_memory_is_not_reached_from_there(hello, how):
    with pytest.raises(LoadError, match="Serve the application first"):
        await load(hello, **how)


@pytest.mark.anyio
@pytest.mark.usefixtures("leaves_no_task")
async def test_one_that_is_stopped_while_it_starts_ends_at_once():
    async with BadServer(Good) as server:
        plan = plan_for("/", users=2, requests=10, warmup=1_000_000)
        experiment = ProcessExperiment(plan, server.url)
        experiment.stop()
        await experiment.run()
        result = experiment.result()
        assert (result.rows, result.unsent, result.interrupted) == ([], 10, True)
        assert server.asked < 1_000_000


def plan_for(path, **how):
    usual = {name: parameter.default for name, parameter in inspect.signature(load).parameters.items()}
    taken = {name: value for name, value in usual.items() if name not in ("target", "path", "remote")}
    return checked_plan(paths=path, **{**taken, **how})


def test_in_virtual_time_there_is_no_other_process():
    with pytest.raises(LoadError, match="in virtual time there is one clock"):
        virtual(lambda: load("http://127.0.0.1:1", where="process"))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_it_dies_with_the_process_that_started_it_even_when_that_is_killed():
    code = """
        import asyncio, sys
        from fwlab.lab import load
        from fwlab.lab.loading import load_process

        start = load_process._start
        def told():
            process = start()
            print(process.pid, flush=True)
            return process
        load_process._start = told

        async def main():
            async def silent(reader, writer):
                print("asked", flush=True)
                await asyncio.Event().wait()
            server = await asyncio.start_server(silent, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            await load(f"http://127.0.0.1:{port}", where="process", timeout=1000)

        asyncio.run(main())
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL
    )
    with parent:
        child = psutil.Process(int(parent.stdout.readline()))
        assert parent.stdout.readline() == "asked\n"
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        wait_until(lambda: not lives(child))


async def _kill_when(condition, kill):
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)
    kill()
