"""The story in motion: an SVG that moves by itself, without a script, ten seconds long, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.course.burgers.scene import AXIS, HEIGHT, LEFT, LOOKS, RIGHT, WIDTH, backdrop, document, grill, person, spot
from fwlab.lab.figures.figure import INK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fwlab.course.burgers.story import Customer, Story

PLAYS, RESTS = 10, 2
"""Seconds that the animation plays, and that it then stands still before it begins again."""

_GLIDE = 0.02  # of the whole, that a walk from place to place takes


def animation(story: Story) -> str:
    """Return the story as an animated SVG."""
    parts = [backdrop(story)]
    parts += [_patty(story, customer) for customer in story.customers]
    parts += [_customer(story, customer) for customer in story.customers]
    end = _share(story, story.seconds)
    move = _animate("cx", [LEFT, RIGHT, RIGHT], [0, end, 1])
    parts.append(f'<circle cx="{LEFT}" cy="{AXIS}" r="5" fill="{INK}">{move}</circle>')
    return document("".join(parts), WIDTH, HEIGHT, story.summary(), " ".join(story.sentences()))


def _customer(story: Story, customer: Customer) -> str:
    moments, spots, looks = [], [], []
    for stay in customer.stays:
        moments.append(stay.start)
        spots.append(spot(story, customer, stay))
        looks.append(LOOKS[stay.place])
    last = customer.at(customer.served)
    moments.append(customer.served)
    spots.append(spot(story, customer, last))
    looks.append(LOOKS["served"])
    begins = [_share(story, moment) for moment in moments]
    circle, text = person(customer.number, *looks[0])
    x, y = spots[0]
    return (
        f'<g transform="translate({x} {y})">{_walk(spots, begins)}'
        f"{circle}>{_switch('fill', [fill for fill, _ in looks], begins)}</circle>"
        f"{text}{_switch('fill', [ink for _, ink in looks], begins)}</text></g>"
    )


def _walk(spots: Sequence[tuple[int, int]], begins: Sequence[float]) -> str:
    """Return the walk from place to place: each arrives when its stay begins, so that a moment held is a true one."""
    values, times = [spots[0]], [0.0]
    for before, there, begin in zip(spots, spots[1:], begins[1:], strict=False):
        begin = max(begin, times[-1])
        values += [before, there]
        times += [max(begin - _GLIDE, times[-1]), begin]
    values.append(values[-1])
    times.append(1.0)
    return _animate("transform", [f"{x} {y}" for x, y in values], times, transform=True)


def _patty(story: Story, customer: Customer) -> str:
    """Return a customer's patty, which is there while it is grilled, with the part of it that is done."""
    stays = [stay for stay in customer.stays if grill(story, customer, stay)]
    if not stays:
        return ""
    place = grill(story, customer, stays[0])
    assert place is not None
    x, y = place
    begin, end = _share(story, stays[0].start), _share(story, stays[-1].end)
    width = 28
    there = _switch("opacity", [0, 1, 0], [0, begin, end])
    grow = _animate("width", [0, 0, width, width], [0, begin, end, 1])
    return (
        f'<g opacity="0">{there}<ellipse cx="{x}" cy="{y}" rx="14" ry="7" fill="#8a4b2a"/>'
        f'<text x="{x}" y="{y - 11}" text-anchor="middle" font-size="10" fill="{INK}">{customer.number}</text>'
        f'<rect x="{x - 14}" y="{y + 11}" width="{width}" height="5" fill="#ffffff" stroke="{INK}" stroke-width="0.7"/>'
        f'<rect x="{x - 14}" y="{y + 11}" width="0" height="5" fill="{INK}">{grow}</rect></g>'
    )


def _share(story: Story, moment: float) -> float:
    """Return a moment of the story as a part of the animation, from 0 to 1."""
    return moment / (story.seconds or 1.0) * PLAYS / (PLAYS + RESTS)


def _animate(name: str, values: Sequence[object], times: Sequence[float], *, transform: bool = False) -> str:
    tag = 'animateTransform type="translate"' if transform else "animate"
    return f'<{tag} attributeName="{name}" {_keys(values, times)}/>'


def _switch(name: str, values: Sequence[object], times: Sequence[float]) -> str:
    """Return a change from one value to the next without anything in between."""
    return f'<animate attributeName="{name}" calcMode="discrete" {_keys(values, [0.0, *times[1:]])}/>'


def _keys(values: Sequence[object], times: Sequence[float]) -> str:
    return (
        f'dur="{PLAYS + RESTS}s" repeatCount="indefinite" values="{";".join(map(str, values))}" '
        f'keyTimes="{";".join(f"{time:.4f}" for time in times)}"'
    )
