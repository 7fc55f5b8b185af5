"""How a handler's result becomes JSON bytes. pydantic writes them in one go; there is no step through Python objects.

With a response model the result is first held against it, so a mistake is found here and never sent; without one,
whatever pydantic can write is written. :func:`jsonable_encoder` goes only half the way, to plain data.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import inspect
import marshal
import re
from collections import deque
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import GeneratorType, NoneType
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, PydanticUndefinedType, to_json, to_jsonable_python

from fwlab.exceptions import FwlabError, ResponseValidationError

Encoder = Callable[[Any], bytes]


class EncodingError(FwlabError, ValueError):
    """A value that has no JSON form."""


def to_json_bytes(value: Any) -> bytes:
    """Return any value as compact JSON: plain data, models, dataclasses, dates, sets, enums, or an object's attributes.

    Raises:
        EncodingError: when something in it has no JSON form.

    Example:
        >>> to_json_bytes({"sizes": (1, 2)})
        b'{"sizes":[1,2]}'
    """
    kind = type(value)
    try:
        if kind is dict or kind is list:
            try:
                marshal.dumps(value)  # which refuses all but plain data; nothing else looks through it as fast
            except ValueError:
                value = _AS_FASTAPI(value)
        elif kind not in _PLAIN and BaseModel not in kind.__mro__:
            value = _AS_FASTAPI(value)
        # JSON has no NaN and no infinity; null is what JavaScript writes for them.
        return to_json(value, by_alias=True, inf_nan_mode="null", timedelta_mode="float", fallback=_own_attributes)
    except (PydanticSerializationError, RecursionError, ValueError) as error:
        raise _no_json(value, error) from error


def jsonable_encoder(
    obj: Any,
    include: Collection[Any] | None = None,
    exclude: Collection[Any] | None = None,
    by_alias: bool = True,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
    exclude_none: bool = False,
    custom_encoder: Mapping[Any, Callable[[Any], Any]] | None = None,
    sqlalchemy_safe: bool = True,
) -> Any:
    """Return any value as plain data that JSON knows: for a database, or for a response of your own.

    Args:
        obj: the value.
        include: only these fields of a model, keys of a dict, attributes of an object.
        exclude: all but these.
        by_alias: name a model's fields by their aliases.
        exclude_unset: leave out a model's fields that were not given.
        exclude_defaults: leave out a model's fields that are as they are by default.
        exclude_none: leave out what is None.
        custom_encoder: what to do with the values of a type of your own.
        sqlalchemy_safe: leave out what begins with ``_sa``, where SQLAlchemy keeps its own things.

    Raises:
        EncodingError: when something in it has no JSON form.

    Example:
        >>> from decimal import Decimal
        >>> jsonable_encoder({"when": datetime.date(2030, 1, 1), "price": Decimal("9.5")})
        {'when': '2030-01-01', 'price': 9.5}
    """

    def dump(model: BaseModel, include: Any, exclude: Any) -> Any:
        data = model.model_dump(
            mode="json",
            include=_as_set(include),
            exclude=_as_set(exclude),
            by_alias=by_alias,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            exclude_none=exclude_none,
        )
        return _Walk(dump, exclude_none=exclude_none, without_sa=sqlalchemy_safe)(data)

    walk = _Walk(dump, custom_encoder or {}, exclude_none, sqlalchemy_safe, to_plain=True)
    try:
        return walk(obj, include, exclude)
    except (PydanticSerializationError, RecursionError, ValueError) as error:
        raise _no_json(obj, error) from error


def _as_set(keys: Any) -> Any:
    return keys if keys is None or isinstance(keys, (set, dict)) else set(keys)


def _number(value: Decimal) -> float:
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else float(value)


_PLAIN = frozenset({str, int, float, bool, NoneType})
_SEQUENCES = (list, tuple, set, frozenset, deque, GeneratorType)
# Where pydantic would write something else than FastAPI, or nothing.
_WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    bytes: bytes.decode,
    datetime.date: lambda day: day.isoformat(),
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: datetime.timedelta.total_seconds,
    Decimal: _number,
    PurePath: str,
    PydanticUndefinedType: lambda undefined: None,
    re.Pattern: lambda pattern: pattern.pattern,
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Walk:
    """A way through a value that leaves plain data behind, or what pydantic writes as FastAPI does.

    Args:
        model: what becomes of a model, given what of it is included and excluded.
        custom: what becomes of the values of some types.
        exclude_none: leave out keys whose value is None.
        without_sa: leave out keys that begin with ``_sa``.
        to_plain: leave nothing to pydantic.
    """

    model: Callable[[BaseModel, Any, Any], Any]
    custom: Mapping[Any, Callable[[Any], Any]] = dataclasses.field(default_factory=dict)
    exclude_none: bool = False
    without_sa: bool = False
    to_plain: bool = False

    def __call__(self, value: Any, include: Any = None, exclude: Any = None) -> Any:
        kind = type(value)
        if self.custom:
            for known in (kind, *self.custom):
                if known in self.custom and isinstance(value, known):
                    return self.custom[known](value)
        if kind in _PLAIN:
            return value
        if BaseModel in kind.__mro__:
            return self.model(value, include, exclude)
        if isinstance(value, dict):
            return self._pairs(value, include, exclude)
        if isinstance(value, _SEQUENCES):
            return [self(item, include, exclude) for item in value]
        if isinstance(value, Enum):
            return self(value.value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            pairs = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
            return self._pairs(pairs, include, exclude)
        for base in kind.__mro__:
            if base in _WRITTEN:
                return _WRITTEN[base](value)
        if not self.to_plain:
            return value
        try:
            return to_jsonable_python(value)
        except PydanticSerializationError:
            return self(_attributes(value), include, exclude)

    def _pairs(self, pairs: Mapping[Any, Any], include: Any, exclude: Any) -> dict[Any, Any]:
        if include is None and exclude is None and not self.exclude_none and not self.without_sa:
            return {key if type(key) is str else self(key): self(value) for key, value in pairs.items()}
        return {
            self(key): self(value)
            for key, value in pairs.items()
            if (include is None or key in include)
            and (exclude is None or key not in exclude)
            and not (value is None and self.exclude_none)
            and not (self.without_sa and isinstance(key, str) and key.startswith("_sa"))
        }


_AS_FASTAPI = _Walk(lambda model, include, exclude: model)


def _no_json(value: Any, error: Exception) -> EncodingError:
    reason = str(error).removeprefix("Error serializing to JSON: ").removeprefix("EncodingError: ")
    return EncodingError(f"{type(value).__name__} cannot be written as JSON: {reason}")


def _attributes(value: Any) -> Any:
    """Return what to write of an object that pydantic does not know."""
    _refuse_unawaited(value)
    if type(value).__module__.startswith(("pydantic.", "pydantic_extra_types.")):
        return str(value)
    try:
        return dict(value)
    except Exception:
        with contextlib.suppress(Exception):
            if not isinstance(value, type) and not inspect.isroutine(value):
                return vars(value)
    raise EncodingError(f"{value!r} has no JSON form; return plain data, a dataclass or a pydantic model.")


def _own_attributes(value: Any) -> Any:
    """Return the same without what SQLAlchemy keeps in an object for itself."""
    found = _attributes(value)
    if isinstance(found, dict):
        found = {key: item for key, item in found.items() if key != "_sa_instance_state"}
    return _AS_FASTAPI(found)


def _refuse_unawaited(value: Any) -> None:
    if inspect.iscoroutine(value):
        value.close()
        raise EncodingError(f"{value.__qualname__}() was called but not awaited; write `await` before the call.")
    if inspect.isawaitable(value):
        raise EncodingError(f"a {type(value).__name__} was not awaited; write `await` before it.")


class ModelEncoder:
    """Holds a result against a response model and writes what the model declares, and no more.

    Args:
        adapter: the response model.
        handler: the handler's name, for the message when the result does not fit.
        by_alias: write the fields under their aliases.
        **options: which fields are written: ``include``, ``exclude``, ``exclude_unset``, ``exclude_defaults``,
            ``exclude_none``.

    Example:
        >>> encode = ModelEncoder(TypeAdapter(list[int]), "handler 'sizes'")
        >>> encode(["1", 2])
        b'[1,2]'
    """

    def __init__(self, adapter: TypeAdapter[Any], handler: str, *, by_alias: bool = True, **options: Any) -> None:
        self._validate = adapter.validator.validate_python
        self._write: Callable[[Any], bytes] = functools.partial(
            adapter.serializer.to_json, by_alias=by_alias, **options
        )
        self._dump: Callable[[Any], Any] = functools.partial(
            adapter.serializer.to_python, mode="json", by_alias=by_alias, **options
        )
        self._handler = handler

    def __call__(self, value: Any) -> bytes:
        """Return ``value`` as JSON.

        Raises:
            ResponseValidationError: when it is not what the model allows.
            FwlabError: when the model allows anything, and something in it has no JSON form.
        """
        checked = self._checked(value)
        try:
            return self._write(checked)
        except (PydanticSerializationError, RecursionError, ValueError) as error:
            raise _no_json(value, error) from error

    def to_python(self, value: Any) -> Any:
        """Return ``value`` as plain data, for a response class with a way of its own to write it."""
        return self._dump(self._checked(value))

    def _checked(self, value: Any) -> Any:
        if inspect.iscoroutine(value):
            _refuse_unawaited(value)
        try:
            return self._validate(value, from_attributes=True)
        except ValidationError as error:
            located = [{**line, "loc": ("response", *line["loc"])} for line in error.errors(include_url=False)]
            raise ResponseValidationError(located, handler=self._handler) from error
