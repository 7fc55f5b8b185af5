"""From a method and a path to a path operation. The cost does not grow with the number of routes.

Paths without parameters are looked up whole, in a dict. Templates are cut into segments and kept in a trie, so a path
walks down one level a segment. Where several templates fit, the one that was declared first wins, as in FastAPI; an
exact path that an earlier template covers belongs to that template.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable
from typing import Any

from fwlab.endpoint import Plan
from fwlab.exceptions import DefinitionError, HTTPException
from fwlab.openapi.document import Operation

# Python reads an int of this many digits whatever its settings; a longer one it may refuse.
_DIGITS = sys.int_info.str_digits_check_threshold
_CONVERTORS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "str": (r"[^/]+", str),
    "path": (r".*", str),
    "int": (rf"[0-9]{{1,{_DIGITS}}}", int),
    "float": (r"[0-9]+(?:\.[0-9]+)?", float),
}
_PARAMETER = re.compile(r"\{([^{}]*)\}")


@dataclasses.dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with ``{parameters}``, read once.

    Attributes:
        text: as it was written.
        names: its parameters, from left to right.
        convertors: for each parameter, what makes its value of the text in the path.
        segments: between the slashes: a literal text, or a pattern with one group a parameter.
        tail: from the first ``{parameter:path}`` on, a pattern for all that is left, since it may hold slashes.
    """

    text: str
    names: tuple[str, ...]
    convertors: tuple[Callable[[str], Any], ...]
    segments: tuple[str | re.Pattern[str], ...]
    tail: re.Pattern[str] | None

    @property
    def openapi(self) -> str:
        """The template as OpenAPI writes it, without the convertors' names."""
        return _PARAMETER.sub(lambda match: "{" + match[1].partition(":")[0] + "}", self.text)


def parse_template(text: str, owner: str) -> PathTemplate:
    """Read a path template such as ``/burgers/{n}`` or ``/files/{where:path}``.

    Raises:
        DefinitionError: when it does not parse; ``owner`` opens the message.

    Example:
        >>> parse_template("/burgers/{n}/with/{sauce}", "handler 'burgers'").names
        ('n', 'sauce')
    """
    if not text.startswith("/"):
        raise DefinitionError(f"{owner}: the path {text!r} does not begin with a slash; write {'/' + text!r}.")
    names: list[str] = []
    convertors: list[Callable[[str], Any]] = []
    for match in _PARAMETER.finditer(text):
        name, _, convertor = match[1].partition(":")
        if not name.isidentifier():
            raise DefinitionError(f"{owner}: in the path {text!r}, {match[0]} needs the name of an argument.")
        if name in names:
            raise DefinitionError(f"{owner}: the path {text!r} has {{{name}}} twice; give each its own name.")
        if (convertor or "str") not in _CONVERTORS:
            raise DefinitionError(
                f"{owner}: in the path {text!r}, {match[0]} names no known kind; use one of {', '.join(_CONVERTORS)}."
            )
        names.append(name)
        convertors.append(_CONVERTORS[convertor or "str"][1])
    if "{" in _PARAMETER.sub("", text) or "}" in _PARAMETER.sub("", text):
        raise DefinitionError(f"{owner}: the path {text!r} has a brace without its partner.")
    segments = text[1:].split("/")
    tail_at = next((at for at, segment in enumerate(segments) if ":path}" in segment), len(segments))
    return PathTemplate(
        text=text,
        names=tuple(names),
        convertors=tuple(convertors),
        segments=tuple(_pattern(segment) if "{" in segment else segment for segment in segments[:tail_at]),
        tail=_pattern("/".join(segments[tail_at:])) if tail_at < len(segments) else None,
    )


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(text)
    for index in range(1, len(parts), 2):
        parts[index] = f"({_CONVERTORS[parts[index].partition(':')[2] or 'str'][0]})"
    parts[::2] = map(re.escape, parts[::2])
    return re.compile("".join(parts), re.DOTALL)


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """One path operation as it was registered: its path, its method, its plan, and what OpenAPI says of it."""

    template: PathTemplate
    method: str
    name: str
    plan: Plan
    operation: Operation | None

    @property
    def replaces(self) -> tuple[str, str, str]:
        """What makes a later route the same one, written again: running a notebook's cell twice replaces it."""
        return (self.method, self.template.text, self.name)


@dataclasses.dataclass(slots=True)
class _Node:
    """One level of the trie: which segments may follow, and which routes end here, by method and order."""

    literals: dict[str, _Node] = dataclasses.field(default_factory=dict)
    whole: _Node | None = None
    patterns: dict[re.Pattern[str], _Node] = dataclasses.field(default_factory=dict)
    tails: dict[re.Pattern[str], dict[str, int]] = dataclasses.field(default_factory=dict)
    ends: dict[str, int] = dataclasses.field(default_factory=dict)


_WHOLE_SEGMENT = _pattern("{any}")


class Router:
    """The routes of an app, in the order in which they were declared, and their index.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> @app.get("/burgers/{n}")
        ... async def burgers(n: int): ...
        >>> route, path_params = app.router.match("GET", "/burgers/2")
        >>> route.name, path_params
        ('burgers', {'n': '2'})
    """

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self._exact: dict[str, dict[str, Route]] = {}
        self._root: _Node | None = None

    def add(self, route: Route) -> None:
        """Register a route; the same route again (same method, path and function name) takes the old one's place."""
        for order, old in enumerate(self.routes):
            if old.replaces == route.replaces:
                self.routes[order] = route
                break
        else:
            self.routes.append(route)
        self._root = None

    def match(self, method: str, path: str) -> tuple[Route, dict[str, Any]]:
        """Return the route for a request and the values of its path's parameters.

        Raises:
            HTTPException: 404 when no path fits; 405 with ``Allow`` when only other methods do.
        """
        root = self._root or self._build_index()
        at_path = self._exact.get(path)
        if at_path is not None:
            route = at_path.get(method)
            if route is not None and not route.template.names:
                return route, {}
        found = _Search(method)
        found.walk(root, path[1:].split("/"), 0, ())
        if found.order is not None:
            route = self.routes[found.order]
            template = route.template
            values = zip(template.names, template.convertors, found.values, strict=True)
            return route, {name: convert(text) for name, convert, text in values}
        allowed = found.other_methods | (at_path.keys() if at_path is not None else set())
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)

    def _build_index(self) -> _Node:
        root = _Node()
        exact: dict[str, dict[str, Route]] = {}
        for order, route in enumerate(self.routes):
            if route.template.names:
                _insert(root, route, order)
                continue
            # An earlier template that covers this path for this method wins.
            covered = _Search(route.method)
            covered.walk(root, route.template.text[1:].split("/"), 0, ())
            first = route if covered.order is None else self.routes[covered.order]
            exact.setdefault(route.template.text, {}).setdefault(route.method, first)
        self._exact, self._root = exact, root
        return root


def _insert(root: _Node, route: Route, order: int) -> None:
    node = root
    for segment in route.template.segments:
        if isinstance(segment, str):
            node = node.literals.setdefault(segment, _Node())
        elif segment == _WHOLE_SEGMENT:
            node.whole = node.whole or _Node()
            node = node.whole
        else:
            node = node.patterns.setdefault(segment, _Node())
    ends = node.ends if route.template.tail is None else node.tails.setdefault(route.template.tail, {})
    ends.setdefault(route.method, order)


class _Search:
    """A walk down the trie for one method: the earliest route that fits, and which other methods would have."""

    __slots__ = ("method", "order", "other_methods", "values")

    def __init__(self, method: str) -> None:
        self.method = method
        self.order: int | None = None
        self.values: tuple[str, ...] = ()
        self.other_methods: set[str] = set()

    def walk(self, node: _Node, segments: list[str], depth: int, values: tuple[str, ...]) -> None:
        """Follow every branch that the segments from ``depth`` on allow."""
        if depth == len(segments):
            self._reach(node.ends, values)
            return
        if node.tails:
            rest = "/".join(segments[depth:])
            for pattern, ends in node.tails.items():
                if match := pattern.fullmatch(rest):
                    self._reach(ends, values + match.groups())
        segment = segments[depth]
        below = node.literals.get(segment)
        if below is not None:
            self.walk(below, segments, depth + 1, values)
        if node.whole is not None and segment:
            self.walk(node.whole, segments, depth + 1, (*values, segment))
        for pattern, below in node.patterns.items():
            if match := pattern.fullmatch(segment):
                self.walk(below, segments, depth + 1, values + match.groups())

    def _reach(self, ends: dict[str, int], values: tuple[str, ...]) -> None:
        order = ends.get(self.method)
        if order is None:
            self.other_methods.update(ends)
        elif self.order is None or order < self.order:
            self.order, self.values = order, values
