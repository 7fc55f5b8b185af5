"""What the extension's dialogs say: the words of a hint, a solution, or a reset, as HTML for a page."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from fwlab import FwlabError
from fwlab.grading import hint, reset, solution
from fwlab.lab.translation import gettext


def said(asked: str, name: str) -> str:
    """Do what a button asks for, and return what there is to say of it.

    Args:
        asked: ``"hint"``, ``"solution"``, ``"insist"`` (the solution before the answer is right), or ``"reset"``.
        name: the exercise or the task.

    Returns:
        HTML. What cannot be done is said there too: a dialog is no place for a traceback.

    Example:
        >>> said("hint", "e99").startswith("<p>There is no exercise")
        True
    """
    try:
        if asked == "hint":
            card = hint(name)
        elif asked == "reset":
            card = reset(name)
            # The card tells how to load the notebook again, which the extension does by itself.
            card = replace(
                card, lines=(card.lines[0], gettext("Run the cell again: until then the kernel has your old answer."))
            )
        else:
            card = solution(name, insist=asked == "insist")
    except FwlabError as error:
        return f"<p>{escape(str(error))}</p>"
    return card._repr_html_()
