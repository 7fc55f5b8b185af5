"""From a method and a path to a route. The cost does not grow with the number of routes.

A route's path is a template, read once. Its *shape* is how many segments it has and which of them are literal. An
index looks the literal segments of a path up in a dict, once for each shape, of which an app has a handful; only the
templates found there are held against the path. Where several fit, the first that was declared wins, as in FastAPI.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from fwlab.exceptions import DefinitionError

if TYPE_CHECKING:
    from fwlab.routes import BaseRoute

ANY_METHOD = "*"
WEBSOCKET = "WEBSOCKET"  # stands for a method where a path is looked up for a WebSocket

# Python reads an int of this many digits whatever its settings; a longer one it may refuse.
_DIGITS = sys.int_info.str_digits_check_threshold
_CONVERTORS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "str": (r"[^/]+", str),
    "path": (r".*", str),
    "int": (rf"[0-9]{{1,{_DIGITS}}}", int),
    "float": (r"[0-9]+(?:\.[0-9]+)?", float),
    "uuid": (r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}", UUID),
}
# Braces with a dollar are no parameter, but OpenAPI's, in the path of a callback: {$request.body.id}
_PARAMETER = re.compile(r"\{(?!\$)([^{}:]*)(?::([^{}]*))?\}")


class PathTemplate:
    """A path with parameters, such as ``/burgers/{n}`` or ``/files/{where:path}``, read once.

    Args:
        text: as it was written.
        owner: opens the message about a template that does not parse.

    Attributes:
        text: as it was written.
        names: its parameters, from left to right, each with what makes its value of the text in the path.
        openapi: the template as OpenAPI writes it, without the convertors' names.
        sizes: how many segments a path that fits may have; any from a number on where a value may hold slashes.
        literals: which of its segments are literal, before the first such value.

    Raises:
        DefinitionError: when it does not parse.

    Example:
        >>> list(PathTemplate("/burgers/{n}/with/{sauce}", "handler 'burgers'").names)
        ['n', 'sauce']
    """

    def __init__(self, text: str, owner: str) -> None:
        self.text = text
        self.openapi = _PARAMETER.sub(r"{\1}", text)
        self.names: dict[str, Callable[[str], Any]] = {}
        pattern, end = "", 0
        for found in _PARAMETER.finditer(text):
            name, kind = found[1], found[2] or "str"
            if not name.isidentifier():
                raise DefinitionError(f"{owner}: in the path {text!r}, {found[0]} needs the name of an argument.")
            if name in self.names:
                raise DefinitionError(f"{owner}: the path {text!r} has {{{name}}} twice; give each its own name.")
            if kind not in _CONVERTORS:
                known = f"no known kind; use one of {', '.join(_CONVERTORS)}"
                raise DefinitionError(f"{owner}: in the path {text!r}, {found[0]} names {known}.")
            expression, self.names[name] = _CONVERTORS[kind]
            pattern += re.escape(text[end : found.start()]) + f"(?P<{name}>{expression})"
            end = found.end()
        self._pattern = re.compile(pattern + re.escape(text[end:]), re.DOTALL)
        if re.search("[{}]", re.sub(r"\{[^{}]*\}", "", text)):
            raise DefinitionError(f"{owner}: the path {text!r} has a brace without its partner.")
        before, rest, _ = text.partition(":path}")
        segments = before.split("/")
        self.sizes = slice(len(segments), None if rest else len(segments) + 1)
        self.literals = tuple(at for at, segment in enumerate(segments) if "{" not in segment)
        # Most parameters are a segment each, and their values its text: no pattern has to say so.
        self._places = [(name, segments.index(f"{{{name}}}")) for name in self.names if f"{{{name}}}" in segments]
        self._is_plain = len(self._places) == len(self.names)

    def values(self, path: str, segments: Sequence[str]) -> dict[str, Any] | None:
        """Return each parameter's value in a path that has the literal segments; None where the path does not fit."""
        values: dict[str, Any] = {}
        if self._is_plain:
            for name, at in self._places:
                values[name] = segments[at]
            return None if "" in values.values() else values
        found = self._pattern.fullmatch(path)
        return found and {name: self.names[name](text) for name, text in found.groupdict().items()}

    def filled(self, values: Mapping[str, Any]) -> str:
        """Return the path with these values in the place of its parameters."""
        return _PARAMETER.sub(lambda found: quote(str(values[found[1]])), self.text)


# The paths without parameters that no earlier template covers; and by the number of segments, for each shape, what
# picks the literal segments and the places of the routes that have these.
_Shape = tuple[Callable[[list[str]], Any], dict[Any, list[int]]]
_Table = tuple[dict[str, "BaseRoute"], list[dict[tuple[int, ...], _Shape]]]


class Index:
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

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = tuple(routes)
        self._longest = max((route.template.sizes.start for route in routes), default=0)
        sizes, methods = range(self._longest + 2), {ANY_METHOD}.union(*(route.methods for route in routes))
        self._tables: dict[str, _Table] = {method: ({}, [{} for _ in sizes]) for method in methods}
        for order, route in enumerate(routes):
            template, pick = route.template, itemgetter(*route.template.literals)
            for method in methods if ANY_METHOD in route.methods else route.methods:
                for shapes in self._tables[method][1][template.sizes]:
                    _, alike = shapes.setdefault(template.literals, (pick, {}))
                    alike.setdefault(pick(template.text.split("/")), []).append(order)
        for method, (exact, _) in self._tables.items():
            for route in [route for route in routes if method in route.methods and not route.template.names]:
                if (found := self.match(method, route.path)) is not None and not found[1]:
                    exact[route.path] = found[0]

    def match(self, method: str, path: str) -> tuple[BaseRoute, dict[str, Any]] | None:
        """Return the route for a request and the values of its path's parameters; None where there is none."""
        exact, by_size = self._tables.get(method) or self._tables[ANY_METHOD]
        if (known := exact.get(path)) is not None:
            return known, {}
        segments = path.split("/", self._longest)
        orders: list[int] = []
        for pick, alike in by_size[len(segments)].values():
            orders += alike.get(pick(segments), ())
        orders.sort()
        for order in orders:
            route = self._routes[order]
            if (values := route.template.values(path, segments)) is not None:
                return route, values
        return None

    def methods(self, path: str) -> list[str]:
        """Return the methods that a path answers."""
        return sorted(method for method in self._tables if method != WEBSOCKET and self.match(method, path) is not None)
