"""A learner's answer: the names that their cells defined, and the text of those cells."""

from __future__ import annotations

import ast
import inspect
import linecache
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zlib import crc32

from fwlab.grading.finding import Finding
from fwlab.lab.translation import gettext
from fwlab.places import is_users_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Answer:
    """What a task's checks get to see of the learner's work.

    Attributes:
        namespace: every name that the learner's cells have defined.
        cells: the text of each cell that defines what the task asks for, by the file name that Python has for it. Empty
            where Python does not know the text.
    """

    namespace: Mapping[str, Any]
    cells: Mapping[str, str]

    def require(self, name: str) -> Any:
        """Return what the learner's cells call `name`.

        Raises:
            Finding: there is nothing of that name.

        Example:
            >>> Answer({"app": "the app"}, {}).require("app")
            'the app'
        """
        if name not in self.namespace:
            missing = Finding(
                gettext("There is no `{name}` any more.", name=name),
                gettext("Keep the name `{name}`, and run its cell again.", name=name),
            )
            missing.diagnosis = "missing-name"
            raise missing
        return self.namespace[name]

    def function(self, name: str) -> Callable[..., Any]:
        """Return the function, or the class, that the learner's cells call `name`.

        Raises:
            Finding: there is nothing of that name, or nothing that can be called.

        Example:
            >>> Answer({"double": lambda n: 2 * n}, {}).function("double")(21)
            42
        """
        value = self.require(name)
        if not callable(value):
            other = Finding(
                gettext(
                    "`{name}` is no function any more: it is of type {type}.", name=name, type=type(value).__name__
                ),
                gettext("Does another line of the cell give the name `{name}` to something else?", name=name),
            )
            other.diagnosis = "no-function"
            raise other
        return value  # type: ignore[no-any-return]

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of all cells, for diagnoses that look at how something is written.

        Example:
            >>> answer = Answer({}, {"<cell 1>": "async def stock(): ..."})
            >>> [node.name for node in ast.walk(answer.tree) if isinstance(node, ast.AsyncFunctionDef)]
            ['stock']
        """
        return ast.Module([line for cell in self.cells.values() for line in ast.parse(cell).body], type_ignores=[])

    def renewed(self) -> Answer:
        """Return the same answer, its cells run once more, in a copy of the namespace.

        A lock of asyncio belongs to the event loop that it was first waited on in, and an app's counters and caches
        keep what happened to them. In a kernel those are the learner's loop and app; a check leaves them in peace.
        Where the cells cannot be run by themselves, the answer is returned as it is.

        Example:
            >>> kernels = {"orders": ["a burger"]}
            >>> Answer(kernels, {"<cell 1>": "orders = []"}).renewed().namespace["orders"], kernels["orders"]
            ([], ['a burger'])
        """
        if self.namespace.get("__file__") in self.cells:  # a script: it does more than to define an app
            return self
        namespace = dict(self.namespace)
        try:
            for filename, cell in self.cells.items():
                exec(compile(cell, filename, "exec", dont_inherit=True), namespace)
        except Exception:
            return self
        return Answer(namespace, self.cells)


def names_defined(source: str) -> set[str]:
    r"""Return the names that a cell assigns or defines at its top level; what it only imports is not its own.

    Example:
        >>> sorted(names_defined("import anyio\napp = App()\ndef stock(): ..."))
        ['app', 'stock']
    """
    names: set[str] = set()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            names |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_set(node)}
    return names


def answer_of(source: str, name: str) -> Answer:
    """Run a cell, and return it as an answer: the names that it defines, and its text where tracebacks look for it.

    Args:
        source: the cell.
        name: what to call it.

    Example:
        >>> answer_of("burgers = 6 * 7", "e01.1").require("burgers")
        42
    """
    filename = f"<answer {name} {crc32(source.encode()):08x}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, filename, "exec", dont_inherit=True), namespace)
    return Answer(namespace, {filename: source})


def cells_defining(names: set[str], namespace: Mapping[str, Any]) -> dict[str, str]:
    """Return the text of the cells of a kernel that gave `names` what they hold now, by file name, as they ran.

    IPython keeps the text of cells with functions in :mod:`linecache`, as a file is kept there, and of all cells in a
    list. A function knows its file; of other names the last cell counts that defines them. So a cell that was replaced
    does not count, even where a helper of it is still there.
    """
    files = dict.fromkeys(file for file in map(_file_of, namespace.values()) if file)
    texts = {file: text for file in files if (text := "".join(linecache.getlines(file)))}
    ran = namespace.get("In")
    history = [cell for cell in ran if isinstance(cell, str)] if isinstance(ran, list) else []
    last_ran = {text.strip(): number for number, text in enumerate(history)}
    file_of = {text.strip(): file for file, text in texts.items()}
    found: dict[str, str] = {}
    for name in sorted(names):
        own = _file_of(namespace.get(name))
        defining = [number for number, text in enumerate(history) if name in _names_or_none(text)]
        if own is not None and name in _names_or_none(texts.get(own, "")):
            found[own] = texts[own]
        elif defining:
            text = history[defining[-1]]
            found[file_of.get(text.strip(), f"<In [{defining[-1]}]>")] = text
        else:
            found |= cells_among({name}, texts)
    places = {file: place for place, file in enumerate(files)}
    return dict(sorted(found.items(), key=lambda cell: (last_ran.get(cell[1].strip(), -1), places.get(cell[0], -1))))


def cells_among(names: set[str], cells: Mapping[str, str]) -> dict[str, str]:
    """Return those of the cells that define any of `names`."""
    return {file: text for file, text in cells.items() if text and names & _names_or_none(text)}


def same_code(one: str, other: str) -> bool:
    """Tell whether two cells are the same program: comments, blank lines and layout do not count.

    Example:
        >>> same_code("x = 1  # one", "x=1"), same_code("x = 1", "x = 2")
        (True, False)
    """
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError):
        return False


def _is_set(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _names_or_none(source: str) -> set[str]:
    try:
        return names_defined(source)
    except (SyntaxError, ValueError):
        return set()


def _file_of(value: object) -> str | None:
    """Return the file of a function of the learner's own."""
    code = getattr(inspect.unwrap(value), "__code__", None) if inspect.isfunction(value) else None
    return code.co_filename if code is not None and is_users_file(code.co_filename) else None
