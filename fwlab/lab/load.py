"""``load(target, path)``: many users at once, and what each of their requests took.

The model is *closed*: a fixed number of users, each of whom sends the next request when the last one is answered. See
Schroeder, Wierman and Harchol-Balter, "Open Versus Closed: A Cautionary Tale" (NSDI 2006), for what that hides: a
server that stalls is asked less.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Any

import httpx

from fwlab.lab.errors import LoadError
from fwlab.lab.progress import ProgressBar
from fwlab.lab.run import Run
from fwlab.lab.sample import Sample
from fwlab.lab.target import client_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fwlab.lab.target import Target

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def load(
    target: Target,
    path: str = "/",
    *,
    method: str = "GET",
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    users: int = 10,
    requests: int = 100,
    warmup: int = 1,
    timeout: float = 30.0,
) -> Run:
    """Let a number of users ask at the same time, each again as soon as it has its answer, and record each request.

    Example::

        server = await serve(app)
        run = await load(server, "/burgers/2", users=50, requests=500)
        run.percentile(95)      # seconds

    Args:
        target: a server (from :func:`~fwlab.lab.serve`); an ``http://`` address on this machine; an ASGI application,
            which is then called in memory; or an ``httpx.AsyncClient``, used as it is and left open. The last makes
            httpx's own connection pool choosable (``load(httpx.AsyncClient(base_url=server.url), "/x")``), which is
            good to know and not to measure with: its cost per request grows with the number of users, so that a
            handler of 50 ms read as 774 ms with 100 users (2 cores, server in another process). The other targets
            are reached by transports whose cost does not grow.
        path: what to ask for, with its query: ``"/burgers?size=2"``.
        method: the HTTP method.
        json: a body, sent as JSON.
        headers: further request headers.
        users: how many ask at the same time.
        requests: how many requests are counted, of all users together.
        warmup: requests of each user before counting begins; they are recorded apart.
        timeout: seconds that a request may take from beginning to end; then it counts as the error ``"timeout"``.

    Returns:
        The :class:`~fwlab.lab.Run`. A request that fails is a sample in it with the kind of error.

    Raises:
        LoadError: an argument that makes no sense, or a target at which nothing listens.
        ServeError: the start-up of an application in memory failed.
    """
    _check_counts(users=users, requests=requests, warmup=warmup)
    _check_timeout(timeout)
    method = _checked_method(method)
    _check_path(path)
    async with client_of(target) as client:
        request = _request(client, method, path, json, headers)
        return await _ClosedModel(client, request, path, timeout).run(users, requests, warmup)


class _ClosedModel:
    """Users who send a request, wait for its answer, and send the next."""

    def __init__(self, client: httpx.AsyncClient, request: httpx.Request, path: str, timeout: float) -> None:
        self._client = client
        self._request = request  # one for all: building it would cost as much as sending it
        self._path = path
        self._timeout = timeout
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._samples: list[Sample] = []
        self._reached = False
        self._refused = False

    async def run(self, users: int, requests: int, warmup: int) -> Run:
        with ProgressBar(total=users * warmup + requests) as bar:
            await self._let_ask([iter(range(warmup)) for _ in range(users)], bar, warmup=True)
            warmup_samples, self._samples = self._samples, []
            counted_from = self._clock()
            tickets = iter(range(requests))
            await self._let_ask([tickets] * users, bar, warmup=False)
        return Run(
            name=f"{self._request.method} {self._path}",
            users=users,
            duration=self._clock() - counted_from,
            samples=tuple(self._samples),
            warmup_samples=tuple(warmup_samples),
        )

    async def _let_ask(self, tickets: list[Iterator[int]], bar: ProgressBar, *, warmup: bool) -> None:
        """Let each user ask as long as its tickets last; users may share them."""
        async with asyncio.TaskGroup() as group:
            for user, tickets_of_user in enumerate(tickets):
                group.create_task(self._ask(user, tickets_of_user, bar, warmup))
        if self._refused:
            url = self._request.url
            raise LoadError(
                f"Nothing listens on {url.scheme}://{url.netloc.decode('ascii')}. "
                "Start a server there: server = await serve(app)."
            )

    async def _ask(self, user: int, tickets: Iterator[int], bar: ProgressBar, warmup: bool) -> None:
        for _ in tickets:
            sample = await self._request_once(user, warmup)
            if sample.error == httpx.ConnectError.__name__ and not self._reached:
                self._refused = True
                return
            self._reached = True
            self._samples.append(sample)
            bar.update()

    async def _request_once(self, user: int, warmup: bool) -> Sample:
        intended = self._now()  # in the closed model, a user intends to send as soon as it can
        first_byte = done = status = error = None
        sent = self._now()
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                response = await self._client.send(self._request, stream=True)
                first_byte, status = self._now(), response.status_code
                try:
                    async for _ in response.aiter_raw():
                        pass
                finally:
                    await response.aclose()
                done = self._now()
                if status >= 400:
                    error = f"HTTP {status}"
        except Exception as failure:  # whatever it is, it is what came of this request
            error = "timeout" if limit.expired() else type(failure).__name__
        return Sample(intended, sent, first_byte, done, status, error, user, warmup)

    def _now(self) -> float:
        return self._clock() - self._began


def _request(
    client: httpx.AsyncClient, method: str, path: str, json: Any, headers: Mapping[str, str] | None
) -> httpx.Request:
    try:
        return client.build_request(method, path, json=json, headers=headers, timeout=None)
    except (TypeError, ValueError, httpx.InvalidURL, AttributeError) as error:
        raise LoadError(
            f"load(path={path!r}, json={json!r}, headers={headers!r}): no request can be made of these: {error}."
        ) from None


def _check_counts(*, users: object, requests: object, warmup: object) -> None:
    for name, value, least in (("users", users, 1), ("requests", requests, 1), ("warmup", warmup, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise LoadError(f"load({name}=...) is a whole number from {least} on, and this is {value!r}.")
    if users > requests:  # type: ignore[operator]  # both are int by now
        raise LoadError(
            f"load(users={users}, requests={requests}): each user sends at least one request. "
            f"Write requests={users} or more, or fewer users."
        )


def _check_timeout(timeout: object) -> None:
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not 0 < timeout < math.inf:
        raise LoadError(f"load(timeout=...) is a number of seconds above 0, and this is {timeout!r}.")


def _checked_method(method: object) -> str:
    if not isinstance(method, str) or method.upper() not in _METHODS:
        raise LoadError(f"load(method=...) is one of {', '.join(_METHODS)}, and this is {method!r}.")
    return method.upper()


def _check_path(path: object) -> None:
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
        raise LoadError(f"load(path=...) begins with one slash, as in '/burgers', and this is {path!r}.")
