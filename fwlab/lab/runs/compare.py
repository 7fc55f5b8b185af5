"""``compare(a, b)``: is one faster than the other, or can nobody tell?

One run of each says little: two runs of the *same* server differ by more than learners expect, for the machine is not
the same a minute later. So the two take turns, in pairs, and within a pair now one is first, now the other (ABBA); what
counts is the ratio within the pairs, and how much it scatters from pair to pair.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean
from typing import TYPE_CHECKING, Any, Literal

from fwlab.lab.errors import LoadError
from fwlab.lab.loading.load import load
from fwlab.lab.progress import ProgressBar
from fwlab.lab.runs import stats
from fwlab.lab.runs.prediction import guesses_wait
from fwlab.lab.runs.run import Run

if TYPE_CHECKING:
    from fwlab.lab.figures.figure import Figure
    from fwlab.lab.loading.target import Target

Answer = Literal["faster", "slower", "cannot tell"]


@dataclass(frozen=True)
class Comparison:
    """What pairs of runs say about the second of two, ``b``, beside the first, ``a``.

    Attributes:
        a, b: what the two are called.
        pairs: the runs: of each pair that of ``a``, then that of ``b``, whichever came first.
        by: the figure that is compared: ``"p50"``, another percentile, ``"mean"`` or ``"rps"``.
    """

    a: str
    b: str
    pairs: tuple[tuple[Run, Run], ...]
    by: str = "p50"

    @cached_property
    def figures(self) -> tuple[tuple[float, float], ...]:
        """What is compared, pair by pair: seconds, or requests per second."""
        return tuple((figure_of(a, self.by), figure_of(b, self.by)) for a, b in self.pairs)

    @cached_property
    def interval(self) -> stats.Interval | None:
        """``b``'s figure divided by ``a``'s, with its 98 % interval; ``None`` for fewer than three pairs."""
        return stats.paired_ratio(self.figures) if len(self.pairs) >= stats.LEAST_PAIRS else None

    @property
    def answer(self) -> Answer:
        """What ``b`` is beside ``a``: ``"faster"``, ``"slower"``, or ``"cannot tell"``."""
        if self.interval is None or self.interval.low <= 1 <= self.interval.high:
            return "cannot tell"
        return "faster" if (self.interval.ratio > 1) == (self.by == "rps") else "slower"

    @property
    def doubts(self) -> Counter[str]:
        """What speaks against the runs, as their verdicts have it: each kind of doubt with the number of runs."""
        return Counter(kind for pair in self.pairs for run in pair for kind in run.verdict.kinds)

    def plot(self) -> Figure:
        """Draw the pairs, and the ratio with its interval."""
        from fwlab.lab.figures.comparison_plot import plot_comparison  # here, for matplotlib is slow to load

        return plot_comparison(self)

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        first, *rest = map(html.escape, self._lines())
        return f"<div><b>{first}</b></div>" + "".join(f"<div>{line}</div>" for line in rest)

    def _lines(self) -> list[str]:
        notes = [f"note: {count} of {2 * len(self.pairs)} runs: {kind}" for kind, count in sorted(self.doubts.items())]
        if self.interval is None:
            return [f"Cannot tell {self.a} and {self.b} apart: {len(self.pairs)} pairs of runs are too few.", *notes]
        ratio, low, high = self.interval
        if self.answer == "cannot tell":
            said = f"Cannot tell whether {self.b} is faster or slower than {self.a}."
        else:
            said = f"{self.b} is {self.answer} than {self.a}."
        return [
            said,
            f"Its {self.by} is {ratio:.2f} × that of {self.a}; "
            f"98 % interval {low:.2f} to {high:.2f}, from {len(self.pairs)} pairs of runs.",
            *notes,
        ]


async def compare(
    a: Target | tuple[Target, str],
    b: Target | tuple[Target, str],
    path: str = "/",
    *,
    pairs: int = 6,
    by: str = "p50",
    labels: tuple[str, str] = ("a", "b"),
    **options: Any,
) -> Comparison:
    """Load two things in turn, and say whether the second is faster or slower than the first, or that nobody can tell.

    Example::

        before, after = await serve(old, name="old"), await serve(new, name="new")
        await compare(before, after, "/burgers", labels=("before", "after"))
        await compare((server, "/async"), (server, "/def"), users=50)

    Args:
        a, b: each a target as :func:`~fwlab.lab.load` takes it, or a target with a path of its own.
        path: what to ask for, where none stands beside the target.
        pairs: runs of each, from 3 to 30. More pairs tell smaller differences apart.
        by: what is compared: a percentile such as ``"p50"`` or ``"p95"``, which each run must support, ``"mean"``, or
            ``"rps"``.
        labels: what the two are called.
        **options: for each load: ``users``, ``requests`` and so on; see :func:`~fwlab.lab.load`.

    Returns:
        A :class:`Comparison`. Two servers that are the same are called different 2 times in 100.

    Raises:
        LoadError: an argument that makes no sense, or runs too small for what is compared.
        ServeError: the start-up of an application in memory failed.
    """
    wanted: object = pairs
    if not isinstance(wanted, int) or not stats.LEAST_PAIRS <= wanted <= stats.MOST_PAIRS:
        raise LoadError(
            f"compare(pairs=...) is a whole number from {stats.LEAST_PAIRS} to {stats.MOST_PAIRS}, not {pairs!r}."
        )
    _check_figure(by)
    one, other = ((place[0], place[1]) if isinstance(place, tuple) else (place, path) for place in (a, b))
    done: list[tuple[Run, Run]] = []
    with ProgressBar(total=pairs, unit=" pairs") as bar, guesses_wait():
        for number in range(pairs):
            first, second = (one, other) if number % 2 == 0 else (other, one)
            runs = [await load(*first, **options)]
            if not runs[0].interrupted:
                runs.append(await load(*second, **options))
            if runs[-1].interrupted:
                break
            for run in runs:
                figure_of(run, by)  # what it does not support is refused now, not when all pairs are done
            done.append((runs[number % 2], runs[1 - number % 2]))
            bar.update()
    return Comparison(*labels, tuple(done), by)


def figure_of(run: Run, by: str) -> float:
    """Return the figure of a run that is compared.

    Raises:
        LoadError: the run does not support it.
    """
    if by == "rps":
        value = run.rps
    elif by == "mean":
        value = fmean(run.response_times) if run.response_times else 0.0
    else:
        value = run.percentile(float(by[1:]))
    if value <= 0:
        raise LoadError(f"{run.name}: not one request succeeded ({dict(run.errors)}), so there is nothing to compare.")
    return value


def _check_figure(by: object) -> None:
    if not isinstance(by, str) or not re.fullmatch(r"mean|rps|p\d+(\.\d+)?", by):
        raise LoadError(f"compare(by=...) is 'p50', another percentile, 'mean' or 'rps', and this is {by!r}.")
