"""The stage: where the line, the counters and the tables are, and what somebody there looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fwlab.lab.figures.figure import COLORS, FAINT, GRAY, INK

if TYPE_CHECKING:
    from fwlab.course.burgers.story import Customer, Place, Stay, Story

WIDTH, HEIGHT = 760, 330
LEFT, RIGHT, AXIS = 40, 720, 306  # of the time axis
_BLUE, _VERMILION, _GREEN, _PINK, _ORANGE, _SKY = COLORS
LOOKS: dict[Place, tuple[str, str]] = {
    # the fill, and the color of the number on it
    "line": ("#ffffff", INK),
    "cashier": (_VERMILION, "#ffffff"),
    "counter": (_BLUE, "#ffffff"),
    "table": (FAINT, INK),
    "served": ("#00664a", "#ffffff"),
}
_COLUMNS = 8
_STEP = 34


def spot(story: Story, customer: Customer, stay: Stay) -> tuple[int, int]:
    """Return where on the stage a customer is during a stay."""
    index = customer.number - story.customers[0].number
    row, column = divmod(index, _COLUMNS)
    if stay.place == "cashier":
        return (380, 222) if story.counters else (380, 152)
    if stay.place == "counter":
        return counter_x(story, stay.counter), 152
    x = 62 if stay.place == "line" else 460
    return x + _STEP * column, 212 + _STEP * row


def counter_x(story: Story, counter: int) -> int:
    """Return where a counter stands, from the left."""
    return round(WIDTH * (counter + 0.5) / max(story.counters, 1))


def grill(story: Story, customer: Customer, stay: Stay) -> tuple[int, int] | None:
    """Return where a customer's patty lies during a stay; ``None`` where nobody grills."""
    if stay.place == "counter":
        return counter_x(story, stay.counter), 72
    if stay.place != "table":
        return None
    index = customer.number - story.customers[0].number
    return 70 + round(620 * (index + 0.5) / len(story.customers)), 72


def backdrop(story: Story) -> str:
    """Return what stands still: the grill, the counters, the names of places, the time."""
    parts = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<rect x="20" y="40" width="720" height="58" rx="6" fill="#fff6e5" stroke="{_ORANGE}"/>',
        _label(28, 34, "the grill: patties cook by themselves"),
        _label(62, 192, "in line"),
        _label(460, 192, "tables" if story.counters else "tables: waiting with a number, then eating"),
    ]
    if story.counters:
        for counter in range(story.counters):
            x = counter_x(story, counter)
            parts.append(f'<rect x="{x - 30}" y="108" width="60" height="24" rx="4" fill="{FAINT}" stroke="{GRAY}"/>')
            parts.append(_label(x, 124, f"cook {counter + 1}", middle=True))
        if story.most_at("cashier"):  # before they come to a counter, or without one
            parts.append(f'<rect x="338" y="178" width="84" height="22" rx="4" fill="{FAINT}" stroke="{GRAY}"/>')
            parts.append(_label(380, 193, "the loop", middle=True))
    else:
        parts.append(f'<rect x="310" y="108" width="140" height="24" rx="4" fill="{FAINT}" stroke="{GRAY}"/>')
        parts.append(_label(380, 124, "the cashier (the loop)", middle=True))
    parts.append(f'<path d="M{LEFT} {AXIS}H{RIGHT}" stroke="{GRAY}"/>')
    parts.append(_label(LEFT, AXIS + 18, "0 ms"))
    parts.append(_label(RIGHT - 30, AXIS + 18, f"{1000 * story.seconds:.0f} ms", middle=True))
    return "".join(parts)


def person(number: int, fill: str, ink: str) -> tuple[str, str]:
    """Return a customer's circle and number, each without its closing tag, so that they can be set in motion."""
    circle = f'<circle r="13" fill="{fill}" stroke="{INK}" stroke-width="1.5"'
    text = f'<text y="4" text-anchor="middle" font-size="12" font-weight="bold" fill="{ink}"'
    return circle, f"{text}>{number}"


def document(body: str, width: int, height: int, title: str, description: str) -> str:
    """Return a whole SVG, which can be read aloud."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="DejaVu Sans, Verdana, sans-serif">'
        f"<title>{title}</title><desc>{description}</desc>{body}</svg>"
    )


def _label(x: int, y: int, text: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text x="{x}" y="{y}" font-size="11.5" fill="{INK}"{anchor}>{text}</text>'
