"""``burn(seconds)``: work for the processor, of a known size."""

from __future__ import annotations

import math
import time

from fwlab.lab.clock.actors import current_actor
from fwlab.lab.clock.machine import SECOND
from fwlab.lab.errors import LabError


def burn(seconds: float) -> None:
    """Keep the processor busy for so many seconds of its time, as a long computation does.

    In virtual time it is declared, not done: whoever burns has a share of a core, and Python's global interpreter lock
    lets one thread of a process compute at a time. In real time it computes until this thread has used so much.

    Args:
        seconds: of processor time, from 0 on.

    Raises:
        LabError: another number, or none.

    Example:
        >>> from fwlab.lab import burn
        >>> burn(0.001)
    """
    wanted: object = seconds
    if isinstance(wanted, bool) or not isinstance(wanted, int | float) or not 0 <= wanted < math.inf:
        raise LabError(f"burn(seconds) takes a number of seconds from 0 on, and this is {seconds!r}.")
    actor = current_actor()
    if actor is not None:
        actor.settle()
        actor.compute(round(seconds * SECOND))
        return
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
