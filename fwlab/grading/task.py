"""How an exercise's author says what is right, and how to tell what went wrong.

A task runs one experiment, holds expectations against what it saw, and, only when one of them fails, asks its diagnoses
in turn which mistake it was. The first that knows the answer names it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fwlab.grading.finding import Finding
from fwlab.grading.orders import shuffled
from fwlab.grading.recording import Recording
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.grading.answer import Answer
    from fwlab.grading.failure import Failure

E = TypeVar("E")


class Task(Generic[E]):
    """A task's checks; made by :func:`task`. `E` is what its experiment returns."""

    def __init__(
        self, identifier: str, title: str, points: int, experiment: Callable[[Answer], E], orders: int = 0
    ) -> None:
        self.id, self.title, self.points = identifier, title, points
        self._orders = orders
        self._experiment = experiment
        self._expectations: list[tuple[Callable[[E, Answer], None], str]] = []
        self._diagnoses: list[Callable[[E, Answer], Finding | Failure | None]] = []

    @property
    def names(self) -> dict[str, Any]:
        """The names of the module that its experiment stands in."""
        return self._experiment.__globals__

    def expect(
        self, to_try: str, *claims: Callable[[E, Answer], None]
    ) -> Callable[[Callable[[E, Answer], None]], Callable[[E, Answer], None]]:
        """Register a function that asserts something about what the experiment saw.

        Its assertion's message is told to the learner when no diagnosis knows better.

        Args:
            to_try: what to try when it fails.
            claims: such functions, where there are some already: those of ``fwlab.grading.claims``. They are registered
                at once.
        """
        self._expectations += [(claim, to_try) for claim in claims]

        def register(function: Callable[[E, Answer], None]) -> Callable[[E, Answer], None]:
            self._expectations.append((function, to_try))
            return function

        return register

    def diagnose(
        self, function: Callable[[E, Answer], Finding | Failure | None], *more: Callable[[E, Answer], Finding | None]
    ) -> Callable[[E, Answer], Finding | Failure | None]:
        """Register a function that recognizes one mistake; asked in order, and only about answers that are wrong.

        It returns a :class:`Finding`, or the ``Failure`` of the learner's code that explains it all, or ``None``.

        Args:
            function: the diagnosis, which is also returned.
            more: further ones, where there are some already: those of ``fwlab.grading.misconceptions``, and of
                :func:`when`.
        """
        self._diagnoses += [function, *more]
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
            evidence = self._experiment(answer)
            if self._orders and isinstance(evidence, Recording):
                evidence.in_other_orders = [self._shuffled(answer, seed) for seed in range(1, self._orders + 1)]
            return evidence
        except Finding as finding:
            raise _named(finding, self._experiment) from None

    def _shuffled(self, answer: Answer, seed: int) -> Recording:
        """Make the experiment again, with others of those who may go first going first."""
        with shuffled(seed):
            evidence: object = self._experiment(answer.renewed())
        assert isinstance(evidence, Recording)
        return evidence

    def conclude(self, evidence: E, answer: Answer) -> Finding | Failure | None:
        """Say what is wrong with an answer, by what its experiment saw; ``None`` when it is right.

        Args:
            evidence: what :meth:`experiment` returned, here or in another process.
            answer: its cells. The names that they define are elsewhere, where the experiment was made apart.
        """
        found = self._what_is_wrong(evidence, answer)
        if isinstance(found, Finding):
            found.recording = recording_in(evidence)
        if found is None and isinstance(evidence, Recording):
            return self._what_went_well_by_luck(evidence, answer)
        return found

    def _what_went_well_by_luck(self, evidence: Recording, answer: Answer) -> Finding | None:
        for other in evidence.in_other_orders:
            as_evidence: Any = other
            found = self._what_is_wrong(as_evidence, answer)
            if found is None:
                continue
            lucky = Finding(
                gettext(
                    "It went well in the usual order, and not when tasks that were ready together had their turns in "
                    "another order:"
                )
                + f"\n{found.seen if isinstance(found, Finding) else found}",
                gettext(
                    "Nobody promises which of two ready tasks goes first. What must happen before what, whoever is "
                    "first?"
                ),
            )
            lucky.diagnosis = "works-by-luck"
            lucky.recording = other
            return lucky
        return None

    def _what_is_wrong(self, evidence: E, answer: Answer) -> Finding | Failure | None:
        disappointed = self._first_disappointment(evidence, answer)
        if disappointed is None:
            return None
        for diagnosis in self._diagnoses:
            found = diagnosis(evidence, answer)
            if found is not None:
                return _named(found, diagnosis) if isinstance(found, Finding) else found
        return _what_ended_it(evidence) or disappointed

    def _first_disappointment(self, evidence: E, answer: Answer) -> Finding | None:
        for expectation, to_try in self._expectations:
            try:
                expectation(evidence, answer)
            except AssertionError as error:
                return _named(Finding(str(error), to_try), expectation)
        return None


def task(identifier: str, *, title: str, points: int, orders: int = 0) -> Callable[[Callable[[Answer], E]], Task[E]]:
    """Make a function the experiment of a task, and its name the :class:`Task`.

    Args:
        identifier: the task's id in the exercise's notebook, such as ``"e01.1"``.
        title: what the learner is to reach, in a few words.
        points: what a right answer is worth.
        orders: in how many other orders of what may come in any order a right answer has to hold, too; for experiments
            that return a :class:`Recording`.

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
    return lambda experiment: Task(identifier, title, points, experiment, orders)


def recording_in(evidence: object) -> Recording | None:
    """Return what timelines can be drawn from: the evidence itself, or what it has under the name ``recording``."""
    seen = evidence if isinstance(evidence, Recording) else getattr(evidence, "recording", None)
    return seen if isinstance(seen, Recording) else None


def _what_ended_it(evidence: object) -> Finding | Failure | None:
    """Return why a recording did not come to its end, where that is so: no figure in it means anything then."""
    if not isinstance(evidence, Recording):
        return None
    if evidence.failure is not None:
        return evidence.failure
    if not evidence.stuck:
        return None
    never = Finding(evidence.stuck, gettext("What does that line wait for, and who could bring it?"))
    never.diagnosis = "it-never-ends"
    return never


def _named(finding: Finding, function: Callable[..., object]) -> Finding:
    finding.diagnosis = finding.diagnosis or function.__name__.replace("_", "-")
    return finding
