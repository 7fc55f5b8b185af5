"""From a method and a path to a route. The cost does not grow with the number of routes.

Paths without parameters are looked up whole, in a dict. Templates are cut into segments and kept in a trie, so a path
walks down one level a segment. Where several templates fit, the one that was declared first wins, as in FastAPI; an
exact path that an earlier template covers belongs to that template.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote
from uuid import UUID

from fwlab.exceptions import DefinitionError, HTTPException

# Python reads an int of this many digits whatever its settings; a longer one it may refuse.
_DIGITS = sys.int_info.str_digits_check_threshold
_CONVERTORS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "str": (r"[^/]+", str),
    "path": (r".*", str),
    "int": (rf"[0-9]{{1,{_DIGITS}}}", int),
    "float": (r"[0-9]+(?:\.[0-9]+)?", float),
}
_CONVERTORS["uuid"] = (r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}", UUID)
_PARAMETER = re.compile(r"\{(?!\$)([^{}]*)\}")
_EXPRESSION = re.compile(r"\{\$[^{}]*\}")  # OpenAPI's, in the path of a callback: {$request.body.id}


@dataclasses.dataclass(frozen=True, slots=True)
class PathTemplate:
    """A path with ``{parameters}``, read once.

    Attributes:
        text: as it was written.
        names: its parameters, from left to right.
        convertors: for each parameter, what makes its value of the text in the path.
        segments: between the slashes: a literal text, or a pattern with one group a parameter.
        plain: whether every value is its text.
        tail: from the first ``{parameter:path}`` on, a pattern for all that is left, since it may hold slashes.
    """

    text: str
    names: tuple[str, ...]
    convertors: tuple[Callable[[str], Any], ...]
    segments: tuple[str | re.Pattern[str], ...]
    tail: re.Pattern[str] | None
    plain: bool

    @property
    def openapi(self) -> str:
        """The template as OpenAPI writes it, without the convertors' names."""
        return _PARAMETER.sub(lambda match: "{" + match[1].partition(":")[0] + "}", self.text)

    def values(self, texts: Sequence[str]) -> dict[str, Any]:
        """Return the value of each parameter, of its text in the path."""
        if self.plain:
            return dict(zip(self.names, texts, strict=True))
        parts = zip(self.names, self.convertors, texts, strict=True)
        return {name: convert(text) for name, convert, text in parts}

    def filled(self, values: Mapping[str, Any]) -> str:
        """Return the path with these values in the place of its parameters."""
        return _PARAMETER.sub(lambda match: quote(str(values[match[1].partition(":")[0]])), self.text)


def parse_template(text: str, owner: str) -> PathTemplate:
    """Read a path template such as ``/burgers/{n}`` or ``/files/{where:path}``.

    Raises:
        DefinitionError: when it does not parse; ``owner`` opens the message.

    Example:
        >>> parse_template("/burgers/{n}/with/{sauce}", "handler 'burgers'").names
        ('n', 'sauce')
    """
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
    literal = _EXPRESSION.sub("", _PARAMETER.sub("", text))
    if "{" in literal or "}" in literal:
        raise DefinitionError(f"{owner}: the path {text!r} has a brace without its partner.")
    segments = text[1:].split("/")
    tail_at = next((at for at, segment in enumerate(segments) if ":path}" in segment), len(segments))
    return PathTemplate(
        text=text,
        names=tuple(names),
        convertors=tuple(convertors),
        segments=tuple(_pattern(segment) if "{" in segment else segment for segment in segments[:tail_at]),
        tail=_pattern("/".join(segments[tail_at:])) if tail_at < len(segments) else None,
        plain=all(convert is str for convert in convertors),
    )


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PARAMETER.split(text)
    for index in range(1, len(parts), 2):
        parts[index] = f"({_CONVERTORS[parts[index].partition(':')[2] or 'str'][0]})"
    parts[::2] = map(re.escape, parts[::2])
    return re.compile("".join(parts), re.DOTALL)


ANY_METHOD = "*"
WEBSOCKET = "WEBSOCKET"  # stands for a method where a path is looked up for a WebSocket


class Matchable(Protocol):
    """What an index needs to know of a route."""

    @property
    def template(self) -> PathTemplate:
        """Its path."""

    @property
    def methods(self) -> Collection[str]:
        """The methods that it answers."""


R = TypeVar("R", bound=Matchable)


@dataclasses.dataclass(slots=True)
class _Node:
    """One level of the trie: which segments may follow, and which routes end here, by method and order."""

    literals: dict[str, _Node] = dataclasses.field(default_factory=dict)
    whole: _Node | None = None
    patterns: dict[re.Pattern[str], _Node] = dataclasses.field(default_factory=dict)
    tails: dict[re.Pattern[str], dict[str, int]] = dataclasses.field(default_factory=dict)
    ends: dict[str, int] = dataclasses.field(default_factory=dict)


_WHOLE_SEGMENT = _pattern("{any}")


class Index(Generic[R]):
    """Finds among many routes, in the order in which they were declared, the first one that fits.

    Args:
        routes: the routes in that order; the index does not notice when the list is changed later.

    Example:
        >>> from fwlab import App
        >>> app = App()
        >>> @app.get("/burgers/{n}")
        ... async def burgers(n: int): ...
        >>> route, path_params = Index(app.routes).match("GET", "/burgers/2")
        >>> route.name, path_params
        ('burgers', {'n': '2'})
    """

    def __init__(self, routes: Sequence[R]) -> None:
        self._routes = tuple(routes)
        self._root = _Node()
        self._exact: dict[str, dict[str, R]] = {}
        for order, route in enumerate(self._routes):
            if route.template.names:
                _insert(self._root, route, order)
            else:
                self._insert_exact(route)

    def _insert_exact(self, route: R) -> None:
        text = route.template.text
        for method in route.methods:
            # An earlier template that covers this path for this method wins.
            covered = _Search(method)
            covered.walk(self._root, text[1:].split("/"), 0, ())
            first = route if covered.order is None else self._routes[covered.order]
            self._exact.setdefault(text, {}).setdefault(method, first)

    def _straight(self, method: str, segments: list[str]) -> tuple[R, dict[str, Any]] | None:
        """Walk down the trie as long as there is only one way; None where it forks, or leads nowhere."""
        node = self._root
        values = []
        for segment in segments:
            if node.patterns or node.tails:
                return None
            below = node.literals.get(segment)
            if below is None:
                if node.whole is None or not segment:
                    return None
                values.append(segment)
                node = node.whole
            elif node.whole is None:
                node = below
            else:
                return None
        order = node.ends.get(method)
        if order is None or ANY_METHOD in node.ends:
            return None
        route = self._routes[order]
        return route, route.template.values(values)

    def match(self, method: str, path: str) -> tuple[R, dict[str, Any]]:
        """Return the route for a request and the values of its path's parameters.

        Raises:
            HTTPException: 404 when no path fits; 405 with ``Allow`` when only other methods do.
        """
        at_path = self._exact.get(path)
        if at_path is not None:
            route = at_path.get(method)
            if route is not None and not route.template.names:
                return route, {}
        segments = path[1:].split("/")
        straight = self._straight(method, segments)
        if straight is not None:
            return straight
        found = _Search(method)
        found.walk(self._root, segments, 0, ())
        if found.order is not None:
            route = self._routes[found.order]
            return route, route.template.values(found.values)
        allowed = (found.other_methods | (at_path.keys() if at_path is not None else set())) - {WEBSOCKET, ANY_METHOD}
        if allowed and method != WEBSOCKET:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)


def _insert(root: _Node, route: Matchable, order: int) -> None:
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
    for method in route.methods:
        ends.setdefault(method, order)


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
        any_order = ends.get(ANY_METHOD)
        if any_order is not None and (order is None or any_order < order):
            order = any_order
        if order is None:
            self.other_methods.update(ends)
        elif self.order is None or order < self.order:
            self.order, self.values = order, values
