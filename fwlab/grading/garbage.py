"""Collect garbage only among what is new: in a large kernel, to look through all the rest takes long."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def only_new_garbage() -> Iterator[None]:
    """Let collections look only at what is made while the block runs.

    A coroutine that nobody awaited, and a task's exception that nobody saw, are told when they are thrown away: an
    experiment has to collect garbage before it is over.

    Example:
        >>> with only_new_garbage():
        ...     found = gc.collect()
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
