"""Does ``compare`` tell two servers apart when, and only when, they differ? The same comparison, made again and again.

One pair of servers is identical; of another, one takes a quarter longer. All run in this process, on a machine that is
disturbed as machines are.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

from fwlab.lab import compare, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from fwlab.types import ASGIApp, Receive, Scope, Send

SECONDS = 0.004
"""What an answer takes, of the identical servers and of the quicker of the other two."""
SLOWER = 1.25
_PAIRS = 6
_USERS, _REQUESTS = 10, 300


def app(seconds: float) -> ASGIApp:
    """Return an application that answers after so long."""

    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await asyncio.sleep(seconds)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    return answers


async def measure(*, tries: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Compare both pairs of servers so many times.

    Args:
        tries: how often; ``compare`` makes twelve runs each time.
        step: called with what is done next, twice a try.

    Returns:
        ``tries``; ``same`` and ``slower``: how many comparisons had each answer.
    """
    answers: dict[str, Counter[str]] = {"same": Counter(), "slower": Counter()}
    async with (
        serve(app(SECONDS), name="one") as one,
        serve(app(SECONDS), name="other") as other,
        serve(app(SECONDS * SLOWER), name="slow") as slow,
    ):
        for _ in range(tries):
            for name, second in (("same", other), ("slower", slow)):
                step(f"compare: {name}")
                ab = await compare(one, second, pairs=_PAIRS, users=_USERS, requests=_REQUESTS)
                answers[name][ab.answer] += 1
    return {"tries": tries, **{name: dict(counts) for name, counts in answers.items()}}
