"""The interrupt key, and a cancellation, during a load: it ends at once, and what was measured is there."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from fwlab.lab import last_run, load

from .conftest import answer, until

PROLOGUE = """
import asyncio, os, signal
from fwlab.lab import load, last_run

asked = 0

async def app(scope, receive, send):
    global asked
    assert scope["type"] == "http"
    asked += 1
    if asked == 10:
        os.kill(os.getpid(), signal.SIGINT)
    if asked >= 10:
        await asyncio.Event().wait()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})
"""


def script(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", PROLOGUE + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("how", ["requests=100", "rate=1000, duration=100", "duration=100"])
def test_the_load_ends_and_returns_what_was_measured(how):
    done = script(f"""
        async def main():
            before = signal.getsignal(signal.SIGINT)
            run = await load(app, users=3, warmup=0, {how})
            print(run.interrupted, 6 < len(run.response_times) < 10, run.errors["interrupted"] > 0, run.unsent > 0)
            print(signal.getsignal(signal.SIGINT) is before, len(asyncio.all_tasks()), last_run() is run)

        asyncio.run(main())
    """)
    assert done.stderr == ""
    assert done.stdout == f"True True True {how != 'duration=100'}\nTrue 1 True\n"


def test_it_takes_effect_where_the_same_task_begins_the_next_load():
    done = script("""
        async def main():
            print((await load(app, users=1, warmup=0)).interrupted)
            print("goes on to the next load")
            await load(app, users=1, warmup=0)
            print("never comes here")

        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
    """)
    assert (done.stdout, done.stderr) == ("True\ngoes on to the next load\ninterrupted\n", "")


def test_another_task_may_load_again():
    done = script("""
        async def one():
            return await load(app, users=1, warmup=0)

        async def main():
            print((await asyncio.create_task(one())).interrupted)
            global asked
            asked = 10_000
            async def answers(scope, receive, send):
                await send({"type": "http.response.start", "status": 200, "headers": []})
                await send({"type": "http.response.body", "body": b"hello"})
            print((await asyncio.create_task(load(answers, users=1))).interrupted)

        asyncio.run(main())
    """)
    assert (done.stdout, done.stderr) == ("True\nFalse\n", "")


def test_it_ends_all_loads_that_run_at_the_same_time():
    done = script("""
        async def main():
            before = signal.getsignal(signal.SIGINT)
            runs = await asyncio.gather(*(load(app, users=3, warmup=0) for _ in range(3)))
            print([run.interrupted for run in runs], signal.getsignal(signal.SIGINT) is before)

        asyncio.run(main())
    """)
    assert (done.stdout, done.stderr) == ("[True, True, True] True\n", "")


def test_during_the_warm_up_nothing_is_counted_and_all_is_unsent():
    done = script("""
        async def main():
            run = await load(app, users=20, requests=100, warmup=1)
            print(run.interrupted, len(run.samples), len(run.warmup_samples), run.unsent)

        asyncio.run(main())
    """)
    assert (done.stdout, done.stderr) == ("True 0 20 100\n", "")


class Stalls:
    """Answers so many requests, and none from then on."""

    def __init__(self, answers):
        self.left = answers
        self.stalled = asyncio.Event()

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        if self.left == 0:
            self.stalled.set()
            await asyncio.Event().wait()
        self.left -= 1
        await answer(send)


@pytest.mark.anyio
async def test_a_cancelled_task_is_cancelled_and_its_run_is_the_last_one():
    app = Stalls(7)
    running = asyncio.create_task(load(app, users=2, requests=100, warmup=0))
    await app.stalled.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await running
    assert "fwlab.lab.last_run()" in "".join(caught.value.__notes__)
    assert last_run().interrupted
    answered = len(last_run().response_times)  # the last answer may be on its way
    assert answered in (6, 7)
    assert answered + last_run().errors["interrupted"] + last_run().unsent == 100


@pytest.mark.anyio
async def test_a_timeout_around_it_stays_a_timeout():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await load(Stalls(3), users=1, requests=100, warmup=0)
    assert len(last_run().response_times) == 3


@pytest.mark.anyio
async def test_the_signal_stays_with_who_has_it_when_the_load_is_over():
    before = signal.getsignal(signal.SIGINT)
    app = Stalls(100)
    await load(app, users=1, requests=10)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_signals_are_left_alone(hello):
    before = signal.getsignal(signal.SIGINT)
    runs = []
    thread = threading.Thread(target=lambda: runs.append(asyncio.run(load(hello, users=1, requests=3))))
    thread.start()
    thread.join()
    assert len(runs[0].samples) == 3
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.anyio
async def test_in_a_process_of_its_own_too(hello):
    from fwlab.lab import serve

    app = Stalls(20)
    async with serve(app) as server:
        running = asyncio.create_task(load(server, users=2, requests=100, warmup=0, where="process"))
        await asyncio.wait_for(app.stalled.wait(), 60)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await until(lambda: not server._uvicorn.server_state.connections)
    assert last_run().interrupted
    assert last_run().errors == {"interrupted": 2}
    answered = len(last_run().response_times)  # the last answer may be on its way
    assert answered in (19, 20)
    assert answered + last_run().unsent == 98
