"""The story standing still: six moments of it side by side, for paper, and for those who want nothing to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.course.burgers.scene import AXIS, HEIGHT, LEFT, LOOKS, RIGHT, WIDTH, backdrop, document, grill, person, spot
from fwlab.lab.figures.figure import FAINT, INK

if TYPE_CHECKING:
    from fwlab.course.burgers.story import Customer, Story

_FRAMES, _COLUMNS = 6, 2


def strip(story: Story) -> str:
    """Return six moments of the story as one SVG."""
    parts = []
    for frame in range(_FRAMES):
        row, column = divmod(frame, _COLUMNS)
        moment = story.seconds * (frame + 0.5) / (_FRAMES - 0.5)
        parts.append(f'<g transform="translate({column * WIDTH} {row * HEIGHT})">{_frame(story, moment)}</g>')
    size = WIDTH * _COLUMNS, HEIGHT * _FRAMES // _COLUMNS
    return document("".join(parts), *size, f"Six moments. {story.summary()}", " ".join(story.sentences()))


def _frame(story: Story, moment: float) -> str:
    x = LEFT + (RIGHT - LEFT) * min(moment / (story.seconds or 1.0), 1.0)
    return (
        backdrop(story)
        + "".join(_patty(story, customer, moment) for customer in story.customers)
        + "".join(_customer(story, customer, moment) for customer in story.customers)
        + f'<circle cx="{x:.1f}" cy="{AXIS}" r="5" fill="{INK}"/>'
        + f'<text x="{WIDTH // 2}" y="{AXIS + 18}" text-anchor="middle" font-size="13" font-weight="bold" fill="{INK}">'
        + f"at {1000 * moment:.0f} ms</text>"
        + f'<rect width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="{FAINT}" stroke-width="2"/>'
    )


def _customer(story: Story, customer: Customer, moment: float) -> str:
    stay = customer.at(moment)
    x, y = spot(story, customer, stay)
    circle, text = person(customer.number, *LOOKS[stay.place])
    return f'<g transform="translate({x} {y})">{circle}/>{text}</text></g>'


def _patty(story: Story, customer: Customer, moment: float) -> str:
    stay = customer.at(moment)
    place = grill(story, customer, stay)
    if place is None or moment < stay.start:
        return ""
    x, y = place
    return (
        f'<ellipse cx="{x}" cy="{y}" rx="14" ry="7" fill="#8a4b2a"/>'
        f'<text x="{x}" y="{y - 11}" text-anchor="middle" font-size="10" fill="{INK}">{customer.number}</text>'
    )
