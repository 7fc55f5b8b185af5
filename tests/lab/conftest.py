"""What the laboratory's tests share: the event loop they run on, and a few small ASGI applications."""

from __future__ import annotations

import asyncio

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


async def answer(send, body=b"hello", status=200, headers=()):
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def hello():
    """An application that answers every request with ``hello``, and knows no lifespan."""

    async def hello(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send)

    return hello


class Gate:
    """An application that answers nobody until so many requests are inside at once; and counts who was."""

    def __init__(self, size):
        self.size = size
        self.inside = self.most_inside = 0
        self.open = asyncio.Event()

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        if self.inside >= self.size:
            self.open.set()
        await self.open.wait()
        await asyncio.sleep(0)  # the others leave the gate before the first of them asks again
        self.inside -= 1
        await answer(send)


@pytest.fixture
def gate():
    return Gate


@pytest.fixture
async def leaves_no_task():
    """Whatever the test did, no task of it is left."""
    yield
    tasks = [task.get_coro().__qualname__ for task in asyncio.all_tasks()]
    assert [name for name in tasks if not name.startswith("TestRunner.")] == []
