"""What runs side by side within a request where that is asked for, and what ends when the client leaves."""

from typing import Annotated

import anyio
import pytest

from fwlab import App, Depends, HTTPException
from fwlab.dependencies import Layout, batches

from .asgi import Client, body_messages


def names(handler, extra=()):
    steps = Layout(handler, (), "handler", {}, dependencies=extra).steps[:-1]
    return [[step.name for step in batch] for batch in batches(steps)]


async def bread(): ...
async def meat(): ...
async def toast(bread: Annotated[None, Depends(bread)]): ...


async def oven(toast: Annotated[None, Depends(toast)]):
    yield


async def plate(): ...


def test_a_batch_needs_only_what_came_before():
    async def burger(
        toast: Annotated[None, Depends(toast)],
        meat: Annotated[None, Depends(meat)],
        plate: Annotated[None, Depends(plate)],
    ): ...

    assert names(burger) == [["bread", "meat", "plate"], ["toast"]]


def test_a_generator_is_entered_alone_and_in_its_order():
    async def burger(
        oven: Annotated[None, Depends(oven)],
        meat: Annotated[None, Depends(meat)],
        plate: Annotated[None, Depends(plate)],
    ): ...

    assert names(burger) == [["bread"], ["toast"], ["oven"], ["meat", "plate"]]


def meeting_app(concurrent):
    """An app whose two dependencies wait for each other: they must be inside at the same time."""
    app = App(concurrent_dependencies=concurrent)
    here = [anyio.Event(), anyio.Event()]

    def comes(mine):
        async def guest():
            here[mine].set()
            with anyio.move_on_after(20 if concurrent else 0.1) as scope:
                await here[1 - mine].wait()
            return not scope.cancelled_caught

        return guest

    @app.get("/")
    async def handler(a: Annotated[bool, Depends(comes(0))], b: Annotated[bool, Depends(comes(1))]):
        return [a, b]

    return app


@pytest.mark.parametrize(("concurrent", "met"), [(True, b"[true,true]"), (False, b"[false,true]")])
def test_independent_dependencies_may_run_side_by_side(anyio_backend, concurrent, met):
    async def ask():
        return (await Client().asks(meeting_app(concurrent)))[-1]["body"]

    assert anyio.run(ask, backend=anyio_backend) == met


def test_one_that_fails_ends_the_others_and_is_heard_as_it_is(client_of):
    app = App(concurrent_dependencies=True)
    ended = []

    async def waits():
        try:
            await anyio.sleep(30)
        finally:
            ended.append("waits")

    async def refuses():
        raise HTTPException(403, "closed")

    @app.get("/", dependencies=[Depends(waits), Depends(refuses)])
    async def handler(): ...

    response = client_of(app).get("/")
    assert (response.status_code, response.json(), ended) == (403, {"detail": "closed"}, ["waits"])


@pytest.mark.parametrize("asked", [True, False])
def test_a_handler_ends_when_the_client_leaves_if_it_asks_for_it(anyio_backend, asked):
    app = App()
    log = []
    client = Client(*body_messages(b""))

    @app.get("/", cancel_on_disconnect=asked)
    async def handler():
        try:
            client.left.set()
            await anyio.sleep(0.1)
            log.append("done")
        finally:
            log.append("over")

    async def ask():
        return await client.asks(app)

    sent = anyio.run(ask, backend=anyio_backend)
    assert log == (["over"] if asked else ["done", "over"])
    assert bool(sent) is not asked


def test_what_cancels_at_a_disconnect_answers_and_fails_like_others(client_of):
    app = App()

    @app.get("/", cancel_on_disconnect=True)
    async def handler(n: int):
        if n:
            raise HTTPException(404, "sold out")
        return "here"

    with client_of(app) as client:
        assert client.get("/?n=0").json() == "here"
        assert client.get("/?n=1").json() == {"detail": "sold out"}
        assert client.get("/").status_code == 422
