"""How a handler's result becomes JSON bytes. pydantic writes them in one go; there is no step through Python objects.

With a response model the result is first held against it, so a mistake is found here and never sent; without one,
whatever pydantic can write is written. :func:`jsonable_encoder` goes only half the way, to plain data.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import inspect
import marshal
from collections import deque
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import CoroutineType, GeneratorType, NoneType
from typing import Any, NamedTuple

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, PydanticUndefinedType, to_json, to_jsonable_python

from fwlab.exceptions import FwlabError, ResponseValidationError


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
    inside_models = _Walk(None, exclude_none, sqlalchemy_safe)
    def dump(model: BaseModel, **fields: Any) -> Any:
        fields |= 
