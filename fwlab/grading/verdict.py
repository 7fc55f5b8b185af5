"""What a check says: per task a state, points, what was seen and what to try, as text, as HTML and as JSON."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from html import escape
from typing import Any

from fwlab.lab.lines import before_a_quotation
from fwlab.lab.translation import gettext, ngettext


class State(StrEnum):
    """How a task stands."""

    UNATTEMPTED = "unattempted"
    PARTLY_DONE = "partly done"
    WRONG = "wrong"
    RIGHT = "right"
    ERROR = "error"
    TIMED_OUT = "timed out"

    @property
    def word(self) -> str:
        """The word for it, in the language that is spoken; :attr:`value` is the same in all of them."""
        return {
            State.UNATTEMPTED: gettext("unattempted"),
            State.PARTLY_DONE: gettext("partly done"),
            State.WRONG: gettext("wrong"),
            State.RIGHT: gettext("right"),
            State.ERROR: gettext("error"),
            State.TIMED_OUT: gettext("timed out"),
        }[self]

    @property
    def symbol(self) -> str:
        """A sign for it, beside the word: color alone says nothing to many."""
        return _SYMBOLS[self]


_SYMBOLS = {
    State.UNATTEMPTED: "○",
    State.PARTLY_DONE: "◐",
    State.WRONG: "✗",
    State.RIGHT: "✓",
    State.ERROR: "⚠",
    State.TIMED_OUT: "◷",
}


@dataclass(frozen=True)
class TaskVerdict:
    """How one task of an exercise stands."""

    task: str
    title: str
    state: State
    points: int
    out_of: int
    diagnosis: str = ""
    """The name of the mistake, when it is a known one."""
    seen: str = ""
    to_try: str = ""
    timelines: str = ""
    """What happened beside what is expected, as a picture made of text, where behavior is at fault."""
    picture: str = field(default="", compare=False)
    """The same as SVG, for a notebook. It is not in the JSON, which has the text."""
    before: str = field(default="", compare=False)
    """How the task stood when it was checked before, such as ``"✗ wrong, 0 of 2 points"``. Nor is this in the JSON."""

    def __str__(self) -> str:
        lines = [f"{self.state.symbol} {self.task} {self.title}: {self.stands}"]
        if self.before:
            lines[0] += f" ({self._before()})"
        labels = [f"{label}:" for label in (gettext("Seen"), gettext("Try"))]
        width = max(map(len, labels))
        for label, text in zip(labels, (self.seen, self.to_try), strict=True):
            if text:
                lines.append(f"  {label:<{width}} " + text.replace("\n", "\n" + " " * (width + 3)))
        lines += [f"    {line}" for line in self.timelines.splitlines()]
        return "\n".join(lines)

    @property
    def stands(self) -> str:
        """Its state and its points, in words."""
        return f"{self.state.word}, {_points(self.points, self.out_of)}"

    def _before(self) -> str:
        return gettext("before: {stood}", stood=self.before)

    def _html(self) -> str:
        parts = [f"{self.state.symbol} <strong>{self.state.word}</strong> · {escape(self.task)} {escape(self.title)}"]
        parts[0] += f" · {_points(self.points, self.out_of)}"
        if self.before:
            parts[0] += f" · {escape(self._before())}"
        for label, text in ((gettext("Seen"), self.seen), (gettext("Try"), self.to_try)):
            if text:
                parts.append(f'{label}: <span style="white-space: pre-wrap">{_with_code(text)}</span>')
        return "<li>" + "<br>".join(parts) + self._timelines_html() + "</li>"

    def _timelines_html(self) -> str:
        if not self.timelines:
            return ""
        label = gettext("Timelines: yours and the expected one")
        text = f'<pre aria-label="{label}">{escape(self.timelines)}</pre>'
        if not self.picture:
            return text
        # Where a notebook is not trusted, its pictures are not shown, and its text is.
        return f"<div>{self.picture}</div><details><summary>{gettext('The same as text')}</summary>{text}</details>"


@dataclass(frozen=True, repr=False)
class Verdict:
    """How an exercise stands: one :class:`TaskVerdict` a task. A notebook displays it, ``print`` prints it."""

    exercise: str
    title: str
    tasks: tuple[TaskVerdict, ...]
    notes: tuple[str, ...] = ()
    """What else there is to say, such as lines that could not be run."""

    @property
    def right(self) -> bool:
        """Whether every task is right."""
        return self.state is State.RIGHT

    @property
    def state(self) -> State:
        """The state that all tasks are in; *partly done* where they differ, *unattempted* where there are none."""
        states = {task.state for task in self.tasks} or {State.UNATTEMPTED}
        return states.pop() if len(states) == 1 else State.PARTLY_DONE

    @property
    def points(self) -> int:
        """Points of all tasks together."""
        return sum(task.points for task in self.tasks)

    @property
    def out_of(self) -> int:
        """The most points that there are."""
        return sum(task.out_of for task in self.tasks)

    def __str__(self) -> str:
        return "\n".join(
            [self._heading(), *map(str, self.tasks), *(gettext("Note: {note}", note=note) for note in self.notes)]
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        tasks = "".join(task._html() for task in self.tasks)
        notes = "".join(f"<p>{escape(gettext('Note: {note}', note=note))}</p>" for note in self.notes)
        # Of one task alone the heading would say once more what its line says, and seem to mean the whole exercise.
        heading = "" if len(self.tasks) == 1 else f"<p><strong>{escape(self._heading())}</strong></p>"
        label = escape(gettext("Verdict on {exercise}", exercise=self.exercise))
        return (
            f'<section class="fwlab-verdict" aria-label="{label}">{heading}'
            f'<ul style="list-style: none; padding-left: 1em">{tasks}</ul>{notes}</section>'
        )

    def _heading(self) -> str:
        return f"{self.exercise} {self.title}: {self.state.word}, {_points(self.points, self.out_of)}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it: what :meth:`from_dict` reads, and the sums."""
        return {
            "exercise": self.exercise,
            "title": self.title,
            "state": self.state.value,
            "right": self.right,
            "points": self.points,
            "out_of": self.out_of,
            "tasks": [_plain(task) for task in self.tasks],
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Verdict:
        """Make a verdict of what :meth:`to_dict` returned."""
        tasks = tuple(TaskVerdict(**{**task, "state": State(task["state"])}) for task in data["tasks"])
        return cls(data["exercise"], data["title"], tasks, tuple(data["notes"]))


def _plain(task: TaskVerdict) -> dict[str, Any]:
    data = asdict(task) | {"state": task.state.value}
    del data["picture"], data["before"]
    return data


def _with_code(text: str) -> str:
    """Return the text as HTML, with what is quoted of a program as code, and the place of each line marked."""
    quoted = re.compile(
        r"`(?P<quoted>[^`\n]+)`"  # between backticks
        rf"|(?P<place>\b(?:{before_a_quotation()}))(?P<code> *\S.*)"  # a quoted line
        r"|(?P<frame>^line \d+, in [^\n]+\n {4})(?P<called> *\S.*)"  # the same in a traceback
        r"|(?P<alone>^line \d+$)",  # where a syntax error is
        flags=re.MULTILINE,
    )
    return quoted.sub(_marked, escape(text))


def _marked(found: re.Match[str]) -> str:
    if found["quoted"]:
        return f"<code>{found['quoted']}</code>"
    place, code = found["place"] or found["frame"] or found["alone"], found["code"] or found["called"]
    number = "".join(re.findall(r"\d+", place)[:1])
    return f'<span class="fwlab-line" data-line="{number}">{place}{f"<code>{code}</code>" if code else ""}</span>'


def _points(points: int, out_of: int) -> str:
    return ngettext("{points} of {n} point", "{points} of {n} points", out_of, points=points)
