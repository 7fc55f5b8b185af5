"""What is wrong with an answer, in words for the learner."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fwlab.grading.recording import Recording


class Finding(Exception):
    """What is wrong with an answer. Returned by a diagnosis, or raised where an experiment cannot even begin.

    Args:
        seen: what was seen: numbers, and the culprit's line. Never what the right answer looks like.
        to_try: what to look at or to try next.
        points: what the answer is worth nevertheless; with more than none, it is *partly done*.
        unfinished: whether there is only something missing yet: what a diagnosis finds is *partly done*, then, and
            not *wrong*.
    """

    def __init__(self, seen: str, to_try: str, *, points: int = 0, unfinished: bool = False) -> None:
        super().__init__(seen)
        self.seen, self.to_try, self.points, self.unfinished = seen, to_try, points, unfinished
        self.diagnosis = ""
        """Which diagnosis found it: the name of its function, with hyphens."""
        self.recording: Recording | None = None
        """What happened, where it was seen in virtual time."""
