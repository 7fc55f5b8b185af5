"""How a handler's result becomes JSON bytes. pydantic writes them in one go; there is no step through Python objects.

With a response model the result is first held against it, so a mistake is found here and never sent; without one,
whatever pydantic can write is written.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, to_json

from fwlab.exceptions import FwlabError, ResponseValidationError

Encoder = Callable[[Any], bytes]


def to_json_bytes(value: Any) -> bytes:
    """Return any value as compact JSON: plain data, models, dataclasses, dates, sets, enums, or an object's attributes.

    Raises:
        FwlabError: when something in it has no JSON form.

    Example:
        >>> to_json_bytes({"sizes": (1, 2)})
        b'{"sizes":[1,2]}'
    """
    try:
        # JSON has no NaN and no infinity; null is what JavaScript writes for them.
        return to_json(value, by_alias=True, inf_nan_mode="null", timedelta_mode="float", fallback=_attributes)
    except (PydanticSerializationError, RecursionError, ValueError) as error:
        raise _no_json(value, error) from error


def _no_json(value: Any, error: Exception) -> FwlabError:
    reason = str(error).removeprefix("Error serializing to JSON: ").removeprefix("FwlabError: ")
    return FwlabError(f"{type(value).__name__} cannot be written as JSON: {reason}")


def _attributes(value: Any) -> Any:
    """Return what to write of an object that pydantic does not know."""
    _refuse_unawaited(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, type) or callable(value) or not hasattr(value, "__dict__"):
        raise FwlabError(f"{value!r} has no JSON form; return plain data, a dataclass or a pydantic model.")
    return vars(value)


def _refuse_unawaited(value: Any) -> None:
    if inspect.iscoroutine(value):
        value.close()
        raise FwlabError(f"{value.__qualname__}() was called but not awaited; write `await` before the call.")
    if inspect.isawaitable(value):
        raise FwlabError(f"a {type(value).__name__} was not awaited; write `await` before it.")


class ModelEncoder:
    """Holds a result against a response model and writes what the model declares, and no more.

    Args:
        adapter: the response model.
        handler: the handler's name, for the message when the result does not fit.

    Example:
        >>> encode = ModelEncoder(TypeAdapter(list[int]), "handler 'sizes'")
        >>> encode(["1", 2])
        b'[1,2]'
    """

    def __init__(self, adapter: TypeAdapter[Any], handler: str) -> None:
        self._validate = adapter.validator.validate_python
        self._write = adapter.serializer.to_json
        self._handler = handler

    def __call__(self, value: Any) -> bytes:
        """Return ``value`` as JSON.

        Raises:
            ResponseValidationError: when it is not what the model allows.
            FwlabError: when the model allows anything, and something in it has no JSON form.
        """
        if inspect.iscoroutine(value):
            _refuse_unawaited(value)
        try:
            checked = self._validate(value, from_attributes=True)
        except ValidationError as error:
            located = [{**line, "loc": ("response", *line["loc"])} for line in error.errors(include_url=False)]
            raise ResponseValidationError(located, handler=self._handler) from error
        try:
            return self._write(checked, by_alias=True)
        except (PydanticSerializationError, RecursionError, ValueError) as error:
            raise _no_json(value, error) from error
