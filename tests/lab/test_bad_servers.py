"""Load against servers that misbehave: with either engine it ends, all is counted, and no socket or task is left."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from pathlib import Path

import pytest

from fwlab.lab import LoadError, load, serve
from fwlab.lab.loading.answers import H11Answers, HttptoolsAnswers

from . import bad_servers
from .bad_servers import BadServer
from .test_answers import PARSERS

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("leaves_no_task", "leaves_no_socket")]

ENGINES = ["httpx", "raw-h11", "raw-httptools"]


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    """Each engine, the raw one with each parser; the keyword arguments for ``load``."""
    name, _, parser = request.param.partition("-")
    if name == "raw":
        answers = {"h11": H11Answers, "httptools": HttptoolsAnswers}[parser]
        if answers not in PARSERS:
            pytest.skip("install httptools to run this")
        monkeypatch.setattr("fwlab.lab.loading.raw_engine.fastest", lambda: answers)
    return {"engine": name}


def _sockets():
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return set()
    links = set()
    for entry in os.listdir(folder):
        try:
            links.add(os.readlink(folder / entry))
        except OSError:
            continue
    return {link for link in links if link.startswith("socket:")}


@pytest.fixture
async def leaves_no_socket(recwarn):
    before = _sockets()
    yield
    gc.collect()
    assert _sockets() <= before
    assert [str(warning.message) for warning in recwarn] == []


async def loaded(manners, engine, **how):
    async with BadServer(manners) as server, asyncio.timeout(60):
        run = await load(server.url, "/", **engine, **{"users": 4, "requests": 12, "warmup": 0, **how})
    return run, server


@pytest.mark.parametrize(
    ("manners", "errors"),
    [
        ("Closes", {"RemoteProtocolError": 12}),
        ("ClosesAtOnce", None),
        ("Resets", {"ReadError": 12}),
        ("Garbage", {"RemoteProtocolError": 12}),
        ("EndlessHead", {"RemoteProtocolError": 12}),
        ("ClosesAfterEach", {}),
        ("SaysTooMuch", {}),
        ("Good", {}),
    ],
)
async def test_what_comes_of_it_is_counted(engine, manners, errors):
    run, server = await loaded(getattr(bad_servers, manners), engine)
    if errors is None:  # the system tells of it as an end or as a reset, as it happens
        assert sum(run.errors.values()) == 12
        assert set(run.errors) <= {"RemoteProtocolError", "ReadError"}
    else:
        assert run.errors == errors
    assert server.accepted == (4 if manners == "Good" else 12)


@pytest.mark.parametrize(("manners", "head"), [("Silent", False), ("Drips", True)])
async def test_one_that_does_not_come_to_an_end_costs_the_timeout(engine, manners, head):
    run, _ = await loaded(getattr(bad_servers, manners), engine, requests=8, timeout=0.05)
    assert run.errors == {"timeout": 8}
    assert [sample.first_byte is not None for sample in run.samples] == [head] * 8
    assert [sample.status for sample in run.samples] == [200 if head else None] * 8
    assert {sample.done for sample in run.samples} == {None}


async def test_a_gigabyte_is_read_and_let_go(engine):
    before = _most_memory()
    run, server = await loaded(bad_servers.Huge, engine, users=1, requests=1)
    assert run.errors in ({}, {"timeout": 1})  # a machine may be too busy to carry it in 30 s
    assert _most_memory() - before < 200_000_000
    assert server.asked == 1


def _most_memory():
    """The most memory that this process had so far, in bytes, where the system tells."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


async def test_one_that_dies_half_way(engine):
    run, _ = await loaded(bad_servers.DiesHalfWay, engine, requests=40)
    assert run.errors["ConnectError"] > 0
    assert sum(run.errors.values()) + len(run.response_times) == 40
    assert len(run.response_times) <= 10


async def test_one_that_dies_half_way_through_a_schedule(engine):
    run, _ = await loaded(bad_servers.DiesHalfWay, engine, users=4, rate=400, requests=40)
    assert run.errors["ConnectError"] > 0
    assert len(run.samples) == 40


async def test_one_that_is_not_there(engine):
    async with BadServer(bad_servers.Good) as server:
        url = server.url
    with pytest.raises(LoadError, match=f"Nothing listens on {url}"):
        await load(url, users=3, requests=300, **engine)
    with pytest.raises(LoadError, match=f"Nothing listens on {url}"):
        await load(url, rate=100, duration=1, warmup=0, **engine)


async def test_a_thousand_users_at_once(engine):
    run, server = await loaded(bad_servers.Good, engine, users=1000, requests=2000)
    assert run.errors == {}
    assert server.accepted == 1000


async def test_ten_thousand_users_at_once():
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    app.__module__ = "__main__"  # so that it is sent to the server's process whole, as from a notebook
    async with serve(app, where="process") as server:
        try:
            run = await load(server, users=10_000, warmup=0, engine="raw")
        except LoadError as too_few_files:
            said = str(too_few_files)
        else:
            said = ""
            assert len(run.samples) == 10_000
            assert set(run.errors) <= {"timeout"}  # on a busy machine
    assert not said or "Write users=" in said


async def test_a_rate_that_cannot_be_sent(engine):
    run, server = await loaded(bad_servers.Good, engine, users=10, rate=1_000_000, duration=0.5, requests=None)
    assert run.unsent > 0
    assert run.users == 10
    assert server.asked == len(run.samples)
    assert len(run.samples) + run.unsent == 500_000


@pytest.mark.parametrize("method", ["HEAD", "POST"])
async def test_other_methods(engine, method):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else b"hello"})

    async with serve(app) as server:
        run = await load(server, method=method, json={"a": 1}, users=2, requests=10, timeout=10, **engine)
        assert run.errors == {}
        assert {sample.status for sample in run.samples} == {200}


async def test_cancelled_in_the_middle_of_it(engine):
    async with BadServer(bad_servers.Silent) as server:
        running = asyncio.create_task(load(server.url, users=20, requests=20, warmup=0, **engine))
        async with asyncio.timeout(20):
            while server.asked < 20:
                await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        async with asyncio.timeout(20):
            while server.transports:
                await asyncio.sleep(0)
