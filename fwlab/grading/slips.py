"""Slips that have nothing to do with concurrency, and that the handlers of any task can have.

Diagnoses, to be asked before those of :mod:`fwlab.grading.misconceptions`: where nobody answers, nothing can be said of
how. ``task.diagnose(*SLIPS)`` registers all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fwlab.grading.finding import Finding
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.grading.answer import Answer
    from fwlab.grading.reply import Reply


class Answered(Protocol):
    """What an experiment saw that sent requests."""

    @property
    def replies(self) -> Sequence[Reply]:
        """What came back, in the order of the requests."""


def nobody_at_the_path(seen: Answered, answer: Answer) -> Finding | None:
    """No handler has the path, or none has the method."""
    reply = _first_with(seen, 404, 405)
    if reply is None:
        return None
    return Finding(
        gettext(
            "{path} was asked for, and answered with status {status}: no handler is there.",
            path=reply.path,
            status=reply.status,
        ),
        gettext("Compare the path and the method in your lines with the @ with those that the task names."),
    )


def another_parameter(seen: Answered, answer: Answer) -> Finding | None:
    """A handler asks for something else than what its path has."""
    reply = _first_with(seen, 422)
    if reply is None:
        return None
    return Finding(
        gettext("{path} was answered with status 422: {complaint}.", path=reply.path, complaint=_complaint(reply)),
        gettext(
            "The path's parts in braces and the function's parameters are matched by their names. Compare the two."
        ),
    )


SLIPS = (nobody_at_the_path, another_parameter)


def _first_with(seen: Answered, *statuses: int) -> Reply | None:
    return next((reply for reply in seen.replies if reply.status in statuses), None)


def _complaint(reply: Reply) -> str:
    """Say what a handler found wrong first, and where: ``Field required (query, item)``."""
    body = reply.json()
    errors = body.get("detail") if isinstance(body, dict) else None
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return gettext("something is wrong with what it was given")
    return f"{errors[0].get('msg')} ({', '.join(map(str, errors[0].get('loc', ())))})"
