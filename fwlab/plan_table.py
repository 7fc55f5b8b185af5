"""A path operation's plan as a table, to be read: what runs in which order and lane, and what each function takes.

It is made from the plan that runs, so it cannot tell anything else.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from fwlab.dependencies import HANDLER, Step
from fwlab.signature import Input

COLUMNS = ("", "function", "lane", "takes", "afterwards")


def rows(steps: Sequence[Step]) -> list[tuple[str, ...]]:
    """Return a row for each step: its number, name, lane, what it takes, and what happens when it is done."""
    names = {step.slot: step.name for step in steps}
    users = {step.slot: [other.name for other in steps if step.slot in dict(other.needs).values()] for step in steps}
    return [
        (
            str(number),
            step.name,
            step.lane,
            "; ".join(_taken(step, names)) or "nothing",
            _afterwards(step, users[step.slot]),
        )
        for number, step in enumerate(steps, start=1)
    ]


def _taken(step: Step, names: dict[str, str]) -> Iterable[str]:
    for _, item in step.inputs:
        yield _input(item)
    for argument, slot in step.needs:
        yield f"{argument}: what {names[slot]} returned"
    for argument, kind in step.provided:
        yield f"{argument}: the {kind.__name__}"


def _input(item: Input) -> str:
    kind = getattr(item.annotation, "__name__", None) or str(item.annotation).replace("typing.", "")
    name = item.argument if item.argument == item.alias else f"{item.argument} as {item.alias!r}"
    return f"{name}: {kind} from the {item.source}{'' if item.required else ', optional'}"


def _afterwards(step: Step, users: Sequence[str]) -> str:
    if step.slot == HANDLER:
        return "its result is the response"
    said = []
    if len(users) > 1:
        said.append(f"kept for {', '.join(users)}")
    if step.cleans_up == "request":
        said.append("cleans up when the response is sent")
    if step.cleans_up == "function":
        said.append("cleans up when the handler has returned")
    return "; ".join(said)


def as_text(title: str, steps: Sequence[Step]) -> str:
    """Return the table as plain text."""
    table = [COLUMNS, *rows(steps)]
    widths = [max(len(row[column]) for row in table) for column in range(len(COLUMNS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([title, *lines])


def as_html(title: str, steps: Sequence[Step]) -> str:
    """Return the table for a notebook, in colors that follow its theme."""
    cell = 'style="text-align: left; padding: 0.2em 1em 0.2em 0; background: none; vertical-align: top"'
    head = "".join(f"<th {cell}>{html.escape(name)}</th>" for name in COLUMNS)
    body = "".join(f"<tr>{''.join(f'<td {cell}>{html.escape(text)}</td>' for text in row)}</tr>" for row in rows(steps))
    caption = f'<caption style="text-align: left; color: inherit; font-weight: 600">{html.escape(title)}</caption>'
    return f'<table style="border-collapse: collapse; margin: 0">{caption}<tr>{head}</tr>{body}</table>'
