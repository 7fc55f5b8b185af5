"""A notebook in another language: the prose of the catalogue, and the same code.

A cell of code may be translated, too, where its comments or its texts are read by people: as a whole, and only so that
nothing else in it differs. The links lead to what there is in the same language, and else to the English files.
"""

from __future__ import annotations

import ast
import copy
import io
import os
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

from prose import pieces, translated, with_links

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode


def texts_of(notebook: NotebookNode, *, with_code: bool) -> Iterator[tuple[str, str]]:
    """Yield each text that can be translated, with the id of its cell; the notebook's title comes first.

    Args:
        notebook: in normal form.
        with_code: whether the code is to be read as well: that of an exercise is not, for a starter is compared.
    """
    if title := notebook.metadata.get("fwlab", {}).get("title"):
        yield "title", title
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            if cell.metadata.get("fwlab", {}).get("role") == "hint":  # what hint() shows is looked up as a whole
                yield cell["id"], cell.source.strip()
                continue
            yield from ((cell["id"], piece.text) for piece in pieces(cell.source) if piece.is_prose)
        elif with_code and is_read(cell.source):
            yield cell["id"], cell.source


def is_read(code: str) -> bool:
    """Tell whether a cell has a comment, or a text of more than one word."""
    try:
        tree = ast.parse(code)
        comments = [token for token in tokenize.generate_tokens(io.StringIO(code).readline) if _is_comment(token)]
    except (SyntaxError, tokenize.TokenError):  # a magic
        return False
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return bool(comments) or any(" " in text.strip() for text in texts)


def does_the_same(code: str, other: str) -> bool:
    """Tell whether two cells differ only in comments and in what is written between quotes."""
    try:
        return ast.dump(_without_texts(code)) == ast.dump(_without_texts(other))
    except SyntaxError:
        return False


def translate(
    notebook: NotebookNode, say: Callable[[str], str], lead: Callable[[str], str], language: str
) -> NotebookNode:
    """Return a notebook in another language, without outputs.

    Args:
        notebook: the original.
        say: gives a text in the language, or as it is.
        lead: gives the target of a link of the original, as it is to be written in the translation.
        language: its code.
    """
    made = copy.deepcopy(notebook)
    ours = made.metadata["fwlab"]
    ours["language"] = language
    if "title" in ours:
        ours["title"] = say(ours["title"])
    for cell in made.cells:
        if cell.cell_type == "markdown":
            cell.source = with_links(translated(cell.source, say), lead)
            continue
        cell.outputs, cell.execution_count = [], None
        if "figure" in cell.metadata.get("fwlab", {}):  # the picture in the docs is the original's
            del cell.metadata["fwlab"]
        said = say(cell.source)
        if does_the_same(said, cell.source):
            cell.source = said
    return made


def leading(original: Path, translation: Path, twins: dict[Path, Path]) -> Callable[[str], str]:
    """Return what rewrites a link of the original for the translation, which may stand in another folder.

    Args:
        original: the English file.
        translation: the file in the other language.
        twins: every file that there is in that language, by the English one.
    """

    def lead(target: str) -> str:
        file, mark, anchor = target.partition("#")
        if not file or "://" in target or target.startswith("mailto:"):
            return target
        linked = Path(os.path.normpath(original.parent / file))
        if linked == original:  # a translation that links to it means it
            return target
        to = Path(os.path.relpath(twins.get(linked, linked), translation.parent)).as_posix()
        return f"{to}{mark}{anchor}"

    return lead


def _is_comment(token: tokenize.TokenInfo) -> bool:
    return token.type == tokenize.COMMENT


class _Emptied(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.JoinedStr([self.visit(part) for part in node.values if isinstance(part, ast.FormattedValue)])


def _without_texts(code: str) -> ast.AST:
    return _Emptied().visit(ast.parse(code))
