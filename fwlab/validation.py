"""From the parts of a request to valid values: all strings in one go, the body's bytes in another.

Two pydantic validators are built at registration, one over every path and query parameter of the path operation, one
over its body. They are fast because they look at everything at once. When one refuses, the values are looked at again
one by one, in FastAPI's order and words: the refusal may cost more than the acceptance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import PydanticUndefined, from_json
from typing_extensions import TypedDict

from fwlab.exceptions import HTTPException, RequestValidationError
from fwlab.requests import query_pairs
from fwlab.signature import Input

Slotted = tuple[str, Input]
Error = dict[str, Any]


class Strings:
    """The inputs that come as strings: from the path and from the query.

    Args:
        inputs: each with the slot under which its value is kept.
    """

    def __init__(self, inputs: Sequence[Slotted]) -> None:
        self._path = tuple((item.alias, slot) for slot, item in inputs if item.source == "path")
        self._query: dict[str, list[tuple[str, bool]]] = {}
        for slot, item in inputs:
            if item.source == "query":
                self._query.setdefault(item.alias, []).append((slot, item.many))
        self.validate = _together({slot: item.type for slot, item in inputs}).validator.validate_python

    def read(self, path: Mapping[str, Any], query: bytes) -> dict[str, Any]:
        """Return what the request holds for each slot; what it lacks is left out."""
        raw: dict[str, Any] = {slot: path[name] for name, slot in self._path}
        if query and self._query:
            for name, value in query_pairs(query):
                for slot, many in self._query.get(name, ()):
                    if many:
                        raw.setdefault(slot, []).append(value)
                    else:
                        raw[slot] = value
        return raw


class JSONBody:
    """The inputs that come from the body: one that *is* the body, or several under their own keys.

    Args:
        inputs: each with the slot under which its value is kept.
    """

    def __init__(self, inputs: Sequence[Slotted]) -> None:
        self.embedded = is_embedded([item for _, item in inputs])
        if self.embedded:
            fields = {slot: Annotated[item.type, Field(validation_alias=item.alias)] for slot, item in inputs}
            self._validate_all = _together(fields).validator.validate_json
        else:
            self._validate_each = [(slot, item.adapter.validator.validate_json) for slot, item in inputs]

    def validate(self, body: bytes, declared_json: bool) -> dict[str, Any] | None:
        """Return the value of each slot, or None where :meth:`look` has to say what is wrong.

        Raises:
            ValidationError: likewise.
        """
        if not body or not declared_json:
            return None
        if self.embedded:
            values: dict[str, Any] = self._validate_all(body)
        else:
            values = {}
            for slot, validate in self._validate_each:
                values[slot] = validate(body)
        return values

    def parse(self, body: bytes, declared_json: bool) -> Any:
        """Return the body as Python data: ``PydanticUndefined`` when empty, bytes when it is not declared as JSON.

        Raises:
            RequestValidationError: when it is not JSON.
            HTTPException: with status 400 when it cannot even be decoded.
        """
        if not body:
            return PydanticUndefined
        if not declared_json:
            return body
        try:
            parsed = json.loads(body)
            # Python's parser takes what pydantic's refuses and what nobody could be sent back: halves of surrogate
            # pairs, and brackets that are nested hundreds of times.
            from_json(json.dumps(parsed))
        except json.JSONDecodeError as error:
            message = {
                "type": "json_invalid",
                "loc": ("body", error.pos),
                "msg": "JSON decode error",
                "input": {},
                "ctx": {"error": error.msg},
            }
            raise RequestValidationError([message], body=error.doc) from error
        except (UnicodeDecodeError, RecursionError, ValueError) as error:
            raise HTTPException(400, "There was an error parsing the body") from error
        return parsed

    def look(self, item: Input, parsed: Any) -> tuple[Any, list[Error]]:
        """Validate the part of the parsed body that is ``item``'s; see :func:`look`."""
        if not self.embedded:
            return look(item, parsed, ("body",))
        loc = ("body", item.alias)
        if isinstance(parsed, dict):
            return look(item, parsed.get(item.alias, PydanticUndefined), loc)
        if parsed is PydanticUndefined or isinstance(parsed, bytes):
            return look(item, PydanticUndefined, loc)
        return None, [_missing(loc)]  # a list, a number or null has no keys, so that not even a default helps


def is_embedded(inputs: Sequence[Input]) -> bool:
    """Tell whether the body holds these inputs under their own keys, and is not itself the one value they all take."""
    return len({item.alias for item in inputs}) > 1 or inputs[0].embedded


def look(item: Input, value: Any, loc: tuple[str, ...]) -> tuple[Any, list[Error]]:
    """Validate one value on its own and return it, or what is wrong with it in FastAPI's words."""
    if value is PydanticUndefined:
        if item.required:
            return None, [_missing(loc)]
        default = item.adapter.get_default_value()
        return default.value if default is not None else None, []
    try:
        return item.adapter.validate_python(value, from_attributes=True), []
    except ValidationError as error:
        return None, [{**line, "loc": (*loc, *line["loc"])} for line in error.errors(include_url=False)]


def _missing(loc: tuple[str, ...]) -> Error:
    return {"type": "missing", "loc": loc, "msg": "Field required", "input": None}


def _together(fields: Mapping[str, Any]) -> TypeAdapter[dict[str, Any]]:
    """Return one validator over several fields, which is faster than one validator for each."""
    return TypeAdapter(TypedDict("Inputs", fields))  # type: ignore[operator]
