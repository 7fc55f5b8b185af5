"""The burger shop's kitchen: what takes time there, most of it with ``await``.

Nearly everything here waits, and computes nothing: an oven bakes by itself. Ringing up an order is the exception. The
times are short, so that a cell does not bore.
"""

from __future__ import annotations

import time

import anyio

from fwlab.course.activities import activity
from fwlab.lab.clock.burn import burn

BAKE, TOAST, GRILL, FRY, STIR = 0.2, 0.1, 0.4, 0.3, 0.2
"""Seconds that each of them takes."""

RING_UP = 0.02
"""Seconds of work that an order is for the cashier."""

PRICES = {
    "bun": 1,
    "patty": 4,
    "cheese": 2,
    "salad": 1,
    "fries": 3,
    "lemonade": 2,
    "Classic": 6,
    "Cheese": 7,
    "Garden": 8,
}
"""What things cost, in dollars; burgers by their names on the menu."""


async def bake_bun() -> str:
    """Bake a bun: 0.2 seconds.

    Example:
        >>> anyio.run(bake_bun)
        'bun'
    """
    with activity("bake bun"):
        await anyio.sleep(BAKE)
    return "bun"


async def toast(bun: str) -> str:
    """Toast a bun: 0.1 seconds.

    Raises:
        TypeError: it is no bun.

    Example:
        >>> anyio.run(toast, "bun")
        'toasted bun'
    """
    if bun != "bun":
        raise TypeError(f"toast() takes a bun that has been baked, and this is {bun!r}")
    with activity("toast bun"):
        await anyio.sleep(TOAST)
    return "toasted bun"


async def grill_patty() -> str:
    """Grill a patty: 0.4 seconds.

    Example:
        >>> anyio.run(grill_patty)
        'patty'
    """
    with activity("grill patty"):
        await anyio.sleep(GRILL)
    return "patty"


def grill_patty_blocking() -> str:
    """Grill a patty and stand beside it: 0.4 seconds in which the thread can do nothing else.

    Example:
        >>> grill_patty_blocking()
        'patty'
    """
    with activity("grill patty"):
        time.sleep(GRILL)
    return "patty"


def ring_up() -> None:
    """Take an order: 0.02 seconds of the processor's time. Nobody waits for anything meanwhile.

    Example:
        >>> ring_up()
    """
    with activity("ring up"):
        burn(RING_UP)


async def fry_potatoes() -> str:
    """Fry potatoes: 0.3 seconds.

    Example:
        >>> anyio.run(fry_potatoes)
        'fries'
    """
    with activity("fry potatoes"):
        await anyio.sleep(FRY)
    return "fries"


async def price_of(item: str) -> int:
    """Look up a price in the head office's database: 0.2 seconds.

    Args:
        item: one of ``PRICES``.

    Returns:
        Dollars.

    Raises:
        KeyError: the shop does not sell it.

    Example:
        >>> anyio.run(price_of, "fries")
        3
    """
    with activity(f"price of {item}"):
        await anyio.sleep(0.2)
    return PRICES[item]


def stir_sauce() -> str:
    """Stir sauce, by hand: 0.2 seconds in which the cook can do nothing else. It knows no ``await``.

    Example:
        >>> stir_sauce()
        'sauce'
    """
    with activity("stir sauce"):
        time.sleep(STIR)
    return "sauce"
