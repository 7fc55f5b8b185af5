"""Is the figure about the server? What speaks against it, and what to do: the verdict on a run.

A client that is busy measures itself, one that is late hides how long its users would have waited, and a failure is
often faster than an answer. No figure tells; the samples and the client's own use of the processor do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fwlab.lab.runs import stats
from fwlab.lab.translation import gettext, ngettext
from fwlab.lab.units import requests_text, time_text

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
        nothing = gettext("nothing speaks against taking these figures for the server's")
        return "\n".join(map(str, self.doubts)) or nothing

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
    heavy, beside = generator.engine != "raw", generator.where == "loop"
    advice = {
        (True, True): gettext("Load with engine='raw', or with where='process'."),
        (True, False): gettext("Load with engine='raw'."),
        (False, True): gettext("Load with fewer users or a lower rate, or with where='process'."),
        (False, False): gettext("Load with fewer users or a lower rate."),
    }[heavy, beside]
    reason = gettext(
        "the client was busy for {share:.0%} of the run, so part of what it measured is itself", share=share
    )
    return Doubt("client-limited", reason, advice)


def _late(run: Run) -> Doubt | None:
    if run.unsent and not run.interrupted:
        reason = gettext(
            "{requests} of the schedule could not be sent in time, with at most {users} under way at once",
            requests=requests_text(run.unsent),
            users=run.users,
        )
    else:
        times, lateness = run.response_times, sorted(sample.sent - sample.intended for sample in run.samples)
        if not times or (slipped := stats.percentile(lateness, 99)) <= LATE * stats.percentile(times, 50):
            return None
        reason = gettext("one request in a hundred was sent {time} or more after its time", time=time_text(slipped))
    if run.generator is None or run.generator.where == "loop":
        advice = gettext("Load from a process of its own (where='process')")
    elif run.rate is None:
        advice = gettext("Ask with fewer users")
    else:
        advice = gettext("Ask for a lower rate, or let more be under way (users=...)")
    hold = gettext("the response times count from when each was due, so they hold.")
    return Doubt("late", reason, f"{advice}; {hold}")


def _errors(run: Run) -> Doubt | None:
    if not run.errors:
        return None
    kinds = ", ".join(f"{kind}: {count}" for kind, count in run.errors.most_common())
    return Doubt(
        "errors",
        gettext(
            "{failed:,} of {requests} failed ({kinds})",
            failed=run.errors.total(),
            requests=requests_text(len(run.samples)),
            kinds=kinds,
        ),
        gettext("Times are those of the others only; find out what fails before you look at how fast."),
    )


def _too_few(run: Run) -> Doubt | None:
    needed, count = stats.needed(50), len(run.response_times)
    if count >= needed:
        return None
    return Doubt(
        "too few",
        ngettext("{n:,} answer cannot even tell a median", "{n:,} answers cannot even tell a median", count),
        gettext(
            "Load with requests={needed} or more; p95 needs {for_p95}, p99 {for_p99}.",
            needed=needed,
            for_p95=stats.needed(95),
            for_p99=stats.needed(99),
        ),
    )


def _interrupted(run: Run) -> Doubt | None:
    if not run.interrupted:
        return None
    return Doubt(
        "interrupted",
        gettext("the run was stopped before its end"),
        gettext("What it says is about the part that ran."),
    )
