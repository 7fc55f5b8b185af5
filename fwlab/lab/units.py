"""How quantities are written wherever a person reads them: times, rates and counts, with their units."""

from __future__ import annotations

from fwlab.lab.translation import gettext, ngettext


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
    number = f"{per_second:.0f}" if per_second >= 10 else f"{per_second:.1f}"
    return gettext("{number} requests/s", number=number)


def requests_text(number: int) -> str:
    """Return a number of requests.

    >>> requests_text(1), requests_text(2000)
    ('1 request', '2,000 requests')
    """
    return ngettext("{n:,} request", "{n:,} requests", number)


def count_text(number: int, thing: str) -> str:
    """Return a number of things.

    >>> count_text(1, "user"), count_text(50, "user")
    ('1 user', '50 users')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
