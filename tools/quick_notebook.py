"""The quick form of a chapter: its headings, its code and its figures, for whoever has read it and looks something up.

It is made of the chapter as it was executed, so it needs no run of its own, and it runs from top to bottom as the
chapter does.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from nbformat import NotebookNode

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADING = re.compile(r"(#{1,6}) .+")
ASKS = re.compile(r"^(quiz|check|hint|solution|reset|progress)\(", re.MULTILINE)


def quick(chapter: NotebookNode, file: str) -> NotebookNode:
    """Return the quick form of an executed chapter; its new cells have no ids yet.

    Prose goes, except for the headings that code follows; so do the cells that ask the reader something.

    Args:
        chapter: the chapter, in normal form.
        file: the chapter's file name, to link to.
    """
    cells = list(_with_code(_pieces(chapter)))
    number, _, _ = file.partition("_")
    intro = f"The headings, the code and the figures of [chapter {int(number)}](../{file}), for whoever has read it."
    cells.insert(1, _prose(intro))
    return NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def _pieces(chapter: NotebookNode) -> Iterator[NotebookNode]:
    """Yield each code cell that is kept, and each heading as a cell of its own."""
    for cell in chapter.cells:
        if cell.cell_type == "code":
            if not ASKS.search(cell.source):
                yield copy.deepcopy(cell)
            continue
        yield from map(_prose, _headings(cell.source))


def _prose(source: str) -> NotebookNode:
    return NotebookNode(cell_type="markdown", id="", metadata=NotebookNode(), source=source)


def _headings(source: str) -> Iterator[str]:
    in_code = False
    for line in source.splitlines():
        in_code ^= line.startswith("```")
        if not in_code and HEADING.fullmatch(line):
            yield line


def _with_code(cells: Iterator[NotebookNode]) -> Iterator[NotebookNode]:
    """Leave out the headings under which nothing is left; the title stays."""
    pending: list[NotebookNode] = []
    for cell in cells:
        if cell.cell_type == "code":
            yield from pending
            pending = []
            yield cell
        else:
            level = _level(cell)
            pending = [heading for heading in pending if _level(heading) < level or _level(heading) == 1]
            pending.append(cell)


def _level(cell: NotebookNode) -> int:
    return len(cell.source) - len(cell.source.lstrip("#"))
