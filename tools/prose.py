"""Markdown in pieces that can be translated one by one: paragraphs, headings, items of lists, rows of tables.

What stands between the pieces (fences, the marks of lists and headings, empty lines) is the same in every language and
is no translator's business. Two texts of the same pieces have the same form, however their lines are broken.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WIDTH = 120
HEADING = re.compile(r"(#{1,6} )(.+)")
ITEM = re.compile(r"(\s*(?:[-*]|\d+\.) )(.*)")
RULE = re.compile(r"[\s|:-]*")  # a table's line of dashes, and a row in which nothing is written
LINK = re.compile(r"(\]\()([^)\s]+)(\))")


@dataclass(frozen=True)
class Piece:
    """Some lines of a text.

    Attributes:
        lead: what stands before the first of them: the mark of a heading or of an item.
        text: what is to be translated, without line breaks; or else, the lines as they are.
        kind: ``"paragraph"``, ``"heading"``, ``"item"``, ``"row"``; or ``"as it is"``.
    """

    kind: str
    lead: str
    text: str

    @property
    def is_prose(self) -> bool:
        """Whether there is something to translate."""
        return self.kind != "as it is"

    def laid_out(self) -> str:
        """Return the lines, broken where they are long; rows and headings have one line each."""
        if self.kind not in {"paragraph", "item"}:
            return self.lead + self.text
        lines = textwrap.wrap(
            self.text,
            WIDTH,
            initial_indent=self.lead,
            subsequent_indent=" " * len(self.lead),
            break_long_words=False,
            break_on_hyphens=False,
        )
        return "\n".join(lines)


def pieces(markdown: str) -> Iterator[Piece]:
    """Yield the pieces of a text, in order; all of their lines together are the text."""
    open_lines: list[str] = []  # of the paragraph or item that goes on
    lead, kind, in_fence = "", "paragraph", False

    def closed() -> Iterator[Piece]:
        nonlocal lead, kind
        if open_lines:
            yield Piece(kind, lead, " ".join(line.strip() for line in open_lines))
        open_lines.clear()
        lead, kind = "", "paragraph"

    for line in markdown.split("\n"):
        if in_fence or line.lstrip().startswith(("```", ":::")):
            yield from closed()
            in_fence ^= line.lstrip().startswith("```")
            yield Piece("as it is", "", line)
        elif not line.strip() or (line.startswith("|") and RULE.fullmatch(line)):
            yield from closed()
            yield Piece("as it is", "", line)
        elif line.startswith("|"):
            yield from closed()
            yield Piece("row", "", line)
        elif heading := HEADING.fullmatch(line):
            yield from closed()
            yield Piece("heading", heading[1], heading[2])
        elif item := ITEM.fullmatch(line):
            yield from closed()
            lead, kind = item[1], "item"
            open_lines.append(item[2])
        else:
            open_lines.append(line)
    yield from closed()


def translated(markdown: str, say: Callable[[str], str]) -> str:
    """Return a text whose pieces are said in another language; a text that has no translation stays to the letter."""
    parts = list(pieces(markdown))
    said = [Piece(part.kind, part.lead, say(part.text)) if part.is_prose else part for part in parts]
    return markdown if said == parts else "\n".join(part.laid_out() for part in said)


def with_links(markdown: str, lead: Callable[[str], str]) -> str:
    """Return a text whose links lead elsewhere; those in fences stay."""
    lines, in_fence = [], False
    for line in markdown.split("\n"):
        in_fence ^= line.lstrip().startswith("```")
        lines.append(line if in_fence else LINK.sub(lambda link: link[1] + lead(link[2]) + link[3], line))
    return "\n".join(lines)
