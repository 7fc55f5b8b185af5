"""``sweep(target, users=[1, 10, 50, 100])``: what becomes of response times and throughput as the load grows.

Up to some load a server answers more and more requests, each as fast as before; beyond it, only the waiting grows.
Between the two is the *knee*. Here it is the load at which the *power* is greatest, the throughput divided by the
response time: L. Kleinrock, "Power and Deterministic Rules of Thumb for Probabilistic Problems in Computer
Communications" (ICC 1979).
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from fwlab.lab.errors import LoadError
from fwlab.lab.loading.load import load
from fwlab.lab.progress import ProgressBar
from fwlab.lab.runs import stats
from fwlab.lab.runs.prediction import guesses_wait
from fwlab.lab.units import rate_text, time_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fwlab.lab.figures.figure import Figure
    from fwlab.lab.loading.target import Target
    from fwlab.lab.runs.run import Run

REQUESTS_OF_A_USER = 10
"""How many requests each user sends at a level, where nothing else is asked for."""
LEAST_REQUESTS = 200
"""How many are sent at a level at least, where nothing else is asked for: enough for a p95."""


@dataclass(frozen=True)
class Sweep:
    """Runs under growing load.

    Attributes:
        axis: what grows: ``"users"`` of the closed model, or ``"rate"``, requests per second, of the open one.
        runs: for each label the runs by level, the lowest first.
    """

    axis: Literal["users", "rate"]
    runs: Mapping[str, Mapping[float, Run]]

    def knee(self, label: str) -> float | None:
        """Return the level of the greatest power; ``None`` where that is the last one: the knee is further on.

        Raises:
            LoadError: there is no such label.
        """
        if label not in self.runs:
            raise LoadError(f"sweep.knee({label!r}): there are {', '.join(map(repr, self.runs))}.")
        levels = self.runs[label]
        power = {level: run.rps / fmean(run.response_times) for level, run in levels.items() if run.response_times}
        best = max(power, key=power.__getitem__, default=None)
        return None if best is None or best == list(levels)[-1] else best

    def plot(self) -> Figure:
        """Draw response times and throughput against the load, with the knees marked."""
        from fwlab.lab.figures.sweep_plot import (
            plot_sweep,  # here, for matplotlib is slow to load and not always wanted
        )

        return plot_sweep(self)

    def __str__(self) -> str:
        rows = self._rows()
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join(
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        cell = "text-align: left; padding: 0.15em 1.2em 0.15em 0; font-variant-numeric: tabular-nums;"
        head, *body = [[html.escape(text) for text in row] for row in self._rows()]
        lines = ["".join(f'<th scope="col" style="{cell}">{text}</th>' for text in head)]
        lines += ["".join(f'<td style="{cell}">{text}</td>' for text in row) for row in body]
        rows = "".join(f'<tr style="background: none;">{line}</tr>' for line in lines)
        return f'<table style="border-collapse: collapse; margin: 0; color: inherit;">{rows}</table>'

    def _rows(self) -> list[list[str]]:
        rows = [["", self.axis, "throughput", "p50", "p95", "errors", ""]]
        for label, levels in self.runs.items():
            knee = self.knee(label)
            for level, run in levels.items():
                times = [
                    time_text(run.percentiles[p]) if p in run.percentiles else f"needs {stats.needed(p)} requests"
                    for p in (50, 95)
                ]
                mark = "knee" if level == knee else ""
                rows.append([label, f"{level:g}", rate_text(run.rps), *times, str(run.errors.total() or "none"), mark])
        return rows


async def sweep(
    target: Target,
    paths: str | Mapping[str, str] = "/",
    *,
    users: Sequence[int] | None = None,
    rate: Sequence[float] | None = None,
    **options: Any,
) -> Sweep:
    """Load a target at several levels, one after the other, the lowest first.

    Example::

        curve = await sweep(server, {"async def": "/io", "def": "/io-sync"}, users=[1, 10, 40, 50, 100])
        curve.plot()

    Args:
        target: as :func:`~fwlab.lab.load` takes it.
        paths: what to ask for; or several, each with its label: ``{"async def": "/io", "def": "/io-sync"}``. At each
            level they take turns.
        users: the levels of the closed model: how many users ask at the same time.
        rate: the levels of the open model: how many requests are sent per second.
        **options: for each load; see :func:`~fwlab.lab.load`. Without ``requests`` and ``duration``, each user sends
            10 requests, all together at least 200; at a rate, the load lasts 2 s.

    Returns:
        A :class:`Sweep`: print it, plot it, ask for its knee.

    Raises:
        LoadError: an argument that makes no sense, or a target at which nothing listens.
        ServeError: the start-up of an application in memory failed.
    """
    axis, levels = _levels(users, rate)
    labelled = {paths: paths} if isinstance(paths, str) else dict(paths)
    if not labelled:
        raise LoadError("sweep(paths={}): there is nothing to ask for; write a path or {'label': '/path'}.")
    runs: dict[str, dict[float, Run]] = {label: {} for label in labelled}
    with ProgressBar(total=len(levels) * len(labelled), unit=" runs") as bar, guesses_wait():
        for level in levels:
            for label, path in labelled.items():
                run = await load(target, path, **{**_size(axis, level, options), axis: level}, **options)
                runs[label][level] = run
                bar.update()
                if run.interrupted:
                    return Sweep(axis, runs)
    return Sweep(axis, runs)


def _levels(
    users: Sequence[int] | None, rate: Sequence[float] | None
) -> tuple[Literal["users", "rate"], list[int] | list[float]]:
    if (users is None) == (rate is None):
        raise LoadError("sweep() grows one thing: users=[1, 10, 50] (closed model) or rate=[10, 100] (open model).")
    axis: Literal["users", "rate"] = "users" if rate is None else "rate"
    levels: Any = users if rate is None else rate
    try:
        ordered = sorted(set(levels))
    except TypeError:
        raise LoadError(f"sweep({axis}=...) is a list of numbers, and this is {levels!r}.") from None
    if not ordered or isinstance(levels, str):
        raise LoadError(f"sweep({axis}=...) is a list of at least one number, and this is {levels!r}.")
    return axis, ordered


def _size(axis: str, level: float, options: Mapping[str, Any]) -> dict[str, Any]:
    if "requests" in options or "duration" in options:
        return {}
    if axis == "rate":
        return {"duration": 2.0}
    return {"requests": max(LEAST_REQUESTS, REQUESTS_OF_A_USER * int(level))}
