"""Where a function can be told to run, what its lane says of itself, and what a thread leaves for the request."""

import contextvars
import os
import socket
import threading
from typing import Annotated

import anyio
import anyio.to_thread
import pytest

from fwlab import App, DefinitionError, Depends, HTTPException
from fwlab.concurrency import LaneState

from .asgi import Client

table = contextvars.ContextVar("table", default="none")


def test_a_handler_runs_where_it_is_told(client_of):
    app = App()

    @app.get("/here", run_in="loop")
    def here():
        return threading.get_ident()

    @app.get("/loop")
    async def loop():
        return threading.get_ident()

    @app.get("/thread", run_in="thread")
    def thread():
        return threading.get_ident()

    with client_of(app) as client:
        on_the_loop = client.get("/loop").json()
        assert client.get("/here").json() == on_the_loop
        assert client.get("/thread").json() != on_the_loop


def test_a_dependency_runs_where_it_is_told(client_of):
    def ident():
        return threading.get_ident()

    app = App()

    @app.get("/")
    async def handler(
        thread: Annotated[int, Depends(ident)],
        loop: Annotated[int, Depends(ident, run_in="loop")],
    ):
        here = threading.get_ident()
        return [thread == here, loop == here]

    assert client_of(app).get("/").json() == [False, True]


@pytest.mark.parametrize(
    ("make", "run_in", "message"),
    [
        (lambda: None, "fast", r"run_in='fast' is no lane; there are 'loop', 'thread', 'process'\.$"),
        (anyio.sleep, "thread", r"is `async def`, which runs on the loop; write `def` for run_in='thread'\.$"),
        (anyio.sleep, "process", r"is `async def`, which runs on the loop; write `def` for run_in='process'\.$"),
    ],
)
def test_a_lane_that_cannot_be_is_refused(make, run_in, message):
    app = App()
    with pytest.raises(DefinitionError, match=message):
        app.add_api_route("/", make, run_in=run_in)


def test_a_generator_stays_in_its_thread():
    def lends():
        yield

    app = App()
    with pytest.raises(DefinitionError, match=r"dependency 'lends' yields, and so it cannot be run_in='process'"):

        @app.get("/", dependencies=[Depends(lends, run_in="process")])
        async def handler(): ...


def test_a_context_variable_set_in_a_thread_reaches_the_handler(client_of):
    """It does not in FastAPI, where the dependency sets it in a copy of the request's context."""

    def sits():
        table.set("by the window")

    def sits_and_rises():
        table.set("at the bar")
        yield

    app = App()

    @app.get("/", dependencies=[Depends(sits)])
    async def handler():
        return table.get()

    @app.get("/yield", dependencies=[Depends(sits_and_rises)])
    async def after_yield():
        return table.get()

    @app.get("/untouched")
    def untouched():
        return table.get()

    with client_of(app) as client:
        assert client.get("/").json() == "by the window"
        assert client.get("/yield").json() == "at the bar"
        assert client.get("/untouched").json() == "none"


def test_lanes_say_how_full_they_are(anyio_backend):
    app = App()
    inside, leave = threading.Semaphore(0), threading.Event()

    @app.get("/")
    def handler():
        inside.release()
        leave.wait(20)

    async def look():
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens = 2
        assert app.lanes()["thread"] == LaneState(size=2, busy=0, waiting=0)
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(Client().asks, app)
            while app.lanes()["thread"].waiting < 1:
                await anyio.sleep(0)
            assert app.lanes()["thread"] == LaneState(size=2, busy=2, waiting=1)
            leave.set()
        assert app.lanes()["thread"] == LaneState(size=2, busy=0, waiting=0)
        assert app.lanes()["process"].size == (os.cpu_count() or 2)

    anyio.run(look, backend=anyio_backend)


def test_work_in_a_process(client_of):
    """One app for all that a process does: each first request of it starts a process, which takes a moment."""
    app = App()
    factor = 2

    @app.get("/double/{n}", run_in="process")
    def double(n: int):  # defined in a function, so it can be sent by value only, as from a notebook's cell
        return {"pid": os.getpid(), "doubled": n * factor}

    def process_id():
        return os.getpid()

    @app.get("/depends")
    async def depends(pid: Annotated[int, Depends(process_id, run_in="process")]):
        return pid

    @app.get("/refuses", run_in="process")
    def refuses():
        raise HTTPException(418, "no coffee", headers={"x-pot": "tea"})

    @app.get("/dies", run_in="process")
    def dies():
        os._exit(3)

    @app.get("/unsendable", run_in="process")
    def unsendable():
        return threading.Lock()

    def lock():
        return threading.Lock()

    @app.get("/unsendable-argument", run_in="process")
    def takes(lock: Annotated[object, Depends(lock)]): ...

    listening = socket.create_server(("127.0.0.1", 0))
    listening.set_inheritable(True)  # as a server's is that has workers
    with client_of(app, raise_server_exceptions=False) as client:
        answer = client.get("/double/21").json()
        assert answer["doubled"] == 42
        assert answer["pid"] != os.getpid()
        address = listening.getsockname()
        listening.close()
        with pytest.raises(ConnectionRefusedError):  # nobody holds it any more, although the process
            socket.create_connection(address, timeout=10)
        assert client.get("/double/1").json() == {"pid": answer["pid"], "doubled": 2}  # is alive
        assert client.get("/depends").json() == answer["pid"]
        assert client.get("/double/x").status_code == 422
        refused = client.get("/refuses")
        assert (refused.status_code, refused.json(), refused.headers["x-pot"]) == (418, {"detail": "no coffee"}, "tea")
        assert client.get("/dies").status_code == 503
        assert client.get("/double/4").json()["doubled"] == 8  # a fresh process
        assert client.get("/unsendable").status_code == 500
        assert client.get("/unsendable-argument").status_code == 500
