"""A timeline as a story: each request is a customer, and at each moment a customer is somewhere in the shop.

The event loop is the one cashier. A worker thread, or a worker process, is a cashier who is the cook as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from fwlab.lab.errors import LabError
from fwlab.lab.timeline.lanes_of import lanes_of
from fwlab.lab.units import count_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.lab.timeline.states import Kind
    from fwlab.lab.timeline.timeline import Timeline

MOST = 24
"""Customers that have room on the stage."""

_LEAST = 0.01  # of the whole: on a real machine the loop has each request for moments that nobody could see

Place = Literal["line", "cashier", "table", "counter", "served"]

_PLACES: dict[Kind, Place] = {
    "sent": "line",
    "token": "line",
    "handover": "line",
    "loop": "cashier",
    "thread": "counter",
    "process": "counter",
    "back": "table",
    "held": "table",
    "waiting": "table",
    "responding": "table",
    "after": "served",
}


class Stay(NamedTuple):
    """A stretch of a customer's visit, in seconds since the first one came in.

    Attributes:
        place: where: in ``"line"``, with the ``"cashier"`` (the loop), at a ``"table"`` with a number, at a
            ``"counter"`` (a worker), or ``"served"``.
        start, end: from when to when.
        counter: at which counter, from 0; 0 elsewhere.
    """

    place: Place
    start: float
    end: float
    counter: int = 0


@dataclass(frozen=True)
class Customer:
    """A request: its number from 1, and where it was, in order and without gaps."""

    number: int
    stays: tuple[Stay, ...]

    @property
    def served(self) -> float:
        """When it had its burger."""
        return max(stay.end for stay in self.stays)

    def at(self, moment: float) -> Stay:
        """Return where the customer was at a moment; before the visit in line, after it served."""
        for stay in self.stays:
            if moment < stay.end:
                return stay
        return Stay("served", self.served, self.served)


@dataclass(frozen=True)
class Story:
    """Customers, and who serves them.

    Attributes:
        customers: in order of arrival.
        counters: how many cashiers who cook; 0 where there is the one cashier alone.
        seconds: until the last one was served.
    """

    customers: tuple[Customer, ...]
    counters: int
    seconds: float

    def most_at(self, place: Place) -> int:
        """Return how many customers were at such a place at one moment, at most."""
        stays = [stay for customer in self.customers for stay in customer.stays if stay.place == place]
        return max((sum(other.start <= stay.start < other.end for other in stays) for stay in stays), default=0)

    def summary(self) -> str:
        """Return it in one sentence."""
        who = f"{self.counters} cashiers who cook" if self.counters else "one cashier"
        if self.counters == 1:
            who = "one cashier who cooks"
        return (
            f"{count_text(len(self.customers), 'customer')} and {who}: "
            f"the last burger was handed over after {_text(self.seconds)}."
        )

    def sentences(self) -> list[str]:
        """Return what happened: a sentence a customer, and what was the most at one time."""
        told = [_told(customer) for customer in self.customers]
        if self.counters:
            told.append(f"At most {self.most_at('counter')} stood at the counters at the same time.")
        else:
            told.append(
                f"At most {self.most_at('cashier')} was with the cashier at a time, "
                f"and at most {self.most_at('table')} sat at the tables with a number."
            )
        return told


def story_of(timeline: Timeline) -> Story:
    """Return the story of a timeline.

    Raises:
        LabError: it has no requests, or more than the stage has room for, or they are not over.
    """
    requests = timeline.requests
    if not 1 <= len(requests) <= MOST:
        raise LabError(
            f"burgers(timeline): the stage has room for 1 to {MOST} requests, and there are {len(requests)}."
        )
    if any(request.end is None for request in requests):
        raise LabError("burgers(timeline): some requests are not over; wait for the load, then draw.")
    lanes = [lane for lane in lanes_of(timeline) if lane.name.startswith(("thread", "process"))]
    counter_of = {(id(bar.request), bar.start): n for n, lane in enumerate(lanes) for bar in lane.bars}
    origin = timeline.origin
    told_from = _LEAST * (max(request.end or 0.0 for request in requests) - origin)
    customers = []
    for request in requests:
        stays = [
            Stay(
                _PLACES[state.kind],
                state.start - origin,
                state.end - origin,
                counter_of.get((id(request), state.start), 0),
            )
            for state in timeline.states(request)
        ]
        moment = request.begin - origin
        customers.append(
            Customer(
                request.number,
                tuple(_joined(_lined_up(_lasting(stays, told_from)))) or (Stay("cashier", moment, moment),),
            )
        )
    return Story(tuple(customers), len(lanes), max(customer.served for customer in customers))


def _lasting(stays: Sequence[Stay], seconds: float) -> list[Stay]:
    """Return the stays that last so long; a shorter one is told with the one before, or after at the beginning."""
    lasting: list[Stay] = []
    for stay in stays:
        if lasting and min(stay.end - stay.start, lasting[-1].end - lasting[-1].start) < seconds:
            kept = max(lasting[-1], stay, key=lambda one: one.end - one.start)
            lasting[-1] = kept._replace(start=lasting[-1].start, end=stay.end)
        else:
            lasting.append(stay)
    return lasting


def _lined_up(stays: Sequence[Stay]) -> list[Stay]:
    """Return the stays with those at a table before the first counter as in line: nobody has a number yet."""
    first = next((n for n, stay in enumerate(stays) if stay.place == "counter"), 0)
    return [
        stay._replace(place="line") if n < first and stay.place == "table" else stay for n, stay in enumerate(stays)
    ]


def _joined(stays: Sequence[Stay]) -> list[Stay]:
    joined: list[Stay] = []
    for stay in stays:
        if joined and joined[-1].place == stay.place and joined[-1].counter == stay.counter:
            joined[-1] = joined[-1]._replace(end=stay.end)
        else:
            joined.append(stay)
    return joined


_WORDS: dict[Place, str] = {
    "line": "stood in line",
    "cashier": "was with the cashier",
    "table": "sat at a table with a number",
    "counter": "stood at counter {counter}",
    "served": "had the burger, and the shop was still at work for it",
}


def _told(customer: Customer) -> str:
    parts = [
        f"{_WORDS[stay.place].format(counter=stay.counter + 1)} for {_text(stay.end - stay.start)}"
        for stay in customer.stays
        if stay.end - stay.start >= 5e-5
    ]
    visit = ", then ".join(parts) or "was served at once"
    return f"Customer {customer.number} {visit}; served at {_text(customer.served)}."


def _text(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"
