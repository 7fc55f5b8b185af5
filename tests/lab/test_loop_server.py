"""serve() in the loop: each failure is an exception where a learner looks, and nothing of the process changes hands."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import threading

import httpx
import pytest

from fwlab.lab import DirectTransport, ServeError, load, serve, virtual

from .conftest import answer

pytestmark = pytest.mark.anyio


async def get(server, path="/"):
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client:
        return await client.get(path)


def says(text):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await answer(send, text.encode())

    return app


@pytest.fixture
def taken_port():
    """A port that somebody else holds."""
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as holder:
        return holder.getsockname()[1]


async def test_awaiting_serve_gives_a_server_with_an_address(hello):
    server = await serve(hello)
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert (server.name, server.app, server.running) == ("main", hello, True)
    assert (await get(server)).text == "hello"
    await server.stop()
    assert not server.running
    with pytest.raises(httpx.ConnectError):
        await get(server)


async def test_async_with_stops_at_the_end(hello):
    async with serve(hello) as server:
        assert (await get(server)).text == "hello"
    assert not server.running


async def test_async_with_stops_after_an_exception(hello):
    with pytest.raises(ZeroDivisionError):
        async with serve(hello) as server:
            raise ZeroDivisionError
    assert not server.running


async def test_a_port_can_be_asked_for(hello):
    port = free_port()
    async with serve(hello, port=port) as server:
        assert server.port == port


async def test_stopping_twice_does_nothing_more(hello):
    server = await serve(hello)
    await asyncio.gather(server.stop(), server.stop())
    await server.stop()
    assert not server.running


async def test_what_it_looks_like(hello):
    starting = serve(hello, name="<shop>")
    assert "await serve(app)" in repr(starting)
    async with starting as server:
        assert repr(server) == f"<Server '<shop>' at {server.url}, running: 0 served, 0 in flight>"
        assert f'href="{server.url}"' in server._repr_html_()
        assert "&lt;shop&gt;" in server._repr_html_()
    assert repr(server).endswith("stopped: 0 served, 0 in flight>")
    assert "href" not in server._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"port": 65536}, "65536"),
        ({"port": -1}, "-1"),
        ({"port": "8000"}, "'8000'"),
        ({"port": True}, "True"),
        ({"port": None}, "None"),
        ({"name": ""}, "''"),
        ({"name": 7}, "7"),
        ({"app": "shop"}, "'shop:app'"),
    ],
)
async def test_a_bad_argument_is_refused_before_anything_starts(hello, arguments, named):
    with pytest.raises(ServeError, match=named):
        serve(**{"app": hello, **arguments})  # not even awaited


async def test_a_taken_port_is_an_error_that_names_it_and_the_mend(hello, taken_port):
    with pytest.raises(ServeError, match=f"(?s){taken_port}.*[Ll]eave `port` out"):
        await serve(hello, port=taken_port)


async def test_a_port_taken_by_another_of_our_servers_names_that_server(hello):
    async with serve(hello, name="shop") as shop:
        with pytest.raises(ServeError, match="'shop'"):
            await serve(hello, name="bank", port=shop.port)
        assert (await get(shop)).text == "hello"


async def test_one_name_is_one_server_and_keeps_its_port(hello):
    first = await serve(says("old"))
    async with serve(says("new")) as second:
        assert second.port == first.port
        assert not first.running
        assert (await get(second)).text == "new"


async def test_servers_of_different_names_run_side_by_side():
    async with serve(says("a"), name="a") as a, serve(says("b"), name="b") as b:
        assert ((await get(a)).text, (await get(b)).text) == ("a", "b")


async def test_a_new_explicit_port_wins_over_the_old_one(hello):
    old, port = await serve(hello), free_port()
    async with serve(hello, port=port) as new:
        assert new.port == port
        assert not old.running


async def test_the_old_server_stays_when_the_new_port_is_taken(hello, taken_port):
    async with serve(hello) as old:
        with pytest.raises(ServeError):
            await serve(says("new"), port=taken_port)
        assert (await get(old)).text == "hello"


async def test_a_server_whose_task_was_cancelled_does_not_say_that_it_runs(hello):
    server = await serve(hello)
    server._task.cancel()
    await asyncio.wait([server._task])
    assert not server.running
    async with serve(says("new")) as new:
        assert (await get(new)).text == "new"


async def test_a_stopped_server_does_not_reserve_its_name_or_port(hello):
    server = await serve(hello)
    await server.stop()
    async with serve(says("new"), port=server.port) as again:
        assert (await get(again)).text == "new"


async def test_a_stopped_server_does_not_wait_for_its_loop_when_virtual_time_replaces_it(hello):
    async def served() -> int:
        async with await serve(hello) as server:
            return (await load(server, users=1, requests=3, warmup=0)).errors.total()

    await served()
    assert virtual(served) == 0  # a plain call, during which the loop of the first server takes no turn


async def test_replacing_under_load_ends_the_requests_in_flight_and_logs_no_cancellation(caplog):
    inside = asyncio.Event()

    async def hangs(scope, receive, send):
        assert scope["type"] == "http"
        inside.set()
        await asyncio.Event().wait()

    old = await serve(hangs)
    run = asyncio.create_task(load(old, "/", users=4, requests=4, warmup=0))
    await inside.wait()
    async with serve(says("new")) as new:
        assert new.port == old.port
        assert (await run).errors == {"HTTP 500": 4}
        assert (await get(new)).text == "new"
    assert caplog.records == []


async def test_a_handlers_own_cancelled_error_is_still_logged(caplog):
    async def cancels_itself(scope, receive, send):
        assert scope["type"] == "http"
        raise asyncio.CancelledError

    async with serve(cancels_itself) as server:
        assert (await get(server)).status_code == 500
    assert [record.exc_info[0] for record in caplog.records] == [asyncio.CancelledError]


async def test_a_handler_that_raises_gives_500_and_a_traceback_that_begins_at_its_own_line(caplog):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        raise ValueError("no burgers left")

    async with serve(app) as server:
        assert (await get(server)).status_code == 500
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert str(record.exc_info[1]) == "no burgers left"
        assert record.exc_info[2].tb_frame.f_code is app.__code__
        assert (await get(server)).status_code == 500, "the server lives on"


async def test_a_server_of_the_users_own_keeps_its_log_as_it_is(caplog):
    await_filter_installed = serve(says("any"))
    async with await_filter_installed:
        try:
            asyncio.timeout_at(int("x"))
        except ValueError:
            logging.getLogger("uvicorn.error").exception("somebody else's record")
    traceback = caplog.records[0].exc_info[2]
    assert traceback.tb_frame.f_code.co_name == "test_a_server_of_the_users_own_keeps_its_log_as_it_is"


async def test_the_loop_survives_an_application_that_exits(caplog):
    async def exits(scope, receive, send):
        assert scope["type"] == "http"
        raise SystemExit(3)

    async with serve(exits) as server:
        assert (await get(server)).status_code == 500


async def test_the_loop_survives_uvicorns_own_exit(hello, monkeypatch):
    async def gives_up(self, sockets=None):
        raise SystemExit(1)

    monkeypatch.setattr("uvicorn.Server.startup", gives_up)
    with pytest.raises(ServeError, match="gave up"):
        await serve(hello)


async def test_interrupt_and_terminate_stay_with_those_who_had_them(hello):
    def handlers():
        return signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)

    before = handlers()
    async with serve(hello) as server:
        assert handlers() == before
        await get(server)
        assert handlers() == before
    assert handlers() == before


async def test_no_delay_for_the_answers_on_a_kept_connection(hello):
    """Without TCP_NODELAY each answer after the first waits 40 ms for the client's delayed acknowledgement."""
    async with serve(hello) as server, httpx.AsyncClient(transport=DirectTransport(), base_url=server.url) as client:
        await client.get("/")
        (connection,) = server._uvicorn.server_state.connections
        accepted = connection.transport.get_extra_info("socket")
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


async def test_logging_stays_as_it_was(hello):
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("uvicorn").handlers[:])
    async with serve(hello):
        assert (root.level, list(root.handlers), logging.getLogger("uvicorn").handlers[:]) == before


async def test_a_server_left_by_a_cancelled_cell_leaves_nothing(hello, leaves_no_task):
    starts = asyncio.Event()

    async def never_starts(scope, receive, send):
        starts.set()
        await asyncio.Event().wait()

    port = free_port()
    cell = asyncio.ensure_future(serve(never_starts, port=port).__aenter__())
    await starts.wait()
    cell.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cell
    async with serve(hello, port=port) as server:
        assert (await get(server)).text == "hello"


async def test_cancelling_a_cell_that_stops_a_server_does_not_cancel_the_clean_up():
    stopped = asyncio.Event()

    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.sleep(0)
        stopped.set()
        await send({"type": "lifespan.shutdown.complete"})

    server = await serve(app)
    cell = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    cell.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cell
    await stopped.wait()


async def test_a_stop_leaves_neither_tasks_nor_connections(gate, leaves_no_task):
    async with serve(gate(1)) as server:
        client = httpx.AsyncClient(transport=DirectTransport(), base_url=server.url)
        await client.get("/")
    assert server._uvicorn.server_state.connections == set()
    await client.aclose()


async def test_a_handler_that_will_not_end_does_not_keep_its_client_waiting(monkeypatch):
    monkeypatch.setattr("fwlab.lab.serving.loop_server.GRACE", 0.02)
    inside, released = asyncio.Event(), asyncio.Event()

    async def stubborn(scope, receive, send):
        assert scope["type"] == "http"
        inside.set()
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await released.wait()

    server = await serve(stubborn)
    async with httpx.AsyncClient(transport=DirectTransport(), base_url=server.url, timeout=None) as client:
        asking = asyncio.create_task(client.get("/"))
        await inside.wait()
        await server.stop()
        with pytest.raises(httpx.TransportError):
            async with asyncio.timeout(20):
                await asking
    released.set()


def test_a_server_left_by_a_loop_that_is_gone_does_not_hold_its_port():
    port = free_port()

    async def serve_and_leave(text):
        server = await serve(says(text), port=port)
        return (await get(server)).text

    assert asyncio.run(serve_and_leave("first")) == "first"
    assert asyncio.run(serve_and_leave("second")) == "second"


def test_a_server_left_by_a_loop_that_rests_does_not_hold_its_port(caplog):
    port = free_port()
    loop = asyncio.new_event_loop()
    left = loop.run_until_complete(serve(says("first"), port=port).__aenter__())
    assert not left.running, "its loop does not run at the moment"

    async def serve_again():
        async with serve(says("second"), port=port) as server:
            return (await get(server)).text

    assert asyncio.run(serve_again()) == "second"
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()
    del left, tasks, task
    gc.collect()
    assert caplog.records == [], "no task of it ended badly"


async def test_a_server_in_the_loop_of_another_thread_is_replaced_too():
    started = asyncio.Event()
    here, old = asyncio.get_running_loop(), []
    over = threading.Event()

    async def elsewhere():
        old.append(await serve(says("old")))
        here.call_soon_threadsafe(started.set)
        while not over.is_set():
            await asyncio.sleep(0.01)

    thread = threading.Thread(target=asyncio.run, args=(elsewhere(),))
    thread.start()
    try:
        await started.wait()
        assert (await get(old[0])).text == "old"
        async with serve(says("new")) as new:
            assert new.port == old[0].port
            assert (await get(new)).text == "new"
    finally:
        over.set()
        thread.join()
