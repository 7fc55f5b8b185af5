"""One load, carried out in this event loop: warm-up, the counted requests, and nothing left of it at the end."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.lab.clock.actors import current_actor
from fwlab.lab.errors import LoadError
from fwlab.lab.loading.arrivals import arrivals
from fwlab.lab.loading.closed_model import ClosedModel
from fwlab.lab.loading.engine import Exchange
from fwlab.lab.loading.httpx_engine import HttpxEngine
from fwlab.lab.loading.open_model import OpenModel
from fwlab.lab.loading.plan import MOST_REQUESTS
from fwlab.lab.loading.prepared import source
from fwlab.lab.loading.raw_engine import RawEngine
from fwlab.lab.loading.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from fwlab.lab.loading.engine import Engine, Row
    from fwlab.lab.loading.plan import Plan
    from fwlab.lab.loading.record import Live

_LOOK = 0.2  # seconds between two looks at a running load


@dataclass(slots=True)
class Result:
    """What a load found; moments are seconds since it began.

    Attributes:
        rows, warmup_rows: what came of each request that was counted, and of those before.
        duration: from the first counted request to the end of the last.
        most_in_flight: how many requests were under way at most.
        unsent: how many were to be sent, and were not.
        interrupted: whether it was stopped before its end.
        cpu: seconds of processor time that the client used while requests were counted; ``None`` where the event loop's
            clock is not the world's, and seconds of the two cannot be compared.
    """

    rows: list[Exchange]
    warmup_rows: list[Exchange]
    duration: float
    most_in_flight: int
    unsent: int
    interrupted: bool
    cpu: float | None


class Experiment:
    """A load that can be carried out, looked at, and stopped.

    Args:
        plan: what is asked for.
        client: whose address it is aimed at.
        watch: called some five times a second with how it is doing.
        alone: whether the client has its thread for itself, so that what the thread uses is what the client uses.
    """

    def __init__(
        self, plan: Plan, client: httpx.AsyncClient, watch: Callable[[Live], None] | None = None, *, alone: bool
    ) -> None:
        self._plan = plan
        self._client = client
        self._watch = watch
        self._alone = alone
        self._loop = asyncio.get_running_loop()
        self._source = source(
            client, plan.paths, method=plan.method, json=plan.json, headers=plan.headers, seed=plan.seed
        )
        self._engine = self._new_engine()
        self._warmup = Record(unreachable=self._give_up)
        self._record = Record(unreachable=self._give_up)
        self._model: ClosedModel | OpenModel | None = None
        self._unreachable = self._interrupted = self._counting = False
        self._began = self._counted_from = self._counted_to = self._loop.time()
        self._cpu = 0.0
        self._looking: asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Carry it out, until its end or until it is stopped; cancelled, it has a result all the same.

        Raises:
            LoadError: nothing could be reached, or a request could not be made.
        """
        plan = self._plan
        self._began = self._counted_from = self._loop.time()
        self._look()
        try:
            if plan.warmup:
                await self._play(
                    ClosedModel(self._engine, self._source, self._warmup, users=plan.warmup_users, each=plan.warmup)
                )
                self._record = Record()  # somebody was there
            if not self._interrupted:
                self._counting = True
                self._counted_from = self._loop.time()
                cpu = self._cpu_now()
                try:
                    await self._play(self._counted_model())
                finally:
                    self._counted_to = self._loop.time()
                    self._cpu = self._cpu_now() - cpu
        except asyncio.CancelledError:
            self.stop()
            raise
        finally:
            if self._looking is not None:
                self._looking.cancel()
            await self._engine.close()

    def stop(self) -> None:
        """End it now; what was measured so far is its result."""
        self._interrupted = True
        if self._model is not None:
            self._model.stop()

    def result(self) -> Result:
        """Return what it found, when it has ended."""
        model = self._model
        began = self._began
        return Result(
            rows=[_since(began, row) for row in self._record.rows],
            warmup_rows=[_since(began, row) for row in self._warmup.rows],
            duration=self._counted_to - self._counted_from,
            most_in_flight=model.most_in_flight if model is not None else 0,
            unsent=model.unsent if self._counting and model is not None else self._plan.counted or 0,
            interrupted=self._interrupted,
            cpu=self._cpu if current_actor() is None else None,
        )

    async def _play(self, model: ClosedModel | OpenModel) -> None:
        self._model = model
        if self._interrupted:  # before it began
            model.stop()
        await model.run()
        if self._unreachable:
            url = self._client.base_url
            raise LoadError(
                f"Nothing listens on {url.scheme}://{url.netloc.decode('ascii')} ({self._engine.refused}). "
                "Start a server there: server = await serve(app)."
            )

    def _counted_model(self) -> ClosedModel | OpenModel:
        plan, parts = self._plan, (self._engine, self._source, self._record)
        if plan.rate is None:
            requests = MOST_REQUESTS if plan.requests is None else plan.requests
            return ClosedModel(
                *parts, users=plan.users, requests=requests, duration=plan.duration, stagger=plan.stagger
            )
        due = arrivals(plan.arrivals, plan.rate, plan.seed)
        return OpenModel(*parts, due=due, requests=plan.requests, duration=plan.duration, most=plan.users)

    def _new_engine(self) -> Engine:
        if self._plan.engine == "httpx":
            return HttpxEngine(self._client, self._plan.timeout, count_cpu=not self._alone)
        url = self._client.base_url
        return RawEngine(url.host, url.port or 80, self._plan.timeout, count_cpu=not self._alone)

    def _cpu_now(self) -> float:
        return time.thread_time() if self._alone else self._engine.cpu

    def _give_up(self) -> None:
        self._unreachable = True
        if self._model is not None:
            self._model.stop()

    def _look(self) -> None:
        if self._watch is None:
            return
        elapsed = self._loop.time() - self._counted_from if self._counting else 0.0
        warmed_up = len(self._warmup.rows)
        live = self._record.live(elapsed)
        self._watch(live._replace(warmup=warmed_up))
        self._looking = self._loop.call_later(_LOOK, self._look)


def _since(began: float, plain: Row) -> Exchange:
    row = Exchange._make(plain)
    return row._replace(
        intended=row.intended - began,
        sent=row.sent - began,
        first_byte=None if row.first_byte is None else row.first_byte - began,
        done=None if row.done is None else row.done - began,
    )
