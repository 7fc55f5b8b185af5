"""How a handler's result becomes JSON bytes. pydantic writes them in one go; there is no step through Python objects.

With a response model the result is first held against it, so a mistake is found here and never sent; without one,
whatever pydantic can write is written. :func:`jsonable_encoder` goes only half the way, to plain data.
"""

import contextlib
import dataclasses
import datetime
import inspect
import marshal
import sys
from collections import deque
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import GeneratorType, NoneType
from typing import Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, PydanticUndefinedType, to_json, to_jsonable_python

from fwlab.exceptions import FwlabError, ResponseValidationError

Encoder = Callable[[Any], bytes]


class EncodingError(FwlabError, ValueError):
    """A value that has no JSON form."""

    def __init__(self, value: Any, reason: object) -> None:
        super().__init__(f"{type(value).__name__} cannot be written as JSON: {reason}")


def to_json_bytes(value: Any) -> bytes:
    """Return any value as compact JSON: plain data, models, dataclasses, dates, sets, enums, or an object's attributes.

    Raises:
        EncodingError: when something in it has no JSON form.

    Example:
        >>> to_json_bytes({"sizes": (1, 2)})
        b'{"sizes":[1,2]}'
    """
    try:
        try:
            marshal.dumps(value)  # which refuses all but plain data; nothing else looks through it as fast
        except ValueError:
            value = _AROUND_MODELS(value)
        # JSON has no NaN and no infinity; null is what JavaScript writes for them.
        return to_json(value, by_alias=True, inf_nan_mode="null")
    except (RecursionError, ValueError) as error:
        raise EncodingError(value, error) from error


def jsonable_encoder(
    obj: Any,
    include: Collection[Any] | None = None,
    exclude: Collection[Any] | None = None,
    *,
    custom_encoder: Mapping[Any, Callable[[Any], Any]] | None = None,
    sqlalchemy_safe: bool = True,
    **options: bool,
) -> Any:
    """Return any value as plain data that JSON knows: for a database, or for a response of your own.

    Args:
        obj: the value.
        include: only these fields of a model, keys of a dict, attributes of an object.
        exclude: all but these.
        custom_encoder: what to do with the values of a type of your own.
        sqlalchemy_safe: leave out what begins with ``_sa``, where SQLAlchemy keeps its own things.
        **options: of models: ``by_alias`` (the default), ``exclude_unset`` (what was not given), ``exclude_defaults``
            (what is as it is by default); of dicts, too: ``exclude_none``.

    Raises:
        EncodingError: when something in it has no JSON form.

    Example:
        >>> from decimal import Decimal
        >>> jsonable_encoder({"when": datetime.date(2030, 1, 1), "price": Decimal("9.5")})
        {'when': '2030-01-01', 'price': 9.5}
    """
    sets = [keys if keys is None or isinstance(keys, (set, dict)) else set(keys) for keys in (include, exclude)]
    exclude_none = options.get("exclude_none", False)
    walk = _Walk({"by_alias": True, **options}, custom_encoder or {}, exclude_none, sqlalchemy_safe)
    try:
        return walk(obj, *sets)
    except (RecursionError, ValueError) as error:
        raise EncodingError(obj, error) from error


def _number(value: Decimal) -> float:
    exponent = value.as_tuple().exponent
    # One that nobody could read, nor we write in a reasonable time, such as 1e999999999, is infinite as a float.
    is_whole = isinstance(exponent, int) and exponent >= 0 and value.adjusted() < sys.int_info.default_max_str_digits
    return int(value) if is_whole else float(value)


_PLAIN = frozenset({str, int, float, bool, NoneType})
_SEQUENCES = (list, tuple, set, frozenset, deque, GeneratorType)
# Where pydantic would write something else than FastAPI, or nothing.
_WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    datetime.datetime: datetime.datetime.isoformat,
    datetime.time: datetime.time.isoformat,
    datetime.timedelta: datetime.timedelta.total_seconds,
    Decimal: _number,
    PurePath: str,
    PydanticUndefinedType: lambda undefined: None,
}


class _Walk(NamedTuple):
    """A way through a value that leaves plain data behind, as FastAPI writes it.

    Attributes:
        options: how models are dumped; None: they stay what they are.
        custom: what becomes of the values of some types.
        exclude_none: leave out keys whose value is None.
        without_sa: leave out keys that begin with ``_sa``.
    """

    options: Mapping[str, Any] | None = None
    custom: Mapping[Any, Callable[[Any], Any]] = {}
    exclude_none: bool = False
    without_sa: bool = False

    def __call__(self, value: Any, include: Any = None, exclude: Any = None) -> Any:
        kind = type(value)
        for known in (kind, *self.custom) if self.custom else ():
            if known in self.custom and isinstance(value, known):
                return self.custom[known](value)
        if kind in _PLAIN:
            return value
        if BaseModel in kind.__mro__:
            if self.options is None:
                return value
            data = value.model_dump(mode="json", include=include, exclude=exclude, **self.options)
            return self._replace(custom={})(data)
        if isinstance(value, _SEQUENCES):
            return [self(item, include, exclude) for item in value]
        if isinstance(value, Enum):
            return self(value.value)
        for base in kind.__mro__:
            if base in _WRITTEN:
                return _WRITTEN[base](value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        if not isinstance(value, dict):
            try:
                return to_jsonable_python(value)
            except PydanticSerializationError:
                return self(_attributes(value), include, exclude)
        return {
            self(key): self(item)
            for key, item in value.items()
            if (include is None or key in include)
            and (exclude is None or key not in exclude)
            and not (self.exclude_none and item is None)
            and not (self.without_sa and isinstance(key, str) and key.startswith("_sa"))
        }


_AROUND_MODELS = _Walk()


def _attributes(value: Any) -> Any:
    """Return what to write of an object that pydantic does not know."""
    _refuse_unawaited(value)
    if type(value).__module__.startswith(("pydantic.", "pydantic_extra_types.")):
        return str(value)
    if not isinstance(value, type) and not inspect.isroutine(value):
        for read in (dict, vars):
            with contextlib.suppress(Exception):
                return {name: item for name, item in read(value).items() if name != "_sa_instance_state"}
    raise ValueError(f"{value!r} has no JSON form; return plain data, a dataclass or a pydantic model.")


def _refuse_unawaited(value: Any) -> None:
    if inspect.isawaitable(value):
        if inspect.iscoroutine(value):
            value.close()
        called = getattr(value, "__qualname__", type(value).__name__)
        raise ValueError(f"{called}() was called but not awaited; write `await` before the call.")


def model_encoder(adapter: TypeAdapter[Any], handler: str, **options: Any) -> Encoder:
    """Return what holds a result against a response model and writes what the model declares, and no more.

    Args:
        adapter: the response model.
        handler: the handler's name, for the message when the result does not fit.
        **options: which fields are written, and whether under their aliases, as pydantic names it.

    Example:
        >>> encode = model_encoder(TypeAdapter(list[int]), "handler 'sizes'")
        >>> encode(["1", 2])
        b'[1,2]'
    """
    validate, write = adapter.validator.validate_python, adapter.serializer.to_json
    options.setdefault("by_alias", True)

    def encode(value: Any) -> bytes:
        try:
            if inspect.iscoroutine(value):
                _refuse_unawaited(value)
            return write(validate(value, from_attributes=True), **options)
        except ValidationError as error:
            located = [{**line, "loc": ("response", *line["loc"])} for line in error.errors(include_url=False)]
            raise ResponseValidationError(located, handler=handler) from error
        except (RecursionError, ValueError) as error:
            raise EncodingError(value, error) from error

    return encode
