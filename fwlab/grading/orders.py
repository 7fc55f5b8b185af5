"""In which order ready tasks have their turns, while an experiment runs again to see whether it went well by luck."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_seed: ContextVar[int | None] = ContextVar("fwlab_order", default=None)


@contextmanager
def shuffled(seed: int) -> Iterator[None]:
    """Have experiments shuffle what may come in another order while the block runs.

    Args:
        seed: the same order for the same seed.

    Example:
        >>> with shuffled(7):
        ...     current_order()
        7
    """
    token = _seed.set(seed)
    try:
        yield
    finally:
        _seed.reset(token)


def current_order() -> int | None:
    """Return the seed of the order that is asked for; ``None`` for the usual one."""
    return _seed.get()
