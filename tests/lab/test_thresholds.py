"""A run is held against clauses with units; what it cannot tell does not hold."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab import LabError, LoadError, Run, Sample
from fwlab.lab.runs.thresholds import figure_of


def sample(milliseconds, *, error=None, waited=0.0):
    sent = waited / 1000
    return Sample(0.0, sent, sent, sent + milliseconds / 1000, 200 if error is None else 500, error, 0, False)


def run_of(*samples, **more):
    return Run("GET /burgers", 10, 2.0, tuple(samples), **more)


RUN = run_of(*(sample(number) for number in range(1, 251)))


@pytest.mark.parametrize(
    "clause",
    [
        "p50 < 126ms",
        "p50 == 125 ms",
        "p50<=0.125s",
        "126ms > p50",
        "100ms < p50 < 130ms",
        "median <= 125000us",
        "median <= 125000µs",
        "min == 1ms",
        "max >= 250ms",
        "mean == 125.5ms",
        "service p95 < 240ms",
        "response p95 < 240ms",
        "rps == 125",
        "rps > 100/s",
        "rps != 3",
        "errors == 0",
        "errors < 1%",
        "requests == 250",
        "unsent == 0",
    ],
)
def test_a_clause_that_holds(clause):
    assert RUN.check(clause)
    assert RUN.check(clause).clauses[0].held is True


@pytest.mark.parametrize("clause", ["p50 < 125ms", "p50 > 126ms", "130ms < p50 < 140ms", "rps > 126", "errors > 0"])
def test_a_clause_that_does_not_hold(clause):
    result = RUN.check(clause, "errors == 0")
    assert not result
    assert [clause.held for clause in result.clauses] == [False, True]


def test_each_clause_is_printed_with_its_figure():
    text = str(RUN.check("p95 < 120ms", "errors == 0", "p99 < 1s"))
    assert text.splitlines() == [
        "✗ failed      p95 < 120ms   (p95 = 238.0 ms)",
        "✓ held        errors == 0   (errors = 0)",
        "? cannot tell p99 < 1s   (p99 needs 1000 successful requests, and this run has 250)",
    ]


def test_a_percentile_that_the_sample_does_not_support_holds_nothing():
    few = run_of(*[sample(10)] * 19)
    for clause in ("p50 < 1s", "p50 > 0ms", "median != 1s"):
        assert not few.check(clause)
        assert few.check(clause).clauses[0].held is None


def test_where_nothing_succeeded_there_is_no_time():
    failed = run_of(sample(10, error="HTTP 500"))
    assert "not one request succeeded" in str(failed.check("max < 1s"))
    assert not failed.check("max < 1s")
    assert failed.check("errors == 100%")


def test_response_times_count_from_when_a_request_was_due_and_service_times_from_when_it_was_sent():
    run = run_of(*[sample(10, waited=90)] * 20)
    assert run.check("p50 == 100ms", "service p50 == 10ms")


@pytest.mark.parametrize(
    ("clause", "message"),
    [
        ("p95", "compares a figure with a bound"),
        ("", "compares a figure with a bound"),
        ("p95 < ", "compares a figure with a bound"),
        ("p95 < p99", "compares a figure with a bound"),
        ("1ms < 2ms", "compares a figure with a bound"),
        ("p95 = 3ms", "compares a figure with a bound"),
        ("p95 =< 3ms", "compares a figure with a bound"),
        ("p95 < -3ms", "compares a figure with a bound"),
        ("p95 < 1ms < 2ms", "compares a figure with a bound"),
        ("speed > 3", "there is no figure 'speed'"),
        ("p95 < 120", "not no unit"),
        ("p95 < 120 fortnights", "not fortnights"),
        ("rps > 5ms", "not ms"),
        ("errors == 0ms", "not ms"),
        ("errors < 1% < 3", "compares a figure with a bound"),
        ("p0 < 1ms", "above 0 and below 100"),
        ("p100 < 1ms", "above 0 and below 100"),
        (3, "a clause is a text"),
    ],
)
def test_a_clause_that_cannot_be_read_is_refused_in_a_sentence(clause, message):
    with pytest.raises(LoadError, match=message):
        RUN.check(clause)


def test_no_clause_is_no_check():
    with pytest.raises(LoadError, match="needs a clause"):
        RUN.check()


@given(st.text(max_size=40) | st.text("p95<>=!msrp /%.0123456789erosunit", max_size=20))
def test_whatever_is_written_is_read_or_refused(text):
    with contextlib.suppress(LabError):
        assert RUN.check(text).clauses[0].held in (True, False, None)


@given(st.floats(0, 1e6, allow_nan=False), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]))
def test_a_comparison_means_the_same_on_both_sides(bound, comparison):
    mirrored = comparison.translate(str.maketrans("<>", "><"))
    text = f"{bound:.6f}ms"
    assert bool(RUN.check(f"p50 {comparison} {text}")) == bool(RUN.check(f"{text} {mirrored} p50"))


def test_in_a_notebook_it_is_a_table_and_what_is_written_in_it_stays_text():
    html = RUN.check("p95 < 120ms", "errors == 0")._repr_html_()
    assert "<code>p95 &lt; 120ms</code>" in html
    assert "failed" in html


def test_doubts_about_the_run_stand_below():
    interrupted = run_of(*(sample(number) for number in range(1, 251)), interrupted=True)
    assert "note: interrupted" in str(interrupted.check("p50 < 1s"))
    assert "interrupted" in interrupted.check("p50 < 1s")._repr_html_()


def test_a_figure_may_be_asked_for_by_the_name_that_clauses_give_it():
    samples = tuple(Sample(0, 0, 0.05, n / 1000, 200, None, 0, False) for n in range(51, 76))
    run = Run("GET /burgers", 1, 2.0, samples)
    assert figure_of(run, "max") == (0.075, "75.0 ms")
    assert figure_of(run, "errors") == (0, "0")
    assert figure_of(run, "p95") == (None, "p95 needs 200 successful requests, and this run has 25")
    with pytest.raises(LoadError, match="no figure 'speed'"):
        figure_of(run, "speed")
