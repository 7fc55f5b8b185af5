"""What fwlab has set itself, and whether a run reached it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.ratios import geometric_mean, ratios

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_PROCESS = {"fastapi": 0.13, "starlette": 0.50, "litestar": 0.30, "falcon": 0.75, "blacksheep": 0.75}
"""At most so much of the peer's CPU time, geometric mean of the cases both have."""
WIRE = {"json": 0.85, "parameters": 0.78, "body": 0.78}
"""At least so much of the raw app's requests per second."""
ENOUGH_ROUNDS = 3
"""A rate over the wire is judged from so many rounds on; one alone may have met a busy moment."""
DEF = 1.15
"""At most so much of a bare hop into a thread."""
IMPORT = 0.4
"""At most so much of FastAPI's import, in time."""
ROUTES = 1.0
"""200 routes, at most so much of 2; a measurement allows for a few percent of noise."""
_NOISE = 0.05
TRACED = 1.15
"""A request of FastAPI's while a timeline is open: at most so many times what it takes without."""
TRACED_MORE = 15e-6
"""And of fwlab's, at most so many seconds more."""
PANEL = 0.02
"""Of a kernel's loop that answers 500 requests a second, JupyterLab's panel takes less than this share."""
THOUSAND = 2.0
"""A run of 1,000 requests in virtual time: less than so many seconds."""
CLIENT_CPU = {"raw": 3.0, "raw, uvloop": 1.5}
"""At most so many times wrk's CPU a request, 50 users."""
CLIENT_RPS = 0.9
"""The raw engine against fwlab's JSON app: at least so much of wrk's requests per second."""
POOL = 0.25
"""The httpx engine: at most so much of the CPU that httpx's own pool takes, 50 users."""
FLAT = 1.5
"""And with 100 users at most so many times what it takes with 10."""
WAIT = 0.05 * 1.15
"""A wait of 50 ms with 100 users: at most so many seconds, the median."""
SAME = 0.95
"""Of comparisons of two identical servers, at least this share says that nobody can tell."""
SLOWER = 0.5
"""Of those with one that takes a quarter longer, more than this share says so."""
_ENOUGH_COMPARISONS = 20


class Outcome(NamedTuple):
    """One target, and what was measured.

    Attributes:
        what: in words.
        value: the ratio measured.
        bound: the ratio aimed at.
        reached: whether it was.
    """

    what: str
    value: float
    bound: str
    reached: bool


def judge(results: dict[str, Any]) -> Iterator[Outcome]:
    """Yield the outcome of every target that the results say something of."""
    in_process = results.get("in_process", {})
    for peer, bound in IN_PROCESS.items():
        mean = geometric_mean(ratios(in_process, "fwlab", peer).values())
        if mean is not None:
            yield Outcome(f"in process, CPU time, of {peer}'s", mean, f"<= {bound:.2f}", mean <= bound)
    wire = results.get("wire", {"rounds": 0, "rates": {}})
    shares = ratios(wire["rates"], "fwlab", "raw") if wire["rounds"] >= ENOUGH_ROUNDS else {}
    for case, bound in WIRE.items():
        if case in shares:
            what = f"over the wire, requests/s of {case}, of the raw app's"
            yield Outcome(what, shares[case], f">= {bound:.2f}", shares[case] >= bound)
    if threads := results.get("threads"):
        value = threads["handler"] / threads["bare"]
        yield Outcome("a def handler, of a bare to_thread.run_sync", value, f"<= {DEF:.2f}", value <= DEF)
    imports = ratios(results.get("imports", {}), "fwlab", "fastapi")
    if "seconds" in imports:
        value = imports["seconds"]
        yield Outcome("the import, CPU time, of FastAPI's", value, f"<= {IMPORT:.2f}", value <= IMPORT)
    for kind, value in ratios(results.get("routes", {}), "200", "2").items():
        reached = value <= ROUTES + _NOISE
        yield Outcome(f"200 routes, {kind}, of 2", value, f"<= {ROUTES:.2f} (+-{_NOISE:.2f})", reached)
    yield from _of_timelines(results)
    yield from _of_the_panel(results)
    if clients := results.get("clients"):
        yield from _of_clients(clients)
    comparisons = results.get("comparisons")
    if comparisons and comparisons["tries"] >= _ENOUGH_COMPARISONS:
        value = comparisons["same"].get("cannot tell", 0) / comparisons["tries"]
        yield Outcome("comparisons of identical servers that cannot tell", value, f">= {SAME:.2f}", value >= SAME)
        value = comparisons["slower"].get("slower", 0) / comparisons["tries"]
        yield Outcome("comparisons that see a quarter more time", value, f"> {SLOWER:.2f}", value > SLOWER)


def _of_the_panel(results: dict[str, Any]) -> Iterator[Outcome]:
    if shares := results.get("panel"):
        value = shares["timeline"] - shares["nobody"]
        yield Outcome("what JupyterLab's panel takes of a loop at 500/s", value, f"< {PANEL:.2f}", value < PANEL)


def _of_timelines(results: dict[str, Any]) -> Iterator[Outcome]:
    tracing = results.get("tracing", {})
    if "fastapi" in tracing:
        value = tracing["fastapi"]["on"] / tracing["fastapi"]["bare"]
        yield Outcome("a request of FastAPI's, traced, of one that is not", value, f"<= {TRACED:.2f}", value <= TRACED)
    if "fwlab" in tracing:
        value = tracing["fwlab"]["on"] - tracing["fwlab"]["bare"]
        bound = f"<= {1e6 * TRACED_MORE:.0f}"
        yield Outcome("what tracing adds to a request of fwlab's, in us", 1e6 * value, bound, value <= TRACED_MORE)
    if virtual := results.get("virtual_time"):
        value = virtual["same"] / virtual["tries"]
        yield Outcome("runs in virtual time with the same bytes", value, "= 1.00", virtual["same"] == virtual["tries"])
        value = virtual["seconds"]
        yield Outcome("1,000 requests in virtual time, in s", value, f"< {THOUSAND:.2f}", value < THOUSAND)


def _of_clients(clients: dict[str, Any]) -> Iterator[Outcome]:
    for name, value in clients.get("cpu_of_wrk", {}).items():
        bound = CLIENT_CPU[name]
        yield Outcome(f"client CPU, {name}, of wrk's", value, f"<= {bound:.2f}", value <= bound)
    if (value := clients.get("rps_of_wrk")) is not None:
        yield Outcome("requests/s of the raw engine, of wrk's", value, f">= {CLIENT_RPS:.2f}", value >= CLIENT_RPS)
    ours, theirs = clients["pool"]["httpx engine"], clients["pool"]["httpx's own pool"]
    value = ours["50"] / theirs["50"]
    yield Outcome("client CPU, httpx engine, of httpx's pool's", value, f"<= {POOL:.2f}", value <= POOL)
    value = ours["100"] / ours["10"]
    yield Outcome("client CPU, httpx engine, 100 users of 10", value, f"<= {FLAT:.2f}", value <= FLAT)
    for engine, seconds in clients["p50"].items():
        what = f"a wait of 50 ms, 100 users, {engine}, in ms"
        yield Outcome(what, 1000 * seconds, f"<= {1000 * WAIT:.1f}", seconds <= WAIT)
