"""What came of a load's requests, as they come: kept as they are, and looked at now and then while the load runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fwlab.lab.loading.engine import CONNECT_ERROR, Exchange
from fwlab.lab.runs import stats

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.lab.loading.engine import Row

_RECENT = 1000  # requests that a look at a running load takes its p95 from


class Live(NamedTuple):
    """How a load is doing.

    Attributes:
        answered: requests that have come to their end.
        errors: those of them that failed.
        p95: of the response times of the last thousand, in seconds; ``None`` where they are too few.
        elapsed: seconds since counting began.
        warmup: requests that came to their end before.
    """

    answered: int
    errors: int
    p95: float | None
    elapsed: float
    warmup: int = 0

    @property
    def rps(self) -> float:
        """Successful requests per second so far."""
        return (self.answered - self.errors) / self.elapsed if self.elapsed > 0 else 0.0


class Record:
    """The exchanges of one phase of a load.

    Args:
        unreachable: called when the very first exchange found nobody to connect to.
    """

    def __init__(self, unreachable: Callable[[], None] | None = None) -> None:
        self.rows: list[Row] = []
        self._unreachable = unreachable
        self._looked_at = 0
        self._errors = 0

    def add(self, exchange: Row) -> None:
        """Keep an exchange that has come to its end."""
        if self._unreachable is not None:
            if exchange[5] == CONNECT_ERROR:
                self._unreachable()
                return
            self._unreachable = None
        self.rows.append(exchange)

    def live(self, elapsed: float) -> Live:
        """Look at it so far; the cost is that of what came since the last look."""
        count = len(self.rows)
        self._errors += sum(row[5] is not None for row in self.rows[self._looked_at : count])
        self._looked_at = count
        last = map(Exchange._make, self.rows[-_RECENT:])
        recent = sorted(row.done - row.intended for row in last if row.done is not None and row.error is None)
        p95 = stats.percentile(recent, 95) if stats.supports(len(recent), 95) else None
        return Live(count, self._errors, p95, elapsed)
