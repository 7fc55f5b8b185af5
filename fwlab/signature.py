"""What a function asks for: its signature read into inputs (from the request) and needs (from dependencies).

This runs once, when a path operation is registered. Everything that can be wrong with a signature is found here and
raised as a :class:`DefinitionError` that names the function, the argument and the mend.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import inspect
import re
import types
from collections.abc import Callable, Collection
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, SchemaError
from typing_extensions import is_typeddict

from fwlab.exceptions import DefinitionError
from fwlab.params import Body, Depends, Parameter, Path, Query, Source

_SEQUENCES = (list, tuple, set, frozenset, collections.deque, collections.abc.Sequence, collections.abc.Set)


@dataclasses.dataclass(frozen=True, slots=True)
class Input:
    """One value that a function takes from the request.

    Attributes:
        argument: the function's name for it.
        alias: the request's name for it.
        marker: what was written about it: its source, its constraints, whether it is embedded in the body.
        type: the annotation, with the constraints and the default in pydantic's words.
        adapter: validates one such value; pydantic's own object.
        required: whether a request without it is refused.
        many: whether it takes every value of a repeated key (``?tag=a&tag=b``).
    """

    argument: str
    alias: str
    marker: Parameter
    type: Any
    adapter: TypeAdapter[Any]
    required: bool
    many: bool

    @property
    def source(self) -> Source:
        """Where in the request it is: ``"path"``, ``"query"`` or ``"body"``."""
        return self.marker.source

    @property
    def embedded(self) -> bool:
        """Whether it stands under its own key in the body."""
        return isinstance(self.marker, Body) and self.marker.embed


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """A function's inputs, and its needs: the arguments that dependencies provide."""

    inputs: tuple[Input, ...]
    needs: tuple[tuple[str, Depends], ...]


def name_of(function: Callable[..., Any]) -> str:
    """Return the name by which a message calls a function, a class or an object that can be called.

    Example:
        >>> import functools
        >>> name_of(print), name_of(functools.partial(print, "burger"))
        ('print', 'partial')
    """
    return getattr(function, "__name__", None) or type(function).__name__


def read_signature(function: Callable[..., Any], *, path_names: Collection[str], owner: str) -> Signature:
    """Read what ``function`` asks for.

    Args:
        function: a handler or a dependency.
        path_names: the parameters of the path template; arguments of these names come from the path.
        owner: what the function is called in messages, such as ``"handler 'burgers' of GET /burgers/{n}"``.

    Raises:
        DefinitionError: for anything in the signature that can never work.

    Example:
        >>> def burgers(n: int, size: int = 1): ...
        >>> signature = read_signature(burgers, path_names=["n"], owner="handler 'burgers'")
        >>> [(item.argument, item.source, item.required) for item in signature.inputs]
        [('n', 'path', True), ('size', 'query', False)]
    """
    inputs: list[Input] = []
    needs: list[tuple[str, Depends]] = []
    for argument in signature_of(function, owner).parameters.values():
        place = f"{owner}: argument {argument.name!r}"
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise DefinitionError(f"{place} collects any number of values; name each argument instead.")
        if argument.kind is argument.POSITIONAL_ONLY:
            raise DefinitionError(f"{place} is positional-only, but arguments are passed by name; take out the '/'.")
        asked = _read_argument(argument, path_names, place)
        if isinstance(asked, Depends):
            needs.append((argument.name, asked))
        else:
            inputs.append(asked)
    return Signature(tuple(inputs), tuple(needs))


def signature_of(function: Callable[..., Any], owner: str) -> inspect.Signature:
    """Return Python's own view of a function's arguments and result, with annotations that are strings evaluated.

    Raises:
        DefinitionError: when it has none, or an annotation names what does not exist; ``owner`` opens the message.
    """
    try:
        return inspect.signature(function, eval_str=True)
    except NameError as error:
        raise DefinitionError(
            f"{owner}: an annotation uses the name {error.name!r}, which does not exist where the function was "
            "defined; define or import it first, at the top level."
        ) from error
    except (TypeError, ValueError, SyntaxError, AttributeError) as error:
        raise DefinitionError(f"{owner}: its signature cannot be read ({error}); use a Python function.") from error


def _read_argument(argument: inspect.Parameter, path_names: Collection[str], place: str) -> Input | Depends:
    annotation: Any = Any if argument.annotation is argument.empty else argument.annotation
    annotation, extra, marker = _split_annotated(annotation, place)
    default: Any = PydanticUndefined if argument.default is argument.empty else argument.default
    _refuse_class(default, place)
    if isinstance(default, FieldInfo):
        raise DefinitionError(f"{place} has pydantic's Field as its default; write Query or Body instead.")
    if isinstance(default, (Parameter, Depends)):
        if marker is not None:
            raise DefinitionError(f"{place} has {marker!r} in Annotated and {default!r} as its default; keep one.")
        marker, default = default, PydanticUndefined
        if isinstance(marker, Parameter):
            default = marker.default
    elif isinstance(marker, Parameter) and marker.default is not PydanticUndefined:
        raise DefinitionError(
            f"{place}: {type(marker).__name__} has a default inside Annotated; write `= {marker.default!r}` after it."
        )
    if isinstance(marker, Depends):
        return _dependency(marker, annotation, place)
    return _input(argument.name, annotation, extra, marker, default, path_names, place)


def _split_annotated(annotation: Any, place: str) -> tuple[Any, tuple[Any, ...], Parameter | Depends | None]:
    """Split ``Annotated[T, marker, extra]`` into ``T``, the extra metadata and our marker."""
    if get_origin(annotation) is not Annotated:
        return annotation, (), None
    inner, *metadata = get_args(annotation)
    markers = [item for item in metadata if isinstance(item, (Parameter, Depends))]
    for item in metadata:
        _refuse_class(item, place)
    if len(markers) > 1:
        raise DefinitionError(f"{place} has {len(markers)} markers in Annotated ({markers}); keep one.")
    extra = tuple(item for item in metadata if not isinstance(item, (Parameter, Depends)))
    return inner, extra, markers[0] if markers else None


def _refuse_class(item: Any, place: str) -> None:
    if isinstance(item, type) and issubclass(item, (Parameter, Depends)):
        raise DefinitionError(f"{place}: write {item.__name__}(), with parentheses.")


def _dependency(marker: Depends, annotation: Any, place: str) -> Depends:
    dependency = annotation if marker.dependency is None else marker.dependency
    if dependency is Any:
        raise DefinitionError(f"{place}: Depends() without a function needs a class as the annotation to call.")
    if not callable(dependency):
        raise DefinitionError(f"{place} depends on {dependency!r}, which cannot be called; pass the function itself.")
    return marker if marker.dependency is not None else Depends(dependency, use_cache=marker.use_cache)


def _input(
    name: str,
    annotation: Any,
    extra: tuple[Any, ...],
    marker: Parameter | None,
    default: Any,
    path_names: Collection[str],
    place: str,
) -> Input:
    alias = name if marker is None or marker.alias is None else marker.alias
    if marker is None and alias in path_names:
        marker = Path()
    elif marker is None:
        marker = Query() if _is_scalar(annotation) else Body()
    if isinstance(marker, Path):
        if alias not in path_names:
            raise DefinitionError(
                f"{place} is a Path parameter, but the path has no {{{alias}}}; add it to the path, or use Query."
            )
        if default is not PydanticUndefined:
            raise DefinitionError(f"{place} is in the path, so it is always there; take out its default.")
    elif alias in path_names:
        raise DefinitionError(f"{place} is in the path as {{{alias}}}, so it cannot be a {type(marker).__name__}.")
    many = isinstance(marker, Query) and _is_sequence(annotation)
    if not isinstance(marker, Body) and not _is_scalar(annotation) and not many:
        raise DefinitionError(
            f"{place} is {_written(annotation)}, which does not fit into a {marker.source}; use a simple type such as "
            "int or str, or send it in the Body."
        )
    if default is not PydanticUndefined and "default_factory" in marker.constraints:
        raise DefinitionError(f"{place} has a default and a default_factory; keep one.")
    info = marker.field(default)
    full: Any = Annotated[(annotation, *extra, info)]
    return Input(
        argument=name,
        alias=alias,
        marker=marker,
        type=full,
        adapter=adapter_for(full, f"{place}: {_written(annotation)}"),
        required=info.is_required(),
        many=many,
    )


def adapter_for(annotation: Any, place: str) -> TypeAdapter[Any]:
    """Return pydantic's validator and serializer for a type.

    Raises:
        DefinitionError: when pydantic knows no way to validate it; ``place`` opens the message.
    """
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        adapter.rebuild(raise_errors=True)
    except (PydanticUserError, SchemaError, TypeError, ValueError, NameError, SyntaxError) as error:
        # Without what pydantic advises for models of one's own, and on one line.
        reason = " ".join(re.split(r"\. Set `arbitrary|\n\nFor further", str(error))[0].split())
        raise DefinitionError(
            f"{place} is not a type whose values can be checked ({reason}); "
            "use Python's types, dataclasses or pydantic models."
        ) from error
    return adapter


def _members(annotation: Any) -> tuple[Any, ...]:
    """Return the members of a union, and of anything else just itself."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return tuple(member for arg in get_args(annotation) for member in _members(arg))
    return (annotation,)


def _is_scalar(annotation: Any) -> bool:
    """Tell whether one string can hold it: no model, mapping or collection, also not in a union."""
    return not any(_is_model(member) or _is_collection(member) for member in _members(annotation))


def _is_sequence(annotation: Any) -> bool:
    """Tell whether repeated keys can hold it: a collection of scalars, or such a collection or None."""
    members = [member for member in _members(annotation) if member is not type(None)]
    return bool(members) and all(
        _origin_in(member, _SEQUENCES) and all(arg is ... or _is_scalar(arg) for arg in get_args(member))
        for member in members
    )


def _is_model(annotation: Any) -> bool:
    is_class = isinstance(annotation, type)
    return (is_class and (issubclass(annotation, BaseModel) or dataclasses.is_dataclass(annotation))) or is_typeddict(
        annotation
    )


def _is_collection(annotation: Any) -> bool:
    return _origin_in(annotation, (*_SEQUENCES, dict, collections.abc.Mapping))


def _origin_in(annotation: Any, classes: tuple[Any, ...]) -> bool:
    origin = get_origin(annotation) or annotation
    return isinstance(origin, type) and issubclass(origin, classes) and not issubclass(origin, (str, bytes))


def _written(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) and not get_args(annotation) else repr(annotation)
