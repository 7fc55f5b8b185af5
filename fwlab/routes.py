"""What a request can be matched to: path operations, WebSockets, and apps that are mounted under a path.

A route is made once, at registration: its path is parsed into a template, its handler's signature compiled into a plan.
A template's *shape* is how many segments it has and which of them are literal; by that, ``routing.py`` finds it.
"""

import inspect
import re
import sys
from collections.abc import AsyncIterable, Callable, Iterable, Mapping, Sequence
from typing import Any, Unpack, get_args, get_origin
from urllib.parse import quote
from uuid import UUID

from pydantic import TypeAdapter

from fwlab.concurrency import is_generator
from fwlab.dependencies import Layout, Overrides
from fwlab.endpoint import Plan, Results, StreamResults, WebSocketPlan, respond
from fwlab.exception_handlers import answer
from fwlab.exceptions import DefinitionError, HTTPException
from fwlab.params import OperationOptions, RouteOptions, check, merged
from fwlab.requests import Request, route_path
from fwlab.responses import Response, has_body
from fwlab.signature import adapter_for, name_of, signature_of
from fwlab.types import ASGIApp, Function, Receive, Scope, Send

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


def generate_unique_id(route: "APIRoute") -> str:
    """Return a path operation's name in ``/openapi.json``: its function's, with the path and the method."""
    return re.sub(r"\W", "_", f"{route.name}{route.path_format}") + "_" + min(route.methods).lower()


class BaseRoute:
    """What every kind of route has.

    Args:
        path: its path template.
        endpoint: its handler.
        **options: see :class:`OperationOptions`; and ``methods``. Default: GET.

    Raises:
        DefinitionError: when its path, its signature or an option cannot work.

    Attributes:
        options: what was said of it.
        methods: the HTTP methods that it answers.
        path: as it was written.
        name: to find it again by, for :meth:`APIRouter.url_path_for`.
        shown: what logs call it.
        owner: what messages about mistakes call it.
        template: its path, parsed.
        endpoint: its handler, or the app that is mounted.
        asgi: what answers a request that was matched to the route.
    """

    asgi: ASGIApp

    def __init__(self, path: str, endpoint: Function, **options: Unpack[RouteOptions]) -> None:
        self.options = merged({}, options)
        self.methods = frozenset(method.upper() for method in self.options.get("methods") or ("GET",))
        self.name = self.options.get("name") or name_of(endpoint)
        self.shown = f"{'/'.join(sorted(self.methods))} {path}"
        self.owner = f"handler {self.name!r} of {self.shown}"
        self.path, self.template = path, PathTemplate(path, self.owner)
        self.endpoint = endpoint
        check(self.options, self.owner)

    def replaces(self, old: "BaseRoute") -> bool:
        """Tell whether it is the same as an earlier one, written again, as when a notebook's cell runs twice."""
        return (type(old), old.methods, old.path, old.name) == (type(self), self.methods, self.path, self.name)

    def under(self, prefix: str, added: Mapping[str, Any]) -> "BaseRoute":
        """Return the route anew, under a longer path and with what an inclusion adds."""
        return type(self)(prefix + self.path, self.endpoint, **merged(added, self.options))

    def overridden(self, overrides: Overrides) -> ASGIApp:
        """Return what answers while these functions stand in for dependencies."""
        return self.asgi


class APIRoute(BaseRoute):
    """A path operation; see :class:`BaseRoute` for what it takes."""

    def __init__(self, path: str, endpoint: Function, **options: Unpack[RouteOptions]) -> None:
        super().__init__(path, endpoint, **options)
        options = self.options
        self.path_format = self.template.openapi
        self.tags = [getattr(tag, "value", tag) for tag in options["tags"] or ()]
        # What comes after a form feed in a docstring is not for the documentation.
        docstring = inspect.cleandoc(endpoint.__doc__ or "").partition("\f")[0].strip()
        self.description = options.get("description") or docstring
        self.operation_id = options.get("operation_id")
        self.generate_unique_id = options.get("generate_unique_id_function") or generate_unique_id
        self.include_in_schema = options.get("include_in_schema", True)
        self.response_class = options.get("response_class")
        self.streams = is_generator(endpoint)
        self.response_model = _response_model(endpoint, options, self.owner)
        self.status_code = options.get("status_code")
        if self.response_model is not None and not has_body(self.status_code or 200):
            told = f"status {self.status_code}, which has no body; take one of them out"
            raise DefinitionError(f"{self.owner} has a response model and {told}.")
        self.asgi = self.plan = self.overridden({})

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Return what makes a response of a request; a subclass may wrap it."""
        return respond

    def overridden(self, overrides: Overrides) -> Plan:
        """Return the plan, in which these functions stand in for dependencies."""
        results = (StreamResults if self.streams else Results)(self.owner, self.response_model, **self.options)
        layout = Layout(self.endpoint, self.template.names, self.owner, overrides, **self.options)
        return Plan(layout.steps, results, self.get_route_handler(), **self.options)


class APIWebSocketRoute(BaseRoute):
    """A handler of WebSockets under a path; of the options, ``name`` and ``dependencies`` mean something to it."""

    def __init__(self, path: str, endpoint: Function, **options: Unpack[RouteOptions]) -> None:
        options["methods"] = [WEBSOCKET]
        super().__init__(path, endpoint, **options)
        self.asgi = self.plan = self.overridden({})
        if in_body := [item.argument for item in self.plan.inputs if item.source in ("body", "form")]:
            raise DefinitionError(f"{self.owner}: {in_body} would be in a body, which a WebSocket has not; receive it.")

    def overridden(self, overrides: Overrides) -> WebSocketPlan:
        """Return the plan, in which these functions stand in for dependencies."""
        layout = Layout(self.endpoint, self.template.names, self.owner, overrides, **self.options)
        return WebSocketPlan(layout.steps, Results(self.owner), **self.options)


class Mount(BaseRoute):
    """Another ASGI app under a path; it sees the rest of the path as its own.

    Args:
        path: where it is mounted.
        app: any ASGI application.
        name: to find it again by.
    """

    def __init__(self, path: str, app: ASGIApp, name: str | None = None) -> None:
        if not callable(app):
            raise DefinitionError(f"What is mounted at {path!r} is an ASGI application; {app!r} cannot be called.")
        self.prefix = path.rstrip("/")
        super().__init__(self.prefix + "/{path:path}", app, methods=[ANY_METHOD])
        self.name, self.app = name or "", self.endpoint

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the mounted app answer."""
        params = dict(scope["path_params"])
        rest = params.pop("path")
        root = scope.get("root_path", "").rstrip("/")
        full = root + route_path(scope)
        inner_root = full[: len(full) - len(rest)].rstrip("/")
        inner = {**scope, "path_params": params, "path": full, "root_path": inner_root}
        # In a mounted app, too, addresses are looked up by the names that the outermost one has for its routes.
        inner |= {"app_root_path": scope.get("app_root_path", root), "router": scope.get("router", scope["app"])}
        try:
            await self.app(inner, receive, send)
        except HTTPException as exc:  # of an app that leaves the answer to us
            await answer(exc, scope, receive, send)

    def under(self, prefix: str, added: Mapping[str, Any]) -> "Mount":
        """Return the mount anew, under a longer path."""
        return type(self)(prefix + self.prefix, self.app, self.name)


def _response_model(endpoint: Function, options: OperationOptions, owner: str) -> TypeAdapter[Any] | None:
    """Return what a handler's results are held against: what the options say, or else its return annotation."""
    model = options.get("response_model", inspect.Signature.empty)
    if model is inspect.Signature.empty:
        model = signature_of(endpoint, owner).return_annotation
        if is_generator(endpoint):
            from fwlab.sse import ServerSentEvent  # loaded only by apps that stream

            origin = get_origin(model)
            is_said = isinstance(origin, type) and issubclass(origin, (AsyncIterable, Iterable))
            model = get_args(model)[0] if is_said else inspect.Signature.empty
            if isinstance(model, type) and issubclass(model, ServerSentEvent):
                return None
        if isinstance(model, type) and issubclass(model, Response):
            return None
    if model is None or model is inspect.Signature.empty:
        return None
    return adapter_for(model, f"{owner}: its response model {model!r}")
