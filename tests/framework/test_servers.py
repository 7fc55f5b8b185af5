"""An app on a server that it shares no process with, and whose loop is not asyncio's: hypercorn, on trio."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest

pytest.importorskip("hypercorn")
wsproto = pytest.importorskip("wsproto")
from wsproto.events import AcceptConnection, CloseConnection, Message, Request, TextMessage  # noqa: E402

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="there, no socket is handed to another process like this"
)

KITCHEN = """
import threading
from contextlib import asynccontextmanager
from typing import Annotated

import anyio.from_thread
import trio

from fwlab import App, Depends, WebSocket

closed = trio.Event()


@asynccontextmanager
async def lifespan(app):
    print("open", trio.lowlevel.in_trio_task())
    yield
    print("closed", trio.lowlevel.in_trio_task())


app = App(lifespan=lifespan)


def fridge():
    yield "cold"
    anyio.from_thread.run_sync(closed.set)


async def kitchen(fridge: Annotated[str, Depends(fridge)]):
    await trio.sleep(0)
    yield f"{fridge} and hot"


@app.get("/blocking/{n}")
def blocking(n: int, kitchen: Annotated[str, Depends(kitchen)]):
    return {"n": n, "kitchen": kitchen, "on the loop": threading.current_thread() is threading.main_thread()}


@app.get("/waiting/{n}")
async def waiting(n: int, kitchen: Annotated[str, Depends(kitchen)]):
    await closed.wait()  # which an earlier request's clean-up has set
    return {"n": n, "kitchen": kitchen, "on the loop": trio.lowlevel.in_trio_task()}


@app.websocket("/order")
async def order(websocket: WebSocket, kitchen: Annotated[str, Depends(kitchen)]):
    await websocket.accept()
    await websocket.send_text(f"{await websocket.receive_text()} from {kitchen}")
    await websocket.close()
"""


@pytest.fixture
def address(tmp_path):
    """Where hypercorn answers for the app; at the end it must have told the app, and have left on its own."""
    (tmp_path / "kitchen.py").write_text(KITCHEN)
    with socket.create_server(("127.0.0.1", 0)) as listening:  # clients are queued before the server is up
        address = listening.getsockname()
        command = [sys.executable, "-m", "hypercorn", "--worker-class", "trio"]
        server = subprocess.Popen(
            [*command, "--bind", f"fd://{listening.fileno()}", "kitchen:app"],
            cwd=tmp_path,
            pass_fds=[listening.fileno()],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a group of its own, for the server has a worker
        )
    try:
        yield address
        server.terminate()
        out, err = server.communicate(timeout=60)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.communicate()
    assert (server.returncode, out) == (0, "open True\nclosed True\n"), err


def messages(address, text):
    """What a WebSocket's other end says when it is sent this text."""
    client, said = wsproto.WSConnection(wsproto.ConnectionType.CLIENT), []
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(client.send(Request(host="kitchen", target="/order")))
        while not any(isinstance(event, CloseConnection) for event in said):
            client.receive_data(connection.recv(4096) or None)
            for event in client.events():
                said.append(event)
                if isinstance(event, AcceptConnection):
                    connection.sendall(client.send(TextMessage(data=text)))
                elif isinstance(event, CloseConnection):
                    connection.sendall(client.send(event.response()))
    return [event.data for event in said if isinstance(event, Message)]


def test_an_app_answers_on_hypercorn_with_trio(address):
    with httpx.Client(base_url="http://{}:{}".format(*address), timeout=60, trust_env=False) as client:
        answer = {"n": 2, "kitchen": "cold and hot"}
        assert client.get("/blocking/2").json() == {**answer, "on the loop": False}
        assert client.get("/waiting/2").json() == {**answer, "on the loop": True}
        assert client.get("/waiting/two").status_code == 422
    assert messages(address, "two burgers") == ["two burgers from cold and hot"]
