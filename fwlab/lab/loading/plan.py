"""A load as it is asked for, checked: what a process of its own is told as well."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwlab.lab.errors import LoadError
from fwlab.lab.loading.arrivals import ARRIVALS
from fwlab.lab.loading.engine import ENGINES
from fwlab.lab.loading.prepared import METHODS, name_of

if TYPE_CHECKING:
    from fwlab.lab.loading.prepared import Paths

PLACES = ("loop", "process")
MOST_REQUESTS = 1_000_000
"""Requests that a run may have: each is kept with its times, some 200 bytes."""

_USERS = 10  # in the closed model
_REQUESTS = 100
_MOST_IN_FLIGHT = 400  # in the open model; both ends of so many connections are under the usual 1024 open files

_DURATION = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What :func:`~fwlab.lab.load` was asked for; its documentation describes the fields."""

    paths: Paths
    method: str
    json: Any
    headers: Mapping[str, str] | None
    users: int
    requests: int | None
    duration: float | None
    rate: float | None
    arrivals: str
    seed: int
    warmup: int
    stagger: float
    timeout: float
    engine: str
    where: str

    @property
    def name(self) -> str:
        """What the load is called."""
        return name_of(self.paths, self.method)

    @property
    def warmup_users(self) -> int:
        """How many users warm up: in an open model those who would ask at once, were each answered in 0.1 s."""
        return self.users if self.rate is None else max(1, min(self.users, round(self.rate / 10)))

    @property
    def counted(self) -> int | None:
        """How many requests will be counted, as far as that is known beforehand."""
        if self.rate is not None and self.duration is not None:
            return min(round(self.rate * self.duration), self.requests or MOST_REQUESTS)
        return self.requests if self.duration is None else None


def checked_plan(
    *,
    paths: Any,
    method: Any,
    json: Any,
    headers: Any,
    users: Any,
    requests: Any,
    duration: Any,
    rate: Any,
    arrivals: Any,
    seed: Any,
    warmup: Any,
    stagger: Any,
    timeout: Any,
    engine: Any,
    where: Any,
) -> Plan:
    """Return the plan of a load, with what was left open filled in.

    Raises:
        LoadError: an argument makes no sense, or two of them together.
    """
    _check_paths(paths)
    for name, value, least in (("users", users, 1), ("requests", requests, 1)):
        if value is not None:
            _whole(name, value, least)
    _whole("warmup", warmup, 0)
    _whole("seed", seed, None)
    for name, value in (("duration", duration), ("rate", rate), ("timeout", timeout)):
        if value is not None or name == "timeout":
            _positive(name, value)
    _number("stagger", stagger, "of seconds from 0 on", lambda seconds: seconds >= 0)
    _one_of("arrivals", arrivals, ARRIVALS)
    _one_of("engine", engine, ENGINES)
    _one_of("where", where, PLACES)
    if rate is None:
        users = _USERS if users is None else users
        requests, stagger = _closed(users, requests, duration, float(stagger))
    else:
        users = _MOST_IN_FLIGHT if users is None else users
        duration = _open(requests, duration, rate, stagger)
    if (requests or 0) > MOST_REQUESTS or users > MOST_REQUESTS:
        raise LoadError(
            f"load(users={users}, requests={requests}): a run keeps each request with its times, and has at most "
            f"{MOST_REQUESTS:,} of them."
        )
    return Plan(
        paths=paths,
        method=_checked_method(method),
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


def _closed(users: int, requests: int | None, duration: float | None, stagger: float) -> tuple[int | None, float]:
    if requests is None and duration is None:
        requests = max(_REQUESTS, users)
    if requests is not None and users > requests:
        raise LoadError(
            f"load(users={users}, requests={requests}): each user sends at least one request. "
            f"Write requests={users} or more, or fewer users."
        )
    if duration is not None and stagger >= duration:
        raise LoadError(
            f"load(stagger={stagger:g}, duration={duration:g}): the last user would begin when the load ends. Write "
            "a longer duration, or a shorter stagger."
        )
    return requests, stagger


def _open(requests: int | None, duration: float | None, rate: float, stagger: float) -> float | None:
    if stagger:
        raise LoadError(
            f"load(rate={rate:g}, stagger={stagger:g}): in the open model requests are due one after another anyway. "
            "Leave stagger out; arrivals='poisson' makes their distances irregular."
        )
    if requests is None and duration is None:
        duration = _DURATION
    due = min(rate * duration if duration is not None else math.inf, requests if requests is not None else math.inf)
    if due > MOST_REQUESTS:
        raise LoadError(
            f"load(rate={rate:g}, duration={duration:g}): these are {due:,.0f} requests. A run keeps each with its "
            f"times, and has at most {MOST_REQUESTS:,}. Write a lower rate, a shorter duration, or requests=."
        )
    return duration


def _check_paths(paths: object) -> None:
    if isinstance(paths, Mapping):
        if not paths:
            raise LoadError("load(path={}): these are no paths. Write each with its weight: {'/a': 3, '/b': 1}.")
        for path, weight in paths.items():
            _check_path(path)
            if not isinstance(weight, int) or isinstance(weight, bool) or weight < 1:
                raise LoadError(
                    f"load(path=...): the weight of {path!r} is a whole number from 1 on, and this is {weight!r}."
                )
    elif isinstance(paths, list | tuple | set | frozenset):
        weights = ", ".join(f"{path!r}: 1" for path in paths) or "'/a': 3, '/b': 1"
        raise LoadError(f"load(path=...): several paths are written with their weights: {{{weights}}}.")
    elif not callable(paths):
        _check_path(paths)


def _check_path(path: object) -> None:
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
        raise LoadError(f"load(path=...) begins with one slash, as in '/burgers', and this is {path!r}.")


def _whole(name: str, value: object, least: int | None) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        from_on = "" if least is None else f" from {least} on"
        raise LoadError(f"load({name}=...) is a whole number{from_on}, and this is {value!r}.")


def _positive(name: str, value: object) -> None:
    unit = "requests per second" if name == "rate" else "seconds"
    _number(name, value, f"of {unit} above 0", lambda number: number > 0)


def _number(name: str, value: object, range_: str, fits: Any) -> None:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and fits(value)
    if not good:
        raise LoadError(f"load({name}=...) is a number {range_}, and this is {value!r}.")


def _one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        words = " or ".join(map(repr, choices))
        raise LoadError(f"load({name}=...) is {words}, and this is {value!r}.")


def _checked_method(method: object) -> str:
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise LoadError(f"load(method=...) is one of {', '.join(METHODS)}, and this is {method!r}.")
    return method.upper()
