"""What a function asks for: its signature read into inputs (from the request) and needs (from dependencies).

This runs once, when a path operation is registered. Everything that can be wrong with a signature is found here and
raised as a :class:`DefinitionError` that names the function, the argument and the mend.
"""

import collections.abc
import dataclasses
import inspect
import re
import types
import warnings
from collections.abc import Collection, Iterator
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import AliasChoices, BaseModel, Json, TypeAdapter
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo
from pydantic.warnings import UnsupportedFieldAttributeWarning
from pydantic_core import PydanticUndefined, SchemaError
from typing_extensions import TypeAliasType, is_typeddict

from fwlab.background import BackgroundTasks
from fwlab.datastructures import UploadFile
from fwlab.exceptions import DefinitionError
from fwlab.params import Body, Cookie, Depends, File, Form, Header, Parameter, Path, Query, SecurityScopes
from fwlab.requests import HTTPConnection, Request
from fwlab.responses import Response
from fwlab.types import Function
from fwlab.websockets import WebSocket

# What an argument may ask for by its annotation alone, besides values: the objects of the request that is under way.
PROVIDED: tuple[type[Any], ...] = (Request, WebSocket, HTTPConnection, Response, BackgroundTasks, SecurityScopes)

_SEQUENCES = (list, tuple, set, frozenset, collections.deque, collections.abc.Sequence, collections.abc.Set)


class Field(NamedTuple):
    """One field of a model that collects several parameters.

    Attributes:
        alias: the model's own name for it.
        keys: the request's names for it; the first that is there counts.
        unheard: what would be names of it, had a header's underscores not become dashes.
        is_json: whether it is a text that holds JSON, pydantic's ``Json``.
        many: whether it takes every value of a repeated key.
    """

    alias: str
    keys: tuple[str, ...]
    unheard: tuple[str, ...]
    many: bool


class Input:
    """One value that a function takes from the request.

    Attributes:
        argument: the function's name for it.
        alias: the request's name for it.
        key: the same as the request's parts have it: in lower case for a header.
        counts: which of the values of a repeated key counts: 0, the first, for a header, -1, the last, for others.
        annotation: what the function says that it is.
        marker: what was written about it: its constraints, whether it is embedded in the body.
        source: where in the request it is: ``"path"``, ``"query"``, ``"header"``, ``"cookie"``, ``"body"``, ``"form"``.
        type: the annotation, with the constraints and the default in pydantic's words.
        adapter: validates one such value; pydantic's own object.
        required: whether a request without it is refused.
        optional: whether the annotation allows None.
        many: whether it takes every value of a repeated key (``?tag=a&tag=b``).
        models: the pydantic models that collect values of this source, field by field: one, or for a form the members
            of a union; empty where the value is a single one.
        fields: what its models collect.
        embedded: whether it stands under its own key in the body; it does so, too, where the body holds others.
        slot: the name under which its value is kept during a request.
    """

    def __init__(
        self, argument: str, annotation: Any, extra: tuple[Any, ...], marker: Parameter, default: Any, place: str
    ) -> None:
        info = marker.field(default)
        self.is_json = any(item is Json or type(item) is Json for item in extra)
        convert = isinstance(marker, Header) and marker.convert_underscores
        self.argument = self.slot = argument
        self.annotation, self.marker, self.source = annotation, marker, marker.source
        own_name = argument.replace("_", "-") if convert else argument
        said = next((item for item in extra if isinstance(item, FieldInfo)), info)
        alias = marker.constraints.get("validation_alias") or marker.alias or said.validation_alias or own_name
        if not isinstance(alias, str):
            raise DefinitionError(f"{place}: its alias is no name of a key in the request; use a str.")
        self.alias = alias
        self.key, self.counts = (alias.lower(), 0) if self.source == "header" else (alias, -1)
        self.type: Any = Annotated[(annotation, *extra, info)]
        self.adapter = adapter_for(self.type, f"{place}: {self.written}")
        self.required = info.is_required()
        self.optional = type(None) in _members(annotation)
        self.many = isinstance(marker, (Query, Header, Form)) and _is_sequence(annotation) and not self.is_json
        self.models = () if self.is_json else _collecting(marker, annotation)
        self.fields = [field for model in self.models for field in _model_fields(model, convert)]
        self.embedded = not self.models and isinstance(marker, Body) and bool(marker.embed)

    @property
    def written(self) -> str:
        """Its annotation as one would write it."""
        is_class = isinstance(self.annotation, type) and not get_args(self.annotation)
        return self.annotation.__name__ if is_class else repr(self.annotation).replace("typing.", "")

    @property
    def loc(self) -> tuple[str, ...]:
        """Where an error says that it is."""
        is_all = bool(self.models) or (self.source == "body" and not self.embedded)
        place = "body" if self.source == "form" else self.source
        return (place,) if is_all else (place, self.alias)


# What an argument may ask for: a value of the request, a dependency, or an object of the request that is under way.
Asked = Input | Depends | type[Any]


def name_of(function: Function) -> str:
    """Return the name by which a message calls a function, a class or an object that can be called.

    Example:
        >>> import functools
        >>> name_of(print), name_of(functools.partial(print, "burger"))
        ('print', 'partial')
    """
    return getattr(function, "__name__", None) or type(function).__name__


def read_signature(function: Function, path_names: Collection[str], owner: str) -> dict[str, Asked]:
    """Return what each argument of a function asks for.

    Args:
        function: a handler or a dependency.
        path_names: the parameters of the path template; arguments of these names come from the path.
        owner: what the function is called in messages, such as ``"handler 'burgers' of GET /burgers/{n}"``.

    Raises:
        DefinitionError: for anything in the signature that can never work.

    Example:
        >>> def burgers(n: int, size: int = 1): ...
        >>> read = read_signature(burgers, ["n"], "handler 'burgers'")
        >>> [(name, item.source, item.required) for name, item in read.items()]
        [('n', 'path', True), ('size', 'query', False)]
    """
    read: dict[str, Asked] = {}
    for argument in signature_of(function, owner).parameters.values():
        place = f"{owner}: argument {argument.name!r}"
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            raise DefinitionError(f"{place} collects any number of values; name each argument instead.")
        if argument.kind is argument.POSITIONAL_ONLY:
            raise DefinitionError(f"{place} is positional-only, but arguments are passed by name; take out the '/'.")
        read[argument.name] = _read_argument(argument, path_names, place)
    return read


def signature_of(function: Function, owner: str) -> inspect.Signature:
    """Return Python's own view of a function's arguments and result, with annotations that are strings evaluated.

    Raises:
        DefinitionError: when it has none, or an annotation names what does not exist; ``owner`` opens the message.
    """
    try:
        return inspect.signature(function, eval_str=True)
    except Exception as error:  # it looks into the function, and evaluates annotations
        mend = "use a Python function, and define or import before it, at the top level, what its annotations name"
        raise DefinitionError(f"{owner}: its signature cannot be read ({error}); {mend}.") from error


def _read_argument(argument: inspect.Parameter, path_names: Collection[str], place: str) -> Asked:
    annotation: Any = Any if argument.annotation is argument.empty else argument.annotation
    if isinstance(annotation, TypeAliasType):
        annotation = annotation.__value__
    metadata: list[Any] = []
    if get_origin(annotation) is Annotated:
        annotation, *metadata = get_args(annotation)
    default: Any = PydanticUndefined if argument.default is argument.empty else argument.default
    for item in (*metadata, default):
        if isinstance(item, type) and issubclass(item, (Parameter, Depends)):
            raise DefinitionError(f"{place}: write {item.__name__}(), with parentheses.")
    if isinstance(default, FieldInfo):
        raise DefinitionError(f"{place} has pydantic's Field as its default; write Query or Body instead.")
    markers = [item for item in (*metadata, default) if isinstance(item, (Parameter, Depends))]
    if len(markers) > 1:
        raise DefinitionError(f"{place} has {len(markers)} markers ({markers}); keep one.")
    marker = markers[0] if markers else None
    if isinstance(marker, Parameter) and marker is default:
        default = marker.default
    elif isinstance(marker, Parameter) and marker.default is not PydanticUndefined:
        mend = f"write `= {marker.default!r}` after it"
        raise DefinitionError(f"{place}: {type(marker).__name__} has a default inside Annotated; {mend}.")
    if isinstance(marker, Depends):
        is_named = marker.dependency is not None or annotation is Any
        return marker if is_named else dataclasses.replace(marker, dependency=annotation)
    for kind in PROVIDED:
        if isinstance(annotation, type) and issubclass(annotation, kind):
            if marker is not None:
                raise DefinitionError(f"{place} is the {kind.__name__} itself, so it cannot be a {marker!r}.")
            return kind
    # In the path it is always there; the function may have another path, without it.
    default = PydanticUndefined if marker is None and argument.name in path_names else default
    marker = marker or _implied(argument.name, annotation, path_names)
    if default is not PydanticUndefined and marker.constraints.get("default_factory") is not None:
        raise DefinitionError(f"{place} has a default and a default_factory; keep one.")
    extra = tuple(item for item in metadata if item is not marker)
    item = Input(argument.name, annotation, extra, marker, default, place)
    _check(item, path_names, place)
    return item


def _check(item: Input, path_names: Collection[str], place: str) -> None:
    """Refuse what no request could give."""
    kind = type(item.marker).__name__
    if item.source == "header" and not item.alias.isascii():
        raise DefinitionError(f"{place}: {item.alias!r} cannot be a header's name; use an alias of ASCII letters.")
    if item.source != "path" and item.argument in path_names:
        raise DefinitionError(f"{place} is in the path as {{{item.argument}}}, so it cannot be a {kind}.")
    if item.source == "path" and item.alias not in path_names:
        mend = "add it to the path, or use Query"
        raise DefinitionError(f"{place} is a Path parameter, but the path has no {{{item.alias}}}; {mend}.")
    if item.source == "path" and not item.required:
        raise DefinitionError(f"{place} is in the path, so it is always there; take out its default.")
    if not (isinstance(item.marker, Body) or item.models or item.many or item.is_json or _is_scalar(item.annotation)):
        mend = "use a simple type such as int or str, or send it in the Body"
        raise DefinitionError(f"{place} is {item.written}, which does not fit into a {item.source}; {mend}.")


def _implied(name: str, annotation: Any, path_names: Collection[str]) -> Parameter:
    """Return the marker that an argument without one has."""
    if name in path_names:
        return Path()
    if mentions(annotation, UploadFile):
        return File()
    return Query() if _is_scalar(annotation) else Body()


def _collecting(marker: Parameter, annotation: Any) -> tuple[type[BaseModel], ...]:
    """Return the models that collect values, where the annotation is one, or one or None, or for a form several."""
    if not isinstance(marker, (Query, Header, Cookie)) and (not isinstance(marker, Form) or marker.embed):
        return ()
    members = _members(annotation, none=False)
    models = tuple(member for member in members if _is_one_of(member, (BaseModel,)))
    return models if len(models) == len(members) and (len(models) == 1 or isinstance(marker, Form)) else ()


def _model_fields(model: type[BaseModel], convert_underscores: bool) -> Iterator[Field]:
    by_name = model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name")
    for name, info in model.model_fields.items():
        alias = info.validation_alias or info.alias or name
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        names = [choice for choice in choices if isinstance(choice, str)] or [name]
        names = list(dict.fromkeys([*names, name] if by_name else names))
        keys = [key.replace("_", "-") if convert_underscores and key == name else key for key in names]
        yield Field(names[0], tuple(keys), tuple(set(names).difference(keys)), _is_sequence(info.annotation))


def adapter_for(annotation: Any, place: str) -> TypeAdapter[Any]:
    """Return pydantic's validator and serializer for a type.

    Raises:
        DefinitionError: when pydantic knows no way to validate it; ``place`` opens the message.
    """
    try:
        # Of a field's alias it has no use, and says so; it is the name in the request, which is looked for by us.
        with warnings.catch_warnings(action="ignore", category=UnsupportedFieldAttributeWarning):
            adapter: TypeAdapter[Any] = TypeAdapter(annotation)
            adapter.rebuild(raise_errors=True)
    except (PydanticUserError, SchemaError, TypeError, ValueError, NameError, SyntaxError) as error:
        # Without what pydantic advises for models of one's own, and on one line.
        reason = " ".join(re.split(r"\. Set `arbitrary|\n\nFor further", str(error))[0].split())
        mend = "use Python's types, dataclasses or pydantic models"
        raise DefinitionError(f"{place} is not a type whose values can be checked ({reason}); {mend}.") from error
    return adapter


def _members(annotation: Any, *, none: bool = True) -> list[Any]:
    """Return the members of a union, and of anything else just itself; ``none``: with None."""
    if get_origin(annotation) is Annotated:
        return _members(get_args(annotation)[0], none=none)
    if get_origin(annotation) in (Union, types.UnionType):
        return [member for arg in get_args(annotation) for member in _members(arg, none=none)]
    return [annotation] if none or annotation is not type(None) else []


def _is_scalar(annotation: Any) -> bool:
    """Tell whether one string can hold it: no model, mapping or collection, also not in a union."""
    composite, members = (BaseModel, dict, collections.abc.Mapping, *_SEQUENCES), _members(annotation)
    return not any(_is_one_of(m, composite) or dataclasses.is_dataclass(m) or is_typeddict(m) for m in members)


def _is_sequence(annotation: Any) -> bool:
    """Tell whether repeated keys can hold it: a collection of scalars, or such a collection or None."""
    members = _members(annotation, none=False)
    scalars = all(arg is ... or _is_scalar(arg) for member in members for arg in get_args(member))
    return bool(members) and scalars and all(_is_one_of(member, _SEQUENCES) for member in members)


def mentions(annotation: Any, kind: type[Any]) -> bool:
    """Tell whether it is such a class, or a collection of it, or a union with one of them."""
    found = [inner for outer in _members(annotation) for inner in (outer, *get_args(outer))]
    return any(isinstance(inner, type) and issubclass(inner, kind) for inner in found)


def _is_one_of(annotation: Any, classes: tuple[Any, ...]) -> bool:
    origin = get_origin(annotation) or annotation
    return isinstance(origin, type) and issubclass(origin, classes) and not issubclass(origin, (str, bytes))
