"""The shop with a grill: quick, and at regular times closed to everybody."""

from __future__ import annotations

import pytest

from fwlab.course.grill import CLEANING, EVERY, SERVICE, shop_with_a_grill
from fwlab.lab import load, virtual


def test_one_request_in_each_stretch_meets_the_cleaning():
    run = virtual(lambda: load(shop_with_a_grill(), "/burgers", users=1, duration=3 * EVERY + 1, warmup=0))
    slow = [seconds for seconds in run.response_times if seconds > 2 * SERVICE]
    assert slow == pytest.approx([SERVICE + CLEANING] * 3)
    assert run.percentile(50) == pytest.approx(SERVICE)


def test_each_shop_has_a_grill_of_its_own():
    def slowest() -> float:
        return max(virtual(lambda: load(shop_with_a_grill(), "/burgers", users=1, duration=1, warmup=0)).response_times)

    assert [slowest(), slowest()] == pytest.approx([SERVICE] * 2)


def test_those_who_come_by_the_clock_see_it():
    run = virtual(lambda: load(shop_with_a_grill(), "/burgers", rate=100, duration=6, warmup=0))
    assert run.percentile(95) > CLEANING / 2 > run.percentile(50)
