"""The magics of the exercises: ``%check e05``, ``%hint e05``: calls of :mod:`fwlab.grading`, without the quotes.

What is asked wrongly ends in one line. (``%reset`` is IPython's own and forgets all names; so an exercise is begun anew
with ``%reset_answer``.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from IPython.core.error import UsageError

from fwlab import FwlabError
from fwlab.grading import check, hint, progress, quiz, reset, solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from IPython.core.interactiveshell import InteractiveShell

_USES = {
    "check": "%check e05: judge an exercise by what your cells have defined",
    "hint": "%hint e05: the next hint; %hint e05.2 for one task",
    "solution": "%solution e05 [--insist]: an answer, once yours is right, or also before",
    "reset_answer": "%reset_answer e05: put the starters back into your notebook, and keep your answer beside it",
    "quiz": "%quiz q03 [--plain]: the questions of a quiz; --plain asks without widgets",
    "progress": "%progress: how you stand in the course",
}


def register(shell: InteractiveShell) -> None:
    """Add the magics to a shell.

    Args:
        shell: whose names ``%check`` judges.
    """
    magics: dict[str, Callable[[list[str], bool], object]] = {
        "check": lambda names, _: check(*names, namespace=shell.user_ns),
        "hint": lambda names, _: hint(*names),
        "solution": lambda names, insist: solution(*names, insist=insist),
        "reset_answer": lambda names, _: reset(*names),
        "quiz": lambda names, plain: quiz(*names, plain=plain or None),
        "progress": lambda names, _: progress(*names),
    }
    for name, magic in magics.items():
        shell.magics_manager.register_function(_line_magic(name, magic), "line", name)


def _line_magic(name: str, magic: Callable[[list[str], bool], object]) -> Callable[[str], object]:
    use = _USES[name]
    names_needed = 0 if name == "progress" else 1

    def run(line: str) -> object:
        flags = [word for word in line.split() if word.startswith("-")]
        names = [word.strip("\"'") for word in line.split() if not word.startswith("-")]
        if len(names) != names_needed or any(f"[{flag}]" not in use for flag in flags):
            raise UsageError(use)
        try:
            return magic(names, bool(flags))
        except FwlabError as error:
            raise UsageError(str(error)) from None

    run.__doc__ = use
    return run
