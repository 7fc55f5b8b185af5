"""Those who deliver burgers: other companies, each of which says in its own time what a delivery would cost.

There are three clients. One is awaited and one blocks, as for the loyalty API; the third is of the old kind, and calls
back. The first is written with AnyIO, and runs on asyncio and on trio.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress

import anyio

from fwlab.course.activities import activity

SECONDS = {"bike": 0.1, "scooter": 0.3, "van": 0.9, "drone": 0.2}
"""How long each courier thinks about an offer."""

_DOLLARS = {"bike": 5, "scooter": 4, "van": 3}

RECEIPT = 0.3
"""Seconds that a receipt takes to be sent."""


class CourierError(Exception):
    """A courier that cannot say anything: the drone's server is out of order."""


async def ask_courier(courier: str) -> int:
    """Ask a courier what a delivery costs; whoever awaits it pauses for as long as the courier thinks.

    Args:
        courier: one of ``SECONDS``.

    Returns:
        Dollars.

    Raises:
        CourierError: it is the drone.

    Example:
        >>> anyio.run(ask_courier, "bike")
        5
    """
    with activity(f"ask {courier}"):
        await anyio.sleep(SECONDS[courier])
        return _offer(courier)


def ask_courier_blocking(courier: str) -> int:
    """Ask the same through a library that knows no ``await``; the thread waits.

    Args:
        courier: one of ``SECONDS``.

    Raises:
        CourierError: it is the drone.

    Example:
        >>> ask_courier_blocking("bike")
        5
    """
    with activity(f"ask {courier}"):
        time.sleep(SECONDS[courier])
        return _offer(courier)


def ask_courier_then(
    courier: str, on_offer: Callable[[int], object], on_error: Callable[[Exception], object]
) -> Callable[[], None]:
    """Ask the same through a library that calls back: return at once, and have one of two functions called later.

    The running loop calls it.

    Args:
        courier: one of ``SECONDS``.
        on_offer: called with the dollars.
        on_error: called with the :class:`CourierError` in place of that, if there is one.

    Returns:
        A function that calls the question off: then neither of the two is called.

    Example:
        >>> async def main():
        ...     ask_courier_then("bike", print, print)
        ...     await anyio.sleep(0.2)
        >>> anyio.run(main)
        5
    """
    going_on = ExitStack()
    going_on.enter_context(activity(f"ask {courier}"))

    def answer() -> None:
        try:
            with going_on:
                dollars = _offer(courier)
        except CourierError as error:
            on_error(error)
        else:
            on_offer(dollars)

    def call_off() -> None:
        timer.cancel()
        with suppress(asyncio.CancelledError), going_on:
            raise asyncio.CancelledError  # which is how an activity is told that it was cancelled

    timer = asyncio.get_running_loop().call_later(SECONDS[courier], answer)
    return call_off


async def send_receipt(customer: str) -> None:
    """Send a receipt by mail: 0.3 seconds.

    Args:
        customer: to whom.

    Raises:
        CourierError: to ``"nobody"``, who has no address.
    """
    with activity("send receipt"):
        await anyio.sleep(RECEIPT)
        if customer == "nobody":
            raise CourierError("nobody has no address")


def _offer(courier: str) -> int:
    if courier not in _DOLLARS:
        raise CourierError(f"the {courier} is out of order")
    return _DOLLARS[courier]
