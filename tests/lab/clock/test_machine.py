"""The model of a machine: who goes on when, to the nanosecond."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab.clock.machine import Machine

MS = 1_000_000


class Clock:
    """Notes when it goes on."""

    def __init__(self, machine, process="application"):
        self.machine = machine
        self.process = process
        self.times = []

    def resume(self):
        self.times.append(self.machine.now)


def run(machine):
    while (due := machine.next_time()) is not None:
        machine.advance(due)
        while (actor := machine.pop_due()) is not None:
            actor.resume()


def finish_times(*work, cores=2, processes=None):
    """When each of several computations that begin together ends, in milliseconds."""
    machine = Machine(cores)
    actors = [Clock(machine, (processes or {}).get(number, "application")) for number in range(len(work))]
    for actor, milliseconds in zip(actors, work, strict=True):
        machine.compute(actor, milliseconds * MS)
    run(machine)
    return [actor.times[0] / MS for actor in actors]


def test_sleepers_wake_in_the_order_of_their_times():
    machine = Machine(1)
    early, late = Clock(machine), Clock(machine)
    machine.sleep(late, 50 * MS)
    machine.sleep(early, 20 * MS)
    run(machine)
    assert (early.times, late.times) == ([20 * MS], [50 * MS])


def test_one_process_computes_on_one_core_however_many_there_are():
    assert finish_times(20, cores=1) == [20]
    assert finish_times(20, 20, cores=8) == [40, 40]
    assert finish_times(10, 20, 30, cores=8) == [30, 50, 60]


def test_processes_have_a_core_each_while_there_are_enough():
    apart = {0: "a", 1: "b", 2: "c"}
    assert finish_times(20, 20, cores=2, processes=apart) == [20, 20]
    assert finish_times(20, 20, 20, cores=2, processes=apart) == [30, 30, 30]
    assert finish_times(10, 10, 20, cores=2, processes=apart) == [15, 15, 25]


def test_sleeping_takes_no_core():
    machine = Machine(1)
    sleeper, worker = Clock(machine), Clock(machine)
    machine.sleep(sleeper, 15 * MS)
    machine.compute(worker, 20 * MS)
    run(machine)
    assert (sleeper.times, worker.times) == ([15 * MS], [20 * MS])


def test_a_demand_that_is_withdrawn_is_never_met():
    machine = Machine(1)
    gone, stays = Clock(machine), Clock(machine)
    machine.compute(gone, 20 * MS)
    machine.compute(stays, 20 * MS)
    machine.advance(10 * MS)
    machine.withdraw(gone)
    run(machine)
    assert (gone.times, stays.times) == ([], [25 * MS])


def test_of_those_due_together_the_choice_says_who_goes_first():
    machine = Machine(1, choose=lambda due: len(due) - 1)
    actors = [Clock(machine) for _ in range(3)]
    for actor in actors:
        machine.sleep(actor, 5)
    machine.advance(5)
    assert [machine.pop_due() for _ in actors] == actors[::-1]
    assert machine.pop_due() is None


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8), st.integers(1, 4))
def test_no_work_is_lost_and_none_is_done_twice(work, cores):
    """One process, all at once: the last is done when the sum is done; the order is that of the sizes."""
    machine = Machine(cores)
    actors = [Clock(machine) for _ in work]
    for actor, nanoseconds in zip(actors, work, strict=True):
        machine.compute(actor, nanoseconds)
    run(machine)
    ends = [actor.times[0] for actor in actors]
    assert 0 <= max(ends) - sum(work) <= len(work), "each end is rounded up to a whole nanosecond"
    assert [end for _, end in sorted(zip(work, ends, strict=True))] == sorted(ends)
