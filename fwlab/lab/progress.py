"""How far a load is, while it runs: one line, for those that take longer than a moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import tqdm.std

from fwlab.lab.clock.actors import current_actor

if TYPE_CHECKING:
    from fwlab.lab.loading.plan import Plan
    from fwlab.lab.loading.record import Live


class ProgressBar(tqdm.std.tqdm):  # type: ignore[misc]
    """A line on stderr that appears after a second and goes when the load ends; ``TQDM_DISABLE=1`` keeps it away.

    Args:
        total: how many requests there will be; ``None`` where time decides.
        unit: what is counted.
    """

    monitor_interval = 0  # tqdm's own watching thread would outlive the load

    def __init__(self, total: int | None, unit: str = " requests") -> None:
        # In virtual time nothing takes long enough to be watched.
        quiet = {} if current_actor() is None else {"disable": True}
        super().__init__(total=total, delay=1, leave=False, unit=unit, **quiet)

    @classmethod
    def of(cls, plan: Plan) -> ProgressBar:
        """Return the line for a load."""
        bar = cls(None if plan.counted is None else plan.warmup_users * plan.warmup + plan.counted)
        known = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}" if bar.total else "{n_fmt}"
        bar.bar_format = known + "{unit} [{elapsed}{postfix}]"  # without tqdm's own rate, which counts the warm-up in
        bar.seconds = plan.duration
        return bar

    def show(self, live: Live) -> None:
        """Say how the load is doing: throughput, p95 and errors of the counted requests."""
        if self.disable:
            return
        said = f"{live.rps:.0f} requests/s"
        if live.p95 is not None:
            said += f", p95 {1000 * live.p95:.1f} ms"
        said += f", {live.errors} errors" if live.errors != 1 else ", 1 error"
        if self.total is None and self.seconds is not None:
            said = f"{min(live.elapsed, self.seconds):.0f} of {self.seconds:g} s, {said}"
        self.set_postfix_str(said if live.elapsed else "warm-up", refresh=False)
        self.update(live.warmup + live.answered - self.n)

    seconds: float | None = None


ProgressBar.set_lock(threading.RLock())  # tqdm's default lock is one between processes, which may start one
