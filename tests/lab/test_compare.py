"""A comparison has three answers, and is made of runs that take turns."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab import App
from fwlab.lab import Comparison, LoadError, Run, Sample, compare


def run_of(milliseconds, *, error=None, count=20):
    seconds = milliseconds / 1000
    return Run("GET /", 1, seconds * count, (Sample(0.0, 0.0, 0.0, seconds, 200, error, 0, False),) * count)


def comparison(*pairs, by="p50", **more):
    return Comparison("old", "new", tuple((run_of(a), run_of(b)) for a, b in pairs), by, **more)


def test_slower():
    ab = comparison((10, 13), (11, 14), (10, 12.5), (12, 15))
    assert ab.answer == "slower"
    assert ab.interval.ratio == pytest.approx(math.prod([1.3, 14 / 11, 1.25, 1.25]) ** 0.25)
    assert ab.interval.low > 1
    assert str(ab).splitlines() == [
        "new is slower than old.",
        "Its p50 is 1.27 × that of old; 98 % interval 1.22 to 1.32, from 4 pairs of runs.",
    ]


def test_faster():
    assert comparison((13, 10), (14, 11), (12.5, 10), (15, 12)).answer == "faster"


def test_more_requests_per_second_are_faster():
    ab = comparison((13, 10), (14, 11), (12.5, 10), (15, 12), by="rps")
    assert ab.interval.low > 1
    assert ab.answer == "faster"


def test_a_ratio_that_scatters_cannot_be_told():
    ab = comparison((10, 13), (11, 9), (10, 12.5), (12, 10))
    assert ab.answer == "cannot tell"
    assert "Cannot tell whether new is faster or slower than old." in str(ab)


def test_two_pairs_say_nothing():
    ab = comparison((10, 20), (10, 20))
    assert (ab.interval, ab.answer) == (None, "cannot tell")
    assert "2 pairs of runs are too few" in str(ab)


@given(st.lists(st.tuples(st.floats(1, 1e4), st.floats(1, 1e4)), min_size=3, max_size=30))
def test_who_stands_first_does_not_change_the_answer(pairs):
    forward, backward = comparison(*pairs), comparison(*((b, a) for a, b in pairs))
    assert forward.interval.ratio == pytest.approx(1 / backward.interval.ratio)
    assert forward.interval.low == pytest.approx(1 / backward.interval.high)
    opposite = {"faster": "slower", "slower": "faster", "cannot tell": "cannot tell"}
    if not math.isclose(forward.interval.low, 1) and not math.isclose(forward.interval.high, 1):
        assert forward.answer == opposite[backward.answer]


@given(st.floats(1.05, 10), st.integers(3, 30))
def test_a_ratio_that_is_always_the_same_is_told(ratio, count):
    assert comparison(*[(10, 10 * ratio)] * count).answer == "slower"


def test_doubts_about_the_runs_are_told():
    pairs = (comparison((10, 20)).pairs[0],) * 3
    failing = (run_of(10), Run("GET /", 1, 1.0, (*run_of(20).samples, *run_of(5, error="HTTP 500", count=1).samples)))
    ab = Comparison("old", "new", (*pairs, failing))
    assert ab.doubts == {"errors": 1}
    assert "note: 1 of 8 runs: errors" in str(ab)


def test_in_a_notebook_names_stay_text():
    html = Comparison("<old>", "new", comparison((10, 20)).pairs * 3)._repr_html_()
    assert "&lt;old&gt;" in html
    assert "<old>" not in html


def app_that_notes(name, calls):
    app = App()

    @app.get("/{path}")
    async def note(path: str):
        calls.append((name, path))

    return app


@pytest.mark.anyio
async def test_the_two_take_turns_and_within_a_pair_now_one_is_first_now_the_other():
    calls = []
    a, b = app_that_notes("a", calls), app_that_notes("b", calls)
    ab = await compare(a, b, "/x", pairs=4, users=2, requests=20, warmup=0)
    order = [calls[number][0] for number in range(0, len(calls), 20)]
    assert order == ["a", "b", "b", "a", "a", "b", "b", "a"]
    assert len(ab.pairs) == 4
    assert (ab.a, ab.b, ab.by) == ("a", "b", "p50")


@pytest.mark.anyio
async def test_two_paths_of_one_target():
    calls = []
    app = app_that_notes("app", calls)
    ab = await compare((app, "/one"), (app, "/two"), pairs=3, users=1, requests=20, by="mean", labels=("one", "two"))
    assert [(a.name, b.name) for a, b in ab.pairs] == [("GET /one", "GET /two")] * 3
    assert "one" in str(ab)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pairs": 2}, "from 3 to 30, not 2"),
        ({"pairs": 31}, "from 3 to 30, not 31"),
        ({"pairs": "six"}, "not 'six'"),
        ({"by": "speed"}, "by=.*not|this is 'speed'"),
        ({"by": "p"}, "this is 'p'"),
        ({"by": 50}, "this is 50"),
        ({"requests": 19, "users": 1}, "p50 needs 20 successful requests"),
        ({"by": "p95"}, "p95 needs 200 successful requests"),
        ({"by": "p100"}, "above 0 and below 100"),
    ],
)
@pytest.mark.anyio
async def test_what_makes_no_sense_is_refused(options, message):
    app = app_that_notes("app", [])
    with pytest.raises(LoadError, match=message):
        await compare(app, app, "/x", **{"requests": 20, "users": 2, **options})


@pytest.mark.anyio
async def test_what_only_fails_cannot_be_compared():
    app = App()
    with pytest.raises(LoadError, match="needs 20 successful requests, and this run has 0"):
        await compare(app, app, "/nothing", users=1, requests=20)
    with pytest.raises(LoadError, match="not one request succeeded"):
        await compare(app, app, "/nothing", users=1, requests=20, by="rps")
