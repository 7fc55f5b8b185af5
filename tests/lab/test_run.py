"""A run says what its samples support, in a form that does not depend on what was measured."""

from __future__ import annotations

import re

import pytest

from fwlab.lab import LoadError, Run, Sample


def sample(milliseconds=50.0, *, error=None, status=200, sent=0.0, user=0, warmup=False):
    done = None if milliseconds is None else sent + milliseconds / 1000
    return Sample(sent, sent, done, done, status, error, user, warmup)


def run_of(*samples, duration=2.0, warmup_samples=()):
    return Run("GET /burgers", 10, duration, tuple(samples), tuple(warmup_samples))


def test_only_successful_counted_requests_have_a_response_time():
    run = run_of(
        sample(30),
        sample(10),
        sample(1, error="HTTP 500", status=500),
        sample(None, error="timeout", status=None),
        warmup_samples=[sample(99, warmup=True)],
    )
    assert run.response_times == pytest.approx([0.010, 0.030])
    assert run.rps == 1.0
    assert run.errors == {"HTTP 500": 1, "timeout": 1}


def test_response_time_runs_from_the_intention():
    late = Sample(intended=1.0, sent=1.5, first_byte=1.8, done=2.0, status=200, error=None, user=0, warmup=False)
    assert late.response_time == 1.0
    assert run_of(late).response_times == [1.0]


def test_a_percentile_is_given_where_the_sample_supports_it_and_refused_where_not():
    run = run_of(*(sample(number) for number in range(1, 101)))
    assert run.percentile(50) == pytest.approx(0.050)
    assert run.percentile(90) == pytest.approx(0.090)
    assert list(run.percentiles) == [50, 90]
    with pytest.raises(LoadError, match="p95 needs 200 successful requests, and this run has 100"):
        run.percentile(95)


def test_failed_requests_do_not_support_a_percentile():
    run = run_of(*[sample(10)] * 19, *[sample(10, error="HTTP 503", status=503)] * 100)
    with pytest.raises(LoadError, match="has 19"):
        run.percentile(50)


def labels(run):
    return [line.split()[0] for line in str(run).splitlines()[1:]]


def test_the_table():
    run = run_of(*(sample(number) for number in range(1, 251)))
    assert str(run) == (
        "GET /burgers\n"
        "  users       10\n"
        "  requests    250\n"
        "  throughput  125 requests/s\n"
        "  min         1.0 ms\n"
        "  p50         125.0 ms\n"
        "  p90         225.0 ms\n"
        "  p95         238.0 ms\n"
        "  p99         needs 1000 requests\n"
        "  max         250.0 ms\n"
        "  errors      none"
    )
    assert repr(run) == str(run)


def test_the_form_of_the_table_does_not_depend_on_what_was_measured():
    fast, slow = run_of(*[sample(0.04)] * 30), run_of(*[sample(98765.4)] * 30)
    figure = re.compile(r"\d+(\.\d+)? (ms|requests/s)")
    assert figure.sub("N", str(fast)) == figure.sub("N", str(slow))
    assert figure.sub("N", fast._repr_html_()) == figure.sub("N", slow._repr_html_())


def test_a_slow_throughput_is_not_rounded_to_nothing():
    assert "0.4 requests/s" in str(run_of(sample(), duration=2.5))


def test_errors_by_kind():
    run = run_of(*[sample(1, error="HTTP 500")] * 2, sample(None, error="ReadError"))
    assert str(run).endswith(
        "  errors      2 (HTTP 500: Internal Server Error)\n"
        "  errors      1 (ReadError: the connection broke before the answer was whole: the server reset it, or died)"
    )
    assert "min         none succeeded" in str(run)


def test_the_html_escapes_what_a_server_or_a_learner_says():
    run = Run("GET /<script>", 1, 1.0, (sample(1, error="<b>"),))
    assert "<script>" not in run._repr_html_()
    assert "&lt;script&gt;" in run._repr_html_()
    assert "1 (&lt;b&gt;: " in run._repr_html_()


def test_the_html_says_what_the_text_says():
    run = run_of(*[sample()] * 30)
    text = re.sub(r"<[^>]+>", " ", run._repr_html_())
    assert text.split() == str(run).split()


def test_the_html_reads_on_any_background():
    assert not re.search(r"(?<!-)color: *#|background: (?!none)", run_of(sample())._repr_html_())


def test_a_run_of_no_duration_has_no_rate():
    assert run_of(sample(), duration=0.0).rps == 0.0
