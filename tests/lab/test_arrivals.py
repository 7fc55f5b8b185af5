"""When requests are due: the same each time, at the rate asked for, without drift."""

from __future__ import annotations

import doctest
import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab.loading.arrivals import arrivals

rates = st.floats(min_value=0.01, max_value=100_000)


def first(count, *how):
    return list(itertools.islice(arrivals(*how), count))


@given(rates, st.integers(0, 100_000))
def test_constant_arrivals_do_not_drift(rate, number):
    (due,) = itertools.islice(arrivals("constant", rate, 1), number, number + 1)
    assert due == number / rate


@given(rates, st.integers())
def test_poisson_arrivals_ascend_and_repeat(rate, seed):
    moments = first(50, "poisson", rate, seed)
    assert moments == sorted(moments)
    assert moments == first(50, "poisson", rate, seed)


def test_another_seed_draws_others():
    assert first(10, "poisson", 5, 1) != first(10, "poisson", 5, 2)


def test_the_distances_of_poisson_arrivals_are_exponential():
    moments = first(10_001, "poisson", 200, 7)
    distances = [after - before for before, after in itertools.pairwise(moments)]
    assert statistics.mean(distances) == pytest.approx(1 / 200, rel=0.05)
    assert statistics.stdev(distances) == pytest.approx(1 / 200, rel=0.05)


def test_the_examples_run():
    from fwlab.lab.loading import arrivals as module
    from fwlab.lab.loading import prepared

    assert (doctest.testmod(module).failed, doctest.testmod(prepared).failed) == (0, 0)
