"""How an exercise's author says what is right, and how to tell what went wrong.

A task runs one experiment, holds expectations against what it saw, and, only when one of them fails, asks its diagnoses
in turn which mistake it was. The first that knows the answer names it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from fwlab.grading.finding import Finding

if TYPE_CHECKING:
    from fwlab.grading.answer import Answer
    from fwlab.grading.failure import Failure

E = TypeVar("E")


class Task(Generic[E]):
    """A task's checks; made by :func:`task`. `E` is what its experiment returns."""

    def __init__(self, identifier: str, title: str, points: int, experiment: Callable[[Answer], E]) -> None:
        self.id, self.title, self.points = identifier, title, points
        self._experiment = experiment
        self._expectations: list[tuple[Callable[[E, Answer], None], str]] = []
        self._diagnoses: list[Callable[[E, Answer], Finding | Failure | None]] = []

    def expect(self, to_try: str) -> Callable[[Callable[[E, Answer], None]], Callable[[E, Answer], None]]:
        """Register a function that asserts something about what the experiment saw.

        Its assertion's message is told to the learner when no diagnosis knows better.

        Args:
            to_try: what to try when it fails.
        """

        def register(function: Callable[[E, Answer], None]) -> Callable[[E, Answer], None]:
            self._expectations.append((function, to_try))
            return function

        return register

    def diagnose(
        self, function: Callable[[E, Answer], Finding | Failure | None]
    ) -> Callable[[E, Answer], Finding | Failure | None]:
        """Register a function that recognizes one mistake; asked in order, and only about answers that are wrong.

        It returns a :class:`Finding`, or the ``Failure`` of the learner's code that explains it all, or ``None``.
        """
        self._diagnoses.append(function)
        return function

    def judge(self, answer: Answer) -> Finding | Failure | None:
        """Run the experiment on an answer; return ``None`` when the answer is right, and what is wrong otherwise."""
        try:
            evidence = self.experiment(answer)
        except Finding as finding:
            return finding
        return self.conclude(evidence, answer)

    def experiment(self, answer: Answer) -> E:
        """Let an answer do something, and return what was seen: all that a judge elsewhere has to know of it.

        Raises:
            Finding: it cannot even begin.
        """
        try:
            return self._experiment(answer)
        except Finding as finding:
            raise _named(finding, self._experiment) from None

    def conclude(self, evidence: E, answer: Answer) -> Finding | Failure | None:
        """Say what is wrong with an answer, by what its experiment saw; ``None`` when it is right.

        Args:
            evidence: what :meth:`experiment` returned, here or in another process.
            answer: its cells. The names that they define are elsewhere, where the experiment was made apart.
        """
        disappointed = self._first_disappointment(evidence, answer)
        if disappointed is None:
            return None
        for diagnosis in self._diagnoses:
            found = diagnosis(evidence, answer)
            if found is not None:
                return _named(found, diagnosis) if isinstance(found, Finding) else found
        return disappointed

    def _first_disappointment(self, evidence: E, answer: Answer) -> Finding | None:
        for expectation, to_try in self._expectations:
            try:
                expectation(evidence, answer)
            except AssertionError as error:
                return _named(Finding(str(error), to_try), expectation)
        return None


def task(identifier: str, *, title: str, points: int) -> Callable[[Callable[[Answer], E]], Task[E]]:
    """Make a function the experiment of a task, and its name the :class:`Task`.

    Args:
        identifier: the task's id in the exercise's notebook, such as ``"e01.1"``.
        title: what the learner is to reach, in a few words.
        points: what a right answer is worth.

    Example::

        @task("e07.1", title="Answer two at once", points=1)
        def rush(answer: Answer) -> Observation:
            return observe(answer.require("app"), ["/stock/bun", "/stock/pickle"])

        @rush.expect(to_try="Look at what the handler returns.")
        def every_answer_is_right(seen: Observation, answer: Answer) -> None:
            statuses = [reply.status for reply in seen.replies]
            assert statuses == [200, 200], f"The answers had the statuses {statuses}."

        @rush.diagnose
        def no_such_path(seen: Observation, answer: Answer) -> Finding | None:
            if all(reply.status == 404 for reply in seen.replies):
                return Finding("Nobody answers /stock/bun: status 404.", "Compare the path with the one asked for.")
            return None
    """
    return lambda experiment: Task(identifier, title, points, experiment)


def _named(finding: Finding, function: Callable[..., object]) -> Finding:
    finding.diagnosis = finding.diagnosis or function.__name__.replace("_", "-")
    return finding
