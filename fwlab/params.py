"""How a handler says where an argument comes from: ``Path``, ``Query``, ``Header``, ``Body``, ``Depends`` and others.

These are markers, written in ``Annotated[int, Query(gt=0)]`` or as a default value. They only carry what was written;
``signature.py`` reads them, once, when the path operation is registered.
"""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, TypedDict, Unpack

from pydantic import AliasChoices, AliasPath, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined as Undefined

from fwlab.concurrency import Lane
from fwlab.exceptions import DefinitionError, FwlabDeprecationWarning
from fwlab.types import Function

Source = Literal["path", "query", "header", "cookie", "body", "form"]
# In the order in which FastAPI reads and reports them.
SOURCES: tuple[Source, ...] = ("path", "query", "header", "cookie", "body", "form")


class Constraints(TypedDict, total=False):
    """What may be asked of a value, and said about it; mostly the options of :func:`pydantic.Field` of the same names.

    Attributes:
        alias: the name in the request, when it is not the argument's own.
        include_in_schema: whether ``/openapi.json`` lists it.
        openapi_examples: named examples for the documentation, as OpenAPI writes them.
        example: one example, for the documentation.
    """

    alias: str | None
    include_in_schema: bool
    openapi_examples: Mapping[str, Any] | None
    example: Any
    default_factory: Callable[[], Any] | None
    validation_alias: str | AliasChoices | AliasPath | None
    serialization_alias: str | None
    title: str | None
    description: str | None
    gt: float | None
    ge: float | None
    lt: float | None
    le: float | None
    multiple_of: float | None
    min_length: int | None
    max_length: int | None
    pattern: str | re.Pattern[str] | None
    regex: str | None
    strict: bool | None
    allow_inf_nan: bool | None
    max_digits: int | None
    decimal_places: int | None
    discriminator: Any
    examples: list[Any] | None
    deprecated: bool | None
    json_schema_extra: dict[str, Any] | None


class Parameter:
    """The common part of ``Path``, ``Query`` and ``Body``.

    Args:
        default: used when the request lacks the value. In ``Annotated`` write ``= value`` after the argument instead.
        **constraints: see :class:`Constraints`.
    """

    source: ClassVar[Source]

    def __init__(self, default: Any = Undefined, **constraints: Unpack[Constraints]) -> None:
        if unknown := constraints.keys() - Constraints.__annotations__.keys():
            known = ", ".join(Constraints.__annotations__)
            raise DefinitionError(f"{type(self).__name__} has no option {min(unknown)!r}; it has {known}.")
        if (regex := constraints.pop("regex", None)) is not None:
            constraints.setdefault("pattern", regex)
            message = "`regex` has been deprecated, please use `pattern` instead"
            warnings.warn(message, FwlabDeprecationWarning, stacklevel=3)
        self.default = Undefined if default is ... else default
        self.alias = constraints.pop("alias", None)
        self.include_in_schema = constraints.pop("include_in_schema", True)
        self.openapi_examples = constraints.pop("openapi_examples", None)
        self.example = constraints.pop("example", Undefined)
        self.constraints = constraints

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
        **constraints: see :class:`Constraints`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Header
        >>> app = App()
        >>> @app.get("/menu")
        ... async def menu(accept_language: Annotated[str | None, Header()] = None): ...
    """

    source = "header"

    def __init__(
        self, default: Any = Undefined, *, convert_underscores: bool = True, **constraints: Unpack[Constraints]
    ) -> None:
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
        **constraints: see :class:`Constraints`.

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
        self, default: Any = Undefined, *, embed: bool = False, media_type: str = "", **constraints: Unpack[Constraints]
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
            mend = f"scopes is a list, as in scopes=[{self.scopes!r}]"
            raise DefinitionError(f"Security(scopes={self.scopes!r}): {mend}.")
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
