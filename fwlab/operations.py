"""What can be said of a path operation: by itself, and by the routers and the app around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, cast

from fwlab.concurrency import Lane
from fwlab.exceptions import DefinitionError
from fwlab.params import Depends
from fwlab.responses import Response

UniqueId = Callable[[Any], str]
_LIMITS = ("max_body_size", "max_fields", "max_files", "max_part_size")


class SharedOptions(TypedDict, total=False):
    """What a router can say of all its path operations too; see :class:`OperationOptions`."""

    tags: Sequence[Any] | None
    dependencies: Sequence[Depends] | None
    responses: Mapping[int | str, Mapping[str, Any]] | None
    callbacks: Sequence[Any] | None
    deprecated: bool | None
    include_in_schema: bool
    generate_unique_id_function: UniqueId | None
    strict_content_type: bool | None
    max_body_size: int | None
    form_limits: Mapping[str, Any] | None
    concurrent_dependencies: bool


class InclusionOptions(SharedOptions, total=False):
    """What is said where a router is included: of its path operations, and what is put before their paths."""

    prefix: str
    default_response_class: type[Response] | None


class OperationOptions(SharedOptions, total=False):
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
        strict_content_type: take a body for JSON only when the request says so. Default True.
        max_body_size: bytes that a request's body may have; a larger one is refused with status 413.
        form_limits: of a form: ``max_fields``, ``max_files`` and ``max_part_size``, in bytes.
        run_in: where the handler runs: ``"loop"``, ``"thread"`` or ``"process"``. Default: by ``async def`` or ``def``.
        cancel_on_disconnect: end the handler when the client leaves.
        concurrent_dependencies: let dependencies that do not need each other run side by side.
    """

    response_model: Any
    status_code: int | None
    summary: str | None
    description: str | None
    response_description: str
    operation_id: str | None
    name: str | None
    response_class: type[Response] | None
    response_model_include: Any
    response_model_exclude: Any
    response_model_by_alias: bool
    response_model_exclude_unset: bool
    response_model_exclude_defaults: bool
    response_model_exclude_none: bool
    openapi_extra: Mapping[str, Any] | None
    run_in: Lane | None
    cancel_on_disconnect: bool


class RouteOptions(OperationOptions, total=False):
    """What makes a route: the options of a path operation, and the methods that it answers."""

    methods: Sequence[str] | None


def merged(outer: Mapping[str, Any], inner: Mapping[str, Any]) -> RouteOptions:
    """Return what holds for a path operation: of most, its own word, or else that around it."""
    around, own = _said(outer), _said(inner)
    both = {**around, **own}
    for name in ("tags", "dependencies", "callbacks"):
        both[name] = [*around.get(name, ()), *own.get(name, ())]
    for name in ("responses", "form_limits"):
        both[name] = {**around.get(name, {}), **own.get(name, {})}
    for name in ("deprecated", "concurrent_dependencies"):
        both[name] = around.get(name) or own.get(name)
    both["include_in_schema"] = around.get("include_in_schema", True) and own.get("include_in_schema", True)
    return cast(RouteOptions, both)


def _said(options: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("methods", "tags", "dependencies", "callbacks"):
        value: Any = options.get(name)
        if value is not None and (isinstance(value, str) or not isinstance(value, Sequence)):
            raise DefinitionError(f"{name}={value!r}: {name} is a list, even of one; write it in brackets.")
    # None is as good as nothing, save for the response model: there it says that there is none.
    return {name: value for name, value in options.items() if value is not None or name == "response_model"}


def check(options: OperationOptions, owner: str) -> None:
    """Refuse options that do not exist, or whose values cannot work.

    Raises:
        DefinitionError: that names the option; ``owner`` opens the message.
    """
    if unknown := options.keys() - RouteOptions.__annotations__.keys():
        known = ", ".join(OperationOptions.__annotations__)
        raise DefinitionError(f"{owner}: there is no option {min(unknown)!r}; there are {known}.")
    status_code, made_into = options.get("status_code"), options.get("response_class", Response)
    if status_code is not None and status_code not in range(100, 600):
        raise DefinitionError(f"{owner}: its status code {status_code!r} is none of HTTP's; use a number such as 201.")
    if not isinstance(made_into, type) or not issubclass(made_into, Response):
        raise DefinitionError(f"{owner}: its response class {made_into!r} is no class of Response.")
    limits = {"max_body_size": options.get("max_body_size", 0), **(options.get("form_limits") or {})}
    for name, limit in limits.items():
        if name not in _LIMITS or not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            known = f"a limit is one of {', '.join(_LIMITS)}, and a number from 0 on"
            raise DefinitionError(f"{owner}: {name} is {limit!r}; {known}.")
