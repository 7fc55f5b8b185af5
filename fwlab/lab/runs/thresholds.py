"""``run.check("p95 < 120ms", "errors == 0")``: what a run has to hold, written as it is said, with units.

A clause compares a figure of the run with a bound, or puts it between two: ``"45ms <= p50 < 60ms"``. The answer is an
object that is true when every clause holds, and prints each with its figure. A percentile that the sample does not
support holds nothing: there is no figure to compare.

The idea, thresholds that decide over a load test, is k6's.
"""

from __future__ import annotations

import html
import operator
import re
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from fwlab.lab.errors import LoadError
from fwlab.lab.runs import stats
from fwlab.lab.units import rate_text, time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fwlab.lab.runs.run import Run

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_COMPARISON = re.compile("([<>=!]+)")
_BOUND = re.compile(r"(\d+(?:\.\d+)?)\s*(%|/s|[a-zµμ]+)?")
_OF_TIMES = re.compile(r"(?:(service|response)\s+)?(?:p(\d+(?:\.\d+)?)|(median|min|max|mean))")
_PLAIN = frozenset({""})  # a bound without a unit
_SECONDS = {"us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0}
_WORDS = {True: ("✓", "held"), False: ("✗", "failed"), None: ("?", "cannot tell")}


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a check, and what came of it.

    Attributes:
        text: the clause as it was written.
        seen: the figure of the run, with its unit; or why there is none.
        held: whether it holds; ``None`` where the run cannot tell.
    """

    text: str
    seen: str
    held: bool | None

    def __str__(self) -> str:
        return f"{' '.join(_WORDS[self.held]):<13} {self.text}   ({self.seen})"


class Check:
    """What a run's clauses came to: true when every one holds.

    Attributes:
        clauses: each :class:`Clause`, in the order in which they were written.
        doubts: what speaks against taking the figures for the server's; see :attr:`Run.verdict`.
    """

    def __init__(self, clauses: Sequence[Clause], doubts: Sequence[str] = ()) -> None:
        self.clauses = tuple(clauses)
        self.doubts = tuple(doubts)

    def __bool__(self) -> bool:
        return all(clause.held for clause in self.clauses)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.clauses), *(f"note: {doubt}" for doubt in self.doubts)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(f'<tr style="background: none;">{_cells(clause)}</tr>' for clause in self.clauses)
        notes = "".join(f"<div>Note: {html.escape(doubt)}</div>" for doubt in self.doubts)
        return f'<table style="border-collapse: collapse; margin: 0; color: inherit;">{rows}</table>{notes}'


def check(run: Run, clauses: Sequence[str], doubts: Sequence[str] = ()) -> Check:
    """Hold a run against clauses such as ``"p95 < 120ms"``.

    Raises:
        LoadError: there is no clause, or one that cannot be read.
    """
    if not clauses:
        raise LoadError('run.check() needs a clause, as in run.check("p95 < 120ms", "errors == 0").')
    return Check([_checked(run, clause) for clause in clauses], doubts)


def figure_of(run: Run, name: str) -> tuple[float | None, str]:
    """Return a figure of a run by the name that clauses give it, and how it is shown.

    Args:
        run: what was measured.
        name: ``"p95"``, ``"service p99"``, ``"rps"``, ``"errors"``.

    Returns:
        The value, times in seconds; ``None`` where the run cannot tell, and what is shown then says why.

    Raises:
        LoadError: there is no figure of that name.
    """
    figure = _figure(run, name, set(), name)
    return figure.value, figure.shown


class _Figure(NamedTuple):
    """A figure of a run: its value, how it is shown, and the units in which its bounds may be given."""

    value: float | None  # None: the run cannot tell, and what is shown says why
    shown: str
    units: frozenset[str]


def _checked(run: Run, text: object) -> Clause:
    if not isinstance(text, str):
        raise LoadError(f'run.check(): a clause is a text such as "p95 < 120ms", and this is {text!r}.')
    parts = [part.strip() for part in _COMPARISON.split(text)]
    terms, comparisons = parts[::2], parts[1::2]
    bounds = [_BOUND.fullmatch(term) for term in terms]
    # A figure and a bound in either order, or a figure between two bounds.
    readable = [bound is None for bound in bounds] in ([True, False], [False, True], [False, True, False])
    if not readable or not _COMPARISONS.keys() >= set(comparisons):
        raise LoadError(
            f"run.check({text!r}): a clause compares a figure with a bound, as in 'p95 < 120ms', 'rps >= 500' or "
            "'errors == 0', or puts it between two, as in '45ms <= p50 < 60ms'."
        )
    name = next(term for term, bound in zip(terms, bounds, strict=True) if bound is None)
    units = {bound[2] or "" for bound in bounds if bound is not None}
    figure = _figure(run, name, units, text)
    if wrong := units - figure.units:
        known = ", ".join(sorted(unit or "no unit" for unit in figure.units))
        raise LoadError(f"run.check({text!r}): a bound of {name} has {known}; not {min(wrong) or 'no unit'}.")
    if figure.value is None:
        return Clause(text, figure.shown, None)
    values = [
        figure.value if bound is None else float(bound[1]) * _SECONDS.get(bound[2] or "", 1.0) for bound in bounds
    ]
    values = [round(value, 9) for value in values]  # to the nanosecond: 0.1 + 0.2 seconds are 300ms
    sides = zip(comparisons, values, values[1:], strict=False)
    held = all(_COMPARISONS[comparison](left, right) for comparison, left, right in sides)
    return Clause(text, f"{name} = {figure.shown}", held)


def _figure(run: Run, name: str, units: set[str], text: str) -> _Figure:
    if of_times := _OF_TIMES.fullmatch(name):
        return _figure_of_times(run, of_times)
    match name:
        case "rps":
            return _Figure(run.rps, rate_text(run.rps), _PLAIN | {"/s"})
        case "errors" if "%" in units:
            total = len(run.samples)
            share = 100 * run.errors.total() / total if total else 0.0
            return _Figure(share, f"{share:.3g} %", frozenset({"%"}))
        case "errors":
            return _Figure(run.errors.total(), f"{run.errors.total()}", _PLAIN)
        case "requests":
            return _Figure(len(run.samples), f"{len(run.samples)}", _PLAIN)
        case "unsent":
            return _Figure(run.unsent, f"{run.unsent}", _PLAIN)
        case _:
            raise LoadError(
                f"run.check({text!r}): there is no figure {name!r}; there are p50, p95, p99.9 and so on, min, mean, "
                "median and max (each also as 'service p95'), rps, errors, requests and unsent."
            )


def _figure_of_times(run: Run, name: re.Match[str]) -> _Figure:
    of, percent, other = name.groups()
    times = run.service_times if of == "service" else run.response_times
    units = frozenset(_SECONDS)
    if not times:
        return _Figure(None, "not one request succeeded", units)
    if other == "median":
        percent = "50"
    if percent is None:
        value = {"min": times[0], "max": times[-1], "mean": fmean(times)}[other]
    elif (needed := stats.needed(float(percent))) > len(times):
        return _Figure(None, f"p{percent} needs {needed} successful requests, and this run has {len(times)}", units)
    else:
        value = stats.percentile(times, float(percent))
    return _Figure(value, time_text(value), units)


def _cells(clause: Clause) -> str:
    mark, word = _WORDS[clause.held]
    cells = (
        f'<span aria-hidden="true">{mark}</span> {word}',
        f"<code>{html.escape(clause.text)}</code>",
        html.escape(clause.seen),
    )
    return "".join(f'<td style="text-align: left; padding: 0.1em 1.2em 0.1em 0;">{cell}</td>' for cell in cells)
