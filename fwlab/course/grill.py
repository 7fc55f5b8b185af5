"""A shop that is quick, except while its grill is cleaned: a standstill that comes again and again.

So do programs whose memory is tidied up, and databases that write down what they have collected.
"""

from __future__ import annotations

import time

import anyio

from fwlab import App

SERVICE = 0.01
"""Seconds that a burger takes."""
EVERY = 2.0
"""Seconds from one cleaning of the grill to the next; the first comes so long after the first customer."""
CLEANING = 0.4
"""Seconds that a cleaning takes. It holds the event loop, so nobody is served."""


def shop_with_a_grill() -> App:
    """Return a new shop with ``GET /burgers``.

    Example:
        >>> from fwlab.lab import load, virtual
        >>> run = virtual(lambda: load(shop_with_a_grill(), "/burgers", users=1, duration=3, warmup=0))
        >>> max(run.response_times)
        0.41
    """
    app = App()

    def clean() -> None:
        time.sleep(CLEANING)

    next_cleaning: list[float] = []

    @app.get("/burgers")
    async def burgers() -> str:
        now = time.monotonic()
        if not next_cleaning:
            next_cleaning.append(now + EVERY)
        if now >= next_cleaning[0]:
            next_cleaning[0] += EVERY
            clean()
        await anyio.sleep(SERVICE)
        return "a burger"

    return app
