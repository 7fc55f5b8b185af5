"""Is the figure about the server? What speaks against it, and what to do: the verdict on a run.

A client that is busy measures itself, one that is late hides how long its users would have waited, and a failure is
often faster than an answer. No figure tells; the samples and the client's own use of the processor do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.lab.runs import stats
from fwlab.lab.units import count_text, time_text

if TYPE_CHECKING:
    from fwlab.lab.runs.run import Run

BUSY_CLIENT = 0.6
"""The share of a core from which on a client measures itself: of eleven clients that were tried, those above it read a
handler of 50 ms as 92 to 1,200 ms, those below as 51 to 59."""
LATE = 0.1
"""How late, against the median response time, one request in a hundred may be sent."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that speaks against taking a run's figures for the server's.

    Attributes:
        kind: ``"client-limited"``, ``"late"``, ``"too few"``, ``"errors"`` or ``"interrupted"``.
        reason: what was seen, with its figures.
        advice: what to do.
    """

    kind: str
    reason: str
    advice: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}. {self.advice}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a run's figures are about the server: true when nothing speaks against it."""

    doubts: tuple[Doubt, ...]

    def __bool__(self) -> bool:
        return not self.doubts

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of doubt, the gravest first."""
        return tuple(doubt.kind for doubt in self.doubts)

    def __str__(self) -> str:
        return "\n".join(map(str, self.doubts)) or "nothing speaks against taking these figures for the server's"

    __repr__ = __str__


def verdict(run: Run) -> Verdict:
    """Return what speaks against taking a run's figures for the server's."""
    found = (_client_limited(run), _late(run), _errors(run), _too_few(run), _interrupted(run))
    return Verdict(tuple(doubt for doubt in found if doubt is not None))


def _client_limited(run: Run) -> Doubt | None:
    generator = run.generator
    if generator is None or generator.cpu is None or run.duration <= 0:
        return None
    share = generator.cpu / run.duration
    if share <= BUSY_CLIENT:
        return None
    cheaper = "Load with engine='raw'" if generator.engine != "raw" else "Load with fewer users or a lower rate"
    apart = ", or with where='process'" if generator.where == "loop" else ""
    return Doubt(
        "client-limited",
        f"the client was busy for {share:.0%} of the run, so part of what it measured is itself",
        f"{cheaper}{apart}.",
    )


def _late(run: Run) -> Doubt | None:
    if run.unsent and not run.interrupted:
        reason = (
            f"{count_text(run.unsent, 'request')} of the schedule could not be sent in time, "
            f"with at most {run.users} under way at once"
        )
    else:
        times, lateness = run.response_times, sorted(sample.sent - sample.intended for sample in run.samples)
        if not times or (slipped := stats.percentile(lateness, 99)) <= LATE * stats.percentile(times, 50):
            return None
        reason = f"one request in a hundred was sent {time_text(slipped)} or more after its time"
    where = run.generator.where if run.generator is not None else "loop"
    less = "Ask with fewer users" if run.rate is None else "Ask for a lower rate, or let more be under way (users=...)"
    advice = "Load from a process of its own (where='process')" if where == "loop" else less
    return Doubt("late", reason, f"{advice}; the response times count from when each was due, so they hold.")


def _errors(run: Run) -> Doubt | None:
    if not run.errors:
        return None
    kinds = ", ".join(f"{kind}: {count}" for kind, count in run.errors.most_common())
    return Doubt(
        "errors",
        f"{run.errors.total():,} of {count_text(len(run.samples), 'request')} failed ({kinds})",
        "Times are those of the others only; find out what fails before you look at how fast.",
    )


def _too_few(run: Run) -> Doubt | None:
    needed, count = stats.needed(50), len(run.response_times)
    if count >= needed:
        return None
    return Doubt(
        "too few",
        f"{count_text(count, 'answer')} cannot even tell a median",
        f"Load with requests={needed} or more; p95 needs {stats.needed(95)}, p99 {stats.needed(99)}.",
    )


def _interrupted(run: Run) -> Doubt | None:
    if not run.interrupted:
        return None
    return Doubt("interrupted", "the run was stopped before its end", "What it says is about the part that ran.")
