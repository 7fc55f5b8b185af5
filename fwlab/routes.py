"""What a request can be matched to: path operations, WebSockets, and apps that are mounted under a path.

A route is made once, at registration: its path is parsed, its handler's signature compiled into a plan.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Unpack

from pydantic import TypeAdapter

from fwlab.concurrency import is_generator
from fwlab.dependencies import Overrides
from fwlab.endpoint import Plan, WebSocketPlan
from fwlab.exception_handlers import answer
from fwlab.exceptions import DefinitionError, HTTPException
from fwlab.matching import ANY_METHOD, WEBSOCKET, PathTemplate, parse_template
from fwlab.operations import OperationOptions, merged
from fwlab.params import Depends
from fwlab.requests import Request, route_path
from fwlab.responses import JSONResponse, Response, has_body
from fwlab.results import Results
from fwlab.signature import adapter_for, name_of, signature_of
from fwlab.sse import ServerSentEvent
from fwlab.streams import StreamResults, item_annotation
from fwlab.types import ASGIApp, Receive, Scope, Send

_MODEL_OPTIONS = ("include", "exclude", "by_alias", "exclude_unset", "exclude_defaults", "exclude_none")


def generate_unique_id(route: APIRoute) -> str:
    """Return a path operation's name in ``/openapi.json``: its function's, with the path and the method."""
    return re.sub(r"\W", "_", f"{route.name}{route.path_format}") + "_" + min(route.methods).lower()


class BaseRoute:
    """What every kind of route has.

    Attributes:
        template: its path, parsed.
        methods: the HTTP methods that it answers.
        name: to find it again by, for :meth:`APIRouter.url_path_for`.
        endpoint: its handler, or the app that is mounted.
        asgi: what answers a request that was matched to the route.
    """

    template: PathTemplate
    methods: frozenset[str]
    name: str
    endpoint: Callable[..., Any]
    asgi: ASGIApp

    @property
    def path(self) -> str:
        """Its path as it was written."""
        return self.template.text

    @property
    def replaces(self) -> tuple[Any, ...]:
        """What makes a later route the same one, written again: running a notebook's cell twice replaces it."""
        return (type(self), self.methods, self.template.text, self.name)

    @property
    def shown(self) -> str:
        """What messages call it."""
        return f"{'/'.join(sorted(self.methods))} {self.path}"

    def under(self, prefix: str, added: OperationOptions) -> BaseRoute:
        """Return the route anew, under a longer path and with what an inclusion adds."""
        raise NotImplementedError

    def overridden(self, overrides: Overrides) -> ASGIApp:
        """Return what answers while these functions stand in for dependencies."""
        return self.asgi


class APIRoute(BaseRoute):
    """A path operation.

    Args:
        path: its path template.
        endpoint: its handler.
        methods: the HTTP methods that it answers. Default: GET.
        strict_content_type: take a body for JSON only when the request says so.
        **options: see :class:`OperationOptions`.

    Raises:
        DefinitionError: when its path, its signature or an option cannot work.
    """

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        methods: Sequence[str] | None = None,
        strict_content_type: bool = True,
        **options: Unpack[OperationOptions],
    ) -> None:
        if isinstance(methods, str):
            raise DefinitionError(f"{path}: methods={methods!r}: methods is a list, as in methods=[{methods!r}].")
        self.methods = frozenset(method.upper() for method in methods or ("GET",))
        shown = f"{'/'.join(sorted(self.methods))} {path}"
        if not callable(endpoint):
            raise DefinitionError(f"{shown}: {endpoint!r} is not a function.")
        self.endpoint = endpoint
        self.name = options.get("name") or name_of(endpoint)
        self.options = options
        owner = f"handler {self.name!r} of {shown}"
        _check_names(options, owner)
        self.template = parse_template(path, owner)
        self.strict_content_type = strict_content_type
        self.dependencies = tuple(options.get("dependencies") or ())
        self.tags = [getattr(tag, "value", tag) for tag in options.get("tags") or ()]
        self.summary = options.get("summary")
        self.description = options.get("description") or _description(endpoint)
        self.response_description = options.get("response_description", "Successful Response")
        self.responses: dict[int | str, dict[str, Any]] = {
            status: dict(response) for status, response in (options.get("responses") or {}).items()
        }
        self.operation_id = options.get("operation_id")
        self.deprecated = options.get("deprecated")
        self.include_in_schema = options.get("include_in_schema", True)
        self.response_class = options.get("response_class")
        made_into: Any = self.response_class or Response
        if not isinstance(made_into, type) or not issubclass(made_into, Response):
            raise DefinitionError(f"{owner}: its response class {made_into!r} is no class of Response.")
        self.openapi_extra = options.get("openapi_extra")
        self.callbacks = list(options.get("callbacks") or ())
        self.streams = is_generator(endpoint)
        self.response_model = _response_model(endpoint, options, owner)
        self.status_code = _status_code(options, self.response_model, owner)
        self._owner = owner
        self.plan = self._planned(None)
        self.asgi = self.plan
        if type(self).get_route_handler is not APIRoute.get_route_handler:
            self.asgi = functools.partial(self.plan.run_wrapped, self.get_route_handler())

    @property
    def path_format(self) -> str:
        """Its path as OpenAPI writes it."""
        return self.template.openapi

    @property
    def unique_id(self) -> str:
        """Its name in ``/openapi.json``, where it was given none of its own."""
        return (self.options.get("generate_unique_id_function") or generate_unique_id)(self)

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Return what makes a response of a request; a subclass may wrap it."""
        return self.plan.respond

    def overridden(self, overrides: Overrides) -> ASGIApp:
        """Return what answers while these functions stand in for dependencies."""
        return self._planned(overrides)

    def under(self, prefix: str, added: OperationOptions) -> APIRoute:
        """Return the path operation anew, under a longer path and with what an inclusion adds."""
        return type(self)(
            prefix + self.path,
            self.endpoint,
            methods=sorted(self.methods),
            strict_content_type=self.strict_content_type,
            **merged(added, self.options),
        )

    def _planned(self, overrides: Overrides | None) -> Plan:
        results: Any
        if self.streams:
            results = StreamResults(self._owner, self.response_model, self.response_class, self.status_code)
        else:
            asked: Mapping[str, Any] = self.options
            results = Results(
                self._owner,
                response_model=self.response_model,
                model_options={
                    option: asked[f"response_model_{option}"]
                    for option in _MODEL_OPTIONS
                    if asked.get(f"response_model_{option}") is not None
                },
                response_class=self.response_class or JSONResponse,
                status_code=self.status_code,
            )
        return Plan(
            self.endpoint,
            path_names=self.template.names,
            owner=self._owner,
            dependencies=self.dependencies,
            results=results,
            strict_content_type=self.strict_content_type,
            max_body_size=_max_body_size(self.options, self._owner),
            form_limits=_form_limits(self.options, self._owner),
            overrides=overrides,
            run_in=self.options.get("run_in"),
            cancel_on_disconnect=self.options.get("cancel_on_disconnect", False),
            concurrent_dependencies=self.options.get("concurrent_dependencies", False),
        )


class APIWebSocketRoute(BaseRoute):
    """A handler of WebSockets under a path."""

    methods = frozenset({WEBSOCKET})

    def __init__(
        self,
        path: str,
        endpoint: Callable[..., Any],
        *,
        name: str | None = None,
        dependencies: Sequence[Depends] | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.name = name or name_of(endpoint)
        self._owner = f"WebSocket handler {self.name!r} of {path}"
        self.template = parse_template(path, self._owner)
        self.dependencies = tuple(dependencies or ())
        self.plan = self._planned(None)
        self.asgi = self.plan

    def _planned(self, overrides: Overrides | None) -> WebSocketPlan:
        return WebSocketPlan(
            self.endpoint,
            path_names=self.template.names,
            owner=self._owner,
            dependencies=self.dependencies,
            overrides=overrides,
        )

    def overridden(self, overrides: Overrides) -> ASGIApp:
        """Return what answers while these functions stand in for dependencies."""
        return self._planned(overrides)

    def under(self, prefix: str, added: OperationOptions) -> APIWebSocketRoute:
        """Return the route anew, under a longer path and with the dependencies that an inclusion adds."""
        dependencies = (*(added.get("dependencies") or ()), *self.dependencies)
        return type(self)(prefix + self.path, self.endpoint, name=self.name, dependencies=dependencies)


class Mount(BaseRoute):
    """Another ASGI app under a path; it sees the rest of the path as its own.

    Args:
        path: where it is mounted.
        app: any ASGI application.
        name: to find it again by.
    """

    methods = frozenset({ANY_METHOD})
    _REST: ClassVar[str] = "mounted_path"

    def __init__(self, path: str, app: ASGIApp, name: str | None = None) -> None:
        if not callable(app):
            raise DefinitionError(f"What is mounted at {path!r} is an ASGI application; {app!r} cannot be called.")
        self.prefix = path.rstrip("/")
        self.app = self.endpoint = app
        self._has_routes = hasattr(app, "url_path_for")
        self.name = name or ""
        self.template = parse_template(f"{self.prefix}/{{{self._REST}:path}}", f"the app mounted at {path!r}")

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the mounted app answer."""
        params = dict(scope["path_params"])
        rest = params.pop(self._REST)
        root = scope.get("root_path", "").rstrip("/")
        full = root + route_path(scope)
        inner_root = full[: len(full) - len(rest)].rstrip("/")
        # The root under which the app finds its own routes again: this one's, unless the mounted app has routes too.
        own_root = inner_root if self._has_routes else scope.get("app_root_path", root)
        inner = {**scope, "path_params": params, "path": full, "root_path": inner_root, "app_root_path": own_root}
        try:
            await self.app(inner, receive, send)
        except HTTPException as exc:  # of an app that leaves the answer to us
            await answer(exc, scope, receive, send)

    def under(self, prefix: str, added: OperationOptions) -> Mount:
        """Return the mount anew, under a longer path."""
        return type(self)(prefix + self.prefix, self.app, self.name)


def _check_names(options: OperationOptions, owner: str) -> None:
    if unknown := options.keys() - OperationOptions.__annotations__.keys():
        known = ", ".join(OperationOptions.__annotations__)
        raise DefinitionError(f"{owner}: there is no option {min(unknown)!r}; there are {known}.")


def _response_model(endpoint: Callable[..., Any], options: OperationOptions, owner: str) -> TypeAdapter[Any] | None:
    """Return what a handler's results are held against: what the options say, or else its return annotation."""
    model = options.get("response_model", inspect.Signature.empty)
    if model is inspect.Signature.empty:
        model = signature_of(endpoint, owner).return_annotation
        if is_generator(endpoint):
            model = item_annotation(model)
            if isinstance(model, type) and issubclass(model, ServerSentEvent):
                return None
        if isinstance(model, type) and issubclass(model, Response):
            return None
    if model is None or model is inspect.Signature.empty:
        return None
    return adapter_for(model, f"{owner}: its response model {model!r}")


def _status_code(options: OperationOptions, response_model: TypeAdapter[Any] | None, owner: str) -> int | None:
    status_code = options.get("status_code")
    if status_code is None:
        return None
    if status_code not in range(100, 600):
        raise DefinitionError(f"{owner}: its status code {status_code!r} is none of HTTP's; use a number such as 201.")
    if response_model is not None and not has_body(status_code):
        raise DefinitionError(
            f"{owner} has a response model, but a response of status {status_code} has no body; take one of them out."
        )
    return int(status_code)


def _max_body_size(options: OperationOptions, owner: str) -> int | None:
    limit: Any = options.get("max_body_size")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 0):
        raise DefinitionError(f"{owner}: max_body_size is a number of bytes, or None; not {limit!r}.")
    return limit


def _form_limits(options: OperationOptions, owner: str) -> Mapping[str, Any]:
    limits: Mapping[str, Any] = dict(options.get("form_limits") or {})
    for name, limit in limits.items():
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise DefinitionError(f"{owner}: form_limits[{name!r}] is a number from 0 on; not {limit!r}.")
    if unknown := limits.keys() - {"max_fields", "max_files", "max_part_size"}:
        raise DefinitionError(
            f"{owner}: form_limits has {min(unknown)!r}; there are max_fields, max_files and max_part_size."
        )
    return limits


def _description(endpoint: Callable[..., Any]) -> str:
    """Return a handler's docstring; what comes after a form feed in it is not for the documentation."""
    return inspect.cleandoc(endpoint.__doc__ or "").partition("\f")[0].strip()
