"""What a load recorded: each request with its times, and what may be said of them all together."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fwlab.lab import stats
from fwlab.lab.errors import LoadError

if TYPE_CHECKING:
    from fwlab.lab.figure import Figure

PERCENTILES = (50, 90, 95, 99)
"""The percentiles that a run's table has a place for."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One request. Times are seconds since the run began; ``None`` where the request never came so far.

    Attributes:
        intended: when the user was ready to send it.
        sent: when it was sent.
        first_byte: when the head of the answer had come.
        done: when the whole answer had come.
        status: the answer's HTTP status.
        error: ``None``, or the kind of failure: ``"HTTP 500"``, ``"timeout"``, the name of httpx's exception.
        user: which of the users sent it, from 0.
        warmup: whether it was sent before counting began.
        name: which of the load's requests it was: ``"GET /burgers"``.
    """

    intended: float
    sent: float
    first_byte: float | None
    done: float | None
    status: int | None
    error: str | None
    user: int
    warmup: bool
    name: str = ""

    @property
    def response_time(self) -> float | None:
        """Seconds from the moment the user was ready to the whole answer, as the user has waited."""
        return None if self.done is None else self.done - self.intended

    @property
    def service_time(self) -> float | None:
        """Seconds from the moment it was sent to the whole answer, as a client that is late counts them."""
        return None if self.done is None else self.done - self.sent


@dataclass(frozen=True, slots=True)
class LoadGenerator:
    """What sent a run's requests, and what it used for it: a client that is busy measures itself.

    Attributes:
        engine: ``"httpx"`` or ``"raw"``.
        where: ``"loop"``, beside whatever else runs there, or ``"process"``.
        cpu: seconds of processor time that it took while requests were counted; ``None`` where nobody can tell it from
            the server's.
    """

    engine: str
    where: str
    cpu: float | None


@dataclass(frozen=True)
class Run:
    """The result of :func:`~fwlab.lab.load`.

    Attributes:
        name: what was asked for: ``"GET /burgers"``.
        users: how many users asked at the same time; of an open model, how many requests were under way at most.
        duration: seconds from the first counted request to the end of the last.
        samples: the counted requests, in the order in which they ended.
        warmup_samples: those before counting began.
        rate: requests that were to be sent per second; ``None`` in the closed model, where each user waits.
        unsent: requests of the schedule that were never sent, for the client was too slow or was stopped.
        interrupted: whether it was stopped before its end.
        generator: what sent the requests.
    """

    name: str
    users: int
    duration: float
    samples: tuple[Sample, ...]
    warmup_samples: tuple[Sample, ...] = ()
    rate: float | None = None
    unsent: int = 0
    interrupted: bool = False
    generator: LoadGenerator | None = None

    @cached_property
    def response_times(self) -> list[float]:
        """The response times of the requests that succeeded, in seconds, the shortest first."""
        return sorted(s.done - s.intended for s in self.samples if s.done is not None and s.error is None)

    @cached_property
    def errors(self) -> Counter[str]:
        """How many requests failed, by the kind of failure; an HTTP status of 400 or more is one."""
        return Counter(sample.error for sample in self.samples if sample.error is not None)

    @property
    def rps(self) -> float:
        """Successful requests per second, over the whole run."""
        return len(self.response_times) / self.duration if self.duration > 0 else 0.0

    def percentile(self, percent: float) -> float:
        """Return a percentile of the response times, in seconds, by the nearest-rank method.

        Args:
            percent: above 0 and below 100: ``run.percentile(95)``.

        Raises:
            LoadError: there are too few successful requests to name it: at least ten must lie beyond it.
        """
        count, needed = len(self.response_times), stats.needed(percent)
        if count < needed:
            raise LoadError(
                f"p{percent:g} needs {needed} successful requests, and this run has {count}: with fewer, it is mostly "
                f"chance. Load with requests={needed} or more."
            )
        return stats.percentile(self.response_times, percent)

    @cached_property
    def percentiles(self) -> dict[int, float]:
        """Those of p50, p90, p95 and p99 that the sample supports, in seconds."""
        return {p: self.percentile(p) for p in PERCENTILES if stats.supports(len(self.response_times), p)}

    def plot(self) -> Figure:
        """Draw the requests over time: when each was sent, and how long its answer took."""
        from fwlab.lab.plots import plot_requests  # here, for matplotlib is slow to load and not always wanted

        return plot_requests(self)

    def __str__(self) -> str:
        rows = [*self._rows(), *self._error_rows()]
        return "\n".join([self.name, *(f"  {label:<11} {value}" for label, value in rows)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [*self._rows(), *self._error_rows()]
        line = "border: none; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent);"
        cell = f"{line} padding: 0.2em 1.2em 0.2em 0; text-align: left; background: none;"
        body = "".join(
            f'<tr style="background: none;"><td style="{cell} opacity: 0.7;">{html.escape(label)}</td>'
            f'<td style="{cell} font-variant-numeric: tabular-nums;">{html.escape(value)}</td></tr>'
            for label, value in rows
        )
        caption = (
            '<caption style="text-align: left; color: inherit; padding: 0 0 0.3em 0; font-weight: 600;">'
            f"{html.escape(self.name)}</caption>"
        )
        return f'<table style="border-collapse: collapse; margin: 0; color: inherit;">{caption}{body}</table>'

    def _rows(self) -> list[tuple[str, str]]:
        times = self.response_times
        return [
            ("users", str(self.users)),
            ("requests", str(len(self.samples))),
            ("throughput", _per_second(self.rps)),
            ("min", _ms(times[0]) if times else "none succeeded"),
            *((f"p{p}", self._percentile_text(p)) for p in PERCENTILES),
            ("max", _ms(times[-1]) if times else "none succeeded"),
        ]

    def _error_rows(self) -> list[tuple[str, str]]:
        if not self.errors:
            return [("errors", "none")]
        return [("errors", f"{count} ({kind})") for kind, count in sorted(self.errors.items())]

    def _percentile_text(self, percent: int) -> str:
        return (
            _ms(self.percentiles[percent]) if percent in self.percentiles else f"needs {stats.needed(percent)} requests"
        )


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def _per_second(rate: float) -> str:
    return f"{rate:.0f} requests/s" if rate >= 10 else f"{rate:.1f} requests/s"
