"""Routers: they collect routes, find the one for a request, and hand their routes on to the router that includes them.

An included route is made anew, under the longer path and with what the inclusion adds; routes that a router gets later
are handed on too. The cost of finding a route does not grow with their number: an :class:`Index` looks the literal
segments of a path up in a dict, once for each shape of templates, of which an app has a handful; only the templates
found there are held against the path. Where several fit, the first that was declared wins, as in FastAPI.
"""

import dataclasses
import functools
import inspect
import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from operator import itemgetter
from typing import Any, TypeVar, Unpack

from fwlab.concurrency import lane_of, run_in_lane
from fwlab.exceptions import DefinitionError
from fwlab.params import Depends, InclusionOptions, OperationOptions, RouteOptions, SharedOptions, UniqueId, merged
from fwlab.responses import Response
from fwlab.routes import ANY_METHOD, WEBSOCKET, APIRoute, APIWebSocketRoute, BaseRoute, Mount, generate_unique_id
from fwlab.types import ASGIApp, Function

__all__ = ["APIRoute", "APIRouter", "APIWebSocketRoute", "BaseRoute", "Mount", "generate_unique_id"]

Handler = TypeVar("Handler", bound=Function)
LifespanFunction = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]


def decorator(register: Callable[[Any], object]) -> Callable[[Handler], Handler]:
    """Return a decorator that registers a function and leaves it as it is."""

    def decorate(function: Handler) -> Handler:
        register(function)
        return function

    return decorate


# The paths without parameters that no earlier template covers; and by the number of segments, for each shape, what
# picks the literal segments and the places of the routes that have these.
_Shape = tuple[Callable[[list[str]], Any], dict[Any, list[int]]]
_Table = tuple[dict[str, BaseRoute], list[dict[tuple[int, ...], _Shape]]]


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


@dataclasses.dataclass(kw_only=True, eq=False, repr=False)
class APIRouter:
    """Path operations, WebSockets and mounted apps under one prefix, to be included in an app or another router.

    Args:
        prefix: before every path, such as ``"/burgers"``.
        tags, dependencies, responses, deprecated, include_in_schema, callbacks: of every path operation, beside its
            own; see :class:`~fwlab.params.OperationOptions`.
        default_response_class, generate_unique_id_function, strict_content_type: likewise.
        max_body_size, form_limits, concurrent_dependencies: likewise.
        route_class: what path operations are made of.
        redirect_slashes: answer ``/burgers/`` with a redirect to ``/burgers`` where only that exists, and vice versa.
        lifespan: entered with that of the app in which the router is included.
        on_startup, on_shutdown: functions to call at the app's start and end.

    Example:
        >>> from fwlab import App, APIRouter
        >>> router = APIRouter(prefix="/burgers")
        >>> @router.get("/{n}")
        ... async def burgers(n: int): ...
        >>> app = App()
        >>> app.include_router(router)
    """

    prefix: str = ""
    tags: Sequence[Any] | None = None
    dependencies: Sequence[Depends] | None = None
    responses: Mapping[int | str, Mapping[str, Any]] | None = None
    callbacks: Sequence[Any] | None = None
    deprecated: bool | None = None
    include_in_schema: bool = True
    default_response_class: type[Response] | None = None
    generate_unique_id_function: UniqueId | None = None
    strict_content_type: bool | None = None
    max_body_size: int | None = None
    form_limits: Mapping[str, Any] | None = None
    concurrent_dependencies: bool = False
    route_class: type[APIRoute] = APIRoute
    redirect_slashes: bool = True
    lifespan: LifespanFunction | None = None
    on_startup: Sequence[Callable[[], Any]] | None = None
    on_shutdown: Sequence[Callable[[], Any]] | None = None

    def __post_init__(self, *init: Any) -> None:
        prefix = self.prefix
        if prefix and not prefix.startswith("/"):
            raise DefinitionError(f"The prefix {prefix!r} does not begin with a slash; write {'/' + prefix!r}.")
        if prefix.endswith("/"):
            raise DefinitionError(f"The prefix {prefix!r} ends with a slash, which its paths begin with; take it away.")
        self.events = {"startup": list(self.on_startup or ()), "shutdown": list(self.on_shutdown or ())}
        self.routes: list[BaseRoute] = []
        self.included: list[APIRouter] = []
        self.listeners: list[Callable[[BaseRoute], None]] = []

    @property
    def defaults(self) -> Mapping[str, Any]:
        """What it says of each of its path operations."""
        shared = {name: getattr(self, name) for name in SharedOptions.__annotations__}
        return {**shared, "response_class": self.default_response_class}

    def add(self, route: BaseRoute) -> None:
        """Register a route; the same route again (same methods, path and function name) takes the old one's place."""
        place = next((at for at, old in enumerate(self.routes) if route.replaces(old)), len(self.routes))
        self.routes[place : place + 1] = [route]
        vars(self).pop("index", None)
        for listener in self.listeners:
            listener(route)

    def add_api_route(self, path: str, endpoint: Function, **options: Unpack[RouteOptions]) -> None:
        """Register ``endpoint`` as a path operation; the decorators do it with a nicer face.

        Raises:
            DefinitionError: when its path, its signature or an option cannot work. Nothing is registered then.
        """
        self.add(self.route_class(self.prefix + path, endpoint, **merged(self.defaults, options)))

    def api_route(self, path: str, **options: Unpack[RouteOptions]) -> Callable[[Handler], Handler]:
        """Declare a path operation for several methods."""
        if not isinstance(path, str):
            raise DefinitionError("A path operation needs a path, as in @app.get('/burgers').")
        return decorator(lambda handler: self.add_api_route(path, handler, **options))

    def get(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for GET requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["GET"], **options)

    def post(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for POST requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["POST"], **options)

    def put(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for PUT requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["PUT"], **options)

    def patch(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for PATCH requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["PATCH"], **options)

    def delete(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for DELETE requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["DELETE"], **options)

    def options(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for OPTIONS requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["OPTIONS"], **options)

    def head(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for HEAD requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["HEAD"], **options)

    def trace(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for TRACE requests to ``path``; see :class:`OperationOptions`."""
        return self.api_route(path, methods=["TRACE"], **options)

    def add_api_websocket_route(
        self, path: str, endpoint: Function, name: str | None = None, **options: Unpack[SharedOptions]
    ) -> None:
        """Register ``endpoint`` as a handler of WebSockets; of the options, ``dependencies`` mean something to it."""
        self.add(APIWebSocketRoute(self.prefix + path, endpoint, **merged(self.defaults, {**options, "name": name})))

    def websocket(
        self, path: str, name: str | None = None, **options: Unpack[SharedOptions]
    ) -> Callable[[Handler], Handler]:
        """Declare a handler of WebSockets under ``path``."""
        if not isinstance(path, str):
            raise DefinitionError("A WebSocket handler needs a path, as in @app.websocket('/orders').")
        return decorator(lambda handler: self.add_api_websocket_route(path, handler, name, **options))

    def mount(self, path: str, app: ASGIApp, name: str | None = None) -> None:
        """Put another ASGI app under a path."""
        self.add(Mount(self.prefix + path, app, name))

    def include_router(self, router: "APIRouter", **options: Unpack[InclusionOptions]) -> None:
        """Take over the routes of another router, those that it gets later too.

        Args:
            router: the other router.
            **options: what could be said of a router between the two: ``prefix``, before each of the other's paths;
                ``tags``, ``dependencies``, ``default_response_class``, ``responses``, ``callbacks``, ``deprecated``,
                ``include_in_schema``, ``generate_unique_id_function``, of each of its path operations, beside its own.

        Raises:
            DefinitionError: when the router is this one, or a path would be empty.
        """
        if callable(router) or not isinstance(router, APIRouter):
            raise DefinitionError(f"include_router takes an APIRouter, not {router!r}; an app is mounted: app.mount().")
        if router._contains(self):
            raise DefinitionError("A router cannot include itself, nor one that includes it.")
        between = APIRouter(**options)
        prefix, added = self.prefix + between.prefix, merged(self.defaults, between.defaults)
        for route in [route.under(prefix, added) for route in router.routes]:  # all or none
            self.add(route)
        router.listeners.append(lambda route: self.add(route.under(prefix, added)))
        self.included.append(router)

    def _contains(self, router: "APIRouter") -> bool:
        return router is self or any(included._contains(router) for included in self.included)

    def on_event(self, event_type: str) -> Callable[[Handler], Handler]:
        """Declare a function to call at ``"startup"`` or at ``"shutdown"``; a lifespan is the newer way."""
        warnings.warn("on_event is deprecated, use lifespan event handlers instead.", DeprecationWarning, stacklevel=2)
        if event_type not in self.events:
            raise DefinitionError(f"There is no event {event_type!r}; there are 'startup' and 'shutdown'.")
        return decorator(self.events[event_type].append)

    @asynccontextmanager
    async def running(self, app: Any) -> AsyncIterator[dict[str, Any]]:
        """Start it and the routers that it includes on entering, end them on leaving; gives all that they yield."""
        state: dict[str, Any] = {}
        async with AsyncExitStack() as stack:
            if (lifespan := self.lifespan) is not None:
                if inspect.isasyncgenfunction(lifespan):
                    lifespan = asynccontextmanager(lifespan)
                yielded = await stack.enter_async_context(lifespan(app))
                state |= yielded or {}
            else:
                await _call_all(self.events["startup"])
                stack.push_async_callback(_call_all, self.events["shutdown"])
            for included in self.included:
                state |= await stack.enter_async_context(included.running(app))
            yield state

    @functools.cached_property
    def index(self) -> Index:
        """All routes, to find the one for a request; kept until one is added."""
        return Index(self.routes)

    def url_path_for(self, name: str, /, **path_params: Any) -> str:
        """Return the path of the route of that name with these parameters in it.

        A route of an app that is mounted is ``"mount:route"``, or where the mount has no name, ``"route"``.

        Raises:
            DefinitionError: when there is no such route.
        """
        for route in self.routes:
            if route.name == name and set(route.template.names) == set(path_params):
                if isinstance(route, Mount):  # its prefix ends where the app's path begins with a slash
                    path_params["path"] = str(path_params["path"]).lstrip("/")
                return route.template.filled(path_params)
            within = name.removeprefix(f"{route.name}:") if route.name else name
            if isinstance(route, Mount) and hasattr(route.app, "url_path_for") and (within != name or not route.name):
                with suppress(Exception):  # each framework has one of its own for a name that it does not know
                    return f"{route.prefix}{route.app.url_path_for(within, **path_params)}"
        raise DefinitionError(f"There is no route named {name!r} with the parameters {sorted(path_params)}.")


async def _call_all(functions: Sequence[Callable[[], Any]]) -> None:
    for function in functions:
        await run_in_lane(function, lane_of(function), {})
