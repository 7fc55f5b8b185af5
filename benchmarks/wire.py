"""(b) Over the wire: requests per second through uvicorn, each app's server in its own process, all on this machine.

Client and server share its cores, so the rate is a matter of luck on a busy machine; the CPU that the server used a
request, measured beside it, is less so.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import raw_client, wrk
from benchmarks.cases import turns
from benchmarks.ratios import Table, keep_largest, keep_smallest
from benchmarks.served import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.cases import Case

CONNECTIONS = 16


class Wire(NamedTuple):
    """What was measured, by framework and case.

    Attributes:
        driver: what sent the requests.
        rounds: how often each case was measured.
        rates: requests per second, the largest of the rounds.
        cpu: seconds of the server's CPU a request, the smallest.
    """

    driver: str
    rounds: int
    rates: Table
    cpu: Table


def measure(cases: Mapping[str, Sequence[Case]], *, rounds: int, seconds: float, step: Callable[[str], None]) -> Wire:
    """Serve all apps, and drive them in turn.

    Raises:
        ServerError: a server does not start, or answers wrongly.
    """
    driver = wrk if wrk.installed() else raw_client
    wire = Wire("wrk" if driver is wrk else "the suite's own client", rounds, {}, {})
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving(name)) for name in cases}
        for name, case in turns(cases):
            servers[name].check(case)
        for _ in range(rounds):
            for name, case in turns(cases):
                step(f"{name}: {case.name}")
                server = servers[name]
                before = server.cpu_time()
                load = driver.drive(server.port, case, connections=CONNECTIONS, seconds=seconds)
                keep_smallest(wire.cpu, name, case.name, (server.cpu_time() - before) / load.requests)
                keep_largest(wire.rates, name, case.name, load.rate)
    return wire
