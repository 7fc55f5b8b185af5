"""``fwlab load``: a load from a terminal, and its exit status."""

from __future__ import annotations

import asyncio
import functools
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"


class Server:
    """Answers in a thread of its own, while a command asks; ``/busy`` with 503, ``/silence`` never."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.transports: list[asyncio.Transport] = []
        self.silent = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Server:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        listening = await self._loop.create_server(lambda: Connection(self), "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        self._loop.remove_reader(listening.sockets[0])
        await turns(3)  # whom asyncio has let in already gets a connection; it would be lost if the server closed now
        listening.close()
        for transport in self.transports:
            transport.abort()
        await turns(1)


class Connection(asyncio.Protocol):
    """Whoever asks a :class:`Server`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.transports.append(transport)

    def data_received(self, data: bytes) -> None:
        *heads, self._asked = (self._asked + data).split(b"\r\n\r\n")
        for head in heads:
            self._server.heard.append(head + b"\r\n\r\n")
            if b" /silence " in head:
                self._server.silent.set()
            else:
                self._transport.write(BUSY if b" /busy " in head else OK)


async def turns(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "fwlab", "load", *arguments]


@pytest.fixture
def fwlab_load(fwlab_here) -> Callable[..., subprocess.CompletedProcess[str]]:
    return functools.partial(fwlab_here, "load")


def test_it_prints_the_run(server):
    line = command(f"{server.url}/burgers?size=2", "-u", "5", "-n", "50")
    done = subprocess.run(line, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("GET /burgers?size=2\n")
    assert "requests    50\n" in done.stdout


@pytest.mark.parametrize(
    ("clauses", "status"),
    [
        (["errors == 0", "p50 < 1000s"], 0),
        (["p50 < 0.001us"], 1),
        (["errors == 0", "p99.9 < 1000s"], 1),  # too few requests to tell
    ],
)
def test_the_exit_status_says_whether_the_checks_hold(server, fwlab_load, clauses, status):
    checks = [word for clause in clauses for word in ("--check", clause)]
    done = fwlab_load(server.url, "-n", "50", *checks)
    assert (done.returncode, done.stderr) == (status, "")
    for clause in clauses:
        assert clause in done.stdout


def test_as_json_with_the_checks_beside_it(server, fwlab_load):
    done = fwlab_load(server.url, "-u", "2", "-n", "20", "--json", "--check", "errors == 0")
    run = json.loads(done.stdout)
    assert (run["users"], run["generator"]["engine"], run["generator"]["where"]) == (2, "raw", "process")
    assert "errors == 0" in done.stderr
    assert done.returncode == 0


def test_failures_are_errors_and_a_run_without_any_answer_is_one(server, fwlab_load):
    done = fwlab_load(f"{server.url}/busy", "-u", "1", "-n", "10")
    assert done.returncode == 1
    assert "10 (HTTP 503" in done.stdout
    assert fwlab_load(f"{server.url}/busy", "--check", "errors == 0").returncode == 1


def test_method_headers_and_body(server, fwlab_load):
    fwlab_load(server.url, "-u", "1", "-n", "1", "--warmup", "0", "-H", "X-Token: t", "--data", '{"a": 1}')
    assert server.heard[-1].startswith(b"POST / HTTP/1.1\r\n")
    assert b"X-Token: t\r\n" in server.heard[-1]


@pytest.mark.parametrize("engine", ["raw", "httpx"])
def test_by_a_schedule(server, fwlab_load, engine):
    done = fwlab_load(server.url, "--rate", "100", "-d", "0.3", "--arrivals", "poisson", "--engine", engine)
    assert done.returncode == 0
    assert "100 requests/s asked for" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["http://127.0.0.1:1/x"], "Nothing listens on http://127.0.0.1:1"),
        (["http://example.com/"], "write --remote."),
        (["https://127.0.0.1/"], "begins with http://"),
        (["{url}", "-u", "0"], "users"),
        (["{url}", "--engine", "steam"], "engine"),
        (["{url}", "-H", "nonsense"], "'Name: value'"),
        (["{url}", "--data", "{"], "is JSON"),
        (["{url}", "-d", "1e9", "-r", "5", "--check", "p95 is good"], "p95 is good"),
    ],
)
def test_what_makes_no_sense_is_one_line(server, fwlab_load, arguments, words):
    done = fwlab_load(*(argument.replace("{url}", server.url) for argument in arguments))
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_interrupt_key_ends_it_and_it_says_what_it_has(server):
    process = subprocess.Popen(
        command(f"{server.url}/silence", "-u", "2", "-n", "10", "--warmup", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert server.silent.wait(60)
    process.send_signal(signal.SIGINT)
    said, complaint = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "2 (interrupted" in said
    assert complaint == ""
