"""What can go wrong around an exercise: with its name, its files, or the notebook that is handed in."""

from __future__ import annotations

from fwlab.exceptions import FwlabError


class GradingError(FwlabError):
    """The root of the grader's errors."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of it: the message. Lines of the grader's own code would help nobody."""
        return [f"{type(self).__name__}: {self}"]


class UnknownExerciseError(GradingError):
    """There is no exercise of that name; the message lists those that there are."""


class NotebookError(GradingError):
    """A file that cannot be checked: not there, not a notebook, or not one of an exercise."""


class ExerciseError(GradingError):
    """An exercise that is broken itself: its author's mistake, not the learner's."""
