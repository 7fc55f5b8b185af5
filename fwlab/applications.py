"""The application: what a server calls, and where path operations are declared.

``App`` is an ASGI callable. A request goes through the middleware that was added, none by default; the router finds the
path operation, and its plan answers. What the server says besides requests, start-up and shut-down, goes to the app's
lifespan.
"""

import dataclasses
import inspect
import posixpath
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar
from typing import Any

from fwlab.concurrency import lanes
from fwlab.datastructures import URL, State
from fwlab.endpoint import Plan
from fwlab.exception_handlers import ExceptionHandler, answer, answer_mistake
from fwlab.exceptions import DefinitionError, FwlabDeprecationWarning, FwlabError, HTTPException
from fwlab.middleware import Middleware
from fwlab.requests import Request, route_path
from fwlab.responses import JSONResponse, RedirectResponse, Response
from fwlab.routes import APIRoute, BaseRoute
from fwlab.routing import APIRouter, Handler, decorator
from fwlab.signature import name_of
from fwlab.types import ASGIApp, Function, Message, Receive, Scope, Send


@dataclasses.dataclass(kw_only=True, eq=False, repr=False)
class AppOptions(APIRouter):
    """What can be said of an app; see :class:`App`. What can be said of a router can be, too."""

    debug: bool = False
    title: str = "FastAPI"
    summary: str | None = None
    description: str = ""
    version: str = "0.1.0"
    openapi_url: str | None = "/openapi.json"
    openapi_tags: Sequence[Mapping[str, Any]] | None = None
    openapi_external_docs: Mapping[str, Any] | None = None
    servers: Sequence[Mapping[str, Any]] | None = None
    terms_of_service: str | None = None
    contact: Mapping[str, Any] | None = None
    license_info: Mapping[str, Any] | None = None
    separate_input_output_schemas: bool = True
    webhooks: InitVar[APIRouter | None] = None
    docs_url: str | None = "/docs"
    redoc_url: str | None = "/redoc"
    offline_docs_url: str | None = "/offline-docs"
    swagger_ui_oauth2_redirect_url: str | None = "/docs/oauth2-redirect"
    swagger_ui_init_oauth: dict[str, Any] | None = None
    swagger_ui_parameters: dict[str, Any] | None = None
    middleware: InitVar[Sequence[Middleware] | None] = None
    exception_handlers: InitVar[Mapping[int | type[Exception], ExceptionHandler] | None] = None
    root_path: str = ""
    root_path_in_servers: bool = True
    debug_block: float | None = None


class App(AppOptions):
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

    webhooks: APIRouter
    exception_handlers: dict[Any, ExceptionHandler]

    def __post_init__(
        self, webhooks: APIRouter | None, middleware: Sequence[Middleware] | None, handlers: Mapping[Any, Any] | None
    ) -> None:
        super().__post_init__()
        self.router = self  # as FastAPI has it
        if self.root_path:
            message = "root_path= is deprecated: tell the server, as in `fastapi run --root-path`, which tells the app."
            warnings.warn(message, FwlabDeprecationWarning, stacklevel=3)
        self.openapi_version = "3.1.0"
        self.openapi_schema: dict[str, Any] | None = None
        self.webhooks = webhooks or APIRouter()
        for router in (self, self.webhooks):
            router.listeners.append(self._forget_document)
        self.user_middleware: list[Middleware] = []
        self._stack: ASGIApp = self._route
        if self.debug_block is not None:
            from fwlab.blockwatch import BlockWatch  # loaded only by those who ask for it

            self.add_middleware(BlockWatch, self.debug_block)
        for each in reversed(middleware or ()):
            self.add_middleware(each.cls, *each.args, **each.kwargs)
        self.exception_handlers = dict(handlers or {})
        self.dependency_overrides: dict[Function, Function] = {}
        self.state = State()
        self._overridden: dict[Any, ASGIApp] = {}
        if self.openapi_url:
            self._serve_documentation(self.openapi_url)

    def add(self, route: BaseRoute) -> None:
        """Register a route. Its path is looked up in requests, so it is a path and no other text."""
        if not route.path.startswith("/"):
            mend = f"does not begin with a slash; write {'/' + route.path!r}"
            raise DefinitionError(f"The path {route.path!r} of {route.name!r} {mend}.")
        super().add(route)

    def add_middleware(self, cls: Callable[..., ASGIApp], *args: Any, **kwargs: Any) -> None:
        """Wrap the app in a middleware, outside of those that were added before; from the next request on."""
        added = Middleware(cls, *args, **kwargs)
        self._stack = added.cls(self._stack, *added.args, **added.kwargs)
        self.user_middleware.insert(0, added)

    def middleware(self, middleware_type: str) -> Callable[[Handler], Handler]:
        """Declare a function ``async def dispatch(request, call_next)`` as middleware; the type is ``"http"``."""
        if middleware_type != "http":
            raise DefinitionError(f"There is no middleware type {middleware_type!r}; write @app.middleware('http').")
        from fwlab.middleware.http import BaseHTTPMiddleware  # loaded only by those who have such a function

        return decorator(lambda function: self.add_middleware(BaseHTTPMiddleware, dispatch=function))

    def exception_handler(self, key: int | type[Exception]) -> Callable[[Handler], Handler]:
        """Declare what answers when an exception of this class, or an HTTPException of this status, is raised."""
        told: Any = key
        if not isinstance(told, int) and not (isinstance(told, type) and issubclass(told, Exception)):
            raise DefinitionError(f"Exceptions are told apart by their class or their status, not by {key!r}.")
        return decorator(lambda handler: self.add_exception_handler(key, handler))

    def add_exception_handler(self, key: int | type[Exception], handler: ExceptionHandler) -> None:
        """Register an exception handler; see :meth:`exception_handler`."""
        self.exception_handlers[key] = handler

    def openapi(self) -> dict[str, Any]:
        """Return the API's description, as ``/openapi.json`` serves it (OpenAPI 3.1)."""
        if self.openapi_schema is None:
            from fwlab.openapi.document import get_openapi  # slow to load, and needed for the first look only

            # What it takes, an app has for the most part under the same names.
            names = inspect.signature(get_openapi).parameters
            said: dict[str, Any] = {name: getattr(self, name, None) for name in names}
            said |= {"webhooks": self.webhooks.routes, "tags": self.openapi_tags}
            said["external_docs"] = self.openapi_external_docs
            self.openapi_schema = get_openapi(**said)
        return self.openapi_schema

    def _forget_document(self, route: BaseRoute) -> None:
        self.openapi_schema = None

    def plan(self, operation: str | Function, method: str | None = None) -> Plan:
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
        all_routes = [route for route in self.routes if isinstance(route, APIRoute)]
        found = [route for route in all_routes if operation in (route.path, route.endpoint)]
        if method is not None:
            found = [route for route in found if method.upper() in route.methods]
        if len(found) != 1:
            wanted = operation if isinstance(operation, str) else name_of(operation)
            known = "; ".join(route.shown for route in found or all_routes)
            raise DefinitionError(f"{len(found)} path operations are {wanted!r}; there are: {known}.")
        return found[0].plan

    lanes = staticmethod(lanes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the lifespan: what an ASGI server calls."""
        if scope["type"] == "lifespan":
            await self._run_lifespan(scope, receive, send)
            return
        scope["app"] = self
        if self.root_path:
            scope["root_path"] = self.root_path
        if self.user_middleware:
            await self._through_middleware(scope, receive, send)
        else:
            await self._route(scope, receive, send)

    async def _run_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Follow the server's word: start, wait until it says stop, end."""
        await receive()
        phase = "startup"
        try:
            async with self.running(self) as state:
                if state:
                    if "state" not in scope:
                        raise FwlabError("The lifespan yields a state, but the server keeps none; yield nothing.")
                    scope["state"].update(state)
                await send({"type": "lifespan.startup.complete"})
                phase = "shutdown"
                await receive()
        except BaseException:
            import traceback  # needed for an app that fails only, and slow to load

            await send({"type": f"lifespan.{phase}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})

    async def _through_middleware(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the middleware; a mistake that passes through all of it is answered here."""
        started = False

        async def noting_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._stack(scope, receive, noting_send)
        except Exception as exc:
            if started or scope["type"] != "http":
                raise
            await answer_mistake(exc, scope, receive, send)

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the route for a request and let it answer."""
        method = scope["method"] if scope["type"] == "http" else "WEBSOCKET"
        path = route_path(scope) if scope.get("root_path") else scope["path"]
        if (found := self.index.match(method, path)) is None:
            await self._unmatched(path, scope, receive, send)
            return
        route, scope["path_params"] = found
        scope["route"], scope["endpoint"] = route, route.endpoint
        answering = self._with_overrides(route) if self.dependency_overrides else route.asgi
        await answering(scope, receive, send)

    async def _unmatched(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer where there is no route: with a redirect, where only the slash at the path's end is wrong."""
        other = path.rstrip("/") if path.endswith("/") else path + "/"
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
        elif methods := self.index.methods(path):
            await answer(HTTPException(405, headers={"Allow": ", ".join(methods)}), scope, receive, send)
        elif self.redirect_slashes and path != "/" and self.index.methods(other):
            to = scope.get("root_path", "").rstrip("/") + "/" + other.lstrip("/")
            await RedirectResponse(str(URL(scope={**scope, "path": to})))(scope, receive, send)
        else:
            await answer(HTTPException(404), scope, receive, send)

    def _with_overrides(self, route: BaseRoute) -> ASGIApp:
        """Return the route's plan with the overrides that hold now, made at their first use."""
        key = (route, *self.dependency_overrides.items())
        if key not in self._overridden:
            self._overridden[key] = route.overridden({**self.dependency_overrides})
        return self._overridden[key]

    def _serve_documentation(self, url: str) -> None:
        """Serve the API's description, and the pages that show it where they are wanted."""
        from fwlab.openapi import docs  # loaded only by apps that have them

        def root_of(request: Request) -> str:
            return str(request.scope.get("root_path", "")).rstrip("/")

        async def openapi(request: Request) -> Response:
            schema, root = self.openapi(), root_of(request)
            if root and self.root_path_in_servers and root not in [server.get("url") for server in self.servers or ()]:
                schema = {**schema, "servers": [{"url": root}, *schema.get("servers", [])]}
            return JSONResponse(schema)

        async def swagger_ui(request: Request) -> Response:
            root, redirect = root_of(request), self.swagger_ui_oauth2_redirect_url
            told: dict[str, Any] = {"oauth2_redirect_url": root + redirect} if redirect else {}
            told |= {"init_oauth": self.swagger_ui_init_oauth, "swagger_ui_parameters": self.swagger_ui_parameters}
            return docs.get_swagger_ui_html(openapi_url=root + url, title=f"{self.title} - Swagger UI", **told)

        async def redoc(request: Request) -> Response:
            return docs.get_redoc_html(openapi_url=root_of(request) + url, title=f"{self.title} - ReDoc")

        async def offline_docs() -> Response:
            # Addresses relative to the page, so that they are right behind any proxy.
            here = posixpath.dirname(self.offline_docs_url or "/")
            shown, root = posixpath.relpath(url, here), posixpath.relpath("/", here)
            return docs.get_docs_html(openapi_url=shown, title=self.title, root_url=root)

        pages: dict[str | None, Function] = {url: openapi, self.docs_url: swagger_ui, self.redoc_url: redoc}
        pages[self.offline_docs_url] = offline_docs
        if self.docs_url is not None:
            pages[self.swagger_ui_oauth2_redirect_url] = docs.get_swagger_ui_oauth2_redirect_html
        for path, page in pages.items():
            if path is not None:
                self.add(APIRoute(path, page, include_in_schema=False))
