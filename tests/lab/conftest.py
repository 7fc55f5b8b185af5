"""What the laboratory's tests share: the event loop they run on, and a few small ASGI applications."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import subprocess
import sys
import textwrap
import time

import psutil
import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def answer(send, body=b"hello", status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def hello():
    """An application that answers every request with ``hello``, and knows no lifespan."""

    async def hello(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send)

    return hello


class Gate:
    """An application that answers nobody until so many requests are inside at once; and counts who was."""

    def __init__(self, size):
        self.size = size
        self.inside = self.most_inside = 0
        self.open = asyncio.Event()

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        if self.inside >= self.size:
            self.open.set()
        await self.open.wait()
        await asyncio.sleep(0)  # the others leave the gate before the first of them asks again
        self.inside -= 1
        await answer(send)


@pytest.fixture
def gate():
    return Gate


@pytest.fixture
async def leaves_no_task():
    """Whatever the test did, no task of it is left."""
    yield
    tasks = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
    assert [name for name in tasks if not name.startswith("TestRunner.")] == []


class ScriptedServer:
    """A TCP server that says word for word what it is told: per connection, per request, the bytes of an answer.

    ``heard`` holds each request's head and body as they came. An answer may be ``None`` (close without a word),
    ``"reset"`` (break the connection), ``"silence"`` (never answer), or a pair of bytes and one of these words.
    """

    def __init__(self, *connections):
        self._connections = iter(connections)
        self.heard = []
        self.writers = []

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._tasks = []
        return self

    async def __aexit__(self, *exc_info):
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def accepted(self):
        """How many connections there were."""
        return len(self.writers)

    async def _serve(self, reader, writer):
        self._tasks.append(asyncio.current_task())
        self.writers.append(writer)
        try:
            for answer in next(self._connections):
                head = await reader.readuntil(b"\r\n\r\n")
                self.heard.append(head + await reader.readexactly(_content_length(head)))
                if not await self._say(answer, writer):
                    return
            await reader.read()  # until the client closes
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    async def _say(self, answer, writer):
        """Say it, and tell whether the connection goes on."""
        words, then = answer if isinstance(answer, tuple) else (b"", answer)
        if isinstance(answer, bytes):
            words, then = answer, "go on"
        writer.write(words)
        await writer.drain()
        if then == "silence":
            await asyncio.Event().wait()
        if then == "reset":
            await asyncio.sleep(0.01)  # what was said arrives before the reset
            no_linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        return then == "go on"


def _content_length(head):
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


async def until(condition):
    """Let the loop run until the condition holds; fail where it never does."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)


def wait_until(condition):
    """Wait, without a loop, until the condition holds; fail where it never does."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def lives(process):
    """Tell whether a process has not ended; one that nobody has waited for has."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def is_free(port):
    """Tell whether a server may have the port."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


@pytest.fixture
def scripted():
    return ScriptedServer


@pytest.fixture
def run_script(tmp_path):
    """A function that runs a program of its own to its end."""

    def run(program):
        file = tmp_path / "program.py"
        file.write_text(textwrap.dedent(program), encoding="utf-8")
        command = [sys.executable, str(file)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)

    return run
