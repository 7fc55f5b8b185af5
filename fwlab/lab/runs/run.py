"""A run: what a load recorded, and what may be said of it: figures, thresholds, a verdict."""

from __future__ import annotations

import html
import os
from collections import Counter
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fwlab.lab.errors import LoadError
from fwlab.lab.runs import run_file, stats
from fwlab.lab.runs.failures import meaning
from fwlab.lab.runs.prediction import Prediction
from fwlab.lab.runs.sample import LoadGenerator, Sample
from fwlab.lab.runs.thresholds import Check, check
from fwlab.lab.runs.verdict import Doubt, Verdict, verdict
from fwlab.lab.translation import gettext
from fwlab.lab.units import rate_text, requests_text, time_text
from fwlab.lab.whole_file import write_whole

if TYPE_CHECKING:
    import numpy
    from matplotlib.axes import Axes

    from fwlab.lab.figures.figure import Figure

PERCENTILES = (50, 90, 95, 99)
"""The percentiles that a run's table has a place for."""


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
        predictions: the guesses that were made before it, beside what it measured.
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
    predictions: tuple[Prediction, ...] = ()

    @cached_property
    def response_times(self) -> list[float]:
        """The response times of the requests that succeeded, in seconds, the shortest first.

        They count from the moment when a request was due, as its user has waited.
        """
        return sorted(_to_ns(s.done - s.intended) for s in self.samples if s.done is not None and s.error is None)

    @cached_property
    def service_times(self) -> list[float]:
        """The same from the moment when it was sent: what a client sees that does not count its own delay.

        In the closed model the two are the same. In the open one they part when the client, or the server, holds up
        the schedule; to look at service times only is then to omit what users wait (Gil Tene's *coordinated omission*).
        """
        return sorted(_to_ns(s.done - s.sent) for s in self.samples if s.done is not None and s.error is None)

    @cached_property
    def errors(self) -> Counter[str]:
        """How many requests failed, by the kind of failure; an HTTP status of 400 or more is one."""
        return Counter(sample.error for sample in self.samples if sample.error is not None)

    @property
    def rps(self) -> float:
        """Successful requests per second, over the whole run."""
        return len(self.response_times) / self.duration if self.duration > 0 else 0.0

    def percentile(self, percent: float, *, of: Literal["response", "service"] = "response") -> float:
        """Return a percentile of the response times, in seconds, by the nearest-rank method.

        Args:
            percent: above 0 and below 100: ``run.percentile(95)``.
            of: ``"response"`` times or ``"service"`` times.

        Raises:
            LoadError: there are too few successful requests to name it: at least ten must lie beyond it.
        """
        if of not in ("response", "service"):
            raise LoadError(f"run.percentile(of=...) is 'response' or 'service', and this is {of!r}.")
        times = self.response_times if of == "response" else self.service_times
        if len(times) < (needed := stats.needed(percent)):
            raise LoadError(
                f"p{percent:g} needs {needed} successful requests, and this run has {len(times)}: with fewer, it is "
                f"mostly chance. Load with requests={needed} or more."
            )
        return stats.percentile(times, percent)

    @cached_property
    def percentiles(self) -> dict[int, float]:
        """Those of p50, p90, p95 and p99 that the sample supports, in seconds."""
        return {p: self.percentile(p) for p in PERCENTILES if stats.supports(len(self.response_times), p)}

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the figures are about the server: true, or false and what speaks against it, with what to do."""
        return verdict(self)

    def check(self, *clauses: str) -> Check:
        """Hold the run against clauses, and return what came of each; the answer is true when all of them hold.

        Args:
            *clauses: comparisons with units: ``"p95 < 120ms"``, ``"service p99 <= 1s"``, ``"rps > 500"``,
                ``"errors == 0"``, ``"errors < 1%"``, ``"45ms <= median < 60ms"``.

        Raises:
            LoadError: there is no clause, or one that cannot be read.

        Example:
            >>> from fwlab.lab import Run, Sample
            >>> samples = [Sample(0, 0, 0.05, n / 1000, 200, None, 0, False) for n in range(51, 76)]
            >>> run = Run("GET /burgers", 1, 2.0, tuple(samples))
            >>> run.check("p50 < 70ms", "errors == 0", "p95 < 1s")
            ✓ held        p50 < 70ms   (p50 = 63.0 ms)
            ✓ held        errors == 0   (errors = 0)
            ? cannot tell p95 < 1s   (p95 needs 200 successful requests, and this run has 25)
        """
        return check(self, clauses, [str(doubt) for doubt in self.verdict.doubts if doubt.kind != "errors"])

    @cached_property
    def parts(self) -> dict[str, Run]:
        """The run of each of the load's requests by itself, by its name, where the load had several."""
        names = sorted({sample.name for sample in self.samples})

        def of(name: str, samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
            return tuple(sample for sample in samples if sample.name == name)

        return {
            name: replace(self, name=name, samples=of(name, self.samples), warmup_samples=of(name, self.warmup_samples))
            for name in names
        }

    def in_flight(self) -> list[tuple[float, int]]:
        """Return how many requests were under way, counted ones and those of the warm-up: each change with its time.

        A request that never ended is under way from when it was sent to the end of the run.
        """
        every = (*self.warmup_samples, *self.samples)
        end = max((sample.done or sample.sent for sample in every), default=0.0)
        changes = Counter[float]()
        for sample in every:
            changes[sample.sent] += 1
            changes[end if sample.done is None else sample.done] -= 1
        times = sorted(changes)
        return list(zip(times, accumulate(changes[time] for time in times), strict=True))

    def arrays(self) -> dict[str, numpy.ndarray[Any, Any]]:
        """Return the counted samples as numpy arrays, one for each attribute; a time that is not there is NaN.

        ``status`` is 0 where there was no answer; ``error`` and ``name`` are arrays of texts, of ``""`` for no error.
        """
        import numpy as np

        def column(name: str, missing: object) -> list[object]:
            values = (getattr(sample, name) for sample in self.samples)
            return [missing if value is None else value for value in values]

        times = ("intended", "sent", "first_byte", "done")
        return {
            **{name: np.array(column(name, np.nan), dtype=float) for name in times},
            **{name: np.array(column(name, 0), dtype=int) for name in ("status", "user")},
            **{name: np.array(column(name, ""), dtype=str) for name in ("error", "name")},
        }

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the run as JSON, all of it, and write it to a file where a path is given; see :meth:`from_json`.

        Raises:
            LabError: the file cannot be written.
        """
        about = {field.name: getattr(self, field.name) for field in fields(self) if "samples" not in field.name}
        text = run_file.to_json(about, (*self.warmup_samples, *self.samples))
        if path is not None:
            write_whole(path, text)
        return text

    @classmethod
    def from_json(cls, source: str | os.PathLike[str]) -> Run:
        """Return the run that :meth:`to_json` gave, from the text itself or from a file.

        Raises:
            LoadError: there is no such file, or no run in it.
        """
        if isinstance(source, str) and source.lstrip().startswith("{"):
            return run_file.from_json(source, "this text", cls)
        try:
            text = Path(source).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise LoadError(f"{os.fspath(source)!r} cannot be read: {error}.") from None
        return run_file.from_json(text, repr(os.fspath(source)), cls)

    def to_csv(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return the samples as CSV, those of the warm-up first, and write them to a file where a path is given.

        Raises:
            LabError: the file cannot be written.
        """
        text = run_file.to_csv((*self.warmup_samples, *self.samples))
        if path is not None:
            write_whole(path, text)
        return text

    def plot(self, kind: Literal["requests", "distribution", "tail"] = "requests", *, ax: Axes | None = None) -> Figure:
        """Draw the run.

        Args:
            kind: ``"requests"``: each request over time; ``"distribution"``: what share had its answer by then;
                ``"tail"``: the slowest of them, given room.
            ax: matplotlib axes to draw in; without them, a new figure.

        Raises:
            LoadError: there is no such kind.
        """
        # Here, for matplotlib is slow to load and not always wanted.
        from fwlab.lab.figures.distribution_plot import plot_distribution, plot_tail
        from fwlab.lab.figures.plots import plot_requests

        draw = {"requests": plot_requests, "distribution": plot_distribution, "tail": plot_tail}.get(kind)
        if draw is None:
            raise LoadError(f"run.plot({kind!r}): a run is drawn as 'requests', 'distribution' or 'tail'.")
        return draw(self, ax=ax)

    def __str__(self) -> str:
        rows = self._rows()
        return "\n".join([self.name, *(f"  {label:<11} {value}" for label, value in rows)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = self._rows()
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
        none = gettext("none succeeded")
        asked = []
        if self.rate is not None:
            asked = [(gettext("rate"), gettext("{rate} asked for", rate=rate_text(self.rate)))]
        return [
            *asked,
            (gettext("users") if self.rate is None else gettext("at most"), str(self.users)),
            (gettext("requests"), str(len(self.samples))),
            (gettext("throughput"), rate_text(self.rps)),
            ("min", time_text(times[0]) if times else none),
            *((f"p{p}", self._percentile_text(p)) for p in PERCENTILES),
            ("max", time_text(times[-1]) if times else none),
            *(self._parts_rows() if len(self.parts) > 1 else ()),
            *(self._error_rows()),
            *((gettext("predicted"), f"{guess.outcome} ({guess.question})") for guess in self.predictions),
            *((doubt.kind, f"{doubt.reason}. {doubt.advice}") for doubt in self._other_doubts()),
        ]

    def _parts_rows(self) -> list[tuple[str, str]]:
        return [
            (name, f"{requests_text(len(part.samples))}, p50 {part._percentile_text(50)}")
            for name, part in self.parts.items()
        ]

    def _error_rows(self) -> list[tuple[str, str]]:
        if not self.errors:
            return [(gettext("errors"), gettext("none"))]
        return [
            (gettext("errors"), f"{count} ({kind}: {meaning(kind)})") for kind, count in sorted(self.errors.items())
        ]

    def _other_doubts(self) -> list[Doubt]:
        """Those that the table does not say already."""
        return [doubt for doubt in self.verdict.doubts if doubt.kind not in ("errors", "too few")]

    def _percentile_text(self, percent: int) -> str:
        if percent in self.percentiles:
            return time_text(self.percentiles[percent])
        return gettext("needs {number} requests", number=stats.needed(percent))


def _to_ns(seconds: float) -> float:
    """Round to the nanosecond: the difference of two exact moments is exact, and not 0.019999999999999997."""
    return round(seconds, 9)
