"""From a method and a path to a route. The cost does not grow with the number of routes.

A route's path is a template, read once into a regular expression. Its *shape* says which of its segments are literal.
An index looks the literal segments of a path up in a dict, once for each shape, of which an app has a handful; only
the templates found there are held against the path. Where several fit, the first that was declared wins, as in FastAPI.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import compress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from fwlab.exceptions import DefinitionError, HTTPException

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
        names: its parameters, from left to right.
        convertors: for each parameter, what makes its value of the text in the path.
        pattern: what a path that fits looks like, with one group a parameter.
        openapi: the template as OpenAPI writes it, without the convertors' names.

    Raises:
        DefinitionError: when it does not parse.

    Example:
        >>> PathTemplate("/burgers/{n}/with/{sauce}", "handler 'burgers'").names
        ('n', 'sauce')
    """

    def __init__(self, text: str, owner: str) -> None:
        self.text = text
        self.openapi = _PARAMETER.sub(r"{\1}", text)
        self.names: tuple[str, ...] = ()
        self.convertors: tuple[Callable[[str], Any], ...] = ()
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
            expression, convert = _CONVERTORS[kind]
            self.names, self.convertors = (*self.names, name), (*self.convertors, convert)
            pattern += re.escape(text[end : found.start()]) + f"({expression})"
            end = found.end()
        self.pattern = re.compile(pattern + re.escape(text[end:]), re.DOTALL)
        if re.search("[{}]", re.sub(r"\{[^{}]*\}", "", text)):
            raise DefinitionError(f"{owner}: the path {text!r} has a brace without its partner.")

    def filled(self, values: Mapping[str, Any]) -> str:
        """Return the path with these values in the place of its parameters."""
        return _PARAMETER.sub(lambda found: quote(str(values[found[1]])), self.text)


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
        # By the number of segments (None: any, a parameter takes the rest), the shape, and the literal segments.
        self._orders: dict[int | None, dict[tuple[bool, ...], dict[tuple[str, ...], list[int]]]] = {}
        for order, route in enumerate(routes):
            segments = route.path.split("/")
            rest = next((at for at, segment in enumerate(segments) if ":path}" in segment), None)
            shape = tuple("{" not in segment for segment in segments[:rest])
            alike = self._orders.setdefault(len(shape) if rest is None else None, {}).setdefault(shape, {})
            alike.setdefault(tuple(compress(segments, shape)), []).append(order)
        # A path without parameters is looked up once, here; an earlier template may cover it.
        self._exact: dict[tuple[str, str], tuple[BaseRoute, dict[str, Any]]] = {}
        for route in [route for route in routes if not route.template.names]:
            self._exact |= {(method, route.path): self.match(method, route.path) for method in route.methods}

    def _candidates(self, path: str) -> list[int]:
        """Return which routes have the literal segments of a path, the first declared first."""
        segments = path.split("/")
        shapes = [*self._orders.get(len(segments), {}).items(), *self._orders.get(None, {}).items()]
        orders: list[int] = []
        for shape, alike in shapes:
            orders += alike.get(tuple(compress(segments, shape)), ())
        return sorted(orders)

    def methods(self, path: str) -> set[str]:
        """Return the methods that a path answers."""
        routes = [self._routes[order] for order in self._candidates(path)]
        fitting = [route for route in routes if route.template.pattern.fullmatch(path)]
        return {method for route in fitting for method in route.methods} - {WEBSOCKET}

    def match(self, method: str, path: str) -> tuple[BaseRoute, dict[str, Any]]:
        """Return the route for a request and the values of its path's parameters.

        Raises:
            HTTPException: 404 when no path fits; 405 with ``Allow`` when only other methods do.
        """
        if (known := self._exact.get((method, path))) is not None:
            return known[0], dict(known[1])
        for order in self._candidates(path):
            route = self._routes[order]
            template, answers = route.template, method in route.methods or ANY_METHOD in route.methods
            if answers and (found := template.pattern.fullmatch(path)) is not None:
                values = zip(template.names, template.convertors, found.groups(), strict=True)
                return route, {name: convert(text) for name, convert, text in values}
        if method != WEBSOCKET and (allowed := self.methods(path)):
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)
