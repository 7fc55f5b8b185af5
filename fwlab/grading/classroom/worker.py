"""A process that grades one submission after another, with a jail of its own; ``workers.py`` starts it.

It reads notebooks that strangers wrote, so it may fall over one of them; then another process takes its place.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from fwlab.grading.classroom.graded import Marked, fingerprint, grade_submission, not_graded
from fwlab.grading.classroom.submissions import File, HandedIn, notebooks_of
from fwlab.grading.jail.jail import Jail
from fwlab.grading.jail.job import receive, send
from fwlab.grading.jail.limits import Limits

_MEMORY = 4_000_000_000
"""Bytes of address space for reading notebooks and judging."""


def answer_to(request: dict[str, Any], jail: Jail) -> dict[str, Any]:
    """Grade a submission that lies on this machine's disk, unless what is known of it still holds.

    Args:
        request: ``learner``, ``path``, ``limits``, and ``known``: the fingerprint of what is known, or ``""``;
            ``give_up``: why not to try, or ``""``.
        jail: where to run code.
    """
    path, limits = Path(request["path"]), Limits(**request["limits"])
    if request["give_up"]:  # even to read it may be what the others fell over
        unread = [File(path.name, refused=request["give_up"])]
        return as_dict(not_graded(request["learner"], unread, limits, request["give_up"]))
    files = notebooks_of(HandedIn(request["learner"], path))
    if request["known"] and request["known"] == fingerprint(files, limits):
        return {"kept": True}
    return as_dict(grade_submission(request["learner"], files, jail, limits))


def as_dict(marked: Marked) -> dict[str, Any]:
    """Return it as JSON has it."""
    return {"graded": marked.graded.to_dict(), "feedback": marked.feedback}


def main() -> None:
    """Answer requests until nobody asks any more."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the checks print is not an answer
    with Jail() as jail:
        with contextlib.suppress(ValueError, OSError):  # after the jail, which has limits of its own
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
        while True:
            message = receive(requests)
            if message is None:
                return
            answer = answer_to(json.loads(message), jail)
            send(answers, json.dumps(answer | {"missing": jail.missing}).encode())
