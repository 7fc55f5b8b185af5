"""An ASGI app called directly, as a server would call it: its start-up run first, its answer collected or ignored."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from benchmarks.cases import Case
    from fwlab.types import ASGIApp


class WrongAnswerError(Exception):
    """An app does not answer a case as it should, so its time says nothing."""


class Answer(NamedTuple):
    """What an app sent."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


@asynccontextmanager
async def started(app: ASGIApp) -> AsyncIterator[None]:
    """Run the app's start-up, without which some frameworks answer nothing, and its shut-down at the end."""
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
    task = asyncio.create_task(app(scope, to_app.get, from_app.put))
    for phase in ("startup", "shutdown"):
        to_app.put_nowait({"type": f"lifespan.{phase}"})
        heard = asyncio.create_task(from_app.get())
        await asyncio.wait([task, heard], timeout=30, return_when=asyncio.FIRST_COMPLETED)
        if not heard.done() or heard.result()["type"] != f"lifespan.{phase}.complete":
            heard.cancel()
            task.cancel()
            raise WrongAnswerError(f"The app did not finish its lifespan's {phase}.")
        if phase == "startup":
            yield
    await task


async def ask(app: ASGIApp, case: Case) -> Answer:
    """Send one request and return the whole answer; the client leaves after it."""
    messages = [{"type": "http.request", "body": case.body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await app(case.scope(), receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], {bytes(k).lower(): bytes(v) for k, v in sent[0]["headers"]}, body)


async def check(app: ASGIApp, case: Case, name: str) -> None:
    """See that the app gives the right answer.

    Raises:
        WrongAnswerError: it does not.
    """
    answer = await ask(app, case)
    media_type = answer.headers.get(b"content-type", b"").partition(b";")[0]
    if (answer.status, media_type, answer.body) != (200, case.media_type, case.answer):
        raise WrongAnswerError(
            f"{name} answers {case.name} with {answer}; right is 200, {case.media_type!r}, {case.answer!r}."
        )


async def cpu_time(app: ASGIApp, case: Case, requests: int) -> float:
    """Return the seconds of CPU, of all threads, that one of so many requests takes, one after the other."""
    scope = case.scope()
    message = {"type": "http.request", "body": case.body, "more_body": False}

    async def receive() -> dict[str, Any]:
        return message

    async def send(message: Any) -> None:
        pass

    began = time.process_time()
    for _ in range(requests):
        await app(dict(scope), receive, send)
    return (time.process_time() - began) / requests
