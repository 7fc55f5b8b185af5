"""An application's start-up and shutdown, over TCP and in memory: a failure is an exception where it was asked for."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from fwlab.lab import AppTransport, DirectTransport, ServeError, serve

from .conftest import answer

pytestmark = pytest.mark.anyio


def with_lifespan(lifespan):
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await lifespan(scope, receive, send)
        else:
            await answer(send, str(scope["state"].get("greeting")).encode())

    return app


async def well_behaved(scope, receive, send):
    await receive()
    scope["state"]["greeting"] = "from start-up"
    await send({"type": "lifespan.startup.complete"})
    await receive()
    scope["state"]["greeting"] = "shut down"
    await send({"type": "lifespan.shutdown.complete"})


async def fails_as_frameworks_do(scope, receive, send):
    await receive()
    try:
        raise RuntimeError("no database")
    except RuntimeError as error:
        await send({"type": "lifespan.startup.failed", "message": f"a traceback of {error!r}"})
        raise


async def fails_in_words(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed", "message": "no database, sorry"})


async def fails_at_shutdown(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    raise RuntimeError("cannot close the database")


async def exits(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.failed"})
    raise SystemExit(3)


async def get(transport, url):
    async with httpx.AsyncClient(transport=transport, base_url=url) as client:
        return (await client.get("/")).text


async def test_state_from_start_up_reaches_requests_and_shutdown_follows():
    states = []

    async def lifespan(scope, receive, send):
        states.append(scope["state"])
        await well_behaved(scope, receive, send)

    app = with_lifespan(lifespan)
    async with serve(app) as server:
        assert await get(DirectTransport(), server.url) == "from start-up"
        assert states[0]["greeting"] == "from start-up"
    assert states[0]["greeting"] == "shut down"
    assert await get(AppTransport(app), "http://app") == "from start-up"
    assert states[1]["greeting"] == "shut down"


async def test_what_a_request_does_to_the_state_stays_in_that_request():
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await well_behaved(scope, receive, send)
            return
        await answer(send, scope["state"]["greeting"].encode())
        scope["state"]["greeting"] = "changed"

    async with serve(app) as server:
        assert await get(DirectTransport(), server.url) == "from start-up"
        assert await get(DirectTransport(), server.url) == "from start-up"


async def test_a_failed_start_up_carries_the_applications_own_exception_and_its_place(caplog, leaves_no_task):
    with pytest.raises(
        ServeError, match=r"RuntimeError: no database \(line \d+ of fails_as_frameworks_do in "
    ) as caught:
        await serve(with_lifespan(fails_as_frameworks_do))
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert caplog.records == [], "the exception says it all"


async def test_a_failed_start_up_without_an_exception_carries_the_applications_words(leaves_no_task):
    with pytest.raises(ServeError, match="no database, sorry"):
        await serve(with_lifespan(fails_in_words))


async def test_an_application_that_exits_at_start_up_ends_neither_loop_nor_kernel(leaves_no_task):
    with pytest.raises(ServeError, match="SystemExit: 3"):
        await serve(with_lifespan(exits))


async def test_a_failed_start_up_leaves_the_port_free_and_is_not_mentioned_again(hello, caplog):
    async with serve(hello) as server:
        port = server.port
    with pytest.raises(ServeError):
        await serve(with_lifespan(fails_in_words), port=port)
    async with serve(hello, port=port) as again:
        assert again.port == port
    assert caplog.records == []


async def test_an_application_that_knows_no_lifespan_is_served_as_it_is(hello, caplog):
    async with serve(hello) as server:  # it raises AssertionError when it is asked for its lifespan
        assert await get(DirectTransport(), server.url) == "hello"
    assert caplog.records == []


async def test_a_failed_shutdown_is_an_exception_of_stop_and_the_server_has_stopped(leaves_no_task):
    server = await serve(with_lifespan(fails_at_shutdown))
    with pytest.raises(ServeError, match=r"did not shut down\. RuntimeError: cannot close the database"):
        await server.stop()
    assert not server.running
    await server.stop()


async def test_a_failed_shutdown_does_not_keep_the_next_server_from_starting(hello, caplog):
    await serve(with_lifespan(fails_at_shutdown))
    async with serve(hello) as server:
        assert await get(DirectTransport(), server.url) == "hello"
    assert "replaced did not end well" in caplog.text


async def test_a_shutdown_that_never_ends_is_cut_off(monkeypatch, leaves_no_task):
    async def hangs(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await asyncio.Event().wait()

    monkeypatch.setattr("fwlab.lab.serving.lifespan.SHUTDOWN_LIMIT", 0.01)
    server = await serve(with_lifespan(hangs))
    with pytest.raises(ServeError, match="did not end within"):
        await server.stop()


async def test_a_failed_start_up_in_memory_is_the_same_error(leaves_no_task):
    with pytest.raises(ServeError, match="RuntimeError: no database"):
        await get(AppTransport(with_lifespan(fails_as_frameworks_do)), "http://app")
