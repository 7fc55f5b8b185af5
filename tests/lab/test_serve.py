"""serve(): its arguments, and servers() and stop_all(), which find what it started."""

from __future__ import annotations

import asyncio

import pytest

from fwlab.lab import ServeError, serve, servers, stop_all

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def _none_is_left():
    await stop_all()
    yield
    await stop_all()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"where": "moon"}, "'moon'"),
        ({"where": None}, "None"),
        ({"where": ["loop"]}, "loop"),
        ({"where": "process", "workers": 0}, "0"),
        ({"where": "process", "workers": 65}, "65"),
        ({"where": "process", "workers": 1.5}, r"1\.5"),
        ({"where": "process", "workers": True}, "True"),
        ({"workers": 2}, "add where='process'"),
        ({"where": "thread", "workers": 2}, "add where='process'"),
    ],
)
async def test_a_bad_argument_is_refused_before_anything_starts(hello, arguments, named):
    with pytest.raises(ServeError, match=named):
        serve(hello, **arguments)  # not even awaited


async def test_servers_lists_those_that_run(hello):
    assert repr(servers()) == "no server is running"
    assert "no server is running" in servers()._repr_html_()
    a, b = await serve(hello, name="a"), await serve(hello, name="b", where="thread")
    assert servers() == (a, b)
    assert repr(servers()) == f"{a!r}\n{b!r}"
    assert a.url in servers()._repr_html_()
    await a.stop()
    assert servers() == (b,)


async def test_stop_all_stops_them_all(hello):
    started = [await serve(hello, name=where, where=where) for where in ("loop", "thread")]
    await stop_all()
    assert [server.running for server in started] == [False, False]
    await stop_all()


async def test_stop_all_tells_which_applications_failed_at_their_shutdown():
    def fails(why):
        async def app(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            raise RuntimeError(why)

        return app

    await serve(fails("one"), name="a")
    await serve(fails("two"), name="b", where="thread")
    with pytest.raises(ServeError, match=r"(?s)RuntimeError: one.*RuntimeError: two"):
        await stop_all()
    assert servers() == ()


async def test_a_server_is_a_context_manager_too(hello):
    server = await serve(hello)
    async with server as same:
        assert same is server
        assert server.running
    assert not server.running


async def test_of_two_that_start_at_once_under_one_name_one_is_left(hello):
    one, two = await asyncio.gather(serve(hello, where="thread").__aenter__(), serve(hello).__aenter__())
    assert [one.running, two.running].count(True) == 1
    assert len(servers()) == 1


async def test_requests_are_counted(gate):
    async with serve(gate(1)) as server:
        from fwlab.lab import load

        await load(server, "/", users=2, requests=6, warmup=0)
        assert (server.served, server.in_flight) == (6, 0)
        assert "6 served, 0 in flight" in repr(server)
        assert "6 served, 0 in flight" in server._repr_html_()
