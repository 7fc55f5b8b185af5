"""Two recordings as a picture, side by side and on one scale: what was seen, and what is expected.

It is SVG, written by hand: a verdict has to be there at once, and the same data gives the same bytes. Those who do not
see it are told the same in words.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fwlab.course.activities import Activity
    from fwlab.grading.recording import Recording

_NAMES, _TIME, _ROW, _GAP = 130, 210, 20, 20  # pixels
_MOST = 12  # activities
_INK, _GRAY, _FREE = "#1f2933", "#59636e", "#dfe4e8"
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
    panels = [("yours", yours), ("expected", expected)]
    rows = max(min(len(recording.activities), _MOST) + 1 + bool(recording.ticks) for _, recording in panels)
    panel = _NAMES + _TIME + _GAP
    width, height = 2 * panel, _ROW * (rows + 2) + 8
    words = " ".join(f"{name.capitalize()}: {in_words(recording)}" for name, recording in panels)
    drawn = [_panel(name, recording, place * panel, until, rows) for place, (name, recording) in enumerate(panels)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(words)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" style="max-width: 100%" '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">'
        f'<rect width="{width}" height="{height}" fill="white"/>{"".join(drawn)}</svg>'
    )


def in_words(recording: Recording) -> str:
    """Say what a recording shows.

    Example:
        >>> from fwlab.grading.recording import Hold, Recording
        >>> in_words(Recording(seconds=0.5, holds=[Hold(0.0, 0.5, None)]))
        '0.5 s in all; the loop was held from 0 to 0.5 s.'
    """
    said = [f"{recording.seconds:.4g} s in all"]
    said += [
        f"{_name(one)} from {one.begin:.4g} to {_end(one, recording):.4g} s" for one in recording.activities[:_MOST]
    ]
    if len(recording.activities) > _MOST:
        said.append(f"and {len(recording.activities) - _MOST} more")
    said += [f"the loop was held from {hold.begin:.4g} to {hold.end:.4g} s" for hold in recording.holds[:_MOST]]
    return "; ".join(said) + "."


def _panel(title: str, recording: Recording, left: int, until: float, rows: int) -> str:
    def across(seconds: float) -> float:
        return round(left + _NAMES + _TIME * min(seconds / until, 1.0), 2)

    def bar(begin: float, end: float, row: int, color: str) -> str:
        wide = max(1.0, round(across(end) - across(begin), 2))
        return f'<rect x="{across(begin)}" y="{_ROW * row + 4}" width="{wide}" height="{_ROW - 6}" fill="{color}"/>'

    def label(text: str, row: int) -> str:
        short = text if len(text) <= 20 else f"{text[:19]}…"
        x, y = left + _NAMES - 6, _ROW * row + 15
        return f'<text x="{x}" y="{y}" text-anchor="end">{escape(short)}</text>'

    parts = [f'<text x="{across(0)}" y="15" font-weight="bold">{title}</text>']
    row = 1
    shown = recording.activities if len(recording.activities) <= _MOST else recording.activities[: _MOST - 1]
    for one in shown:
        parts += [label(_name(one), row), bar(one.begin, _end(one, recording), row, _COLORS[one.lane])]
        row += 1
    if len(shown) < len(recording.activities):
        parts.append(label(f"and {len(recording.activities) - len(shown)} more", row))
        row += 1
    parts += [label("the loop", row), bar(0.0, recording.seconds, row, _FREE)]
    parts += [bar(hold.begin, hold.end, row, _INK) for hold in recording.holds]
    row += 1
    if recording.ticks:
        parts.append(label("the clock", row))
        parts += [bar(tick, tick, row, _INK) for tick in recording.ticks]
    bottom = _ROW * (rows + 1)
    parts.append(f'<line x1="{across(0)}" x2="{across(until)}" y1="{bottom + 2}" y2="{bottom + 2}" stroke="{_GRAY}"/>')
    parts.append(f'<text x="{across(0)}" y="{bottom + 17}" fill="{_GRAY}">0</text>')
    end = f"{until:.4g} s"
    parts.append(f'<text x="{across(until)}" y="{bottom + 17}" fill="{_GRAY}" text-anchor="end">{end}</text>')
    return "".join(parts)


def _name(activity: Activity) -> str:
    thread = " (thread)" if activity.lane == "thread" else ""
    return f"{activity.name} (cancelled)" if activity.outcome == "cancelled" else f"{activity.name}{thread}"


def _end(activity: Activity, recording: Recording) -> float:
    return recording.seconds if activity.end is None else activity.end
