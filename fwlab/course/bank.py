"""The bank: another company's server, which says whether a card is good.

There is one library for it, and it is of the old kind: it blocks. That is how most libraries were when nobody wrote
``await`` yet, and many still are.
"""

from __future__ import annotations

import time

from fwlab.course.activities import activity

ROUND_TRIP = 0.5
"""Seconds that an answer takes."""


def accepts(card: str) -> bool:
    """Ask the bank whether it accepts a card: 0.5 seconds, in which the thread can do nothing else.

    The bank looks at the check digit (Luhn's rule, ISO/IEC 7812): from the right, every second digit is doubled, and
    the sum of all digits ends in 0.

    Args:
        card: the number on it, such as ``"4242"``.

    Example:
        >>> accepts("4242"), accepts("4243"), accepts("a library card")
        (True, False, False)
    """
    with activity("ask the bank"):
        time.sleep(ROUND_TRIP)
    return card.isascii() and card.isdigit() and _checksum(card) % 10 == 0


def _checksum(card: str) -> int:
    doubled = str.maketrans("0123456789", "0246813579")  # 2 · 7 = 14, and 1 + 4 = 5
    return sum(map(int, card[::-1][::2] + card[::-1][1::2].translate(doubled)))
