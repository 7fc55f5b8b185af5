"""What a ``def`` handler costs beside the bare hop into a thread that it cannot do without."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from anyio import to_thread

from benchmarks.apps import load_app
from benchmarks.calling import cpu_time
from benchmarks.cases import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable


def _blocking() -> dict[str, str]:
    return {"message": "Hello, thread!"}


async def _bare(hops: int) -> float:
    began = time.process_time()
    for _ in range(hops):
        await to_thread.run_sync(_blocking)
    return (time.process_time() - began) / hops


_HOPS = 50  # a block is short, so that some block meets a quiet moment of both cores


async def measure(*, rounds: int, step: Callable[[str], None]) -> dict[str, float]:
    """Return the seconds of CPU of a bare ``anyio.to_thread.run_sync`` and of a request to fwlab's ``def`` handler."""
    app, _ = load_app("fwlab")
    bare: list[float] = []
    handler: list[float] = []
    for _ in range(rounds):
        step("a bare run_sync, a def handler")
        bare.append(await _bare(_HOPS))
        handler.append(await cpu_time(app, BY_NAME["def"], _HOPS))
    return {"bare": min(bare), "handler": min(handler)}
