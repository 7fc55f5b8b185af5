"""Which of several goes first, where any may: choices at random from a seed, recorded, so that they can be replayed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice among several that were ready.

    Attributes:
        taken: the number of the one that went first, counted from 0 in the usual order.
        first: who that was.
        usual: who would have been the first in the usual order.
    """

    taken: int
    first: str
    usual: str

    def __str__(self) -> str:
        return f"{self.first} went before {self.usual}"


class Choices:
    """A source of choices that remembers them.

    Attributes:
        made: each :class:`Choice`, in order.
    """

    def __init__(self, choose: Callable[[int], int]) -> None:
        self.made: list[Choice] = []
        self._choose = choose

    @classmethod
    def random(cls, seed: int) -> Choices:
        """Return choices at random; the same for the same seed."""
        return cls(random.Random(seed).randrange)

    @classmethod
    def replayed(cls, made: Sequence[int]) -> Choices:
        """Return the choices that were made, and the usual order after them."""
        rest = iter(made)
        return cls(lambda count: min(next(rest, 0), count - 1))

    def choose(self, candidates: Sequence[object]) -> int:
        """Return which of several goes first."""
        taken = self._choose(len(candidates))
        self.made.append(Choice(taken, str(candidates[taken]), str(candidates[0])))
        return taken
