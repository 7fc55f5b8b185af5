"""A timeline as a table, and in one sentence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fwlab.lab.units import count_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.lab.timeline.records import RequestRecord
    from fwlab.lab.timeline.states import Kind
    from fwlab.lab.timeline.timeline import Hold, Timeline

_MOST_ROWS = 60
_COLUMNS: list[tuple[str, Sequence[Kind]]] = [
    ("unseen", ["sent"]),
    ("token", ["token"]),
    ("on loop", ["loop"]),
    ("thread", ["thread"]),
    ("process", ["process"]),
    ("for loop", ["back", "held"]),
    ("other", ["handover", "waiting", "responding", "after"]),
]


def summary(timeline: Timeline) -> str:
    """Return what a timeline shows, in one sentence."""
    requests = timeline.requests
    parts = [f"{count_text(len(requests), 'request')}, at most {timeline.max_in_flight()} in flight"]
    holds = timeline.blocked()
    if holds:
        parts += [f"the loop was {_holds_in_words(holds)}"]
        waited = {id(request) for hold in holds for request in timeline.held_up(hold)}
        if waited:
            parts.append(f"{count_text(len(waited), 'request')} waited for it")
    else:
        parts.append("the loop was never held for 50 ms")
    queued = timeline.waited_for_token()
    if queued:
        longest = 1000 * max(request.token_wait for request in queued)
        limit = f" of {timeline.thread_limit:g}" if timeline.thread_limit is not None else ""
        parts.append(
            f"{count_text(len(queued), 'request')} waited for one{limit} thread tokens, {longest:.0f} ms at most"
        )
    if timeline.passed_by:
        parts.append(f"{count_text(timeline.passed_by, 'request')} on another clock not followed")
    return "; ".join(parts)


def table(timeline: Timeline) -> str:
    """Return the summary, and a row for each request with the milliseconds that it spent where."""
    requests = timeline.requests
    spent = [_spent(timeline, request) for request in requests[:_MOST_ROWS]]
    shown = [name for name, _ in _COLUMNS if any(row[name] >= 5e-5 for row in spent)]
    lines = [summary(timeline)]
    if requests:
        heading = "".join(f"{name:>10}" for name in ["at ms", "took", *shown])
        lines.append(f"{'':>5}{heading}{'ran there':>11}  status" if _ran(requests) else f"{'':>5}{heading}  status")
    for request, row in zip(requests, spent, strict=False):
        lines.append(_row(timeline, request, [row[name] for name in shown], with_cpu=_ran(requests)))
    if len(requests) > _MOST_ROWS:
        lines.append(f"… and {len(requests) - _MOST_ROWS} more")
    return "\n".join(lines + [str(hold) for hold in timeline.blocked()])


def _row(timeline: Timeline, request: RequestRecord, spent: Sequence[float], *, with_cpu: bool) -> str:
    at = 1000 * (request.begin - timeline.origin)
    took = "…" if request.end is None else f"{1000 * (request.end - request.begin):.1f}"
    cpu = sum(job.cpu or 0.0 for job in request.jobs)
    cells = "".join(f"{1000 * seconds:>10.1f}" if seconds >= 5e-5 else f"{'':>10}" for seconds in spent)
    ran = (f"{1000 * cpu:>11.1f}" if request.jobs else f"{'':>11}") if with_cpu else ""
    status = "no answer" if request.status is None else str(request.status)
    return f"{request.number:>5}{at:>10.1f}{took:>10}{cells}{ran}  {status}  {request.method} {request.path}"


def _ran(requests: Sequence[RequestRecord]) -> bool:
    return any(job.cpu is not None for request in requests for job in request.jobs)


def _spent(timeline: Timeline, request: RequestRecord) -> dict[str, float]:
    by_kind: dict[str, float] = defaultdict(float)
    for state in timeline.states(request):
        by_kind[state.kind] += state.seconds
    return {name: sum(by_kind[kind] for kind in kinds) for name, kinds in _COLUMNS}


def _holds_in_words(holds: Sequence[Hold]) -> str:
    by_line: dict[tuple[str | None, int | None] | str, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_line[(hold.filename, hold.line) if hold.place else hold.owner if hold.request is None else ""].append(hold)
    lines = sorted(by_line.values(), key=lambda those: -sum(hold.seconds for hold in those))
    told = [_line_in_words(those) for those in lines[:3]]
    more = f", and {count_text(len(lines) - 3, 'more line')}" if len(lines) > 3 else ""
    return "held " + ", ".join(told) + more


def _line_in_words(holds: Sequence[Hold]) -> str:
    first = holds[0]
    if first.request is None:
        by = f" by {first.owner}"
    elif first.place is not None:
        by = f" by `{first.function}` line {first.line}"
    else:
        by = f" by {first.owner}" if len(holds) == 1 else ""
    times = f" ({len(holds)} times)" if len(holds) > 1 else ""
    return f"{sum(hold.seconds for hold in holds):.2g} s{by}{times}"
