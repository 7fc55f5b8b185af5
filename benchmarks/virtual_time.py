"""Virtual time: is a run the same each time, to the byte, beside a core that is kept busy? And how long does it take?

A run is what a class would do with it: requests that wait, that compute, and that run in threads and processes, loaded
in memory and over a connection to uvicorn, and followed by a timeline. Its bytes are all that the two recorded.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from fwlab import App
from fwlab.lab import burn, load, serve, trace, virtual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUESTS = 1000
"""Of the run that is timed."""
_BUSY = "while True: pass"


def shop() -> App:
    """Return an app with a path for each thing that a handler may spend its time on."""
    app = App()

    @app.get("/waits")
    async def waits() -> None:
        await anyio.sleep(0.05)

    @app.get("/blocks")
    async def blocks() -> None:
        time.sleep(0.004)  # noqa: ASYNC251  # blocking the loop is what it is for

    @app.get("/thread")
    def thread() -> None:
        time.sleep(0.05)

    @app.get("/computes")
    def computes() -> None:
        burn(0.003)

    @app.get("/process", run_in="process")
    def process() -> None:
        burn(0.01)

    return app


PATHS = dict.fromkeys(("/waits", "/blocks", "/thread", "/computes", "/process"), 1)


async def _experiment(*, served: bool) -> bytes:
    app = shop()
    with trace(app) as timeline:
        if served:
            async with serve(app) as server:
                run = await load(server, PATHS, users=45, requests=90, seed=1, warmup=0)
        else:
            run = await load(app, PATHS, users=45, requests=90, seed=1, warmup=0)
    times = [(sample.sent, sample.first_byte, sample.done, sample.status) for sample in run.samples]
    return f"{times!r}\n{timeline.narrate()}".encode()


def once(seed: int | None = 5) -> bytes:
    """Make the runs once, in memory and over a connection, and return all that was recorded."""
    served, in_memory = (virtual(partial(_experiment, served=served), seed=seed) for served in (True, False))
    return served + in_memory


def measure(*, tries: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Make the same runs so many times while a process keeps a core busy, and time a run of many requests.

    Returns:
        ``tries``; ``same``, how many had the bytes that most of them had; ``digest`` of these, to compare with another
        Python's; ``requests``, and ``seconds`` of real time that a run of so many took.
    """
    outcomes: Counter[str] = Counter()
    with _a_busy_core():
        for _ in range(tries):
            step("the same run again")
            outcomes[hashlib.sha256(once()).hexdigest()] += 1
    step(f"{REQUESTS} requests")
    began = time.perf_counter()
    virtual(lambda: load(shop(), PATHS, users=50, requests=REQUESTS, warmup=0))
    seconds = time.perf_counter() - began
    [(digest, same)] = outcomes.most_common(1)
    return {"tries": tries, "same": same, "digest": digest, "requests": REQUESTS, "seconds": seconds}


@contextmanager
def _a_busy_core() -> Iterator[None]:
    busy = subprocess.Popen([sys.executable, "-c", _BUSY])
    try:
        yield
    finally:
        busy.kill()
        busy.wait()
