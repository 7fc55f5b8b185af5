"""What can be said of a path operation, and the decorators that say it: the same on an app and on a router."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar, Unpack

from fwlab.concurrency import Lane
from fwlab.exceptions import DefinitionError
from fwlab.params import Depends
from fwlab.responses import Response

Handler = TypeVar("Handler", bound=Callable[..., Any])
UniqueId = Callable[[Any], str]


class OperationOptions(TypedDict, total=False):
    """What can be said about a path operation besides its path, its methods and its handler.

    Attributes:
        response_model: results are held against this type; left out, the handler's return annotation; None: nothing.
        status_code: the status of a result. Default 200.
        dependencies: run before the handler; what they return is not used.
        tags: groups in the documentation.
        summary: one line for the documentation. Default: the handler's name as a title.
        description: for the documentation, in Markdown. Default: the handler's docstring.
        response_description: of the result, for the documentation.
        responses: further responses for the documentation, by status.
        operation_id: a name of its own in ``/openapi.json``.
        deprecated: marked so in the documentation.
        include_in_schema: whether ``/openapi.json`` lists it. Default True.
        name: the operation's name. Default: the handler's.
        response_class: what a result is made into. Default: JSON.
        response_model_include, response_model_exclude: which fields of the model are sent.
        response_model_by_alias: whether they are sent under their aliases. Default True.
        response_model_exclude_unset, response_model_exclude_defaults, response_model_exclude_none: leave out fields
            that were not set, that have their default, that are None.
        openapi_extra: added to the operation in ``/openapi.json``.
        callbacks: routes that describe requests which the app will send, for the documentation.
        generate_unique_id_function: gives the operation its name in ``/openapi.json``.
        max_body_size: bytes that a request's body may have; a larger one is refused with status 413.
        form_limits: of a form: ``max_fields``, ``max_files`` and ``max_part_size``, in bytes.
        run_in: where the handler runs: ``"loop"``, ``"thread"`` or ``"process"``. Default: by ``async def`` or ``def``.
        cancel_on_disconnect: end the handler when the client leaves.
        concurrent_dependencies: let dependencies that do not need each other run side by side.
    """

    response_model: Any
    status_code: int | None
    dependencies: Sequence[Depends] | None
    tags: Sequence[Any] | None
    summary: str | None
    description: str | None
    response_description: str
    responses: Mapping[int | str, Mapping[str, Any]] | None
    operation_id: str | None
    deprecated: bool | None
    include_in_schema: bool
    name: str | None
    response_class: type[Response] | None
    response_model_include: Any
    response_model_exclude: Any
    response_model_by_alias: bool
    response_model_exclude_unset: bool
    response_model_exclude_defaults: bool
    response_model_exclude_none: bool
    openapi_extra: Mapping[str, Any] | None
    callbacks: Sequence[Any] | None
    generate_unique_id_function: UniqueId | None
    max_body_size: int | None
    form_limits: Mapping[str, Any] | None
    run_in: Lane | None
    cancel_on_disconnect: bool
    concurrent_dependencies: bool


def merged(outer: OperationOptions, inner: OperationOptions) -> OperationOptions:
    """Return the options of a route that is included: lists are put together, and what it says itself wins."""
    for options in (outer, inner):
        for name in ("tags", "dependencies", "callbacks"):
            value: Any = options.get(name)
            if value is not None and (isinstance(value, str) or not isinstance(value, Sequence)):
                raise DefinitionError(f"{name}={value!r}: {name} is a list, even of one; write it in brackets.")
    both: OperationOptions = {**outer, **inner}
    both["tags"] = [*(outer.get("tags") or ()), *(inner.get("tags") or ())]
    both["dependencies"] = [*(outer.get("dependencies") or ()), *(inner.get("dependencies") or ())]
    both["callbacks"] = [*(outer.get("callbacks") or ()), *(inner.get("callbacks") or ())]
    both["responses"] = {**(outer.get("responses") or {}), **(inner.get("responses") or {})}
    both["deprecated"] = inner.get("deprecated") or outer.get("deprecated")
    both["include_in_schema"] = outer.get("include_in_schema", True) and inner.get("include_in_schema", True)
    both["response_class"] = inner.get("response_class") or outer.get("response_class")
    side_by_side = outer.get("concurrent_dependencies", False) or inner.get("concurrent_dependencies", False)
    both["concurrent_dependencies"] = side_by_side
    unique_id = inner.get("generate_unique_id_function") or outer.get("generate_unique_id_function")
    both["generate_unique_id_function"] = unique_id
    own_limit = inner.get("max_body_size")
    both["max_body_size"] = outer.get("max_body_size") if own_limit is None else own_limit
    both["form_limits"] = {**(outer.get("form_limits") or {}), **(inner.get("form_limits") or {})}
    return both


class PathOperations:
    """The decorators that declare path operations: what apps and routers have in common."""

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
        raise NotImplementedError

    def api_route(
        self, path: str, *, methods: Sequence[str] | None = None, **options: Unpack[OperationOptions]
    ) -> Callable[[Handler], Handler]:
        """Declare a path operation for several methods."""
        if not isinstance(path, str):
            raise DefinitionError("A path operation needs a path, as in @app.get('/burgers').")

        def register(handler: Handler) -> Handler:
            self.add_api_route(path, handler, methods=methods, **options)
            return handler

        return register

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
