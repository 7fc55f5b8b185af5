"""The application: what a server calls, and where path operations are declared.

``App`` is an ASGI callable. A request goes the short way: the router finds the path operation, whose plan answers. What
the server says besides requests, start-up and shut-down, goes to the app's lifespan.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, TypedDict, TypeVar, Unpack

from pydantic import TypeAdapter

from fwlab.endpoint import Plan
from fwlab.exception_handlers import answer
from fwlab.exceptions import DefinitionError, FwlabError, HTTPException
from fwlab.openapi.document import Operation, build_document
from fwlab.params import Depends
from fwlab.requests import route_path
from fwlab.responses import JSONResponse, RedirectResponse, Response, has_body
from fwlab.routing import Route, Router, parse_template
from fwlab.signature import adapter_for, name_of, signature_of
from fwlab.types import Receive, Scope, Send

Handler = TypeVar("Handler", bound=Callable[..., Any])
Lifespan = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any] | None]]


class OperationOptions(TypedDict, total=False):
    """What can be said about a path operation besides its path, its method and its handler.

    Attributes:
        response_model: results are held against this type; left out, the handler's return annotation; None: nothing.
        status_code: the status of a result. Default 200.
        dependencies: run before the handler; what they return is not used.
        tags: groups in the documentation.
        summary: one line for the documentation. Default: the handler's name as a title.
        description: for the documentation, in Markdown. Default: the handler's docstring.
        response_description: of the result, for the documentation.
        operation_id: a name of its own in ``/openapi.json``.
        deprecated: marked so in the documentation.
        include_in_schema: whether ``/openapi.json`` lists it. Default True.
        name: the operation's name. Default: the handler's.
    """

    response_model: Any
    status_code: int
    dependencies: Sequence[Depends]
    tags: Sequence[str]
    summary: str
    description: str
    response_description: str
    operation_id: str
    deprecated: bool
    include_in_schema: bool
    name: str


class App:
    """A web application: an ASGI callable that any ASGI server runs, and FastAPI's ``FastAPI`` by another name.

    Args:
        title: the API's name in ``/openapi.json``; the default is FastAPI's, so that an app moves unchanged.
        summary: one line about it.
        description: about it, in Markdown.
        version: the API's own version.
        openapi_url: where its description is served; None: nowhere. An operation that you declare there is hidden.
        lifespan: ``lifespan(app)`` gives an async context manager, entered before the first request and left after
            the last; what it yields, if anything, is each request's ``scope["state"]``.
        dependencies: run before every path operation.
        redirect_slashes: answer ``/burgers/`` with a redirect to ``/burgers`` where only that exists, and vice versa.

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
        title: str = "FastAPI",
        summary: str | None = None,
        description: str = "",
        version: str = "0.1.0",
        openapi_url: str | None = "/openapi.json",
        lifespan: Lifespan | None = None,
        dependencies: Sequence[Depends] = (),
        redirect_slashes: bool = True,
    ) -> None:
        self.title = title
        self.summary = summary
        self.description = description
        self.version = version
        self.openapi_url = openapi_url
        self.router = Router()
        self.dependencies = tuple(dependencies)
        self.redirect_slashes = redirect_slashes
        self._lifespan = lifespan
        self._openapi: dict[str, Any] | None = None
        if openapi_url is not None:
            self._serve_document(openapi_url)

    def _serve_document(self, path: str) -> None:
        async def document() -> Response:
            return JSONResponse(self.openapi())

        owner = "the API's description"
        plan = Plan(document, path_names=(), owner=owner)
        self.router.add(Route(parse_template(path, owner), "GET", owner, plan, None))

    def get(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for GET requests to ``path``; see :class:`OperationOptions`."""
        return self._operation("GET", path, options)

    def post(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for POST requests to ``path``; see :class:`OperationOptions`."""
        return self._operation("POST", path, options)

    def put(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for PUT requests to ``path``; see :class:`OperationOptions`."""
        return self._operation("PUT", path, options)

    def patch(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for PATCH requests to ``path``; see :class:`OperationOptions`."""
        return self._operation("PATCH", path, options)

    def delete(self, path: str, **options: Unpack[OperationOptions]) -> Callable[[Handler], Handler]:
        """Declare the path operation for DELETE requests to ``path``; see :class:`OperationOptions`."""
        return self._operation("DELETE", path, options)

    def _operation(self, method: str, path: str, options: OperationOptions) -> Callable[[Handler], Handler]:
        if not isinstance(path, str):
            raise DefinitionError(f"@app.{method.lower()} needs a path, as in @app.{method.lower()}('/burgers').")

        def register(handler: Handler) -> Handler:
            self.add_api_route(path, handler, method=method, **options)
            return handler

        return register

    def add_api_route(
        self, path: str, handler: Callable[..., Any], *, method: str, **options: Unpack[OperationOptions]
    ) -> None:
        """Register ``handler`` as a path operation; the decorators do it with a nicer face.

        Raises:
            DefinitionError: when its path, its signature or an option cannot work. Nothing is registered then.
        """
        if not callable(handler):
            raise DefinitionError(f"{method} {path}: {handler!r} is not a function.")
        name = options.get("name") or name_of(handler)
        owner = f"handler {name!r} of {method} {path}"
        _check_names(options, owner)
        template = parse_template(path, owner)
        response_model = _response_model(handler, options, owner)
        status_code = _status_code(options, response_model, owner)
        plan = Plan(
            handler,
            path_names=template.names,
            owner=owner,
            dependencies=(*self.dependencies, *(options.get("dependencies") or ())),
            response_model=response_model,
            status_code=status_code,
        )
        operation = Operation(
            path=template.openapi,
            method=method,
            name=name,
            inputs=plan.inputs,
            response_model=response_model,
            status_code=status_code,
            tags=tuple(options.get("tags") or ()),
            summary=options.get("summary"),
            description=options.get("description") or _description(handler),
            response_description=options.get("response_description", "Successful Response"),
            operation_id=options.get("operation_id"),
            deprecated=options.get("deprecated", False),
        )
        included = options.get("include_in_schema", True)
        self.router.add(Route(template, method, name, plan, operation if included else None))
        self._openapi = None

    def openapi(self) -> dict[str, Any]:
        """Return the API's description, as ``/openapi.json`` serves it (OpenAPI 3.1)."""
        if self._openapi is None:
            operations = [route.operation for route in self.router.routes if route.operation is not None]
            self._openapi = build_document(
                operations,
                title=self.title,
                summary=self.summary,
                description=self.description,
                version=self.version,
            )
        return self._openapi

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or run the lifespan: what an ASGI server calls."""
        if scope["type"] == "http":
            scope["app"] = self
            path = route_path(scope)
            try:
                route, scope["path_params"] = self.router.match(scope["method"], path)
            except HTTPException as exc:
                response = self._slash_redirect(exc, path, scope)
                if response is None:
                    await answer(exc, scope, receive, send)
                else:
                    await response(scope, receive, send)
            else:
                await route.plan(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._run_lifespan(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000, "reason": ""})

    def _slash_redirect(self, exc: HTTPException, path: str, scope: Scope) -> Response | None:
        """Return a redirect when the path exists but for a slash at its end."""
        if exc.status_code != 404 or not self.redirect_slashes:
            return None
        other = path.rstrip("/") if path.endswith("/") else path + "/"
        try:
            self.router.match(scope["method"], other)
        except HTTPException as found:
            if found.status_code == 404:
                return None
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        # Without the host, the redirect is right behind any proxy, and "//evil" stays a path of ours.
        location = scope.get("root_path", "").rstrip("/") + "/" + other.lstrip("/")
        return RedirectResponse(location + query.decode("latin-1"))

    async def _run_lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        started = False
        try:
            async with AsyncExitStack() as stack:
                if self._lifespan is not None:
                    state = await stack.enter_async_context(self._lifespan(self))
                    if state is not None and "state" not in scope:
                        raise FwlabError("The lifespan yields a state, but the server keeps none; yield nothing.")
                    if state is not None:
                        scope["state"].update(state)
                await send({"type": "lifespan.startup.complete"})
                started = True
                await receive()
        except BaseException:
            kind = "shutdown" if started else "startup"
            await send({"type": f"lifespan.{kind}.failed", "message": traceback.format_exc()})
            raise
        await send({"type": "lifespan.shutdown.complete"})


def _check_names(options: OperationOptions, owner: str) -> None:
    if unknown := options.keys() - OperationOptions.__annotations__.keys():
        known = ", ".join(OperationOptions.__annotations__)
        raise DefinitionError(f"{owner}: there is no option {min(unknown)!r}; there are {known}.")


def _response_model(handler: Callable[..., Any], options: OperationOptions, owner: str) -> TypeAdapter[Any] | None:
    """Return what a handler's results are held against: what the options say, or else its return annotation."""
    model = options.get("response_model", signature_of(handler, owner).return_annotation)
    if model is None or model is inspect.Signature.empty or (isinstance(model, type) and issubclass(model, Response)):
        return None
    return adapter_for(model, f"{owner}: its response model {model!r}")


def _status_code(options: OperationOptions, response_model: TypeAdapter[Any] | None, owner: str) -> int:
    status_code = options.get("status_code") or 200
    if status_code not in range(100, 600):
        raise DefinitionError(f"{owner}: its status code {status_code!r} is none of HTTP's; use a number such as 201.")
    if response_model is not None and not has_body(status_code):
        raise DefinitionError(
            f"{owner} has a response model, but a response of status {status_code} has no body; take one of them out."
        )
    return status_code


def _description(handler: Callable[..., Any]) -> str:
    """Return a handler's docstring; what comes after a form feed in it is not for the documentation."""
    return inspect.cleandoc(handler.__doc__ or "").partition("\f")[0].strip()
