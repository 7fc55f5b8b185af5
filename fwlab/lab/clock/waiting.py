"""Who waits for what: the tasks of a loop and its jobs, each with the line where it waits, in words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fwlab.lab.lines import quoted_place
from fwlab.lab.suspended import places_of_wait
from fwlab.lab.translation import gettext
from fwlab.places import frame_of, places_in, users_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fwlab.lab.clock.actors import Job

_MOST_NAMED = 10


def who_waits(loop: asyncio.AbstractEventLoop, jobs: Iterable[Job] = ()) -> str:
    """Return where each task of a loop waits, and each job, in sentences."""
    told: list[str] = []
    for task in sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name()):
        place = users_place(places_of_wait(task.get_coro()))
        if place is not None:
            told.append(gettext("{who} waits at {place}", who=task.get_name(), place=quoted_place(place)))
    for job in jobs:
        place = users_place(places_in(frame_of(job.thread))) if job.thread is not None else None
        if place is not None:
            told.append(gettext("{who} waits at {place}", who=job, place=quoted_place(place)))
        else:
            told.append(gettext("{who} waits", who=job))
    if not told:
        return gettext("No task waits in code of yours.")
    more = [gettext("and {n} more", n=len(told) - _MOST_NAMED)] if len(told) > _MOST_NAMED else []
    return "; ".join([*told[:_MOST_NAMED], *more]) + "."
