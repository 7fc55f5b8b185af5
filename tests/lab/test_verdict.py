"""The verdict says what speaks against taking a run's figures for the server's, and what to do."""

from __future__ import annotations

import pytest

from fwlab.lab import LoadGenerator, Run, Sample


def sample(milliseconds=50.0, *, late=0.0, error=None):
    sent = late / 1000
    return Sample(0.0, sent, sent, sent + milliseconds / 1000, 200 if error is None else 500, error, 0, False)


def run_of(samples, *, cpu=None, engine="httpx", where="loop", **more):
    return Run("GET /burgers", 50, 2.0, tuple(samples), generator=LoadGenerator(engine, where, cpu), **more)


def test_a_good_run_has_no_doubts():
    run = run_of([sample()] * 200, cpu=1.0)
    assert run.verdict
    assert run.verdict.kinds == ()
    assert "nothing speaks against" in str(run.verdict)


@pytest.mark.parametrize(
    ("cpu", "engine", "where", "advice"),
    [
        (1.3, "httpx", "loop", "engine='raw', or with where='process'"),
        (1.3, "raw", "loop", "fewer users or a lower rate, or with where='process'"),
        (1.3, "raw", "process", "fewer users or a lower rate."),
    ],
)
def test_a_client_that_takes_more_than_60_percent_of_a_core_measures_itself(cpu, engine, where, advice):
    run = run_of([sample()] * 200, cpu=cpu, engine=engine, where=where)
    assert not run.verdict
    assert run.verdict.kinds == ("client-limited",)
    assert "busy for 65% of the run" in str(run.verdict)
    assert advice in str(run.verdict)
    assert "client-limited" in str(run)


def test_what_the_client_took_may_be_unknown():
    assert run_of([sample()] * 200, cpu=None).verdict
    assert Run("GET /", 1, 2.0, (sample(),) * 20).verdict


def test_requests_that_were_sent_late():
    on_time, late = [sample()] * 196, [sample(late=6)] * 4
    assert run_of([*on_time, *late]).verdict.kinds == ("late",)
    assert run_of([*on_time, *[sample(late=4)] * 4]).verdict
    assert run_of([*[sample()] * 199, sample(late=400)]).verdict, "one in two hundred is no slipped schedule"


def test_requests_that_were_never_sent():
    doubts = run_of([sample()] * 200, rate=1000.0, unsent=37).verdict
    assert doubts.kinds == ("late",)
    assert "37 requests of the schedule" in str(doubts)


def test_errors():
    doubts = run_of([*[sample()] * 200, *[sample(error="HTTP 500")] * 2, sample(error="timeout")]).verdict
    assert doubts.kinds == ("errors",)
    assert "3 of 203 requests failed (HTTP 500: 2, timeout: 1)" in str(doubts)


def test_too_few_for_a_median():
    assert run_of([sample()] * 19).verdict.kinds == ("too few",)
    assert run_of([sample()] * 20).verdict
    assert run_of([]).verdict.kinds == ("too few",)


def test_an_interrupted_run_says_so_and_what_it_did_not_send_is_not_held_against_it():
    assert run_of([sample()] * 200, rate=100.0, unsent=300, interrupted=True).verdict.kinds == ("interrupted",)
