"""Excerpts of the source, as it is: so that a chapter which walks through a program cannot show another one.

An excerpt is read from the object itself. What has been renamed, grown too long or lost the line that it began with
raises, here and in the tests.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fwlab.exceptions import FwlabError

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 19
"""Lines that can be taken in at once."""


@dataclass(frozen=True)
class Excerpt:
    """Some lines of a function.

    Attributes:
        source: where they stand: ``"fwlab/routing.py, Index.match"``.
        text: the lines, without the docstring.
    """

    source: str
    text: str

    def __str__(self) -> str:
        return f"# {self.source}\n{self.text}"

    __repr__ = __str__

    def _repr_markdown_(self) -> str:
        return f"```python\n{self}\n```"


def excerpt(function: Callable[..., Any], *, first: str = "", last: str = "") -> Excerpt:
    """Return the source of a function, or a part of it, without its docstring.

    Args:
        function: of Python's, with a file.
        first: what the line holds that the part begins with. Default: the line with the ``def``.
        last: what the line holds that it ends with, the first such after that. Default: the last line of all.

    Raises:
        FwlabError: no line holds that, or the part has more than 19 lines.

    Example:
        >>> from fwlab.concurrency import lane_of
        >>> excerpt(lane_of, first="return")
        # fwlab/concurrency.py, lane_of
        return "loop" if asynchronous else "thread"
    """
    name = f"{function.__module__.replace('.', '/')}.py, {function.__qualname__}"
    lines = _without_docstring(textwrap.dedent(inspect.getsource(function)))
    begin = _find(lines, first, 0, name) if first else 0
    end = _find(lines, last, begin, name) if last else len(lines) - 1
    part = lines[begin : end + 1]
    if len(part) > LONGEST:
        raise FwlabError(f"The excerpt of {name} has {len(part)} lines, and {LONGEST} at most are read: cut it.")
    return Excerpt(name, textwrap.dedent("\n".join(part)))


def _without_docstring(source: str) -> list[str]:
    lines = source.splitlines()
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
    if ast.get_docstring(function) is not None:
        said = function.body[0]
        del lines[said.lineno - 1 : said.end_lineno]
    return lines


def _find(lines: list[str], wanted: str, begin: int, name: str) -> int:
    for number in range(begin, len(lines)):
        if wanted in lines[number]:
            return number
    raise FwlabError(f"No line of {name} holds {wanted!r} from line {begin + 1} on: its source has changed.")
