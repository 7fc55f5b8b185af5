"""A guess that waits for the next run: who asks for one leaves it here, and the run shows it beside what it measured.

The laboratory asks nobody anything itself. Runs that are made for another purpose than to be looked at (an exercise's
check, the parts of a sweep) let guesses wait.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fwlab.lab.runs.run import Run


@dataclass(frozen=True)
class Prediction:
    """A guess beside what a run measured; all in words.

    Attributes:
        question: what was asked.
        guess: the choice; ``""`` where none was made.
        of: what was measured: ``"p95"``.
        measured: what came out.
        closest: the choice that was closest to it, where that can be said.
    """

    question: str
    guess: str
    of: str
    measured: str
    closest: str = ""

    @property
    def outcome(self) -> str:
        """What was measured and what was guessed, without the question."""
        return f"{self.of} = {self.measured}; {self._beside_it()}."

    def _beside_it(self) -> str:
        guess, closest = self.guess, self.closest
        if not guess:
            if not closest:
                return gettext("you made no guess")
            return gettext("you made no guess; {closest} was closest", closest=closest)
        if not closest:
            return gettext("your guess was {guess}", guess=guess)
        if closest == guess:
            return gettext("your guess was {guess}, and no choice was closer", guess=guess)
        return gettext("your guess was {guess}; {closest} was closest", guess=guess, closest=closest)

    def __str__(self) -> str:
        return f"{self.question}\n{self.outcome}"


class Guess(Protocol):
    """Somebody who made a guess and waits for a run."""

    @property
    def title(self) -> str:
        """The question."""
        ...

    def concerns(self, run: Run) -> bool:
        """Tell whether the guess is about this run, and not about another that is under way at the same time."""
        ...

    def held_against(self, run: Run) -> Prediction:
        """Return the guess beside what the run measured."""
        ...


_waiting: dict[str, Guess] = {}  # by question: who asks again, asks anew
_holds = 0


def wait_for_run(guess: Guess) -> None:
    """Let the next run that it concerns show a guess."""
    _waiting[guess.title] = guess


def held_against(run: Run) -> tuple[Prediction, ...]:
    """Return the guesses that have waited for this run; they wait no longer."""
    if _holds:
        return ()
    guesses = [guess for guess in _waiting.values() if guess.concerns(run)]
    for guess in guesses:
        del _waiting[guess.title]
    return tuple(guess.held_against(run) for guess in guesses)


@contextmanager
def guesses_wait() -> Iterator[None]:
    """Let no run that ends while the block runs, in whichever thread, take a guess."""
    global _holds
    _holds += 1
    try:
        yield
    finally:
        _holds -= 1
