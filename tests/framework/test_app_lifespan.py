"""Start-up and shut-down, as a server asks for them."""

import contextlib

import anyio
import pytest

from fwlab import App, FwlabError

from .asgi import exchange


def lifespan_messages(*kinds):
    return [{"type": f"lifespan.{kind}"} for kind in kinds]


def lifespan_scope(**extra):
    return {"type": "lifespan", "asgi": {"version": "3.0"}, **extra}


@pytest.mark.anyio
async def test_an_app_without_a_lifespan_starts_and_stops():
    sent = await exchange(App(), lifespan_scope(), lifespan_messages("startup", "shutdown"))
    assert sent == lifespan_messages("startup.complete", "shutdown.complete")


@pytest.mark.anyio
async def test_the_lifespan_is_entered_before_the_first_request_and_left_after_the_last():
    journal = []

    @contextlib.asynccontextmanager
    async def lifespan(app):
        journal.append(app)
        yield {"oven": "hot"}
        journal.append("closed")

    app = App(lifespan=lifespan)
    scope = lifespan_scope(state={"server": 1})

    async def receive():
        journal.append("receive")
        return {"type": "lifespan"}

    async def send(message):
        journal.append(message["type"])

    await app(scope, receive, send)
    assert journal == [
        *["receive", app, "lifespan.startup.complete"],
        *["receive", "closed", "lifespan.shutdown.complete"],
    ]
    assert scope["state"] == {"server": 1, "oven": "hot"}


@pytest.mark.anyio
async def test_a_state_needs_a_server_that_keeps_one():
    @contextlib.asynccontextmanager
    async def lifespan(app):
        yield {"oven": "hot"}

    with pytest.raises(FwlabError, match=r"^The lifespan yields a state, but the server keeps none; yield nothing\.$"):
        await exchange(App(lifespan=lifespan), lifespan_scope(), lifespan_messages("startup"))


@pytest.mark.anyio
@pytest.mark.parametrize("when", ["startup", "shutdown"])
async def test_a_failure_is_told_with_its_traceback_and_raised(when):
    def fail():
        raise OSError("no gas")

    @contextlib.asynccontextmanager
    async def lifespan(app):
        if when == "startup":
            fail()
        yield
        fail()

    sent = []

    async def send(message):
        sent.append(message)

    messages = lifespan_messages("startup", "shutdown")

    async def receive():
        return messages.pop(0)

    with pytest.raises(OSError, match="no gas"):
        await App(lifespan=lifespan)(lifespan_scope(), receive, send)
    assert sent[-1]["type"] == f"lifespan.{when}.failed"
    assert "in fail\n" in sent[-1]["message"]
    assert sent[-1]["message"].endswith("OSError: no gas\n")
    assert len(sent) == (1 if when == "startup" else 2)


@pytest.mark.anyio
async def test_a_start_up_that_ends_the_process_is_told_to_the_server_first():
    @contextlib.asynccontextmanager
    async def lifespan(app):
        raise SystemExit(3)
        yield

    sent = []

    async def send(message):
        sent.append(message["type"])

    async def receive():
        return {"type": "lifespan.startup"}

    with pytest.raises(SystemExit):
        await App(lifespan=lifespan)(lifespan_scope(), receive, send)
    assert sent == ["lifespan.startup.failed"]


@pytest.mark.anyio
async def test_a_cancelled_lifespan_is_left():
    left = []

    @contextlib.asynccontextmanager
    async def lifespan(app):
        try:
            yield
        finally:
            left.append(True)

    messages = lifespan_messages("startup")

    async def receive():
        return messages.pop(0) if messages else await anyio.sleep_forever()

    async def send(message): ...

    async with anyio.create_task_group() as group:
        group.start_soon(App(lifespan=lifespan), lifespan_scope(), receive, send)
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert left == [True]
