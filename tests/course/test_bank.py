"""The bank: it knows its cards, and whoever asks stands there until it has answered."""

from __future__ import annotations

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.course.bank import ROUND_TRIP, accepts
from fwlab.lab import load, virtual


def asked(*cards: str) -> list[bool]:
    async def ask() -> list[bool]:
        return [accepts(card) for card in cards]

    answers: list[bool] = virtual(ask)
    return answers


@pytest.mark.parametrize("card", ["4242424242424242", "79927398713", "0", "18"])
def test_numbers_whose_check_digit_is_right_are_accepted(card: str):
    assert asked(card) == [True]


@pytest.mark.parametrize("card", ["", "1", "4242 4242", "٤٢", "a library card"])
def test_others_are_not(card: str):
    assert asked(card) == [False]


@given(st.text("0123456789", min_size=1))
def test_every_number_has_one_check_digit(number: str):
    assert sum(asked(*(f"{number}{digit}" for digit in range(10)))) == 1


def test_it_takes_its_time():
    async def ask() -> float:
        accepts("42")
        return time.perf_counter()

    assert virtual(ask) == ROUND_TRIP


def test_customers_at_the_bank_take_no_thread_from_the_others():
    from fwlab.course.steps.step09 import BANK, app

    async def rush() -> tuple[float, float]:
        crowd = 3 * int(BANK.total_tokens)
        paying = asyncio.create_task(load(app, "/cards/42", users=crowd, requests=crowd, warmup=0))
        await asyncio.sleep(0)
        finding = await load(app, "/orders/1", users=1, requests=1, warmup=0)
        return finding.duration, (await paying).duration

    assert virtual(rush) == (0, 3 * ROUND_TRIP)
