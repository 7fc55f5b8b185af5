"""The laboratory in a real Jupyter kernel: whatever a cell does, the next cell runs."""

from __future__ import annotations

import socket
import sys

import pytest
from jupyter_client.manager import KernelManager

APP = """
import asyncio, time, httpx
from fwlab.lab import serve, load, DirectTransport

async def app(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"] == "/print":
        print("printed by the handler")
    if scope["path"] == "/boom":
        raise ValueError("no burgers left")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})

async def cannot_start(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed"})
    raise RuntimeError("no database")

async def get(path):
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client:
        return await client.get(path)
"""


class Cell:
    """What one cell put out."""

    def __init__(self, reply, messages):
        self.ok = reply["content"]["status"] == "ok"
        self.error = reply["content"].get("ename", "") + ": " + reply["content"].get("evalue", "")
        self.stdout = self._text(messages, "stdout")
        self.stderr = self._text(messages, "stderr")
        self.result = next((m["content"]["data"] for m in messages if m["msg_type"] == "execute_result"), {})

    @staticmethod
    def _text(messages, name):
        streams = (m["content"] for m in messages if m["msg_type"] == "stream")
        return "".join(stream["text"] for stream in streams if stream["name"] == name)


class Kernel:
    def __init__(self, client):
        self._client = client

    def run(self, code):
        messages = []
        reply = self._client.execute_interactive(code, timeout=60, allow_stdin=False, output_hook=messages.append)
        return Cell(reply, messages)


@pytest.fixture(scope="module")
def kernel():
    manager = KernelManager()
    manager.kernel_spec.argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        kernel = Kernel(client)
        assert kernel.run(APP).ok
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


@pytest.fixture
def server(kernel):
    """A server in the kernel, in its variable ``server``."""
    assert kernel.run("server = await serve(app)").ok


def lives(kernel):
    return kernel.run("1 + 1").result.get("text/plain") == "2"


def test_a_busy_port_is_an_error_in_the_cell(kernel):
    with socket.create_server(("127.0.0.1", 0)) as holder:
        cell = kernel.run(f"await serve(app, port={holder.getsockname()[1]})")
    assert cell.error.startswith("ServeError: Port")
    assert lives(kernel)


def test_a_failed_start_up_is_an_error_in_the_cell(kernel):
    cell = kernel.run("await serve(cannot_start)")
    assert cell.error.startswith("ServeError: The application did not start. RuntimeError: no database (line ")
    assert lives(kernel)


def test_a_blocking_call_is_explained(kernel, server):
    cell = kernel.run("httpx.get(server.url)")
    assert cell.error.startswith("ServeError: This call would wait forever.")
    assert kernel.run("(await get('/')).text").result["text/plain"] == "'hello'"


def test_a_failing_handler_gives_500_and_shows_its_own_lines_in_the_cell(kernel, server):
    cell = kernel.run("(await get('/boom')).status_code")
    assert cell.result["text/plain"] == "500"
    assert "ValueError: no burgers left" in cell.stderr
    assert "uvicorn" not in cell.stderr
    assert kernel.run("(await get('/')).text").result["text/plain"] == "'hello'"


def test_a_handler_prints_into_the_cell_that_runs(kernel, server):
    assert kernel.run("response = await get('/print')").stdout == "printed by the handler\n"
    assert kernel.run("run = await load(server, '/print', users=2, requests=2, warmup=0)").stdout.count("printed") == 2


def test_the_cell_can_be_run_again(kernel, server):
    again = kernel.run(
        "old = server; server = await serve(app); (old.port == server.port, old.running, server.running)"
    )
    assert again.result["text/plain"] == "(True, False, True)"


INTERRUPTED = """
import os, signal
async def slow(scope, receive, send):
    assert scope["type"] == "http"
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.Event().wait()
other = await serve(slow, name="slow")
"""


def test_an_interrupt_ends_the_load_which_returns_what_it_has_and_the_server_lives(kernel, server):
    cell = kernel.run(INTERRUPTED + "(await load(other, '/', users=1, requests=5, warmup=0)).interrupted")
    assert cell.result.get("text/plain") == "True"
    assert kernel.run("(await get('/')).text, other.running").result["text/plain"] == "('hello', True)"


def test_so_does_a_load_in_a_process_of_its_own_which_the_interrupt_is_sent_to_as_well(kernel, server):
    everybody = INTERRUPTED.replace("os.kill(os.getpid(), ", "os.killpg(os.getpgid(0), ")  # as Jupyter sends it
    assert everybody != INTERRUPTED
    cell = kernel.run(
        everybody + "run = await load(other, '/', users=1, requests=5, warmup=0, where='process')\n"
        "run.interrupted, run.errors['interrupted'] + run.unsent"
    )
    assert cell.result.get("text/plain") == "(True, 5)"
    assert lives(kernel)


def test_an_interrupt_ends_a_cell_of_many_loads_at_the_next(kernel, server):
    loads = """
for number in range(3):
    run = await load(other, "/", users=1, requests=5, warmup=0)
    print("load", number)
"""
    cell = kernel.run(INTERRUPTED + loads)
    assert cell.stdout == "load 0\n"
    assert cell.error.startswith(("CancelledError", "KeyboardInterrupt"))
    assert kernel.run("run.interrupted, (await load(server, '/')).interrupted").result["text/plain"] == "(True, False)"


def test_a_short_load_says_nothing_but_its_result(kernel, server):
    cell = kernel.run("await load(server, '/', users=2, requests=4)")
    assert cell.stdout == cell.stderr == ""
    assert set(cell.result) == {"text/html", "text/plain"}
