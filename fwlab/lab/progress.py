"""How far a load is, while it runs: one line, for those that take longer than a moment."""

from __future__ import annotations

import threading

import tqdm.std


class ProgressBar(tqdm.std.tqdm):  # type: ignore[misc]
    """A line on stderr that appears after a second and goes when the load ends; ``TQDM_DISABLE=1`` keeps it away."""

    monitor_interval = 0  # tqdm's own watching thread would outlive the load

    def __init__(self, total: int, unit: str = " requests") -> None:
        super().__init__(total=total, delay=1, leave=False, unit=unit)


ProgressBar.set_lock(threading.RLock())  # tqdm's default lock is one between processes, which may start one
