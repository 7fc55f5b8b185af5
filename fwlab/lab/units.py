"""How quantities are written wherever a person reads them: times, rates and counts, with their units."""

from __future__ import annotations


def time_text(seconds: float) -> str:
    """Return a time in milliseconds, always: tables and figures of different runs are read side by side.

    >>> time_text(0.0000123), time_text(0.0519), time_text(75.5)
    ('0.012 ms', '51.9 ms', '75500.0 ms')
    """
    milliseconds = 1000 * seconds
    return f"{milliseconds:.1f} ms" if milliseconds >= 1 or not seconds else f"{milliseconds:.3f} ms"


def rate_text(per_second: float) -> str:
    """Return how many requests that is a second.

    >>> rate_text(318.4), rate_text(2.31)
    ('318 requests/s', '2.3 requests/s')
    """
    return f"{per_second:.0f} requests/s" if per_second >= 10 else f"{per_second:.1f} requests/s"


def count_text(number: int, thing: str) -> str:
    """Return a number of things.

    >>> count_text(1, "user"), count_text(50, "user")
    ('1 user', '50 users')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
