"""What it costs to ask: the laboratory's engines beside wrk, and beside httpx's own pool of connections.

Whoever measures with a client that is busy measures the client. Each round asks with all of them in turn, so that what
disturbs the machine for a moment disturbs them all, and the ratios of rounds are what is judged.
"""

from __future__ import annotations

import asyncio
import importlib.util
import statistics
import sys
from typing import TYPE_CHECKING, Any

import httpx

from benchmarks import wrk
from benchmarks.cases import BY_NAME
from benchmarks.raw_client import ask, checked
from benchmarks.served import serving
from fwlab.lab import load, serve

if sys.platform != "win32":
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.served import Served
    from fwlab.lab import Run

USERS = (10, 50, 100)
_AT_ONCE = 50  # users, beside wrk
_CASE = BY_NAME["json"]


async def waits(scope: Any, receive: Any, send: Any) -> None:
    """Answer after ``await asyncio.sleep(0.05)``."""
    if scope["type"] != "http":
        return
    await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def measure(*, rounds: int, seconds: float, requests: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Ask the raw app, fwlab's JSON app and one that waits for 50 ms, with every client.

    Args:
        rounds: how often each client asks.
        seconds: how long, beside wrk.
        requests: how many, beside httpx's pool, and of the app that waits (at least 100).
        step: called with what is done next; :func:`steps` says how often.

    Returns:
        ``cpu``: seconds of CPU a request of each client, the smallest; ``cpu_of_wrk``: the median over rounds of each
        one's ratio to wrk's; ``pool``: seconds of CPU a request with httpx's pool and with our engine, by the number of
        users; ``rps_of_wrk``: the raw engine's requests per second against fwlab's JSON app, as a share of wrk's;
        ``p50``: seconds that an answer took that waits 50 ms, with 100 users.

    Raises:
        ServerError: a server does not start, or answers wrongly.
    """
    results: dict[str, Any] = {"rounds": rounds}
    with serving("raw") as raw, serving("fwlab") as fwlab:
        for server in (raw, fwlab):
            server.check(_CASE)
        if wrk.installed():
            results.update(_beside_wrk(raw, fwlab, rounds, seconds, step))
        results["pool"] = _beside_the_pool(raw, rounds, requests, step)
    results["p50"] = asyncio.run(_of_what_waits(rounds, max(requests, 100), step))
    return results


def steps(rounds: int) -> int:
    """Return how many measurements so many rounds are."""
    beside_wrk = len(_loops()) + 3 if wrk.installed() else 0
    return rounds * (beside_wrk + 2 * len(USERS) + 2)


def _beside_wrk(raw: Served, fwlab: Served, rounds: int, seconds: float, step: Callable[[str], None]) -> dict[str, Any]:
    cpu: dict[str, list[float]] = {"wrk": [], **{name: [] for name in _loops()}}
    shares = []
    for _ in range(rounds):
        step("wrk")
        cpu["wrk"].append(_wrk(raw, seconds)[0])
        for name, new_loop in _loops().items():
            step(name)
            run = _run(new_loop, raw, seconds)
            cpu[name].append(_cpu(run))
        step("wrk: fwlab's JSON")
        rate = _wrk(fwlab, seconds)[1]
        step("raw: fwlab's JSON")
        shares.append(_run(asyncio.new_event_loop, fwlab, seconds).rps / rate)
    return {
        "cpu": {name: min(times) for name, times in cpu.items()},
        "cpu_of_wrk": {
            name: statistics.median(ours / theirs for ours, theirs in zip(cpu[name], cpu["wrk"], strict=True))
            for name in _loops()
        },
        "rps_of_wrk": statistics.median(shares),
    }


def _loops() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"raw": asyncio.new_event_loop}
    if importlib.util.find_spec("uvloop"):
        import uvloop

        loops["raw, uvloop"] = uvloop.new_event_loop
    return loops


def _run(new_loop: Callable[[], asyncio.AbstractEventLoop], server: Served, seconds: float) -> Run:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return checked(runner.run(ask(server.port, _CASE, users=_AT_ONCE, duration=seconds)))


def _wrk(server: Served, seconds: float) -> tuple[float, float]:
    """Seconds of wrk's CPU a request, and its requests per second."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = wrk.drive(server.port, _CASE, connections=_AT_ONCE, seconds=seconds)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used / done.requests, done.rate


def _cpu(run: Run) -> float:
    assert run.generator is not None
    assert run.generator.cpu is not None
    return run.generator.cpu / len(run.samples)


def _beside_the_pool(
    server: Served, rounds: int, requests: int, step: Callable[[str], None]
) -> dict[str, dict[str, float]]:
    smallest: dict[str, dict[str, float]] = {"httpx's own pool": {}, "httpx engine": {}}
    for _ in range(rounds):
        for users in USERS:
            for name, row in smallest.items():
                step(f"{name}, {users} users")
                own_pool = name == "httpx's own pool"
                seconds = asyncio.run(_with_httpx(server, users, max(requests, users), own_pool=own_pool))
                row[str(users)] = min(seconds, row.get(str(users), seconds))
    return smallest


async def _with_httpx(server: Served, users: int, requests: int, *, own_pool: bool) -> float:
    how = {"users": users, "requests": requests, "timeout": 120}
    if not own_pool:
        return _cpu(checked(await ask(server.port, _CASE, engine="httpx", **how)))
    limits = httpx.Limits(max_connections=users, max_keepalive_connections=users)
    address = f"http://127.0.0.1:{server.port}"
    async with httpx.AsyncClient(base_url=address, limits=limits, trust_env=False, timeout=None) as client:
        return _cpu(checked(await load(client, _CASE.target, **how)))


async def _of_what_waits(rounds: int, requests: int, step: Callable[[str], None]) -> dict[str, float]:
    medians: dict[str, list[float]] = {"httpx": [], "raw": []}
    async with serve(waits, where="process", name="waits") as server:
        for _ in range(rounds):
            for engine, seen in medians.items():
                step(f"{engine}: sleep(0.05), 100 users")
                run = await load(server, users=100, requests=requests, engine=engine, where="process")
                seen.append(checked(run).percentile(50))
    return {engine: min(seen) for engine, seen in medians.items()}
