"""Draws the map of the course, ``docs/course-map.svg``, from ``notebooks/course.json``: a card for each chapter.

The way through the course goes from card to card. Each leads to its chapter, and says how long that takes and which
chapters it stands on. The colors are the cards' own, so that the map can be read on a light page and on a dark one.
"""

from __future__ import annotations

import json
from html import escape
from textwrap import wrap
from typing import Any

CARDS_IN_A_ROW = 4
WIDTH, HEIGHT = 172, 96  # of a card, in pixels, as is all that follows
GAP, ROW_GAP = 24, 36
MARGIN = 6
TITLE_LENGTH = 17  # letters that a line of a title has room for

CARD = 'fill="#eef4fb" stroke="#0b6eb0" stroke-width="1.5"'
WAY = 'fill="none" stroke="#7b8794" stroke-width="2" marker-end="url(#course-map-arrow)"'
FONT = "font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\""


def course_map(index: str) -> str:
    """Return the map as the text of an SVG file that lies in ``docs/``.

    Args:
        index: the text of ``notebooks/course.json``.
    """
    chapters = json.loads(index)["chapters"]
    rows = -(-len(chapters) // CARDS_IN_A_ROW)
    width = 2 * MARGIN + CARDS_IN_A_ROW * (WIDTH + GAP) - GAP
    height = 2 * MARGIN + rows * (HEIGHT + ROW_GAP) - ROW_GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="100%" '
        f'style="max-width: {width}px" role="group" aria-labelledby="course-map-title course-map-desc" {FONT}>',
        '<title id="course-map-title">The map of the course</title>',
        f'<desc id="course-map-desc">{escape(description(chapters))}</desc>',
        '<defs><marker id="course-map-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" '
        'orient="auto"><path d="M 0 0 L 8 4 L 0 8 z" fill="#7b8794"/></marker></defs>',
        *(f'<path d="{_way(number)}" {WAY}/>' for number in range(1, len(chapters))),
        *(line for number, chapter in enumerate(chapters) for line in _card(number, chapter)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def description(chapters: list[dict[str, Any]]) -> str:
    """Return in words what the map shows."""
    minutes = sum(chapter["minutes"] for chapter in chapters)
    told = [f"{int(chapter['number'])}, {chapter['title']}{_needs(chapter, ' (needs ', ')')}" for chapter in chapters]
    return f"{len(chapters)} chapters, {minutes / 60:.0f} hours, each leading to the next: {'; '.join(told)}."


def _corner(number: int) -> tuple[int, int]:
    row, column = divmod(number, CARDS_IN_A_ROW)
    return MARGIN + column * (WIDTH + GAP), MARGIN + row * (HEIGHT + ROW_GAP)


def _way(number: int) -> str:
    """Return the path from the card before to this one: to the right, or down to the beginning of the next row."""
    x, y = _corner(number)
    if number % CARDS_IN_A_ROW:
        return f"M {x - GAP} {y + HEIGHT // 2} H {x - 2}"
    before, _ = _corner(number - 1)
    return f"M {before + WIDTH // 2} {y - ROW_GAP} V {y - ROW_GAP // 2} H {x + WIDTH // 2} V {y - 2}"


def _card(number: int, chapter: dict[str, Any]) -> list[str]:
    x, y = _corner(number)
    title = wrap(chapter["title"], TITLE_LENGTH)
    name = f"Chapter {int(chapter['number'])}: {chapter['title']}, {chapter['minutes']} minutes"
    return [
        f'<a href="../{escape(chapter["notebook"])}" aria-label="{escape(name)}" style="text-decoration: none">',
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8" {CARD}/>',
        _text(x + 12, y + 24, str(int(chapter["number"])), 'font-size="17" font-weight="700" fill="#0b4f80"'),
        _text(x + WIDTH - 12, y + 23, f"{chapter['minutes']} min", 'font-size="12" fill="#475569" text-anchor="end"'),
        *(
            _text(x + 12, y + 45 + 17 * line, words, 'font-size="14" font-weight="600" fill="#1f2933"')
            for line, words in enumerate(title)
        ),
        _text(x + 12, y + HEIGHT - 10, _needs(chapter, "needs "), 'font-size="12" fill="#475569"'),
        "</a>",
    ]


def _needs(chapter: dict[str, Any], before: str, after: str = "") -> str:
    needs = ", ".join(str(int(number)) for number in chapter["needs"])
    return f"{before}{needs}{after}" if needs else ""


def _text(x: int, y: int, words: str, looks: str) -> str:
    return f'<text x="{x}" y="{y}" {looks}>{escape(words)}</text>'
