"""The client's own event loop: it does what any does, and waits no longer than it was asked to, to the microsecond."""

from __future__ import annotations

import asyncio
import select
import sys

import pytest

from fwlab.lab.loading import fine_loop
from fwlab.lab.loading.fine_loop import new_loop


def test_it_carries_tasks_timers_sockets_and_threads():
    async def main():
        async def echo(reader, writer):
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\n")
            said = await reader.read()
            writer.close()
        return said, await asyncio.to_thread(lambda: 7), await asyncio.sleep(0.001, "slept")

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(main()) == (b"hello\n", 7, "slept")


@pytest.mark.skipif(sys.platform != "linux", reason="only there are timers rounded up")
def test_it_asks_for_the_exact_time(monkeypatch):
    asked = []

    class Select:
        @staticmethod
        def select(files, _, __, timeout):
            asked.append(timeout)
            return select.select(files, _, __, timeout)

    monkeypatch.setattr(fine_loop, "select", Select)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.get_loop().time = lambda: sum(asked)  # its clock goes on while it waits, and at no other time
        runner.run(asyncio.sleep(0.0004))
    assert asked == [pytest.approx(0.0004)]
