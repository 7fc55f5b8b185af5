"""The application: what a server calls, and where path operations are declared.

``App`` is an ASGI callable. A request goes through the middleware that was added, none by default; the router finds the
path operation, and its plan answers. What the server says besides requests, start-up and shut-down, goes to the app's
lifespan.
"""

from __future__ import annotations

import posixpath
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from fwlab.blockwatch import BlockWatch
from fwlab.concurrency import LaneState, lanes
from fwlab.datastructures import State
from fwlab.dependencies import Overrides
from fwlab.endpoint import Plan
from fwlab.exception_handlers import ExceptionHandler, answer, answer_mistake
from fwlab.exceptions import DefinitionError, FwlabDeprecationWarning, FwlabError, HTTPException
from fwlab.lifespan import LifespanFunction
from fwlab.middleware import Middleware
from fwlab.middleware.http import BaseHTTPMiddleware
from fwlab.openapi.docs import get_docs_html, get_redoc_html, get_swagger_ui_html, get_swagger_ui_oauth2_redirect_html
from fwlab.openapi.document import get_openapi
from fwlab.operations import Handler, OperationOptions, PathOperations, UniqueId
from fwlab.params import Depends
from fwlab.requests import Request, route_path
from fwlab.responses import JSONResponse, RedirectResponse, Response
from fwlab.routes import APIRoute, BaseRoute
from fwlab.routing import APIRouter
from fwlab.signature import name_of
from fwlab.types import ASGIApp, Message, Receive, Scope, Send


class App(PathOperations):
    """A web application: an ASGI callable that any ASGI server runs, and FastAPI's ``FastAPI`` by another name.

    Args:
        debug: kept for apps that ask for it.
        title: the API's name in ``/openapi.json``; the default is FastAPI's, so that an app moves unchanged.
        summary: one line about it.
        description: about it, in Markdown.
        version: the API's own version.
        openapi_url: where its description is served; None: nowhere.
        openapi_tags: what is said of each tag.
        servers: where the API is served, for the documentation.
        dependencies: run before every path operation.
        default_response_class: what results are made into.
        redirect_slashes: answer ``/burgers/`` with a redirect to ``/burgers`` where only that exists, and vice versa.
        docs_url, redoc_url: where the pages of Swagger UI and ReDoc are, which load scripts from elsewhere.
        offline_docs_url: where the page is that needs no other host; None: nowhere.
        swagger_ui_oauth2_redirect_url, swagger_ui_init_oauth, swagger_ui_parameters: for the page at ``docs_url``.
        middleware: wrapped around the app, the first one outermost.
        exception_handlers: by exception class or status.
        on_startup, on_shutdown: functions to call at the start and at the end.
        lifespan: ``lifespan(app)`` gives an async context manager, entered before the first request and left after
            the last; what it yields, if anything, is each request's ``scope["state"]``.
        terms_of_service, contact, license_info: for the documentation.
        root_path: where a proxy has mounted the app.
        root_path_in_servers: whether the documentation lists it among the servers.
        responses, callbacks, deprecated, include_in_schema, generate_unique_id_function: of every path operation.
        webhooks: requests that the app will send, for the documentation.
        separate_input_output_schemas: whether a model has two schemas where input and output differ.
        strict_content_type: take a body for JSON only when the request says so.
        max_body_size: bytes that a request's body may have; a larger one is refused with status 413.
        form_limits: of forms: ``max_fields``, ``max_files`` and ``max_part_size``, in bytes.
        concurrent_dependencies: let dependencies that do not need each other run side by side on the loop.
        debug_block: name in the log who holds the event loop for longer than so many seconds, and the line.
        openapi_external_docs: for the documentation.

    Example:
        >>> from fwlab import App
        >>> from fwlab.testclient import TestClient
        >>> app = App()
        >>> @app.get("/burgers/{n}")
        ... async def burgers(n: int):
        ...     return {"burgers": n}
        >>> TestClient(app).get("/burgers/2").json()
        {'burgers': 2}
    """

    def __init__(
        self,
        *,
        debug: bool = False,
        title: str = "FastAPI",
        summary: str | None = None,
        description: str = "",
        version: str = "0.1.0",
        openapi_url: str | None = "/openapi.json",
        openapi_tags: Sequence[Mapping[str, Any]] | None = None,
        servers: Sequence[Mapping[str, Any]] | None = None,
        dependencies: Sequence[Depends] | None = None,
        default_response_class: type[Response] | None = None,
        redirect_slashes: bool = True,
        docs_url: str | None = "/docs",
        redoc_url: str | None = "/redoc",
        offline_docs_url: str | None = "/offline-docs",
        swagger_ui_oauth2_redirect_url: str | None = "/docs/oauth2-redirect",
        swagger_ui_init_oauth: dict[str, Any] | None = None,
        swagger_ui_parameters: dict[str, Any] | None = None,
        middleware: Sequence[Middleware] | None = None,
        exception_handlers: Mapping[int | type[Exception], ExceptionHandler] | None = None,
        on_startup: Sequence[Callable[[], Any]] | None = None,
        on_shutdown: Sequence[Callable[[], Any]] | None = None,
        lifespan: LifespanFunction | None = None,
        terms_of_service: str | None = None,
        contact: Mapping[str, Any] | None = None,
        license_info: Mapping[str, Any] | None = None,
        root_path: str = "",
        root_path_in_servers: bool = True,
        responses: Mapping[int | str, Mapping[str, Any]] | None = None,
        callbacks: Sequence[Any] | None = None,
        webhooks: APIRouter | None = None,
        deprecated: bool | None = None,
        include_in_schema: bool = True,
        generate_unique_id_function: UniqueId | None = None,
        separate_input_output_schemas: bool = True,
        strict_content_type: bool = True,
        max_body_size: int | None = None,
        form_limits: Mapping[str, Any] | None = None,
        concurrent_dependencies: bool = False,
        debug_block: float | None = None,
        openapi_external_docs: Mapping[str, Any] | None = None,
    ) -> None:
        self.debug = debug
        self.title = title
        self.summary = summary
        self.description = description
        self.version = version
        self.openapi_version = "3.1.0"
        self.openapi_url = openapi_url or None
        self.openapi_tags = openapi_tags
        self.servers = list(servers or ())
        self.docs_url = docs_url
        self.redoc_url = redoc_url
        self.offline_docs_url = offline_docs_url
        self.swagger_ui_oauth2_redirect_url = swagger_ui_oauth2_redirect_url
        self.swagger_ui_init_oauth = swagger_ui_init_oauth
        self.swagger_ui_parameters = swagger_ui_parameters
        self.terms_of_service = terms_of_service
        self.contact = contact
        self.license_info = license_info
        if root_path:
            message = "root_path= is deprecated: tell the server, as in `fastapi run --root-path`, which tells the app."
            warnings.warn(message, FwlabDeprecationWarning, stacklevel=2)
        self.root_path = root_path
        self.root_path_in_servers = root_path_in_servers
        self.separate_input_output_schemas = separate_input_output_schemas
        self.openapi_external_docs = openapi_external_docs
        self.openapi_schema: dict[str, Any] | None = None
        self.state = State()
        self.exception_handlers: dict[Any, ExceptionHandler] = dict(exception_handlers or {})
        self.dependency_overrides: dict[Callable[..., Any], Callable[..., Any]] = {}
        self.user_middleware: list[Middleware] = list(middleware or ())
        self.webhooks = webhooks or APIRouter()
        self.router = _AppRouter(
            dependencies=dependencies,
            default_response_class=default_response_class,
            responses=responses,
            callbacks=callbacks,
            redirect_slashes=redirect_slashes,
            on_startup=on_startup,
            on_shutdown=on_shutdown,
            lifespan=lifespan,
            deprecated=deprecated,
            include_in_schema=include_in_schema,
            generate_unique_id_function=generate_unique_id_function,
            strict_content_type=strict_content_type,
            max_body_size=max_body_size,
            form_limits=form_limits,
            concurrent_dependencies=concurrent_dependencies,
        )
        if debug_block is not None and not debug_block > 0:
            raise DefinitionError(f"App(debug_block={debug_block!r}): seconds above 0, such as 0.1.")
        self._watch = None if debug_block is None else BlockWatch(debug_block)
        # The decorators and verbs of a router, under the app's own name.
        self.add_api_websocket_route = self.router.add_api_websocket_route
        self.websocket = self.router.websocket
        self.mount = self.router.mount
        self.include_router = self.router.include_router
        self.on_event = self.router.on_event
        self.url_path_for = self.router.url_path_for
        self._stack: ASGIApp | None = None
        self._overridden: dict[Any, ASGIApp] = {}
        self._documentation_routes()
        for router in (self.router, self.webhooks):
            router.follow(self._forget_document)

    @property
    def routes(self) -> list[BaseRoute]:
        """All routes, in the order in which they were declared."""
        return self.router.routes

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
        self.router.add_api_route(path, endpoint, methods=methods, **options)

    def add_middleware(self, cls: Callable[..., ASGIApp], *args: Any, **kwargs: Any) -> None:
        """Wrap the app in a middleware, outside of those that were added before."""
        if self._stack is not None:
            raise FwlabError("The app is running already; add middleware before its first request.")
        self.user_middleware.insert(0, Middleware(cls, *args, **kwargs))

    def middleware(self, middleware_type: str) -> Callable[[Handler], Handler]:
        """Declare a function ``async def dispatch(request, call_next)`` as middleware; the type is ``"http"``."""
        if middleware_type != "http":
            raise DefinitionError(f"There is no middleware type {middleware_type!r}; write @app.middleware('http').")

        def register(function: Handler) -> Handler:
            self.add_middleware(BaseHTTPMiddleware, dispatch=function)
            return function

        return register

    def exception_handler(self, key: int | type[Exception]) -> Callable[[Handler], Handler]:
        """Declare what answers when an exception of this class, or an HTTPException of this status, is raised."""
        told: Any = key
        if not isinstance(told, int) and not (isinstance(told, type) and issubclass(told, Exception)):
            raise DefinitionError(f"Exceptions are told apart by their class or their status, not by {key!r}.")

        def register(handler: Handler) -> Handler:
            self.add_exception_handler(key, handler)
            return handler

        return register

    def add_exception_handler(self, key: int | type[Exception], handler: ExceptionHandler) -> None:
        """Register an exception handler; see :meth:`exception_handler`."""
        self.exception_handlers[key] = handler

    def openapi(self) -> dict[str, Any]:
        """Return the API's description, as ``/openapi.json`` serves it (OpenAPI 3.1)."""
        if self.openapi_schema is None:
            self.openapi_schema = get_openapi(
                title=self.title,
                version=self.version,
                openapi_version=self.openapi_version,
                summary=self.summary,
                description=self.description,
                routes=self.routes,
                webhooks=self.webhooks.routes,
                tags=self.openapi_tags,
                servers=self.servers,
                terms_of_service=self.terms_of_service,
                contact=self.contact,
                license_info=self.license_info,
                separate_input_output_schemas=self.separate_input_output_schemas,
                external_docs=self.openapi_external_docs,
            )
        return self.openapi_schema

    def _forget_document(self, route: BaseRoute) -> None:
        self.openapi_schema = None

    def plan(self, operation: str | Callable[..., Any], method: str | None = None) -> Plan:
        """Return what runs for each request of a path operation: it can be printed, and shows as a table in a notebook.

        Args:
            operation: its path as it was declared, or its handler.
            method: which of the path's operations, where it has several.

        Raises:
            DefinitionError: when there is none, or more than one.

        Example:
            >>> from fwlab import App
            >>> app = App()
            >>> @app.get("/burgers/{n}")
            ... async def burgers(n: int, size: int = 1): ...
            >>> print(app.plan("/burgers/{n}"))
            The plan of handler 'burgers' of GET /burgers/{n}
               function  lane  takes                                                     afterwards
            1  burgers   loop  n: int from the path; size: int from the query, optional  its result is the response
        """
        found = [
            route
            for route in self.routes
            if isinstance(route, APIRoute)
            and operation in (route.path, route.endpoint)
            and (method is None or method.upper() in route.methods)
        ]
        if len(found) != 1:
            wanted = operation if isinstance(operation, str) else name_of(operation)
            known = "; ".join(route.shown for route in found or self.routes if isinstance(route, APIRoute))
            raise DefinitionError(f"{len(found)} path operations are {wanted!r}; there are: {known}.")
        return found[0].plan

    def lanes(self) -> dict[str, LaneState]:
        """Return how full the worker threads and processes are; to be called where an event loop runs."""
        return lanes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the lifespan: what an ASGI server calls."""
        if scope["type"] == "lifespan":
            await self.router.lifespan.run(self, scope, receive, send)
            return
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        if not self.user_middleware:
            await self._route(scope, receive, send)
            return
        await self._through_middleware(scope, receive, send)

    async def _through_middleware(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the middleware; a mistake that passes through all of it is answered here."""
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        if self._stack is None:
            self._stack = self._wrapped()
        try:
            await self._stack(scope, receive, noting_send)
        except Exception as exc:
            if started or scope["type"] != "http":
                raise
            await answer_mistake(exc, scope, receive, send)

    def _wrapped(self) -> ASGIApp:
        app: ASGIApp = self._route
        for middleware in reversed(self.user_middleware):
            app = middleware.wrap(app)
        return app

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route for a request and let it answer."""
        method = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        path = route_path(scope) if scope.get("root_path") else scope["path"]
        try:
            route, scope["path_params"] = (self.router.index or self.router.build_index()).match(method, path)
        except HTTPException as exc:
            await self._answer_unmatched(exc, path, scope, receive, send)
            return
        scope["route"], scope["endpoint"] = route, route.endpoint
        answering = self._with_overrides(route) if self.dependency_overrides else route.asgi
        if self._watch is not None:
            await self._watch.follow(answering(scope, receive, send), route.shown)
        else:
            await answering(scope, receive, send)

    async def _answer_unmatched(
        self, exc: HTTPException, path: str, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        location = self.router.slash_redirect(scope["method"], path, scope) if exc.status_code == 404 else None
        if location is not None:
            await RedirectResponse(location)(scope, receive, send)
        else:
            await answer(exc, scope, receive, send)

    def _with_overrides(self, route: BaseRoute) -> ASGIApp:
        """Return the route's plan with the overrides that hold now, made at their first use."""
        overrides: Overrides = self.dependency_overrides
        key = (route, tuple(overrides.items()))
        if key not in self._overridden:
            self._overridden[key] = route.overridden(dict(overrides))
        return self._overridden[key]

    def _documentation_routes(self) -> None:
        """Serve the API's description and the pages that show it, where they are wanted."""
        if self.openapi_url is None:
            return
        shown = self.openapi_url

        async def openapi(request: Request) -> Response:
            root_path = request.scope.get("root_path", "").rstrip("/")
            schema = self.openapi()
            if root_path and self.root_path_in_servers and root_path not in {s.get("url") for s in self.servers}:
                schema = {**schema, "servers": [{"url": root_path}, *schema.get("servers", [])]}
            return JSONResponse(schema)

        async def swagger_ui(request: Request) -> Response:
            root_path = request.scope.get("root_path", "").rstrip("/")
            redirect = self.swagger_ui_oauth2_redirect_url
            return get_swagger_ui_html(
                openapi_url=root_path + shown,
                title=f"{self.title} - Swagger UI",
                oauth2_redirect_url=root_path + redirect if redirect else None,
                init_oauth=self.swagger_ui_init_oauth,
                swagger_ui_parameters=self.swagger_ui_parameters,
            )

        async def swagger_ui_redirect() -> Response:
            return get_swagger_ui_oauth2_redirect_html()

        async def redoc(request: Request) -> Response:
            root_path = request.scope.get("root_path", "").rstrip("/")
            return get_redoc_html(openapi_url=root_path + shown, title=f"{self.title} - ReDoc")

        async def offline_docs() -> Response:
            # Addresses relative to the page, so that they are right behind any proxy.
            here = posixpath.dirname(self.offline_docs_url or "/")
            shown_from_here, root = posixpath.relpath(shown, here), posixpath.relpath("/", here)
            return get_docs_html(openapi_url=shown_from_here, title=self.title, root_url=root)

        pages: list[tuple[str | None, Callable[..., Any]]] = [(shown, openapi), (self.docs_url, swagger_ui)]
        if self.docs_url is not None:
            pages.append((self.swagger_ui_oauth2_redirect_url, swagger_ui_redirect))
        pages += [(self.redoc_url, redoc), (self.offline_docs_url, offline_docs)]
        for path, page in pages:
            if path is not None:
                self.router.add(APIRoute(path, page, include_in_schema=False))


class _AppRouter(APIRouter):
    """The routes of an app: their paths are looked up in requests, so they are paths and no other texts."""

    def add(self, route: BaseRoute) -> None:
        if not route.path.startswith("/"):
            raise DefinitionError(
                f"The path {route.path!r} of {route.name!r} does not begin with a slash; write {'/' + route.path!r}."
            )
        super().add(route)
