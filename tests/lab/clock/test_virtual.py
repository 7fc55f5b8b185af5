"""Virtual time: exact, the same each time, never stuck, and nothing of it left behind."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import gc
import logging
import socket
import sys
import threading
import time
from functools import partial
from time import sleep as sleep_by_name

import anyio
import pytest
from anyio import from_thread, to_process, to_thread

from fwlab import App
from fwlab.lab import LabError, VirtualTimeError, burn, load, serve, virtual

SAME = [time.sleep, time.time, time.perf_counter, to_thread.run_sync, to_process.run_sync, threading.Thread.start]
SAME.append(concurrent.futures.Future.result)


@pytest.fixture(autouse=True)
def nothing_is_left():
    threads = set(threading.enumerate())
    yield
    now = [time.sleep, time.time, time.perf_counter, to_thread.run_sync, to_process.run_sync, threading.Thread.start]
    assert [*now, concurrent.futures.Future.result] == SAME
    assert sleep_by_name is SAME[0]
    for thread in set(threading.enumerate()) - threads:
        thread.join(5)
        assert not thread.is_alive(), thread


async def at_once(*functions):
    """Run async functions side by side; return when each ended, in the order in which they did."""
    ends = []

    async def run(number, function):
        await function()
        ends.append((number, round(anyio.current_time(), 9)))

    async with anyio.create_task_group() as group:
        for number, function in enumerate(functions):
            group.start_soon(run, number, function)
    return ends


def in_thread(function, *args, **options):
    return lambda: to_thread.run_sync(function, *args, **options)


def in_process(function, *args):
    return lambda: to_process.run_sync(function, *args)


def times(ends):
    return [end for _, end in ends]


def test_an_hour_passes_at_once():
    began = time.monotonic()
    assert virtual(partial(anyio.sleep, 3600)) is None
    assert time.monotonic() - began < 60


def test_all_clocks_agree():
    async def clocks():
        await asyncio.sleep(1.5)
        loop = asyncio.get_running_loop().time()
        return loop, anyio.current_time(), time.monotonic(), time.perf_counter(), time.monotonic_ns(), time.time()

    assert virtual(clocks) == (1.5, 1.5, 1.5, 1.5, 1_500_000_000, 946684801.5)


def test_a_name_imported_from_time_is_virtual_too():
    async def nap():
        sleep_by_name(2)
        return anyio.current_time()

    assert virtual(nap) == 2


def test_timeouts_and_cancel_scopes():
    async def main():
        with anyio.move_on_after(0.25) as scope:
            await anyio.sleep(10)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await asyncio.sleep(10)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 1)
        return scope.cancelled_caught, anyio.current_time()

    assert virtual(main) == (True, 1.75)


def test_time_sleep_holds_the_loop():
    async def blocks():
        time.sleep(0.5)

    assert virtual(lambda: at_once(partial(anyio.sleep, 0.1), blocks, blocks)) == [(1, 0.5), (2, 1.0), (0, 1.0)]


def test_while_the_loop_is_held_threads_go_on():
    async def blocks():
        await anyio.sleep(0.1)
        time.sleep(0.5)

    async def nap_then_tell():
        return await to_thread.run_sync(lambda: (time.sleep(0.3), time.perf_counter())[1])

    async def main():
        async with anyio.create_task_group() as group:
            group.start_soon(blocks)
            ended_in_thread = await nap_then_tell()
            return ended_in_thread, anyio.current_time()

    assert virtual(main) == (0.3, 0.6)


def test_forty_threads():
    ends = virtual(lambda: at_once(*[in_thread(time.sleep, 0.5)] * 100))
    assert times(ends) == [0.5] * 40 + [1.0] * 40 + [1.5] * 20


def test_a_limiter_of_ones_own():
    async def main():
        limiter = anyio.CapacityLimiter(2)
        return await at_once(*[in_thread(time.sleep, 1, limiter=limiter)] * 5)

    assert times(virtual(main)) == [1, 1, 2, 2, 3]


def test_computing_on_the_loop_is_one_after_the_other():
    async def compute():
        burn(0.02)

    assert times(virtual(lambda: at_once(*[compute] * 8))) == [0.02, 0.04, 0.06, 0.08, 0.10, 0.12, 0.14, 0.16]


def test_computing_threads_share_one_core():
    assert times(virtual(lambda: at_once(*[in_thread(burn, 0.02)] * 4))) == [0.08] * 4
    ends = virtual(lambda: at_once(*[in_thread(burn, 0.02)] * 41))
    assert times(ends) == [0.8] * 40 + [0.82]


def test_computing_on_the_loop_and_in_a_thread_shares_it_too():
    async def compute():
        await anyio.sleep(0.01)
        burn(0.02)
        assert time.perf_counter() == 0.04

    def work():
        burn(0.02)
        return time.perf_counter()

    async def main():
        async with anyio.create_task_group() as group:
            group.start_soon(compute)
            return await to_thread.run_sync(work), anyio.current_time()

    assert virtual(main) == (0.03, 0.04), "the thread is done while the loop is still held"


@pytest.mark.parametrize(("cores", "ends"), [(1, [0.02, 0.04, 0.06]), (2, [0.02, 0.02, 0.04]), (3, [0.02] * 3)])
def test_processes_have_cores_of_their_own(cores, ends):
    assert times(virtual(lambda: at_once(*[in_process(burn, 0.02)] * 3), cores=cores)) == ends


def test_what_a_thread_has_computed_is_its_processor_time():
    def work():
        time.sleep(1)
        burn(0.25)
        return time.thread_time(), time.perf_counter()

    assert virtual(in_thread(work)) == (0.25, 1.25)


def test_asyncios_own_threads_and_executors():
    async def main():
        loop = asyncio.get_running_loop()
        with concurrent.futures.ThreadPoolExecutor(2) as two, concurrent.futures.ProcessPoolExecutor(2) as processes:
            ends = await at_once(
                *[partial(asyncio.to_thread, time.sleep, 1)] * 7,
                *[lambda: loop.run_in_executor(two, time.sleep, 1.25)] * 3,
                *[lambda: loop.run_in_executor(processes, burn, 1.75)] * 2,
            )
            return times(ends)

    assert virtual(main) == [1, 1, 1, 1, 1, 1, 1.25, 1.25, 1.75, 1.75, 2, 2.5], "the default executor has 6 threads"


def test_a_thread_calls_back_into_the_loop():
    async def nap(seconds):
        await anyio.sleep(seconds)
        return anyio.current_time()

    def work():
        time.sleep(1)
        from_thread.run_sync(lambda: None)
        return from_thread.run(nap, 2), time.perf_counter()

    assert virtual(in_thread(work)) == (3, 3)


def test_results_exceptions_and_context_come_through_threads():
    variable = contextvars.ContextVar("variable", default="unset")

    async def main():
        variable.set("set")
        with pytest.raises(ZeroDivisionError):
            await to_thread.run_sync(lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await asyncio.to_thread(lambda: 1 / 0)
        return await to_thread.run_sync(variable.get), await asyncio.to_thread(variable.get)

    assert virtual(main) == ("set", "set")


def test_an_abandoned_thread_gives_its_token_back_and_goes_on():
    ended = []

    def work():
        time.sleep(5)
        ended.append(time.perf_counter())

    async def main():
        limiter = anyio.CapacityLimiter(1)
        with anyio.move_on_after(1):
            await to_thread.run_sync(work, limiter=limiter, abandon_on_cancel=True)
        await to_thread.run_sync(time.sleep, 1, limiter=limiter)
        before = anyio.current_time()
        await anyio.sleep(10)
        return before

    assert virtual(main) == 2
    assert ended == [5]


def test_a_thread_that_is_not_abandoned_is_waited_for():
    async def main():
        with anyio.move_on_after(1):
            await to_thread.run_sync(time.sleep, 3)
        return anyio.current_time()

    assert virtual(main) == 3


def test_a_thread_that_still_sleeps_at_the_end_ends():
    left = []

    def work():
        try:
            time.sleep(100)
        finally:
            left.append(threading.current_thread())
            time.sleep(1)

    async def main():
        with anyio.move_on_after(1):
            await to_thread.run_sync(work, abandon_on_cancel=True)

    virtual(main)
    for _ in range(500):
        if left:
            break
        time.sleep(0.01)
    assert left, "its `finally` has run"


def test_the_loop_and_sockets_of_its_own():
    async def main():
        async def answer(reader, writer):
            await reader.readline()
            await asyncio.sleep(0.25)
            writer.write(b"hello\n")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        async def ask():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"?\n")
            assert await reader.readline() == b"hello\n"
            writer.close()
            await writer.wait_closed()

        ends = await at_once(*[ask] * 20)
        server.close()
        await server.wait_closed()
        return times(ends)

    assert virtual(main) == [0.25] * 20


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_first_connections_are_made(seed):
    """A socket is put in order by a callback of the very future that its task waits for."""
    app = App()

    @app.get("/")
    async def nap():
        await anyio.sleep(0.05)

    async def main():
        async with serve(app) as server:
            return await load(server, "/", users=20, requests=40, warmup=0)

    run = virtual(main, seed=seed)
    assert [round(time, 9) for time in run.response_times] == [0.05] * 40


@pytest.mark.parametrize("tries", [20, pytest.param(100, marks=pytest.mark.exhaustive)])
def test_the_same_each_time(tries):
    async def main():
        async def mixed(number):
            await anyio.sleep(0.01 * (number % 3))
            await to_thread.run_sync(time.sleep, 0.02)
            await to_thread.run_sync(burn, 0.003 * (number % 2))
            return number

        return await at_once(*(partial(mixed, number) for number in range(12)))

    outcomes = {repr(virtual(main)) for _ in range(tries)}
    assert len(outcomes) == 1
    assert len({repr(virtual(main, seed=7)) for _ in range(tries // 10)}) == 1


def test_another_seed_is_another_order():
    orders = {
        tuple(number for number, _ in virtual(lambda: at_once(*[anyio.lowlevel.checkpoint] * 4), seed=seed))
        for seed in range(30)
    }
    assert len(orders) > 5
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)


def test_inside_a_running_loop_it_is_a_plain_call():
    async def cell():
        return virtual(partial(anyio.sleep, 5)), asyncio.get_running_loop().is_running()

    assert asyncio.run(cell()) == (None, True)


def test_two_runs_in_two_threads_do_not_mix():
    results = {}

    def run(name, seconds):
        async def main():
            for _ in range(50):
                await to_thread.run_sync(time.sleep, seconds)
            return anyio.current_time()

        results[name] = round(virtual(main), 6)

    threads = [threading.Thread(target=run, args=(name, name / 100)) for name in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {1: 0.5, 2: 1.0, 3: 1.5}


def test_beside_a_run_other_threads_keep_real_time():
    seen = []

    async def main():
        await to_thread.run_sync(look.wait)  # a thread of virtual time that waits for a real one
        await anyio.sleep(1e6)

    look = threading.Event()

    def outside():
        seen.append(time.time())
        look.set()

    thread = threading.Thread(target=outside)
    thread.start()
    virtual(main)
    thread.join()
    assert seen[0] > 1.6e9


def test_an_exception_comes_through():
    async def main():
        await anyio.sleep(1)
        raise KeyError("stock")

    with pytest.raises(KeyError, match="stock"):
        virtual(main)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"fn": 3}, "takes an async function, and this is 3"),
        ({"fn": lambda: 3}, "this one returned 3"),
        ({"cores": 0}, "cores=...\\) is a whole number from 1 on"),
        ({"cores": True}, "cores"),
        ({"seed": "x"}, "seed=...\\) is a whole number"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, message):
    with pytest.raises(LabError, match=message):
        virtual(**{"fn": partial(anyio.sleep, 1), **wrong})


def test_a_coroutine_instead_of_its_function():
    with pytest.raises(LabError, match="takes the function, not its result"):
        virtual(anyio.sleep(1))


def test_a_deadlock_says_who_waits_where():
    async def main():
        lock = anyio.Lock()
        async with lock, anyio.create_task_group() as group:
            group.start_soon(lock.acquire, name="second")

    with pytest.raises(VirtualTimeError, match=r"everybody waits.*line \d+ of main"):
        virtual(main)


def test_a_pool_that_waits_for_itself():
    """Each of two threads needs a third one: the classic of dependencies that take a connection from a pool."""

    async def main():
        limiter = anyio.CapacityLimiter(2)

        async def inner():
            await to_thread.run_sync(time.sleep, 1, limiter=limiter)

        await at_once(*[in_thread(from_thread.run, inner, limiter=limiter)] * 2)

    with pytest.raises(VirtualTimeError, match=r"line \d+ of inner"):
        virtual(main)


def test_a_lock_whose_holder_sleeps():
    lock = threading.Lock()

    def work():
        with lock:
            time.sleep(1)

    with pytest.raises(VirtualTimeError, match=r"with lock:.*a lock whose holder sleeps"):
        virtual(lambda: at_once(*[in_thread(work)] * 2))


def test_the_loop_waits_for_something_real():
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_connection(silent.getsockname()) as client:

        async def main():
            client.recv(1)

        try:
            with pytest.raises(VirtualTimeError, match=r"event loop is waiting at line \d+ of main: client.recv"):
                virtual(main)
        finally:
            client.shutdown(socket.SHUT_RDWR)  # so that the thread, left to itself, ends


def test_data_that_will_not_come():
    with socket.create_server(("127.0.0.1", 0)) as silent:

        async def main():
            reader, writer = await asyncio.open_connection(*silent.getsockname())
            try:
                await reader.readline()
            finally:
                writer.close()

        with pytest.raises(VirtualTimeError, match=r"everybody waits.*reader.readline"):
            virtual(main)


def test_a_loop_that_spins():
    async def main():
        while True:
            await anyio.sleep(0)

    with pytest.raises(VirtualTimeError, match="spins, so that time cannot pass"):
        virtual(main)


def test_a_socket_that_is_always_ready_and_helps_nobody():
    async def main():
        loop = asyncio.get_running_loop()
        one, other = socket.socketpair()
        with one, other:
            loop.add_writer(one, lambda: None)
            try:
                await asyncio.Event().wait()
            finally:
                loop.remove_writer(one)

    with pytest.raises(VirtualTimeError, match=r"ready again and again.*line \d+ of main"):
        virtual(main)


def test_who_waits_by_looking_again_and_again_for_a_thread_sees_it_done():
    async def main():
        done = []
        async with anyio.create_task_group() as group:
            group.start_soon(to_thread.run_sync, done.append, 1)
            while not done:
                await anyio.sleep(0)

    virtual(main)


def test_a_thread_of_ones_own_is_refused_by_name():
    async def main():
        threading.Thread(target=print).start()

    with pytest.raises(VirtualTimeError, match=r"A thread is started at line \d+ of main.*anyio.to_thread"):
        virtual(main)


def test_a_process_of_ones_own_is_refused():
    async def main():
        await asyncio.create_subprocess_exec(sys.executable, "-c", "")

    with pytest.raises(VirtualTimeError, match="A process is started"):
        virtual(main)


def test_a_server_that_only_ticks():
    async def main():
        async def tick():
            while True:
                await asyncio.sleep(0.1)

        ticking = asyncio.create_task(tick(), name="fwlab-serve-main")
        await asyncio.Event().wait()
        ticking.cancel()

    with pytest.raises(VirtualTimeError, match="Nothing happens any more but a server's ticking"):
        virtual(main)


def test_a_task_that_exits_ends_the_run_and_leaves_nothing_pending():
    ended = []

    async def stay(number):
        try:
            await anyio.sleep(60)
        finally:
            ended.append(number)
            sys.exit(f"cancelled {number}")  # the loop stops for each of them

    async def main():
        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(stay(number))
            await anyio.sleep(1)
            sys.exit("enough")

    with pytest.raises(SystemExit):
        virtual(main)
    gc.collect()  # a task that is thrown away while it is pending would be told of here
    assert sorted(ended) == [0, 1, 2]


def test_tasks_that_come_again_whenever_they_are_cancelled_do_not_keep_a_run_from_its_end():
    async def come_again():
        try:
            await anyio.sleep(60)
        finally:
            again.append(asyncio.ensure_future(come_again()))
            sys.exit()

    async def main():
        again.append(asyncio.ensure_future(come_again()))
        await anyio.sleep(1)
        return "done"

    again = []
    assert virtual(main) == "done"
    again[-1].get_coro().close()  # which was begun and never run


def test_a_run_can_be_interrupted(monkeypatch):
    begun = threading.Event()

    async def main():
        begun.set()
        while True:
            await anyio.sleep(1)

    real_wait = threading.Event.wait

    def interrupted_wait(self, timeout=None):
        if begun.is_set() and threading.current_thread() is threading.main_thread() and timeout == 0.1:
            raise KeyboardInterrupt
        return real_wait(self, timeout)

    monkeypatch.setattr(threading.Event, "wait", interrupted_wait)
    with pytest.raises(KeyboardInterrupt):
        virtual(main)


def no_threads(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    monkeypatch.setattr(socket, "socketpair", lambda *args: (_ for _ in ()).throw(OSError("no sockets")))


def test_where_no_thread_can_be_started_the_figures_are_the_same(monkeypatch):
    async def main():
        def work(number):
            time.sleep(0.01 * number)
            burn(0.02)
            time.sleep(0.005)
            if number == 3:
                raise KeyError(number)
            return number, time.thread_time()

        async def job(number):
            run = to_process.run_sync if number % 3 == 1 else to_thread.run_sync
            try:
                results.append(await run(work, number))
            except KeyError as error:
                results.append(repr(error))

        results = []
        limiter = anyio.CapacityLimiter(1)
        ends = await at_once(
            *(partial(job, number) for number in range(6)),
            *[partial(asyncio.to_thread, burn, 0.03)] * 8,
            *[in_thread(time.sleep, 0.1, limiter=limiter)] * 3,
        )
        with anyio.move_on_after(0.1):
            await to_thread.run_sync(time.sleep, 5, abandon_on_cancel=True)
        return ends, results, anyio.current_time()

    with_threads = virtual(main)
    with monkeypatch.context() as patch:
        no_threads(patch)
        without = virtual(main)
    assert without == with_threads


def test_where_no_thread_can_be_started_it_runs_inside_a_running_loop(monkeypatch):
    async def cell():
        with monkeypatch.context() as patch:
            no_threads(patch)
            return virtual(lambda: to_thread.run_sync(time.sleep, 2)), asyncio.get_running_loop().is_running()

    assert asyncio.run(cell()) == (None, True)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")
def test_code_can_be_metered():
    def loop(turns):
        total = 0
        for number in range(turns):
            total += number
        return total

    async def main(turns):
        loop(turns)
        return anyio.current_time()

    short, long = virtual(partial(main, 1000), meter=True), virtual(partial(main, 10_000), meter=True)
    assert short == virtual(partial(main, 1000), meter=True)
    assert 9 < long / short < 11
    assert virtual(partial(main, 1000)) == 0


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sys.monitoring came with Python 3.12")
def test_metered_threads_share_a_core():
    def loop():
        for _ in range(10_000):
            pass

    alone = times(virtual(lambda: at_once(in_thread(loop)), meter=True))
    both = times(virtual(lambda: at_once(*[in_thread(loop)] * 2), meter=True))
    assert both[-1] == pytest.approx(2 * alone[-1], rel=0.01)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="only Python 3.11 has no sys.monitoring")
def test_metering_needs_a_newer_python():
    with pytest.raises(VirtualTimeError, match="meter=True needs Python"):
        virtual(partial(anyio.sleep, 1), meter=True)


def test_errors_in_callbacks_are_logged_as_ever(caplog):
    async def main():
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await anyio.sleep(1)

    with caplog.at_level(logging.ERROR, logger="asyncio"):
        virtual(main)
    assert "ZeroDivisionError" in caplog.text


def test_users_of_an_application_in_memory_are_elsewhere():
    """Each has its answer when it leaves the application, though a handler holds the loop that plays them."""
    app = App()

    @app.get("/")
    async def compute():
        burn(0.02)

    def milliseconds(**options):
        run = virtual(lambda: load(app, "/", warmup=0, **options))
        assert run.verdict.kinds in ((), ("too few",))
        return [round(1000 * time) for time in run.response_times]

    assert milliseconds(users=8, requests=8) == [20, 40, 60, 80, 100, 120, 140, 160]
    assert milliseconds(users=8, requests=24)[8:] == [160] * 16
    assert milliseconds(rate=100, requests=20, duration=None) == [20 + 10 * n for n in range(20)]


def test_who_comes_a_hair_too_early_and_waits_for_the_rest_gets_there():
    async def main():
        loop = asyncio.get_running_loop()
        arrived = asyncio.Event()
        due = 0.1 + 0.2  # 0.30000000000000004

        def look():
            if loop.time() < due:
                loop.call_at(due, look)
            else:
                arrived.set()

        await asyncio.sleep(0.25)
        look()
        await arrived.wait()
        return round(loop.time(), 8)

    assert virtual(main) == 0.3
