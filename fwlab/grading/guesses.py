"""Tasks in which a learner says what will happen: several questions, each with a word or a number for an answer.

The truth is not written down: the author runs each thing, and measures it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from fwlab.grading.finding import Finding
from fwlab.lab.translation import gettext, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fwlab.grading.answer import Answer
    from fwlab.grading.task import Task

_NEAR = 0.01

Said = dict[str, Any]
"""What a learner says, by question."""


def guesses_in(answer: Answer, name: str) -> Said:
    """Return the guesses of an answer, which its cell has under this name.

    Raises:
        Finding: there are none, or it is no dict.

    Example:
        >>> from fwlab.grading import Answer
        >>> guesses_in(Answer({"seconds": {"await wait(1)": 1}}, {}), "seconds")
        {'await wait(1)': 1}
    """
    said = answer.require(name)
    if not isinstance(said, dict):
        raise Finding(
            gettext("`{name}` is of type {type} now.", name=name, type=type(said).__name__),
            gettext("Keep the braces, with a colon in each line."),
        )
    return {str(question): guess for question, guess in said.items()}


class Guesses:
    """What is true, and what is to be said of guesses; registers its expectation and diagnoses with a task.

    Half of the points are given where no more than two guesses are wrong.

    Args:
        task: whose experiment returns :func:`guesses_in`.
        truth: called once, when it is needed.
        options: the words to choose from; without any, the answers are numbers.
        to_try: what to try where no belief is known that a wrong guess comes from.
    """

    def __init__(
        self,
        task: Task[Said],
        truth: Callable[[], Mapping[str, str | float]],
        *,
        options: tuple[str, ...] = (),
        to_try: str,
    ) -> None:
        self._task, self._measure, self._options = task, truth, options
        task.expect(to_try)(self.each_is_true)
        task.diagnose(self.not_filled_in, self.another_word if options else self.no_number)

    def believes(self, question: str, said: object, name: str, seen: str, to_try: str) -> None:
        """Register a belief that a wrong guess comes from.

        Args:
            question: of the guess.
            said: what who believes that says; a tuple, where it is one of several.
            name: of the belief, as a diagnosis.
            seen: what is seen that speaks against it.
            to_try: a question that leads on.
        """
        wrong = said if isinstance(said, tuple) else (said,)

        def diagnose(guesses: Said, answer: Answer) -> Finding | None:
            if guesses.get(question) not in wrong or question not in self._wrong(guesses):
                return None
            few = len(self._wrong(guesses)) <= 2
            finding = Finding(seen, to_try, points=self._task.points // 2 if few else 0)
            finding.diagnosis = name
            return finding

        self._task.diagnose(diagnose)

    def each_is_true(self, guesses: Said, answer: Answer) -> None:
        """Expect that no guess is wrong."""
        wrong = self._wrong(guesses)
        assert not wrong, ngettext(
            "{n} of {count} is not so; look at `{first}`",
            "{n} of {count} are not so; the first of them is `{first}`",
            len(wrong),
            count=len(self._truth),
            first=wrong[0],
        )

    def not_filled_in(self, guesses: Said, answer: Answer) -> Finding | None:
        """Recognize places that are still empty."""
        empty = [question for question in self._truth if _is_blank(guesses.get(question))]
        if not empty:
            return None
        done = len(self._truth) - len(empty)
        return Finding(
            gettext(
                "{done} of {count} are filled in. Still open: `{first}`",
                done=done,
                count=len(self._truth),
                first=empty[0],
            ),
            gettext("A guess costs nothing: put one in each place, and check."),
            unfinished=True,
        )

    def another_word(self, guesses: Said, answer: Answer) -> Finding | None:
        """Recognize words that are none of the options."""
        other = [guess for guess in guesses.values() if guess not in self._options]
        words = ", ".join(f'"{word}"' for word in self._options)
        if not other:
            return None
        return Finding(
            gettext("{word!r} is none of the words.", word=other[0]), gettext("The words are {words}.", words=words)
        )

    def no_number(self, guesses: Said, answer: Answer) -> Finding | None:
        """Recognize what is no number."""
        other = [guess for guess in guesses.values() if not isinstance(guess, int | float)]
        if not other:
            return None
        return Finding(gettext("{word!r} is no number.", word=other[0]), gettext("Write a number, such as 3 or 0.5."))

    @cached_property
    def _truth(self) -> Mapping[str, str | float]:
        return self._measure()

    def _wrong(self, guesses: Said) -> list[str]:
        return [question for question, true in self._truth.items() if not _is_same(guesses.get(question), true)]


def _is_same(said: object, true: str | float) -> bool:
    if isinstance(true, str) or not isinstance(said, int | float):
        return said == true
    return true - _NEAR < said < true + _NEAR


def _is_blank(guess: object) -> bool:
    return guess is None or repr(guess) == "Ellipsis"  # which came, maybe, from another process
