"""Those who deliver burgers: other companies, each of which says in its own time what a delivery would cost.

There are two clients, as there are for the loyalty API: one is awaited, one blocks. The first is written with AnyIO,
and runs on asyncio and on trio.
"""

from __future__ import annotations

import time

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
