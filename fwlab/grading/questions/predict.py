"""``predict("…", options)``: a guess before the run, which the next run shows beside what it measured.

Who has committed to a guess looks at the result with other eyes; and a wrong guess that surprises is remembered best
(Crouch, Fagen, Callan and Mazur, "Classroom demonstrations: Learning tools or entertainment?", 2004).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from fwlab.grading.errors import GradingError
from fwlab.grading.learner.progress_file import ProgressError, now, progress_path, update_progress
from fwlab.grading.learner.records import PredictionRecord
from fwlab.grading.questions.asked import asked, shown
from fwlab.grading.questions.sheet import Item, Reply, Sheet
from fwlab.lab import Run
from fwlab.lab.runs.prediction import Prediction, wait_for_run
from fwlab.lab.runs.thresholds import figure_of
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.grading.learner.records import Progress

_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(%|/s|requests/s|[a-zµμ]*)")
_SECONDS = {"us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0}


def predict(
    question: str,
    options: Sequence[object],
    *,
    of: str = "p50",
    about: str | None = None,
    guess: object = None,
    plain: bool | None = None,
) -> Guessing:
    """Ask for a guess, which the next run of :func:`~fwlab.lab.load` shows beside what it measured.

    Args:
        question: what to guess.
        options: the choices: ``["50 ms", "2 s"]``.
        of: the figure that the run is asked for, as :meth:`Run.check <fwlab.lab.Run.check>` names it: ``"p50"``,
            ``"p95"``, ``"max"``, ``"rps"``, ``"errors"``.
        about: the path that the run asks for, where two runs are under way at the same time and the guess is about
            one of them: ``"/health"``. Default: whichever run ends next.
        guess: one of the options, to answer at once.
        plain: whether to ask without widgets. Default: where there are none.

    Raises:
        GradingError: there are fewer than two options, two are the same, or `guess` is none of them.
        LoadError: there is no such figure.

    Example:
        In a notebook::

            predict("41 users, 40 threads: how long does the slowest wait?", ["50 ms", "100 ms", "2 s"], of="max")

        and, in the next cell::

            await load(server, "/io", users=41, requests=41)
    """
    choices = tuple(str(option) for option in options)
    if not 2 <= len(choices) <= 8 or len(set(choices)) < len(choices):
        raise GradingError(f"predict(..., options) needs from two to eight options that differ, not {list(choices)}.")
    if guess is not None and str(guess) not in choices:
        raise GradingError(f"predict(..., guess={guess!r}): it is none of the options {', '.join(choices)}.")
    figure_of(Run("", 1, 0.0, ()), of)  # what does not exist is refused now, not when a run has been measured
    made = Guessing(question, choices, of, about)
    wait_for_run(made)
    if guess is not None:
        made.reply(made.items[0], [made.items[0].letters[choices.index(str(guess))]])
        return made
    return asked(made, plain=plain)


class Guessing(Sheet):
    """One question whose answer a run will tell.

    Attributes:
        guess: the choice; ``""`` until there is one.
    """

    def __init__(self, question: str, choices: tuple[str, ...], of: str, about: str | None = None) -> None:
        self.title = question
        self.items = (Item("guess", question, choices),)
        self.guess = ""
        self._of = of
        self._about = about
        self._held = False

    def reply(self, item: Item, letters: list[str]) -> Reply:
        """Note a guess; after the run it is too late."""
        if self._held:
            return Reply((), gettext("The run has been: its result stands beside your guess there."))
        self.guess = item.choices[item.letters.index(letters[0])]
        trouble = self._remember(PredictionRecord(guess=self.guess, at=now(), of=self._of))
        noted = gettext("Noted: {guess}. The next run shows it beside what was measured.", guess=self.guess)
        return Reply(tuple(letters), noted + trouble)

    def concerns(self, run: Run) -> bool:
        """Tell whether the run asks for what the guess is about."""
        return self._about is None or run.name.partition(" ")[2] == self._about

    def held_against(self, run: Run) -> Prediction:
        """Return the guess beside what a run measured."""
        self._held = True
        value, shown_as = figure_of(run, self._of)
        closest = _closest(self.items[0].choices, value)
        if self.guess:
            record = PredictionRecord(guess=self.guess, at=now(), of=self._of, measured=shown_as, closest=closest)
            self._remember(record)
        return Prediction(self.title, self.guess, self._of, shown_as, closest)

    @property
    def how_to_answer(self) -> str:
        """Where it can only be read: how to answer it."""
        return gettext("To make a guess: predict(..., guess={choice!r})", choice=self.items[0].choices[0])

    def _remember(self, record: PredictionRecord) -> str:
        def note(progress: Progress) -> None:
            progress.predictions[self.title] = record

        try:
            update_progress(progress_path(), note)
        except ProgressError as error:
            return " " + gettext("(Your progress: {error})", error=error)
        return ""

    def _repr_mimebundle_(self, **options: object) -> Any:
        return shown(self)


def _closest(choices: Sequence[str], value: float | None) -> str:
    """Return the choice whose ratio to the value is nearest to one; ``""`` where not every choice is one quantity.

    >>> _closest(["50 ms", "100 ms", "2 s"], 0.09)
    '100 ms'
    >>> _closest(["quick", "slow"], 0.09)
    ''
    """
    amounts = [_amount(choice) for choice in choices]
    known = [amount for amount in amounts if amount is not None]
    if value is None or len(known) < len(choices):
        return ""
    distances = [_distance(amount, value) for amount in known]
    return choices[distances.index(min(distances))]


def _amount(choice: str) -> float | None:
    found = _NUMBER.findall(choice)
    if len(found) != 1:
        return None
    number, unit = found[0]
    return float(number.replace(",", "")) * _SECONDS.get(unit, 1.0)


def _distance(amount: float, value: float) -> float:
    if amount == value:
        return 0.0
    return abs(math.log(amount / value)) if amount > 0 and value > 0 else math.inf
