"""``load(target, path)``: many users at once, or a schedule of requests, and what each of them took."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import httpx

from fwlab.lab.clock.actors import current_actor
from fwlab.lab.errors import LoadError
from fwlab.lab.loading.experiment import Experiment
from fwlab.lab.loading.interrupt import interruptible, take_owed_interrupt
from fwlab.lab.loading.load_process import ProcessExperiment
from fwlab.lab.loading.open_files import make_room
from fwlab.lab.loading.plan import checked_plan
from fwlab.lab.loading.target import address_of, client_of
from fwlab.lab.progress import ProgressBar
from fwlab.lab.runs.prediction import held_against
from fwlab.lab.runs.run import Run
from fwlab.lab.runs.sample import LoadGenerator, Sample
from fwlab.lab.serving import blocking_client

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fwlab.lab.loading.engine import Exchange
    from fwlab.lab.loading.experiment import Result
    from fwlab.lab.loading.plan import Plan
    from fwlab.lab.loading.prepared import Paths
    from fwlab.lab.loading.target import Target

_last: Run | None = None


async def load(
    target: Target,
    path: Paths = "/",
    *,
    method: str = "GET",
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    users: int | None = None,
    requests: int | None = None,
    duration: float | None = None,
    rate: float | None = None,
    arrivals: Literal["constant", "poisson"] = "constant",
    seed: int = 1,
    warmup: int = 1,
    stagger: float = 0.0,
    timeout: float = 30.0,
    engine: Literal["httpx", "raw"] = "httpx",
    where: Literal["loop", "process"] = "loop",
    remote: bool = False,
) -> Run:
    """Send requests, many at the same time, and record each.

    Without ``rate`` the model is *closed*: ``users`` ask at the same time, each again as soon as it has its answer.
    With ``rate`` it is *open*: requests are due by a schedule, whether or not those before are answered, and response
    times count from when each was due. See Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary
    Tale" (NSDI 2006)::

        server = await serve(app)
        run = await load(server, "/burgers/2", users=50, requests=500)
        run = await load(server, "/burgers/2", rate=100, duration=5, arrivals="poisson")
        run = await load(server, {"/burgers/2": 3, "/menu": 1}, users=50, duration=5)
        run = await load(server, lambda user, number: f"/burgers/{number % 10}", users=50)
        run.percentile(95)      # seconds

    The interrupt key (in a notebook: *Interrupt*) ends the load at once, and ``load`` returns what was measured so far,
    with ``run.interrupted``; if the same cell or task then begins another load, the interrupt takes effect there. A
    task that is cancelled in another way is cancelled, as asyncio has it; :func:`last_run` returns what it measured.

    Args:
        target: a server (from :func:`~fwlab.lab.serve`); an ``http://`` address on this machine; an ASGI application,
            which is then called in memory; or an ``httpx.AsyncClient``, used as it is and left open. The last makes
            httpx's own connection pool choosable (``load(httpx.AsyncClient(base_url=server.url), "/x")``), which is
            good to know and not to measure with: its cost per request grows with the number of users, so that a
            handler of 50 ms read as 774 ms with 100 users (2 cores, server in another process). The other targets
            are reached by transports whose cost does not grow.
        path: what to ask for, with its query: ``"/burgers?size=2"``; several paths with their weights; or a function
            of the user and the request's number (both from 0, a warm-up request has a number too), which returns a
            path, the arguments of httpx's ``build_request`` as a dict, or an ``httpx.Request``.
        method: the HTTP method.
        json: a body, sent as JSON.
        headers: further request headers.
        users: how many ask at the same time (10). With a ``rate``: how many requests are under way at once at most
            (400); one that is due while there are as many waits in line, and its response time runs.
        requests: how many requests are counted, of all users together (100, and at least one for each user, where
            there is no duration). With a ``rate``: how many are due at most.
        duration: seconds during which requests are sent; those under way at its end are waited for. With ``requests``
            too, what is reached first ends the load. With a ``rate`` (5): the length of the schedule; what was due and
            could not be sent until a tenth of it later, and at least a second, is counted in ``run.unsent``.
        rate: requests that are due per second.
        arrivals: ``"constant"``, at equal distances, or ``"poisson"``, independent of each other.
        seed: the same seed draws the same arrivals, and the same order of several paths.
        warmup: requests of each user before counting begins; they are recorded apart. With a ``rate`` there are as many
            users then as would ask at once if each were answered in 0.1 s.
        stagger: seconds over which the users begin, one after another, so that they do not march in step.
        timeout: seconds that a request may take from beginning to end; then it counts as the error ``"timeout"``.
        engine: ``"httpx"`` sends with httpx; ``"raw"`` writes the bytes itself, at a fraction of the cost, to a server
            or an address.
        where: ``"loop"``: this event loop. ``"process"``: one of its own, so that client and server do not wait for
            each other; for a server or an address.
        remote: whether the target may be on another machine.

    Returns:
        The :class:`~fwlab.lab.Run`. A request that fails is a sample in it with the kind of error. A redirect is an
        answer like any other, and is not followed.

    Raises:
        LoadError: an argument that makes no sense, a function that fails to make a request, or a target at which
            nothing listens.
        ServeError: the start-up of an application in memory failed.
    """
    plan = checked_plan(
        paths=path,
        method=method,
        json=json,
        headers=headers,
        users=users,
        requests=requests,
        duration=duration,
        rate=rate,
        arrivals=arrivals,
        seed=seed,
        warmup=warmup,
        stagger=stagger,
        timeout=timeout,
        engine=engine,
        where=where,
    )
    await take_owed_interrupt()
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(client_of(target, remote=remote))
        address = address_of(target, remote=remote)
        _check_reach(plan, address)
        alone = address is not None and not _served_here(client)
        bar = stack.enter_context(ProgressBar.of(plan))
        if plan.where == "process":
            if current_actor() is not None:
                raise LoadError(
                    "load(where='process'): in virtual time there is one clock, and it is this process's. "
                    "Leave where out: the client costs no virtual time there."
                )
            experiment: Experiment | ProcessExperiment = ProcessExperiment(plan, str(address), bar.show)
        else:
            if address is not None:
                make_room(plan.users, both_ends=blocking_client.thread_of(client.base_url.port or 80) is not None)
            experiment = Experiment(plan, client, None if bar.disable else bar.show, alone=alone)
        stack.enter_context(interruptible(experiment.stop))
        try:
            await experiment.run()
        except asyncio.CancelledError as error:
            if (result := experiment.result()) is not None:
                _keep(plan, result)
                error.add_note("What the load had measured until then is in fwlab.lab.last_run().")
            raise
        result = experiment.result()
    assert result is not None
    return _keep(plan, result)


def last_run() -> Run:
    """Return the run of the load that ended last, whether it came to its end or was stopped or cancelled before.

    Raises:
        LoadError: there was none yet.
    """
    if _last is None:
        raise LoadError("No load has run yet: run = await load(server, '/').")
    return _last


def _keep(plan: Plan, result: Result) -> Run:
    global _last
    _last = Run(
        name=plan.name,
        users=plan.users if plan.rate is None else result.most_in_flight,
        duration=result.duration,
        samples=tuple(_sample(row, warmup=False) for row in result.rows),
        warmup_samples=tuple(_sample(row, warmup=True) for row in result.warmup_rows),
        rate=plan.rate,
        unsent=result.unsent,
        interrupted=result.interrupted,
        generator=LoadGenerator(plan.engine, plan.where, result.cpu),
    )
    if predictions := held_against(_last):
        _last = replace(_last, predictions=predictions)
    return _last


def _sample(row: Exchange, *, warmup: bool) -> Sample:
    return Sample(*row[:7], warmup=warmup, name=row.name)


def _served_here(client: httpx.AsyncClient) -> bool:
    """Whether the server runs in this very thread, so that the thread's processor time is not the client's alone."""
    return blocking_client.thread_of(client.base_url.port or 80) == threading.get_ident()


def _check_reach(plan: Plan, address: str | None) -> None:
    for name, value, usual in (("engine", plan.engine, "httpx"), ("where", plan.where, "loop")):
        if value != usual and address is None:
            raise LoadError(
                f"load({name}={value!r}) needs a target with an address. Serve the application first: "
                f"load(await serve(app), ..., {name}={value!r})."
            )
