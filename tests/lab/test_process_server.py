"""serve(where="process"): workers that share a socket, count together, and live no longer than who started them."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time

import cloudpickle
import httpx
import psutil
import pytest

from fwlab import App
from fwlab.lab import DirectTransport, LoadError, ServeError, load, serve, servers

from .conftest import answer, is_free, lives, until, wait_until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(os.name != "posix", reason="needs processes that share a socket: Linux or macOS"),
]

# pytest imports this file under a name that no other process finds.
cloudpickle.register_pickle_by_value(sys.modules[answer.__module__])


def children():
    """The processes that this one has started and that run."""
    return {child.pid for child in psutil.Process().children() if lives(child)}


@pytest.fixture(autouse=True)
def _leaves_nothing():
    processes, threads = children(), set(threading.enumerate())
    yield
    # A moment more: the system takes it to end a process that was killed, asyncio to end the thread that waits for it.
    wait_until(lambda: children() <= processes and set(threading.enumerate()) <= threads)


async def get(server, path="/", **options):
    waits = {"timeout": 60} | options  # as long as a worker takes to start on a busy machine
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url, **waits) as client:
        return await client.get(path)


@pytest.fixture
def app():
    """An application as a cell has it: known by no name, so that it is sent by value."""
    seen = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        seen.append(scope["path"])
        match scope["path"].split("/")[1]:
            case "boom":
                raise ValueError("no burgers left")
            case "die":
                os._exit(3)
            case "print":
                print("printed by the handler")
            case "task":

                async def work():
                    raise KeyError("a lost order")

                asyncio.create_task(work())  # noqa: RUF006 - nobody keeps it, nobody awaits it
            case "block":
                while not os.path.exists(scope["query_string"].decode()):
                    time.sleep(0.01)
            case "wait":
                while not os.path.exists(scope["query_string"].decode()):
                    await asyncio.sleep(0.01)
        await answer(send, f"{os.getpid()} {len(seen)}".encode())

    return app


async def said(capsys, text, stream):
    """Wait until a text was printed; return all that was."""
    everything = ""

    def is_there():
        nonlocal everything
        everything += getattr(capsys.readouterr(), stream)
        return text in everything

    await until(is_there)
    return everything


async def test_an_app_of_a_cell_is_served_by_another_process(app):
    async with serve(app, where="process") as server:
        pid, _ = (await get(server)).text.split()
        assert int(pid) == server.pids[0] != os.getpid()
        assert httpx.get(server.url, timeout=60).status_code == 200, "a blocking call is answered too"
        assert "in a process of its own" in repr(server)
        assert servers() == (server,)
        await until(lambda: (server.served, server.in_flight) == (2, 0))
    assert not server.running
    assert server.served == 2
    with pytest.raises(httpx.ConnectError):
        await get(server)
    with pytest.raises(LoadError, match="has stopped"):
        await load(server, "/", users=1, requests=1)


async def test_workers_share_one_socket_and_one_that_is_blocked_leaves_it_to_the_others(app, tmp_path):
    release = tmp_path / "release"
    async with serve(app, where="process", workers=2) as server:
        assert len(set(server.pids)) == 2
        blocked = asyncio.create_task(get(server, f"/block?{release}", timeout=None))
        await until(lambda: server.in_flight == 1)  # told although the worker's loop is blocked
        others = {(await get(server)).text.split()[0] for _ in range(4)}
        assert len(others) == 1
        release.touch()
        assert {int((await blocked).text.split()[0]), *map(int, others)} == set(server.pids)
        await until(lambda: (server.served, server.in_flight) == (5, 0))


async def test_what_workers_print_and_their_tracebacks_are_shown_here(app, capsys):
    async with serve(app, where="process", name="shop") as server:
        await get(server, "/print")
        await said(capsys, "[shop] printed by the handler\n", "out")
        assert (await get(server, "/boom")).status_code == 500
        told = await said(capsys, "[shop] ValueError: no burgers left\n", "err")
        assert 'raise ValueError("no burgers left")' in told
        assert "uvicorn" not in told
        await get(server, "/task")
        await said(capsys, "[shop] KeyError: 'a lost order'\n", "err")


async def test_a_worker_that_dies_is_replaced_and_what_it_served_still_counts(app, capsys):
    async with serve(app, where="process") as server:
        await get(server)
        (first,) = server.pids
        with pytest.raises(httpx.TransportError):
            await get(server, "/die")
        await said(capsys, f"[main] worker 1 (process {first}) ended with status 3", "err")
        assert (await get(server)).text.split()[1] == "1", "a new copy of the application"
        await until(lambda: (server.served, server.in_flight) == (2, 0))
        assert server.pids != [first]


async def test_a_worker_that_is_told_to_terminate_finishes_its_requests(app, tmp_path, capsys):
    release = tmp_path / "release"
    async with serve(app, where="process") as server:
        asking = asyncio.create_task(get(server, f"/wait?{release}", timeout=None))
        await until(lambda: server.in_flight == 1)
        (first,) = server.pids
        os.kill(first, signal.SIGTERM)
        release.touch()
        assert (await asking).text == f"{first} 1"
        await said(capsys, "a new one takes its place", "err")


async def test_workers_that_die_again_and_again_are_given_up_and_clients_are_refused(app, capsys):
    async with serve(app, where="process") as server:
        for _ in range(3):
            await until(lambda: server.pids)
            (pid,) = server.pids
            os.kill(pid, signal.SIGKILL)
            await until(lambda pid=pid: pid not in server.pids)
        told = await said(capsys, "It is not started again", "err")
        assert told.count("was ended by SIGKILL") == 3
        await until(lambda: not server.running)
        with pytest.raises(httpx.ConnectError):
            await get(server)


async def test_a_failed_start_up_is_an_exception_with_the_workers_traceback():
    async def cannot_start(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed"})
        raise RuntimeError("no database")

    with pytest.raises(ServeError, match=r"RuntimeError: no database \(line \d+ of ") as caught:
        await serve(cannot_start, where="process", workers=2)
    assert "raise RuntimeError" in caught.value.__notes__[0]


async def test_a_worker_that_ends_while_it_starts_is_an_exception():
    async def exits(scope, receive, send):
        os._exit(7)

    with pytest.raises(ServeError, match="ended with status 7 while it started"):
        await serve(exits, where="process")


async def test_a_failed_shutdown_is_an_exception_of_stop():
    async def fails_at_shutdown(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        raise RuntimeError("cannot close the database")

    server = await serve(fails_at_shutdown, where="process")
    with pytest.raises(ServeError, match=r"did not shut down\. RuntimeError: cannot close the database"):
        await server.stop()
    assert not server.running


async def test_an_application_that_cannot_be_sent_is_refused_with_the_mend():
    lock = threading.Lock()

    async def locks(scope, receive, send):
        with lock:
            await answer(send)

    with pytest.raises(ServeError, match=r"(?s)cannot be sent.*lock.*in the lifespan"):
        await serve(locks, where="process")


async def test_an_app_of_fwlabs_with_state_and_models_is_sent():
    app = App()
    app.state.greeting = "hello"

    @app.get("/{name}")
    def greet(name: str) -> dict[str, str]:
        return {app.state.greeting: name}

    async with serve(app, where="process") as server:
        assert (await get(server, "/ada")).json() == {"hello": "ada"}


async def test_workers_import_a_path_anew(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    module = tmp_path / "stall.py"
    text = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"PRICE"})
"""
    module.write_text(text.replace("PRICE", "five"))
    async with serve("stall:app", where="process") as server:
        assert server.app == "stall:app"
        assert (await get(server)).text == "five"
    assert "stall" not in sys.modules
    module.write_text(text.replace("PRICE", "eleven"))
    async with serve("stall:app", where="process") as server:
        assert (await get(server)).text == "eleven"


@pytest.mark.parametrize(
    ("path", "named"),
    [("no_such_module:app", "no module 'no_such_module'"), ("math:app", "math has no 'app'"), ("math:pi", "3.14")],
)
async def test_a_path_that_leads_nowhere_is_an_exception(path, named):
    with pytest.raises(ServeError, match=named):
        await serve(path, where="process")


async def test_a_start_that_is_cancelled_leaves_nothing(tmp_path):
    begun = tmp_path / "begun"

    async def never_starts(scope, receive, send):
        begun.touch()
        await asyncio.Event().wait()

    cell = asyncio.ensure_future(serve(never_starts, where="process").__aenter__())
    await until(begun.exists)
    cell.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cell


async def test_a_handler_that_blocks_for_ever_does_not_keep_the_server(app, tmp_path):
    server = await serve(app, where="process")
    asking = asyncio.create_task(get(server, f"/block?{tmp_path / 'never'}", timeout=None))
    await until(lambda: server.in_flight == 1)
    await server.stop()
    assert server.in_flight == 0
    with pytest.raises(httpx.TransportError):
        await asking


async def test_a_program_that_a_handler_starts_does_not_inherit_the_port(tmp_path):
    started = tmp_path / "started"

    async def starts(scope, receive, send):
        assert scope["type"] == "http"
        program = f"import pathlib, time; pathlib.Path({str(started)!r}).touch(); time.sleep(60)"
        # The careless way: with every file that is not closed at exec.
        os.posix_spawn(sys.executable, [sys.executable, "-c", program], os.environ)
        await answer(send)

    async with serve(starts, where="process") as server:
        await get(server)
        await until(started.exists)
        (worker,) = server.pids
        (program,) = psutil.Process(worker).children()
    assert is_free(server.port)
    program.kill()
    await until(lambda: not program.is_running() or program.status() == psutil.STATUS_ZOMBIE)


LEAVES = """
import asyncio, multiprocessing, os, signal, sys, time
from fwlab.lab import serve

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that put the tests in the background ignores it

async def app(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"] == "/block":
        time.sleep(1000)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})

async def main():
    server = await serve(app, where="process", workers=2)
    copy = multiprocessing.get_context("fork").Process(target=time.sleep, args=(1000,))
    copy.start()
    print(server.port, copy.pid, *server.pids, flush=True)
    await asyncio.sleep(1000)

asyncio.run(main())
"""


@pytest.fixture
async def left_behind():
    """A program with a server in two processes and a forked copy of itself: its process, and what it printed."""
    command = [sys.executable, "-W", "ignore", "-c", LEAVES]
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    port, copy, *workers = map(int, (await program.stdout.readline()).split())
    yield program, port, workers
    psutil.Process(copy).kill()
    if program.returncode is None:
        program.kill()
    await program.communicate()


@pytest.mark.parametrize("with_signal", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_workers_die_with_the_program_however_it_ends(left_behind, with_signal):
    program, port, workers = left_behind
    processes = [psutil.Process(pid) for pid in workers]
    program.send_signal(with_signal)
    await until(lambda: not [one for one in processes if lives(one)])
    await until(lambda: is_free(port))  # nobody holds it, the program's forked copy neither


async def test_a_worker_whose_loop_is_blocked_dies_with_the_program_too(left_behind):
    program, port, workers = left_behind
    processes = [psutil.Process(pid) for pid in workers]
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /block HTTP/1.1\r\nhost: here\r\n\r\n")
        await until(lambda: any(busy(one) for one in processes))
        program.kill()
        await until(lambda: not [one for one in processes if lives(one)])


def busy(process):
    return any(connection.status == psutil.CONN_ESTABLISHED for connection in process.net_connections(kind="tcp"))
