"""Percentiles: an observed value, by the definition, and only where the sample is large enough."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.lab import LoadError
from fwlab.lab.runs.stats import needed, paired_ratio, percentile, supports

values = st.lists(st.floats(0, 1e6), min_size=1).map(sorted)
tenths = st.integers(1, 999).map(lambda number: number / 10)


@pytest.mark.parametrize(("percent", "value"), [(5, 15), (20, 15), (30, 20), (40, 20), (50, 35), (99.9, 50)])
def test_the_textbook_example(percent, value):
    assert percentile([15, 20, 35, 40, 50], percent) == value


@given(values, tenths)
def test_it_is_the_smallest_value_that_enough_values_do_not_exceed(ordered, percent):
    found = percentile(ordered, percent)
    share = 10 * percent * len(ordered)  # in thousandths, so that it can be compared exactly
    assert found in ordered
    assert 1000 * sum(value <= found for value in ordered) >= round(share)
    assert 1000 * sum(value < found for value in ordered) < round(share)


@given(values, tenths, tenths)
def test_a_higher_percentile_is_no_smaller(ordered, one, other):
    low, high = sorted((one, other))
    assert percentile(ordered, low) <= percentile(ordered, high)


@given(tenths)
def test_ten_values_lie_beyond_from_the_needed_number_on_and_not_before(percent):
    count = needed(percent)
    assert count * (1000 - round(10 * percent)) >= 10 * 1000
    assert (count - 1) * (1000 - round(10 * percent)) < 10 * 1000
    assert supports(count, percent)
    assert not supports(count - 1, percent)


@pytest.mark.parametrize(("percent", "count"), [(50, 20), (90, 100), (95, 200), (99, 1000), (99.9, 10000)])
def test_the_usual_ones_need(percent, count):
    assert needed(percent) == count


@pytest.mark.parametrize("percent", [0, 100, -5, 101, float("nan"), float("inf"), "95", None, True])
def test_what_is_no_percentage_is_named(percent):
    with pytest.raises(LoadError, match="percentile is a number above 0 and below 100"):
        percentile([1.0], percent)


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(LoadError, match="no p95 of no values"):
        percentile([], 95)


def test_the_interval_of_a_paired_ratio_by_hand():
    # Logarithms 0.1, 0.2, 0.3: mean 0.2, standard deviation 0.1, 2 degrees of freedom.
    found = paired_ratio([(1, math.exp(exponent)) for exponent in (0.1, 0.2, 0.3)])
    reach = 6.965 * 0.1 / math.sqrt(3)
    assert found == pytest.approx((math.exp(0.2), math.exp(0.2 - reach), math.exp(0.2 + reach)))


def test_98_of_100_intervals_hold_the_truth_for_every_number_of_pairs():
    numbers = random.Random(1)
    for count in (3, 6, 17, 30):
        held = 0
        for _ in range(2000):
            pairs = [(1.0, math.exp(0.3 + numbers.gauss(0, 0.1))) for _ in range(count)]
            held += paired_ratio(pairs).low <= math.exp(0.3) <= paired_ratio(pairs).high
        assert 0.97 <= held / 2000 <= 0.99, count
