"""Work for the processor, counted instead of declared: so many events of the learner's own code, so much time.

Python tells a tool each line that it comes to and each jump back in a loop (``sys.monitoring``). The same code has the
same events on every machine, so what they cost can be charged, exactly and repeatably; how long they really take cannot
be. Code of libraries costs nothing, as elsewhere in virtual time.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fwlab.lab.clock.actors import current_actor
from fwlab.lab.clock.errors import VirtualTimeError
from fwlab.places import is_users_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

EVENT = 50
"""Nanoseconds charged for each line that the code comes to, and for each jump."""
_SETTLED_FROM = 100_000  # nanoseconds of metered work after which the clock moves, also without an event that asks
_TOOLS = (4, 3, 2)  # identifiers of monitoring tools that nobody else is told to use


@contextmanager
def metered() -> Iterator[None]:
    """Charge the code of the learner for its events, in every actor, while the block runs.

    Raises:
        VirtualTimeError: on Python 3.11, which cannot tell them; or other tools monitor already.
    """
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        raise VirtualTimeError("meter=True needs Python 3.12 or newer; on this one, declare work with burn(seconds).")
    tool = next((tool for tool in _TOOLS if monitoring.get_tool(tool) is None), None)
    if tool is None:
        raise VirtualTimeError("meter=True: other tools watch this process already; end the debugger or the profiler.")
    events = monitoring.events
    watched: set[CodeType] = set()

    def starts(code: CodeType, offset: int) -> Any:
        if not is_users_file(code.co_filename):
            return monitoring.DISABLE
        if code not in watched:
            watched.add(code)
            monitoring.set_local_events(tool, code, events.LINE | events.JUMP)
        return None

    def charge(code: CodeType, *where: int) -> None:
        actor = current_actor()
        if actor is not None:
            actor.debt += EVENT
            if actor.debt >= _SETTLED_FROM:
                actor.settle()

    monitoring.use_tool_id(tool, "fwlab")
    try:
        monitoring.register_callback(tool, events.PY_START, starts)
        monitoring.register_callback(tool, events.LINE, charge)
        monitoring.register_callback(tool, events.JUMP, charge)
        monitoring.set_events(tool, events.PY_START)
        monitoring.restart_events()
        yield
    finally:
        monitoring.set_events(tool, 0)
        for code in watched:
            monitoring.set_local_events(tool, code, 0)
        for event in (events.PY_START, events.LINE, events.JUMP):
            monitoring.register_callback(tool, event, None)
        monitoring.free_tool_id(tool)
