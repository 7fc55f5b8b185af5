"""What the suite is doing: one line on stderr, and the promise that nothing it says lands in the report."""

from __future__ import annotations

import sys
from typing import Any

import tqdm


class Progress:
    """A bar over all measurements of one part; ``TQDM_DISABLE=1`` keeps it away.

    Args:
        title: of the part.
        steps: how many measurements it has.
    """

    def __init__(self, title: str, steps: int) -> None:
        self._bar: Any = tqdm.tqdm(total=steps, desc=title, leave=False, file=sys.stderr, unit="", dynamic_ncols=True)

    def step(self, what: str) -> None:
        """Say what is measured now."""
        self._bar.set_postfix_str(what)
        self._bar.update()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._bar.close()
