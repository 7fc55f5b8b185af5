"""The words that an author writes: where an argument comes from, and what else can be said of a path operation.

``Path``, ``Query``, ``Header``, ``Body``, ``Depends`` are markers, as in ``Annotated[int, Query(gt=0)]`` or as a
default value. They only carry what was written; ``signature.py`` reads them, once, when the path operation is
registered. Options can be said of a path operation by itself, and by the routers and the app around it.
"""

import dataclasses
import inspect
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, TypedDict, cast

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined as Undefined

from fwlab.concurrency import Lane
from fwlab.exceptions import DefinitionError, FwlabDeprecationWarning
from fwlab.responses import Response
from fwlab.types import Function

Source = Literal["path", "query", "header", "cookie", "body", "form"]
# In the order in which FastAPI reads and reports them.
SOURCES: tuple[Source, ...] = ("path", "query", "header", "cookie", "body", "form")


_CONSTRAINTS = inspect.signature(Field).parameters.keys() - {"alias", "default", "extra"}


class Parameter:
    """The common part of ``Path``, ``Query`` and ``Body``.

    Args:
        default: used when the request lacks the value. In ``Annotated`` write ``= value`` after the argument instead.
        alias: the name in the request, when it is not the argument's own.
        include_in_schema: whether ``/openapi.json`` lists it.
        openapi_examples: named examples for the documentation, as OpenAPI writes them.
        example: one example, for the documentation.
        regex: the old name of ``pattern``.
        **constraints: what is asked of the value and said about it, in the words of :func:`pydantic.Field`: ``gt``,
            ``ge``, ``lt``, ``le``, ``multiple_of``, ``min_length``, ``max_length``, ``pattern``, ``strict``,
            ``default_factory``, ``title``, ``description``, ``examples``, ``deprecated``, …
    """

    source: ClassVar[Source]

    def __init__(
        self,
        default: Any = Undefined,
        *,
        alias: str | None = None,
        include_in_schema: bool = True,
        openapi_examples: Mapping[str, Any] | None = None,
        example: Any = Undefined,
        regex: str | None = None,
        **constraints: Any,
    ) -> None:
        if unknown := constraints.keys() - _CONSTRAINTS:
            known = ", ".join(sorted({"alias", "include_in_schema", "openapi_examples", "example", *_CONSTRAINTS}))
            raise DefinitionError(f"{type(self).__name__} has no option {min(unknown)!r}; it has {known}.")
        if regex is not None:
            constraints.setdefault("pattern", regex)
            message = "`regex` has been deprecated, please use `pattern` instead"
            warnings.warn(message, FwlabDeprecationWarning, stacklevel=3)
        self.default = Undefined if default is ... else default
        self.alias, self.include_in_schema, self.constraints = alias, include_in_schema, constraints
        self.openapi_examples, self.example = openapi_examples, example

    def field(self, default: Any) -> FieldInfo:
        """Return the same demands in pydantic's words, with this default (``Undefined``: required)."""
        options: dict[str, Any] = {name: value for name, value in self.constraints.items() if value is not None}
        options.pop("validation_alias", None)  # read by us: the value is found before pydantic sees it
        if options.pop("deprecated", False):
            # pydantic has deprecated fields of models only; of a parameter it is enough that its schema says so.
            options["json_schema_extra"] = {**options.get("json_schema_extra", {}), "deprecated": True}
        info: FieldInfo = Field(default, **options)
        return info

    def __repr__(self) -> str:
        options = [f"{name}={value!r}" for name, value in self.constraints.items()]
        return f"{type(self).__name__}({', '.join(options)})"


class Path(Parameter):
    """A part of the path: ``/burgers/{n}``.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Path
        >>> app = App()
        >>> @app.get("/burgers/{n}")
        ... async def burgers(n: Annotated[int, Path(ge=1)]): ...
    """

    source = "path"


class Query(Parameter):
    """A value after the question mark: ``/burgers?size=2``. Any simple type that is not in the path is one.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Query
        >>> app = App()
        >>> @app.get("/burgers")
        ... async def burgers(size: Annotated[int, Query(ge=1, le=4)] = 1): ...
    """

    source = "query"


class Header(Parameter):
    """A header of the request: ``user_agent`` reads ``User-Agent``.

    Args:
        default: used when the request lacks it.
        convert_underscores: read ``user_agent`` from ``user-agent``; many servers drop headers with underscores.
        **constraints: see :class:`Parameter`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Header
        >>> app = App()
        >>> @app.get("/menu")
        ... async def menu(accept_language: Annotated[str | None, Header()] = None): ...
    """

    source = "header"

    def __init__(self, default: Any = Undefined, *, convert_underscores: bool = True, **constraints: Any) -> None:
        super().__init__(default, **constraints)
        self.convert_underscores = convert_underscores


class Cookie(Parameter):
    """A cookie that the client sends back.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Cookie
        >>> app = App()
        >>> @app.get("/cart")
        ... async def cart(session: Annotated[str | None, Cookie()] = None): ...
    """

    source = "cookie"


class Body(Parameter):
    """The request's JSON body. Models, mappings and lists are one without saying so.

    Args:
        default: used when there is no body.
        embed: expect ``{"name": value}`` even when it is the only body argument.
        media_type: the content type that the documentation shows.
        **constraints: see :class:`Parameter`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Body
        >>> app = App()
        >>> @app.post("/tips")
        ... async def tip(cents: Annotated[int, Body(embed=True, gt=0)]): ...
    """

    source: ClassVar[Source] = "body"
    default_media_type: ClassVar[str] = "application/json"

    def __init__(
        self, default: Any = Undefined, *, embed: bool = False, media_type: str = "", **constraints: Any
    ) -> None:
        super().__init__(default, **constraints)
        self.embed = embed
        self.media_type = media_type or self.default_media_type


class Form(Body):
    """A field of a form. It needs the package python-multipart.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Form
        >>> app = App()
        >>> @app.post("/login")
        ... async def login(name: Annotated[str, Form()], password: Annotated[str, Form()]): ...
    """

    source = "form"
    default_media_type = "application/x-www-form-urlencoded"


class File(Form):
    """An uploaded file, as bytes or, better for large ones, as an :class:`~fwlab.UploadFile`.

    Example:
        >>> from fwlab import App, UploadFile
        >>> app = App()
        >>> @app.post("/photos")
        ... async def photo(photo: UploadFile): ...
    """

    default_media_type = "multipart/form-data"


@dataclasses.dataclass(eq=False, repr=False)
class Depends:
    """An argument that another function provides: a *dependency*, itself with parameters and dependencies.

    Args:
        dependency: any callable; without one, the argument's annotation is called. ``def`` runs in a worker thread,
            ``async def`` on the loop.
        use_cache: call it once a request, however many ask for it.
        scope: when what comes after its ``yield`` runs: with ``"request"``, the default, when the response has been
            sent; with ``"function"`` when the handler has returned.
        run_in: where it runs instead: ``"loop"``, ``"thread"`` or ``"process"``.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> async def table(seat: int): return f"table {seat // 4}"
        >>> app = App()
        >>> @app.get("/serve")
        ... async def serve(table: Annotated[str, Depends(table)]): ...
    """

    dependency: Function | None = None
    _: dataclasses.KW_ONLY
    use_cache: bool = True
    scope: Literal["function", "request"] | None = None
    run_in: Lane | None = None

    def __post_init__(self) -> None:
        if self.scope not in (None, "function", "request"):
            raise DefinitionError(f"Depends has no scope {self.scope!r}; there are 'function' and 'request'.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({getattr(self.dependency, '__name__', self.dependency)})"


@dataclasses.dataclass(eq=False, repr=False)
class Security(Depends):
    """A dependency that also says which scopes it needs; they are told to every :class:`SecurityScopes` below it.

    Args:
        dependency: as in :class:`Depends`.
        scopes: what the caller must be allowed to do.
        use_cache: as in :class:`Depends`; the same function with other scopes is another dependency.
    """

    scopes: Sequence[str] = ()

    def __post_init__(self) -> None:
        if isinstance(self.scopes, str):
            raise DefinitionError(f"Security(scopes={self.scopes!r}): write a list, as in scopes=[{self.scopes!r}].")
        self.scopes = tuple(self.scopes or ())


class SecurityScopes:
    """All scopes that the dependants above ask for; an argument annotated with this class gets them.

    Attributes:
        scopes: each once, the outermost first.
        scope_str: the same with spaces between them, as OAuth2 writes it.
    """

    def __init__(self, scopes: Sequence[str] | None = None) -> None:
        self.scopes = list(scopes or ())
        self.scope_str = " ".join(self.scopes)


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
        cancel_on_disconnect: end the handler when the client leaves. What runs in a thread goes on to its end, unheard.
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
