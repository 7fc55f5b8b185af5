"""What a function asks for: its signature read into inputs (from the request) and needs (from dependencies).

This runs once, when a path operation is registered. Everything that can be wrong with a signature is found here and
raised as a :class:`DefinitionError` that names the function, the argument and the mend.
"""

from __future__ import annotations

import collections.abc
import copy
import dataclasses
import inspect
import re
import types
from collections.abc import Callable, Collection, Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, Json, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined, SchemaError
from typing_extensions import TypeAliasType, is_typeddict

from fwlab.background import BackgroundTasks
from fwlab.datastructures import UploadFile
from fwlab.exceptions import DefinitionError
from fwlab.params import (
    Body,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    Parameter,
    Path,
    Query,
    SecurityScopes,
    Source,
)
from fwlab.requests import HTTPConnection, Request
from fwlab.responses import Response
from fwlab.websockets import WebSocket

# What an argument may ask for by its annotation alone, besides values: the objects of the request that is under way.
PROVIDED: tuple[type[Any], ...] = (Request, WebSocket, HTTPConnection, Response, BackgroundTasks, SecurityScopes)

_SEQUENCES = (list, tuple, set, frozenset, collections.deque, collections.abc.Sequence, collections.abc.Set)


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """One field of a model that collects several parameters.

    Attributes:
        alias: the model's own name for it.
        keys: the request's names for it; the first that is there counts.
        many: whether it takes every value of a repeated key.
    """

    alias: str
    keys: tuple[str, ...]
    many: bool


@dataclasses.dataclass(frozen=True, slots=True)
class Input:
    """One value that a function takes from the request.

    Attributes:
        argument: the function's name for it.
        keys: the request's names for it; the first that is there counts.
        marker: what was written about it: its source, its constraints, whether it is embedded in the body.
        type: the annotation, with the constraints and the default in pydantic's words.
        adapter: validates one such value; pydantic's own object.
        required: whether a request without it is refused.
        many: whether it takes every value of a repeated key (``?tag=a&tag=b``).
        models: the pydantic models that collect values of this source, field by field: one, or for a form the members
            of a union; empty where the value is a single one.
        optional: whether the annotation allows None.
    """

    argument: str
    keys: tuple[str, ...]
    marker: Parameter
    annotation: Any
    type: Any
    adapter: TypeAdapter[Any]
    required: bool
    many: bool
    models: tuple[type[BaseModel], ...]
    optional: bool

    @property
    def alias(self) -> str:
        """The request's own name for it."""
        return self.keys[0]

    @property
    def source(self) -> Source:
        """Where in the request it is: ``"path"``, ``"query"``, ``"header"``, ``"cookie"``, ``"body"``, ``"form"``."""
        return self.marker.source

    @property
    def loc(self) -> tuple[str, ...]:
        """Where an error says that it is."""
        if self.models:
            return ("body",) if self.source == "form" else (self.source,)
        return ("body" if self.source == "form" else self.source, self.alias)

    @property
    def embedded(self) -> bool:
        """Whether it stands under its own key in the body."""
        return not self.models and isinstance(self.marker, Body) and bool(self.marker.embed)

    @property
    def fields(self) -> tuple[Field, ...]:
        """What its models collect."""
        convert = isinstance(self.marker, Header) and self.marker.convert_underscores
        return tuple(field for model in self.models for field in _model_fields(model, convert))


@dataclasses.dataclass(frozen=True, slots=True)
class Signature:
    """What a function asks for.

    Attributes:
        inputs: the arguments that the request holds.
        needs: the arguments that dependencies provide.
        provided: the arguments that are objects of the request under way, each with the class it asked for.
    """

    inputs: tuple[Input, ...]
    needs: tuple[tuple[str, Depends], ...]
    provided: tuple[tuple[str, type[Any]], ...]


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
    provided: list[tuple[str, type[Any]]] = []
    for argument in signature_of(function, owner).parameters.values():
        place = f"{owner}: argument {argument.name!r}"
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise DefinitionError(f"{place} collects any number of values; name each argument instead.")
        if argument.kind is argument.POSITIONAL_ONLY:
            raise DefinitionError(f"{place} is positional-only, but arguments are passed by name; take out the '/'.")
        asked = _read_argument(argument, path_names, place)
        if isinstance(asked, Depends):
            needs.append((argument.name, asked))
        elif isinstance(asked, Input):
            inputs.append(asked)
        else:
            provided.append((argument.name, asked))
    return Signature(tuple(inputs), tuple(needs), tuple(provided))


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


def _read_argument(argument: inspect.Parameter, path_names: Collection[str], place: str) -> Input | Depends | type[Any]:
    annotation: Any = Any if argument.annotation is argument.empty else argument.annotation
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
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
    for kind in PROVIDED:
        if isinstance(annotation, type) and issubclass(annotation, kind):
            if marker is not None:
                raise DefinitionError(f"{place} is the {kind.__name__} itself, so it cannot be a {marker!r}.")
            return kind
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
    if marker.dependency is not None:
        return marker
    named = copy.copy(marker)
    named.dependency = dependency
    return named


def _input(
    name: str,
    annotation: Any,
    extra: tuple[Any, ...],
    marker: Parameter | None,
    default: Any,
    path_names: Collection[str],
    place: str,
) -> Input:
    keys = _keys(name, marker)
    if not keys or not all(isinstance(key, str) and key for key in keys):
        raise DefinitionError(f"{place}: its alias is no name of a key in the request; use a str.")
    if isinstance(marker, Header) and not all(key.isascii() for key in keys):
        raise DefinitionError(f"{place}: {keys[0]!r} cannot be a header's name; use an alias of ASCII letters.")
    if marker is None and name in path_names:
        marker = Path()
    elif marker is None and _is_file(annotation):
        marker = File()
    elif marker is None:
        marker = Query() if _is_scalar(annotation) else Body()
    if isinstance(marker, Path):
        keys = tuple(key for key in keys if key in path_names)
        if not keys:
            raise DefinitionError(
                f"{place} is a Path parameter, but the path has no {{{marker.alias or name}}}; "
                "add it to the path, or use Query."
            )
        if default is not PydanticUndefined:
            raise DefinitionError(f"{place} is in the path, so it is always there; take out its default.")
    elif keys[0] in path_names:
        raise DefinitionError(f"{place} is in the path as {{{keys[0]}}}, so it cannot be a {type(marker).__name__}.")
    models = () if any(item is Json or type(item) is Json for item in extra) else _collecting(marker, annotation)
    many = isinstance(marker, (Query, Header, Form)) and _is_sequence(annotation)
    many = many and not any(item is Json or type(item) is Json for item in extra)
    if not isinstance(marker, Body) and not models and not _is_scalar(annotation) and not many:
        raise DefinitionError(
            f"{place} is {_written(annotation)}, which does not fit into a {marker.source}; use a simple type such as "
            "int or str, or send it in the Body."
        )
    if default is not PydanticUndefined and marker.constraints.get("default_factory") is not None:
        raise DefinitionError(f"{place} has a default and a default_factory; keep one.")
    info = marker.field(default)
    full: Any = Annotated[(annotation, *extra, info)]
    return Input(
        argument=name,
        keys=keys,
        marker=marker,
        annotation=annotation,
        type=full,
        adapter=adapter_for(full, f"{place}: {_written(annotation)}"),
        required=info.is_required(),
        many=many,
        models=models,
        optional=type(None) in _members(annotation),
    )


def _keys(name: str, marker: Parameter | None) -> tuple[Any, ...]:
    """Return the names under which the request may hold an argument."""
    if marker is None:
        return (name,)
    validation_alias = marker.constraints.get("validation_alias")
    if isinstance(validation_alias, AliasChoices):
        return tuple(choice for choice in validation_alias.choices if isinstance(choice, str))  # a path has no key
    if validation_alias is not None:
        return (validation_alias,)
    if marker.alias is not None:
        return (marker.alias,)
    convert = isinstance(marker, Header) and marker.convert_underscores
    return (name.replace("_", "-") if convert else name,)


def _collecting(marker: Parameter, annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the models that collect values, where the annotation is one, or one or None, or for a form several."""
    if not isinstance(marker, (Query, Header, Cookie)) and (not isinstance(marker, Form) or marker.embed):
        return ()
    members = [member for member in _members(annotation) if member is not type(None)]
    models = tuple(member for member in members if isinstance(member, type) and issubclass(member, BaseModel))
    if len(models) < len(members) or (len(models) > 1 and not isinstance(marker, Form)):
        return ()
    return models


def _model_fields(model: type[BaseModel], convert_underscores: bool) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        alias = info.validation_alias or info.alias or name
        names = alias.choices if isinstance(alias, AliasChoices) else [alias]
        keys = [key for key in names if isinstance(key, str)] or [name]
        if model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name"):
            keys.append(name)
        if convert_underscores:
            keys = [key.replace("_", "-") if key == name else key for key in keys]
        shown = keys[0] if isinstance(alias, AliasChoices) or not convert_underscores else str(alias)
        yield Field(shown, tuple(dict.fromkeys(keys)), _is_sequence(info.annotation))


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


def _is_file(annotation: Any) -> bool:
    """Tell whether it is an uploaded file, or several."""
    return any(
        isinstance(inner, type) and issubclass(inner, UploadFile)
        for member in _members(annotation)
        for inner in (member, *get_args(member))
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
