"""serve(where="thread"): a server that no cell holds up, and that says which server it is when it prints."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading

import httpx
import pytest

from fwlab import App
from fwlab.lab import DirectTransport, ServeError, load, serve

from .conftest import answer, until, wait_until

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _leaves_no_thread():
    before = set(threading.enumerate())
    yield
    wait_until(lambda: set(threading.enumerate()) <= before)


async def get(server, path="/"):
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client:
        return await client.get(path)


async def test_it_answers_while_this_loop_is_blocked(hello):
    async with serve(hello, where="thread") as server:
        assert httpx.get(server.url).text == "hello"  # a blocking call, in the loop's own thread
        assert (server.where, server.running) == ("thread", True)
        assert "in a thread of its own" in repr(server)
    assert not server.running


async def test_a_blocking_call_from_its_own_thread_is_explained(caplog):
    async def asks_itself(scope, receive, send):
        assert scope["type"] == "http"
        httpx.get("http://{}:{}".format(*scope["server"]))

    async with serve(asks_itself, where="thread") as server:
        assert (await get(server)).status_code == 500
    assert "would wait forever" in caplog.text


async def test_it_counts_what_it_served_and_what_is_in_flight(gate):
    app = gate(3)
    async with serve(app, where="thread") as server:
        asking = asyncio.gather(*(get(server) for _ in range(2)))
        await until(lambda: server.in_flight == 2)
        assert server.served == 0
        await asyncio.gather(asking, get(server))
        await until(lambda: (server.served, server.in_flight) == (3, 0))
    assert server.served == 3


async def test_it_can_be_loaded(gate):
    async with serve(gate(4), where="thread") as server:
        run = await load(server, "/", users=4, requests=8, warmup=0)
    assert not run.errors


async def test_what_its_handlers_print_begins_with_its_name(capsys):
    app = App()

    @app.get("/loop")
    async def on_the_loop() -> None:
        print("one", end="")
        print(" line\nand another")

    @app.get("/thread")
    def in_a_thread() -> None:
        print("from a worker thread")
        print("a complaint", file=sys.stderr)

    async with serve(app, where="thread", name="shop") as server:
        await get(server, "/loop")
        await get(server, "/thread")
        print("printed by the cell")
    out, err = capsys.readouterr()
    assert out == "[shop] one line\n[shop] and another\n[shop] from a worker thread\nprinted by the cell\n"
    assert err == "[shop] a complaint\n"


async def test_the_streams_are_afterwards_what_they_were(hello):
    before = sys.stdout, sys.stderr
    async with serve(hello, where="thread"), serve(hello, where="thread", name="other"):
        assert sys.stdout is not before[0]
        assert sys.stdout.encoding == before[0].encoding
    assert (sys.stdout, sys.stderr) == before


async def test_a_line_that_is_never_ended_is_shown_in_the_end(capsys):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        print("no end", end="")
        await answer(send)

    async with serve(app, where="thread") as server:
        await get(server)
    assert capsys.readouterr().out == "[main] no end\n"


async def test_a_failing_handlers_traceback_begins_at_its_own_line_and_says_which_server(caplog):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        raise ValueError("no burgers left")

    async with serve(app, where="thread", name="shop") as server:
        assert (await get(server)).status_code == 500
    (record,) = caplog.records
    assert "'shop'" in record.getMessage()
    assert record.exc_info[2].tb_frame.f_code is app.__code__


async def test_a_task_that_fails_and_is_not_awaited_is_shown(caplog):
    async def work():
        raise KeyError("a lost order")

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        asyncio.create_task(work())  # noqa: RUF006 - nobody keeps it, nobody awaits it
        await answer(send)

    async with serve(app, where="thread", name="shop") as server:
        await get(server)
        await until(lambda: caplog.records)
    (record,) = caplog.records
    assert "'shop'" in record.getMessage()
    assert "work" in record.getMessage()
    assert str(record.exc_info[1]) == "'a lost order'"


async def test_any_loop_may_stop_it(hello):
    server = await serve(hello, where="thread")
    thread = threading.Thread(target=lambda: asyncio.run(server.stop()))
    thread.start()
    await until(lambda: not thread.is_alive())
    thread.join()
    assert not server.running
    await server.stop()


async def test_a_handler_may_stop_it():
    servers = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await servers[0].stop()

    servers.append(await serve(app, where="thread"))
    await get(servers[0])
    await servers[0].stop()
    assert not servers[0].running


async def test_cancelling_a_cell_that_stops_it_does_not_cancel_the_clean_up(hello):
    server = await serve(hello, where="thread")
    cell = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    cell.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cell
    await until(lambda: not [thread for thread in threading.enumerate() if thread.name == "fwlab-serve-main"])


async def test_a_handler_that_will_not_end_does_not_keep_the_server(monkeypatch):
    monkeypatch.setattr("fwlab.lab.serving.loop_thread._CLEAN_UP", 0.1)
    released = threading.Event()

    async def stubborn(scope, receive, send):
        assert scope["type"] == "http"
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.to_thread(released.wait)

    server = await serve(stubborn, where="thread")
    asking = asyncio.create_task(get(server))
    await until(lambda: server.in_flight == 1)
    await server.stop()
    with pytest.raises(httpx.TransportError):
        await asking
    released.set()


async def test_a_failed_start_up_is_an_exception_here_and_leaves_nothing():
    async def cannot_start(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed"})
        raise RuntimeError("no database")

    before = sys.stdout
    with pytest.raises(ServeError, match="RuntimeError: no database"):
        await serve(cannot_start, where="thread")
    assert sys.stdout is before


async def test_a_start_that_is_cancelled_leaves_nothing():
    starts = threading.Event()

    async def never_starts(scope, receive, send):
        starts.set()
        await asyncio.Event().wait()

    cell = asyncio.ensure_future(serve(never_starts, where="thread").__aenter__())
    await until(starts.is_set)
    cell.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cell


async def test_it_takes_the_place_of_a_server_in_the_loop_and_back(hello):
    first = await serve(hello)
    second = await serve(hello, where="thread")
    assert (first.running, second.port) == (False, first.port)
    async with serve(hello) as third:
        assert (second.running, third.port) == (False, first.port)


def test_with_no_logging_set_up_a_traceback_is_printed_with_the_servers_name_before_each_line(run_script):
    done = run_script("""
        import asyncio, httpx
        from fwlab.lab import serve

        async def app(scope, receive, send):
            assert scope["type"] == "http"
            raise ValueError("no burgers left")

        async def main():
            async with serve(app, where="thread", name="shop") as server:
                httpx.get(server.url)

        asyncio.run(main())
    """)
    lines = done.stderr.splitlines()
    assert lines[-1] == "[shop] ValueError: no burgers left"
    assert all(line.startswith("[shop] ") for line in lines)
    assert "uvicorn" not in done.stderr


def test_at_the_end_of_the_program_the_application_shuts_down(run_script):
    done = run_script("""
        import asyncio
        from contextlib import asynccontextmanager
        from fwlab import App
        from fwlab.lab import serve

        @asynccontextmanager
        async def lifespan(app):
            yield
            print("closed the database")

        asyncio.run(serve(App(lifespan=lifespan), where="thread").__aenter__())
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "[main] closed the database\n"
