"""The open model, in virtual time: to the millisecond what was due, sent, answered and left unsent."""

from __future__ import annotations

import asyncio

import pytest

from fwlab.lab import load, virtual

from .conftest import answer


class Desk:
    """An application with so many seats; each visitor takes one for so many seconds, and waits for it if need be."""

    def __init__(self, seconds, seats=1_000_000):
        self.seconds = seconds
        self.inside = self.most_inside = 0
        self.paths = []
        self._seats = asyncio.Semaphore(seats)

    async def __call__(self, scope, receive, send):
        assert scope["type"] == "http"
        self.paths.append(scope["path"])
        self.inside += 1
        self.most_inside = max(self.inside, self.most_inside)
        async with self._seats:
            await asyncio.sleep(self.seconds)
        self.inside -= 1
        await answer(send)


def loaded(app, path="/", **how):
    return virtual(lambda: load(app, path, warmup=0, **how))


def milliseconds(values):
    return [round(1000 * value) for value in values]


def test_requests_are_sent_when_they_are_due_whoever_is_still_waiting():
    app = Desk(0.45)
    run = loaded(app, rate=10, duration=2)
    assert milliseconds(sample.intended for sample in run.samples) == list(range(0, 2000, 100))
    assert milliseconds(sample.sent for sample in run.samples) == list(range(0, 2000, 100))
    assert set(milliseconds(run.response_times)) == {450}
    assert (app.most_inside, run.users) == (5, 5)
    assert milliseconds([run.duration]) == [2350]
    assert (run.rate, run.unsent, run.interrupted, run.errors) == (10, 0, False, {})


def test_a_server_that_is_too_slow_is_asked_all_the_same_and_each_waits_longer():
    run = loaded(Desk(0.2, seats=1), rate=10, duration=1)
    assert milliseconds(run.response_times) == list(range(200, 1200, 100))
    assert {sample.sent - sample.intended for sample in run.samples} == {0.0}


def test_in_the_closed_model_the_same_server_is_asked_less():
    run = loaded(Desk(0.2, seats=1), users=1, duration=1)
    assert milliseconds(run.response_times) == [200] * 5


def test_what_is_under_way_is_bounded_and_the_rest_waits_in_line_while_its_time_runs():
    app = Desk(0.2)
    run = loaded(app, rate=10, duration=1, users=1)
    assert app.most_inside == run.users == 1
    assert milliseconds(run.response_times) == list(range(200, 1200, 100))
    assert milliseconds(sample.sent - sample.intended for sample in run.samples) == list(range(0, 1000, 100))
    assert run.unsent == 0, "there is a second after the schedule for what is in line"


def test_what_is_still_in_line_after_that_is_counted_as_unsent():
    run = loaded(Desk(1.0), rate=10, duration=3, users=1)
    assert len(run.samples) == 4 + 1  # at 0, 1, 2, 3 and 4 s
    assert len(run.samples) + run.unsent == 30


def test_a_server_that_never_answers_ends_with_the_timeout():
    run = loaded(Desk(1e6), rate=10, duration=1, timeout=2)
    assert run.errors == {"timeout": 10}
    assert milliseconds([run.duration]) == [2900]


def test_poisson_arrivals_are_those_of_the_seed():
    one, again, other = (loaded(Desk(0.01), rate=50, duration=2, arrivals="poisson", seed=seed) for seed in (1, 1, 2))
    assert [sample.sent for sample in one.samples] == [sample.sent for sample in again.samples]
    assert [sample.sent for sample in one.samples] != [sample.sent for sample in other.samples]
    assert len({sample.sent for sample in one.samples}) == len(one.samples)


def test_a_number_of_requests_bounds_it_too():
    assert len(loaded(Desk(0.01), rate=10, requests=7).samples) == 7
    assert len(loaded(Desk(0.01), rate=10, requests=7, duration=0.5).samples) == 5
    assert len(loaded(Desk(0.01), rate=10).samples) == 50, "without a bound, it is 5 s"


def test_one_request_is_sent_however_late_the_loop_is():
    assert len(loaded(Desk(0.01), rate=0.001, requests=1).samples) == 1


def test_warm_up_is_by_those_who_would_ask_at_once_and_counting_begins_after_it():
    run = virtual(lambda: load(Desk(0.1), rate=50, duration=1, warmup=2))
    assert len(run.warmup_samples) == 5 * 2
    assert milliseconds([run.samples[0].intended]) == [200]


def test_several_paths_come_by_their_weights_in_the_order_of_the_seed():
    paths = {"/a": 3, "/b": 1}
    runs = [loaded(Desk(0.01), paths, rate=100, duration=10, seed=seed) for seed in (1, 1, 2)]
    names = [[sample.name for sample in run.samples] for run in runs]
    assert names[0] == names[1] != names[2]
    assert names[0].count("GET /a") == pytest.approx(750, abs=60)
    assert runs[0].name == "GET /a, /b"


def test_users_of_the_closed_model_begin_one_after_another_when_staggered():
    run = loaded(Desk(0.1), users=4, requests=8, stagger=0.2)
    first = {sample.user: sample for sample in reversed(run.samples)}
    assert milliseconds(first[user].intended for user in range(4)) == [0, 50, 100, 150]


def test_a_duration_ends_the_closed_model_and_what_is_under_way_is_waited_for():
    run = loaded(Desk(0.3), users=2, duration=1)
    assert milliseconds(sample.sent for sample in run.samples) == [0, 0, 300, 300, 600, 600, 900, 900]
    assert milliseconds([run.duration]) == [1200]


def test_both_bounds_of_the_closed_model():
    assert len(loaded(Desk(0.3), users=2, duration=1, requests=4).samples) == 4
    assert len(loaded(Desk(0.3), users=2, duration=1, requests=400).samples) == 8
