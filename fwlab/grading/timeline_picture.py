"""Two recordings as a picture, side by side and on one scale: what was seen, and what is expected.

It is SVG, written by hand: a verdict has to be there at once, and the same data gives the same bytes. Those who do not
see it are told the same in words.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from fwlab.grading.crowd import representatives
from fwlab.lab.translation import gettext

if TYPE_CHECKING:
    from fwlab.course.activities import Activity
    from fwlab.grading.recording import Recording

_TIME, _ROW, _GAP = 210, 20, 20  # pixels
_LETTER, _LETTERS = 6.5, 34  # pixels a letter of a name, and letters at the most
_MOST = 12  # activities
# JupyterLab's colors for text and lines, light or dark; elsewhere those after the comma.
_INK, _GRAY = "var(--jp-content-font-color1, #1f2933)", "var(--jp-content-font-color2, #59636e)"
_FREE, _PAPER = "var(--jp-border-color2, #dfe4e8)", "var(--jp-layout-color0, white)"
_COLORS = {"loop": "#0072b2", "thread": "#d55e00"}


def picture(yours: Recording, expected: Recording) -> str:
    """Draw two recordings as an SVG element, with a text alternative.

    Args:
        yours: what the learner's answer did.
        expected: what a right answer does.

    Example:
        >>> from fwlab.grading.recording import Recording
        >>> picture(Recording(seconds=0.5), Recording(seconds=0.4))[:4]
        '<svg'
    """
    until = max(yours.seconds, expected.seconds) or 1.0
    panels = [(gettext("yours"), _rows(yours)), (gettext("expected"), _rows(expected))]
    names = round(max(len(row.name) for _, rows in panels for row in rows) * _LETTER) + 12
    panel = names + _TIME + _GAP
    bottom = _ROW * (max(len(rows) for _, rows in panels) + 1)
    width, height = 2 * panel, bottom + 2 * _ROW + 8
    words = gettext("Yours: {yours} Expected: {expected}", yours=in_words(yours), expected=in_words(expected))
    drawn = [_panel(name, rows, place * panel + names, until, bottom) for place, (name, rows) in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(words)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" style="max-width: 100%; fill: {_INK}" '
        f'font-family="sans-serif" font-size="12">'
        f'<rect width="{width}" height="{height}" style="fill: {_PAPER}"/>'
        f"{''.join(drawn)}{_legend(names, bottom + 36)}</svg>"
    )


def in_words(recording: Recording) -> str:
    """Say what a recording shows.

    Example:
        >>> from fwlab.grading.recording import Hold, Recording
        >>> in_words(Recording(seconds=0.5, holds=[Hold(0.0, 0.5, None)]))
        '0.5 s in all; the loop was held from 0 to 0.5 s.'
    """
    said = [gettext("{seconds:.4g} s in all", seconds=recording.seconds)]
    shown = representatives(recording.activities, _MOST)
    said += [
        gettext("{name} from {begin:.4g} to {end:.4g} s", name=_name(one), begin=one.begin, end=_end(one, recording))
        for one in shown
    ]
    if len(shown) < len(recording.activities):
        said.append(gettext("and {n} more", n=len(recording.activities) - len(shown)))
    said += [
        gettext("the loop was held from {begin:.4g} to {end:.4g} s", begin=hold.begin, end=hold.end)
        for hold in recording.holds[:_MOST]
    ]
    return "; ".join(said) + "."


class _Row(NamedTuple):
    """A line of a picture."""

    name: str
    bars: list[tuple[float, float, str]]
    """Beginnings, ends and colors."""


def _rows(recording: Recording) -> list[_Row]:
    activities = recording.activities
    shown = representatives(activities, _MOST)
    rows = [_Row(_short(_name(one)), [(one.begin, _end(one, recording), _COLORS[one.lane])]) for one in shown]
    if len(shown) < len(activities):
        rows.append(_Row(gettext("and {n} more", n=len(activities) - len(shown)), []))
    holds = [(hold.begin, hold.end, _INK) for hold in recording.holds]
    rows.append(_Row(gettext("the loop"), [(0.0, recording.seconds, _FREE), *holds]))
    return rows + (
        [_Row(gettext("the clock"), [(tick, tick, _INK) for tick in recording.ticks])] if recording.ticks else []
    )


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else f"{name[: _LETTERS - 1]}…"


def _panel(title: str, rows: list[_Row], left: int, until: float, bottom: int) -> str:
    """Draw one recording.

    Args:
        title: to stand above it.
        rows: of it.
        left: where its time begins.
        until: how long the time is.
        bottom: where the line with the seconds is.
    """

    def across(seconds: float) -> float:
        return round(left + _TIME * min(seconds / until, 1.0), 2)

    def bar(begin: float, end: float, top: int, color: str) -> str:
        wide = max(1.0, round(across(end) - across(begin), 2))
        return f'<rect x="{across(begin)}" y="{top + 4}" width="{wide}" height="{_ROW - 6}" style="fill: {color}"/>'

    parts = [f'<text x="{left}" y="15" font-weight="bold">{title}</text>']
    for number, row in enumerate(rows, 1):
        top = _ROW * number
        parts.append(f'<text x="{left - 6}" y="{top + 15}" text-anchor="end">{escape(row.name)}</text>')
        parts += [bar(begin, end, top, color) for begin, end, color in row.bars]
    parts.append(
        f'<line x1="{left}" x2="{across(until)}" y1="{bottom + 2}" y2="{bottom + 2}" style="stroke: {_GRAY}"/>'
    )
    parts.append(f'<text x="{left}" y="{bottom + 17}" style="fill: {_GRAY}">0</text>')
    end = f"{until:.4g} s"
    parts.append(f'<text x="{across(until)}" y="{bottom + 17}" style="fill: {_GRAY}" text-anchor="end">{end}</text>')
    return "".join(parts)


def _legend(left: int, baseline: int) -> str:
    """Say what the colors mean."""
    parts = []
    meanings = {
        gettext("on the loop"): _COLORS["loop"],
        gettext("in a thread"): _COLORS["thread"],
        gettext("the loop is held"): _INK,
        gettext("free"): _FREE,
    }
    for meaning, color in meanings.items():
        parts.append(f'<circle cx="{left + 5}" cy="{baseline - 4}" r="5" style="fill: {color}"/>')
        parts.append(f'<text x="{left + 15}" y="{baseline}" style="fill: {_GRAY}">{meaning}</text>')
        left += round(len(meaning) * _LETTER) + 33
    return "".join(parts)


def _name(activity: Activity) -> str:
    if activity.outcome == "cancelled":
        return gettext("{name} (cancelled)", name=activity.name)
    return gettext("{name} (thread)", name=activity.name) if activity.lane == "thread" else activity.name


def _end(activity: Activity, recording: Recording) -> float:
    return recording.seconds if activity.end is None else activity.end
