"""The class as a page: one file, without scripts and without anything from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import quote

from fwlab.grading.verdict import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fwlab.grading.classroom.graded import Graded
    from fwlab.grading.classroom.overview import Overview
    from fwlab.grading.classroom.results import Results

_STYLE = """
:root { color-scheme: light dark; --bar: #3465a4; --line: #8888; }
@media (prefers-color-scheme: dark) { :root { --bar: #729fcf; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.bar { fill: var(--bar); }
"""
_MOST_BARS = 11


def page(overview: Overview, graded: Iterable[Graded], results: Results) -> Iterator[str]:
    """Return the page piece by piece.

    Args:
        overview: of the class.
        graded: the submissions, for the table of learners.
        results: where their feedback is.
    """
    people = f"{overview.learners} learner{'' if overview.learners == 1 else 's'}"
    title = f"{people}, {', '.join(overview.exercises) or 'no exercise'}"
    yield (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><main><h1>{escape(title)}</h1>\n"
    )
    if overview.learners:
        yield (
            f"<p>Mean {overview.mean:.1f}, median {overview.median():g} of {overview.out_of} points.</p>\n"
            f"{_distribution(overview)}\n{_tasks(overview)}\n{_diagnoses(overview)}\n"
        )
    yield from _learners(overview, graded, results)
    yield "</main></body></html>\n"


def _distribution(overview: Overview) -> str:
    bars = _bars(overview)
    most = max(count for _, count in bars)
    width, height, left, foot = 640, 200, 8, 40
    step = (width - left) / len(bars)
    parts = []
    for place, (label, count) in enumerate(bars):
        tall = (height - foot - 20) * count / most
        x = left + place * step
        y = height - foot - tall
        parts.append(f'<rect class="bar" x="{x + 2:.1f}" y="{y:.1f}" width="{step - 4:.1f}" height="{tall:.1f}"/>')
        middle = f'x="{x + step / 2:.1f}" text-anchor="middle"'
        parts.append(f'<text {middle} y="{height - foot + 16}">{label}</text>')
        if count:
            parts.append(f'<text {middle} y="{y - 4:.1f}">{count}</text>')
    said = "; ".join(f"{label} points: {count}" for label, count in bars if count)
    return (
        f'<h2>Points</h2><svg role="img" aria-labelledby="d-title d-desc" viewBox="0 0 {width} {height}" '
        f'width="{width}" style="max-width: 100%"><title id="d-title">How many learners have how many points</title>'
        f'<desc id="d-desc">{said}</desc>{"".join(parts)}'
        f'<text x="{left}" y="{height - 4}">points, and how many learners have them</text></svg>'
    )


def _bars(overview: Overview) -> list[tuple[str, int]]:
    """Return the counts, a bar for each number of points or, where there are many, for as many in a row."""
    most = max(overview.out_of, *overview.points)
    wide = most // _MOST_BARS + 1
    bars = []
    for low in range(0, most + 1, wide):
        high = min(low + wide - 1, most)
        count = sum(overview.points[points] for points in range(low, high + 1))
        bars.append((str(low) if low == high else f"{low} to {high}", count))
    return bars


def _tasks(overview: Overview) -> str:
    states = list(State)
    head = "".join(f'<th scope="col" class="n">{state.symbol} {state}</th>' for state in states)
    rows = []
    for exercise in overview.exercises.values():
        for task in exercise.tasks:
            counts = overview.states[task.checks.id]
            cells = "".join(f'<td class="n">{counts[state] or ""}</td>' for state in states)
            rows.append(f'<tr><th scope="row">{escape(f"{task.checks.id} {task.checks.title}")}</th>{cells}</tr>')
    return _table("How far they are", f'<th scope="col">task</th>{head}', rows)


def _diagnoses(overview: Overview) -> str:
    rows = [
        f'<tr><td class="n">{count}</td><th scope="row">{escape(name)}</th><td>{escape(task)}</td></tr>'
        for (task, name), count in sorted(overview.diagnoses.items(), key=lambda item: (-item[1], item[0]))
    ]
    if not rows:
        return "<h2>Mistakes</h2><p>No mistake has a name here.</p>"
    head = '<th scope="col" class="n">learners</th><th scope="col">mistake</th><th scope="col">task</th>'
    return _table("Mistakes", head, rows)


def _table(caption: str, head: str, rows: list[str]) -> str:
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table><caption>{caption}</caption><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


def _learners(overview: Overview, graded: Iterable[Graded], results: Results) -> Iterator[str]:
    names = "".join(f'<th scope="col" class="n">{escape(name)}</th>' for name in overview.exercises)
    yield (
        '<div class="scroll"><table><caption>Learners</caption><thead><tr><th scope="col">learner</th>'
        f'{names}<th scope="col" class="n">of {overview.out_of}</th><th scope="col">notes</th></tr></thead>\n<tbody>\n'
    )
    for one in graded:
        cells = "".join(
            f'<td class="n">{_linked(one, verdict.exercise, verdict.points, results)}</td>'
            for verdict in overview.verdicts(one)
        )
        about = [f"{name}: {note}" for name, found in sorted(one.verdicts.items()) for note in found.notes]
        said = "<br>".join(escape(note[:300]) for note in [*one.notes, *about])
        row = f'<th scope="row">{escape(one.learner)}</th>{cells}<td class="n">{one.points}</td><td>{said}</td>'
        yield f"<tr>{row}</tr>\n"
    yield "</tbody></table></div>\n"


def _linked(graded: Graded, exercise: str, points: int, results: Results) -> str:
    path = results.feedback_path(graded.learner, exercise)
    if exercise not in graded.verdicts or not path.exists():
        return str(points)
    address = quote(path.relative_to(results.folder).as_posix().encode(errors="surrogateescape"))
    return f'<a href="{escape(address)}" aria-label="{escape(f"{points}, feedback on {exercise}")}">{points}</a>'
