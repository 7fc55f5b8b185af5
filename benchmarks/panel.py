"""What the panel in JupyterLab costs a kernel's event loop, at a steady rate of requests, as a share of a processor.

A server answers 500 requests a second in the loop of this process, as in a notebook's kernel; they are sent by another.
The CPU time of this process is measured with nobody looking, with the panel open, and with the live timeline open too.
"""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

from benchmarks.apps import fwlab as example
from fwlab.jupyter.panel.feed import Feed
from fwlab.jupyter.panel.loop_watch import LoopWatch
from fwlab.lab import load, serve

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 500
LOOKS: dict[str, list[str] | None] = {"nobody": None, "panel": ["routes"], "timeline": ["routes", "timelines"]}


async def measure(*, rounds: int, seconds: float, step: Callable[[str], None]) -> dict[str, float]:
    """Return the share of a processor that this process used, by who looks: the smallest of several rounds."""
    smallest: dict[str, float] = {}
    async with serve(example.app) as server:
        for _ in range(rounds):
            for who, wants in LOOKS.items():
                step(f"the panel: {who}")
                share = await _share(server, wants, seconds)
                smallest[who] = min(share, smallest.get(who, share))
    return smallest


async def _share(server: Any, wants: list[str] | None, seconds: float) -> float:
    feed = None
    if wants is not None:
        feed = Feed(lambda facts: None, LoopWatch(asyncio.get_running_loop(), threading.get_ident()))
        feed.heard(wants)
        feed.start()
    try:
        began, cpu = time.perf_counter(), time.process_time()
        await load(server, "/json", rate=RATE, duration=seconds, warmup=0, where="process")
        return (time.process_time() - cpu) / (time.perf_counter() - began)
    finally:
        if feed is not None:
            feed.stop()
