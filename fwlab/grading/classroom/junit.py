"""The class as JUnit XML, which CI systems show: a suite a learner, a test a task."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from fwlab.grading.verdict import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fwlab.grading.classroom.graded import Graded
    from fwlab.grading.classroom.overview import Overview
    from fwlab.grading.verdict import TaskVerdict

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {State.UNATTEMPTED: "skipped", State.ERROR: "error", State.TIMED_OUT: "error"}


def junit(overview: Overview, graded: Iterable[Graded]) -> Iterator[str]:
    """Return the file piece by piece.

    Args:
        overview: of the class.
        graded: the submissions.
    """
    yield '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="fwlab">\n'
    for one in graded:
        tasks = [task for verdict in overview.verdicts(one) for task in verdict.tasks]
        kinds = [_element(task) for task in tasks]
        counts = {f"{name}s": kinds.count(name) for name in ("failure", "error")} | {"skipped": kinds.count("skipped")}
        said = " ".join(f'{name}="{count}"' for name, count in counts.items())
        yield f'<testsuite name={_attribute(one.learner)} tests="{len(tasks)}" {said}>\n'
        yield from (_case(one.learner, task) for task in tasks)
        yield "</testsuite>\n"
    yield "</testsuites>\n"


def _case(learner: str, task: TaskVerdict) -> str:
    begin = f"<testcase classname={_attribute(learner)} name={_attribute(f'{task.task} {task.title}')}"
    kind = _element(task)
    if not kind:
        return f"{begin}/>\n"
    said = f"{task.state}, {task.points} of {task.out_of} points"
    mistake = f" type={_attribute(task.diagnosis)}" if task.diagnosis and kind != "skipped" else ""
    text = escape(_clean("\n".join(filter(None, (task.seen, task.to_try)))))
    return f"{begin}><{kind} message={_attribute(said)}{mistake}>{text}</{kind}></testcase>\n"


def _element(task: TaskVerdict) -> str:
    return "" if task.state is State.RIGHT else _ELEMENTS.get(task.state, "failure")


def _attribute(text: str) -> str:
    return quoteattr(_clean(text))


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
