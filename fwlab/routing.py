"""Routers: they collect routes, find the one for a request, and hand their routes on to the router that includes them.

An included route is made anew, under the longer path and with what the inclusion adds; routes that a router gets later
are handed on too.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from fwlab.datastructures import URL
from fwlab.exceptions import DefinitionError, HTTPException
from fwlab.lifespan import Lifespan, LifespanFunction
from fwlab.matching import Index
from fwlab.operations import Handler, OperationOptions, PathOperations, UniqueId, merged
from fwlab.params import Depends
from fwlab.responses import Response
from fwlab.routes import APIRoute, APIWebSocketRoute, BaseRoute, Mount, generate_unique_id
from fwlab.types import ASGIApp, Scope

__all__ = ["APIRoute", "APIRouter", "APIWebSocketRoute", "BaseRoute", "Mount", "generate_unique_id"]


class APIRouter(PathOperations):
    """Path operations, WebSockets and mounted apps under one prefix, to be included in an app or another router.

    Args:
        prefix: before every path, such as ``"/burgers"``.
        tags, dependencies, responses, deprecated, include_in_schema, callbacks, default_response_class,
            generate_unique_id_function, max_body_size, form_limits, concurrent_dependencies: of every path
            operation, beside its own.
        route_class: what path operations are made of.
        redirect_slashes: answer ``/burgers/`` with a redirect to ``/burgers`` where only that exists, and vice versa.
        lifespan: entered with that of the app in which the router is included.
        on_startup, on_shutdown: functions to call at the app's start and end.
        strict_content_type: take a body for JSON only when the request says so.

    Example:
        >>> from fwlab import App, APIRouter
        >>> router = APIRouter(prefix="/burgers")
        >>> @router.get("/{n}")
        ... async def burgers(n: int): ...
        >>> app = App()
        >>> app.include_router(router)
    """

    def __init__(
        self,
        *,
        prefix: str = "",
        tags: Sequence[Any] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] | None = None,
        responses: Mapping[int | str, Mapping[str, Any]] | None = None,
        callbacks: Sequence[Any] | None = None,
        route_class: type[APIRoute] = APIRoute,
        redirect_slashes: bool = True,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
        lifespan: LifespanFunction | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        generate_unique_id_function: UniqueId | None = None,
        strict_content_type: bool = True,
        max_body_size: int | None = None,
        form_limits: Mapping[str, Any] | None = None,
        concurrent_dependencies: bool = False,
    ) -> None:
        _check_prefix(prefix)
        self.prefix = prefix
        self.route_class = route_class
        self.redirect_slashes = redirect_slashes
        self.strict_content_type = strict_content_type
        self.lifespan = Lifespan(lifespan, on_startup, on_shutdown)
        self.routes: list[BaseRoute] = []
        self.defaults: OperationOptions = {
            "tags": tags,
            "dependencies": dependencies,
            "responses": responses,
            "callbacks": callbacks,
            "deprecated": deprecated,
            "include_in_schema": include_in_schema,
            "response_class": default_response_class,
            "generate_unique_id_function": generate_unique_id_function,
            "max_body_size": max_body_size,
            "form_limits": form_limits,
            "concurrent_dependencies": concurrent_dependencies,
        }
        self.index: Index[BaseRoute] | None = None
        self._listeners: list[Callable[[BaseRoute], None]] = []
        self._included: list[APIRouter] = []

    def add(self, route: BaseRoute) -> None:
        """Register a route; the same route again (same methods, path and function name) takes the old one's place."""
        for order, old in enumerate(self.routes):
            if old.replaces == route.replaces:
                self.routes[order] = route
                break
        else:
            self.routes.append(route)
        self.index = None
        for listener in self._listeners:
            listener(route)

    def add_api_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: Sequence[str] | None = None,
        **options: Unpack[OperationOptions],
    ) -> None:
        """Register ``endpoint`` as a path operation; the decorators do it with a nicer face.

        Raises:
            DefinitionError: when its path, its signature or an option cannot work. Nothing is registered then.
        """
        own = merged(self.defaults, options)
        strict = self.strict_content_type
        self.add(self.route_class(self.prefix + path, endpoint, methods=methods, strict_content_type=strict, **own))

    def add_api_websocket_route(
        self,
        path: str,
        endpoint: Callable[..., Any],
        name: str | None = None,
        *,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        """Register ``endpoint`` as a handler of WebSockets."""
        all_dependencies = (*(self.defaults.get("dependencies") or ()), *(dependencies or ()))
        self.add(APIWebSocketRoute(self.prefix + path, endpoint, name=name, dependencies=all_dependencies))

    def websocket(
        self, path: str, name: str | None = None, *, dependencies: Sequence[Depends] | None = None
    ) -> Callable[[Handler], Handler]:
        """Declare a handler of WebSockets under ``path``."""
        if not isinstance(path, str):
            raise DefinitionError("A WebSocket handler needs a path, as in @app.websocket('/orders').")

        def register(handler: Handler) -> Handler:
            self.add_api_websocket_route(path, handler, name, dependencies=dependencies)
            return handler

        return register

    def mount(self, path: str, app: ASGIApp, name: str | None = None) -> None:
        """Put another ASGI app under a path."""
        self.add(Mount(self.prefix + path, app, name))

    def include_router(
        self,
        router: APIRouter,
        *,
        prefix: str = "",
        tags: Sequence[Any] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] | None = None,
        responses: Mapping[int | str, Mapping[str, Any]] | None = None,
        callbacks: Sequence[Any] | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        generate_unique_id_function: UniqueId | None = None,
    ) -> None:
        """Take over the routes of another router, those that it gets later too.

        Args:
            router: the other router.
            prefix: before each of its paths.
            tags, dependencies, default_response_class, responses, callbacks, deprecated, include_in_schema,
                generate_unique_id_function: of each of its path operations, beside its own.

        Raises:
            DefinitionError: when the router is this one, or a path would be empty.
        """
        if not isinstance(router, APIRouter):
            raise DefinitionError(f"include_router takes an APIRouter, not {router!r}; an app is mounted: app.mount().")
        if router._contains(self):
            raise DefinitionError("A router cannot include itself, nor one that includes it.")
        _check_prefix(prefix)
        given: OperationOptions = {
            "tags": tags,
            "dependencies": dependencies,
            "responses": responses,
            "callbacks": callbacks,
            "deprecated": deprecated,
            "include_in_schema": include_in_schema,
            "response_class": default_response_class,
            "generate_unique_id_function": generate_unique_id_function,
        }
        added = merged(self.defaults, given)

        def anew(route: BaseRoute) -> BaseRoute:
            return route.under(self.prefix + prefix, added)

        for route in [anew(route) for route in router.routes]:  # all or none
            self.add(route)
        router.follow(lambda route: self.add(anew(route)))
        self._included.append(router)
        self.lifespan.include(router.lifespan)

    def follow(self, listener: Callable[[BaseRoute], None]) -> None:
        """Call ``listener`` with each route that is added from now on."""
        self._listeners.append(listener)

    def _contains(self, router: APIRouter) -> bool:
        return router is self or any(included._contains(router) for included in self._included)

    def on_event(self, event_type: str) -> Callable[[Handler], Handler]:
        """Declare a function to call at ``"startup"`` or at ``"shutdown"``; a lifespan is the newer way."""
        warnings.warn("on_event is deprecated, use lifespan event handlers instead.", DeprecationWarning, stacklevel=2)

        def register(function: Handler) -> Handler:
            self.lifespan.add(event_type, function)
            return function

        return register

    def match(self, method: str, path: str) -> tuple[BaseRoute, dict[str, Any]]:
        """Return the route for a request and the values of its path's parameters; see :meth:`Index.match`."""
        return (self.index or self.build_index()).match(method, path)

    def build_index(self) -> Index[BaseRoute]:
        """Return the index over all routes, which is kept until a route is added."""
        self.index = Index(self.routes)
        return self.index

    def slash_redirect(self, method: str, path: str, scope: Scope) -> str | None:
        """Return where to redirect a path that exists but for a slash at its end."""
        if not self.redirect_slashes or path == "/":
            return None
        other = path.rstrip("/") if path.endswith("/") else path + "/"
        try:
            self.match(method, other)
        except HTTPException as found:
            if found.status_code == 404:
                return None
        path = scope.get("root_path", "").rstrip("/") + "/" + other.lstrip("/")
        return str(URL(scope={**scope, "path": path}))

    def url_path_for(self, name: str, /, **path_params: Any) -> str:
        """Return the path of the route of that name with these parameters in it.

        Raises:
            DefinitionError: when there is no such route.
        """
        for route in self.routes:
            if isinstance(route, Mount) and name.startswith(f"{route.name}:"):
                inner = getattr(route.app, "url_path_for", None)
                if inner is not None:
                    return route.prefix + str(inner(name[len(route.name) + 1 :], **path_params))
            if route.name != name:
                continue
            if isinstance(route, Mount):
                return route.prefix + "/" + str(path_params["path"]).lstrip("/")
            if set(route.template.names) == set(path_params):
                return route.template.filled(path_params)
        raise DefinitionError(f"There is no route named {name!r} with the parameters {sorted(path_params)}.")


def _check_prefix(prefix: str) -> None:
    if prefix and not prefix.startswith("/"):
        raise DefinitionError(f"The prefix {prefix!r} does not begin with a slash; write {'/' + prefix!r}.")
    if prefix.endswith("/"):
        raise DefinitionError(f"The prefix {prefix!r} ends with a slash, which its paths begin with; take it away.")
