"""How a handler says where an argument comes from: ``Path``, ``Query``, ``Body`` and ``Depends``.

These are markers, written in ``Annotated[int, Query(gt=0)]`` or as a default value. They only carry what was written;
``signature.py`` reads them, once, when the path operation is registered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal, TypedDict, Unpack

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from fwlab.exceptions import DefinitionError

Source = Literal["path", "query", "body"]
SOURCES: tuple[Source, ...] = ("path", "query", "body")  # in the order in which FastAPI reads and reports them


class Constraints(TypedDict, total=False):
    """What may be asked of a value, and said about it: the options of :func:`pydantic.Field` of the same names."""

    default_factory: Callable[[], Any]
    title: str
    description: str
    gt: float
    ge: float
    lt: float
    le: float
    multiple_of: float
    min_length: int
    max_length: int
    pattern: str
    strict: bool
    allow_inf_nan: bool
    max_digits: int
    decimal_places: int
    discriminator: str
    examples: list[Any]
    deprecated: bool
    json_schema_extra: dict[str, Any]


class Parameter:
    """The common part of ``Path``, ``Query`` and ``Body``.

    Args:
        default: used when the request lacks the value. In ``Annotated`` write ``= value`` after the argument instead.
        alias: the name in the request, when it is not the argument's own.
        include_in_schema: whether ``/openapi.json`` lists it.
        **constraints: see :class:`Constraints`.
    """

    source: ClassVar[Source]

    def __init__(
        self,
        default: Any = PydanticUndefined,
        *,
        alias: str | None = None,
        include_in_schema: bool = True,
        **constraints: Unpack[Constraints],
    ) -> None:
        if unknown := constraints.keys() - Constraints.__annotations__.keys():
            known = ", ".join(Constraints.__annotations__)
            raise DefinitionError(f"{type(self).__name__} has no option {min(unknown)!r}; it has alias, {known}.")
        self.default = PydanticUndefined if default is ... else default
        self.alias = alias
        self.include_in_schema = include_in_schema
        self.constraints = constraints

    def field(self, default: Any) -> FieldInfo:
        """Return the same demands in pydantic's words, with this default (``PydanticUndefined``: required)."""
        options: dict[str, Any] = dict(self.constraints)
        if options.pop("deprecated", False):
            # pydantic has deprecated fields of models only; of a parameter it is enough that its schema says so.
            options["json_schema_extra"] = {**options.get("json_schema_extra", {}), "deprecated": True}
        if default is not PydanticUndefined:
            options["default"] = default
        info: FieldInfo = Field(**options)
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


class Body(Parameter):
    """The request's JSON body. Models, mappings and lists are one without saying so.

    Args:
        default: used when there is no body.
        embed: expect ``{"name": value}`` even when it is the only body argument.
        alias: the key in the body, when there are several body arguments.
        **constraints: see :class:`Constraints`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Body
        >>> app = App()
        >>> @app.post("/tips")
        ... async def tip(cents: Annotated[int, Body(embed=True, gt=0)]): ...
    """

    source = "body"

    def __init__(
        self,
        default: Any = PydanticUndefined,
        *,
        embed: bool = False,
        alias: str | None = None,
        **constraints: Unpack[Constraints],
    ) -> None:
        super().__init__(default, alias=alias, **constraints)
        self.embed = embed


class Depends:
    """An argument that another function provides: a *dependency*, itself with parameters and dependencies.

    Args:
        dependency: any callable; without one, the argument's annotation is called. ``def`` runs in a worker thread,
            ``async def`` on the loop; what comes after a ``yield`` runs when the response has been sent.
        use_cache: call it once a request, however many ask for it.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> async def table(seat: int): return f"table {seat // 4}"
        >>> app = App()
        >>> @app.get("/serve")
        ... async def serve(table: Annotated[str, Depends(table)]): ...
    """

    def __init__(self, dependency: Callable[..., Any] | None = None, *, use_cache: bool = True) -> None:
        self.dependency = dependency
        self.use_cache = use_cache

    def __repr__(self) -> str:
        return f"Depends({getattr(self.dependency, '__name__', self.dependency)})"
