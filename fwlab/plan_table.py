"""A path operation's plan as a table, to be read: what runs in which order and lane, and what each function takes.

It is made from the plan that runs, so it cannot tell anything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fwlab.dependencies import HANDLER, Step

COLUMNS = ("", "function", "lane", "takes", "afterwards")


def rows(steps: Sequence[Step]) -> Iterator[tuple[str, ...]]:
    """Yield a row for each step: its number, name, lane, what it takes, and what happens when it is done."""
    names = {step.slot: step.name for step in steps}
    for number, step in enumerate(steps, start=1):
        users = [other.name for other in steps if step.slot in dict(other.needs).values()]
        taken = "; ".join(_taken(step, names)) or "nothing"
        yield str(number), step.name, step.lane, taken, "; ".join(_afterwards(step, users))


def _taken(step: Step, names: dict[str, str]) -> Iterator[str]:
    for item in step.inputs:
        kind = getattr(item.annotation, "__name__", None) or str(item.annotation).replace("typing.", "")
        name = item.argument if item.argument == item.alias else f"{item.argument} as {item.alias!r}"
        yield f"{name}: {kind} from the {item.source}{'' if item.required else ', optional'}"
    for argument, slot in step.needs:
        yield f"{argument}: what {names[slot]} returned"
    for argument, kind in step.provided:
        yield f"{argument}: the {kind.__name__}"


def _afterwards(step: Step, users: Sequence[str]) -> Iterator[str]:
    if step.slot == HANDLER:
        yield "its result is the response"
    if len(users) > 1:
        yield f"kept for {', '.join(users)}"
    if step.cleans_up is not None:
        when = {"request": "the response is sent", "function": "the handler has returned"}
        yield f"cleans up when {when[step.cleans_up]}"


def as_text(title: str, steps: Sequence[Step]) -> str:
    """Return the table as plain text."""
    table = [COLUMNS, *rows(steps)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join([title, *("  ".join(map(str.ljust, row, widths)).rstrip() for row in table)])


def as_html(title: str, steps: Sequence[Step]) -> str:
    """Return the table for a notebook, in colors that follow its theme."""
    from html import escape  # needed in notebooks only

    cell = 'style="text-align: left; padding: 0.2em 1em 0.2em 0; background: none; vertical-align: top"'
    head = "".join(f"<th {cell}>{escape(name)}</th>" for name in COLUMNS)
    body = "".join(f"<tr>{''.join(f'<td {cell}>{escape(text)}</td>' for text in row)}</tr>" for row in rows(steps))
    caption = f'<caption style="text-align: left; color: inherit; font-weight: 600">{escape(title)}</caption>'
    return f'<table style="border-collapse: collapse; margin: 0">{caption}<tr>{head}</tr>{body}</table>'
