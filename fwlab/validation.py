"""From the parts of a request to valid values: all strings in one go, the body's bytes in another.

Two pydantic validators are built at registration, one over every path, query, header and cookie parameter of the path
operation, one over its JSON body. They are fast because they look at everything at once. When one refuses, the values
are looked at again one by one, in FastAPI's order and words: the refusal may cost more than the acceptance.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import PydanticUndefined, from_json
from typing_extensions import TypedDict

from fwlab.datastructures import FormData, UploadFile
from fwlab.exceptions import HTTPException, RequestValidationError
from fwlab.params import File
from fwlab.requests import cookie_pairs, query_pairs
from fwlab.signature import Input, mentions
from fwlab.types import Scope

Error = dict[str, Any]

NOT_EVEN_A_DEFAULT: Any = object()  # stands for a value that is missing where no default can help


class Strings:
    """The inputs that come as strings: from the path, the query, the headers and the cookies.

    Args:
        inputs: those of all steps.
    """

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._path, self._query, self._headers, self._cookies = (
            [item for item in inputs if item.source == source] for source in ("path", "query", "header", "cookie")
        )
        self._collects_query = any(item.models for item in self._query)
        collects_headers = any(item.models for item in self._headers)
        self._header_names = {item.key.encode() for item in self._headers if not collects_headers}
        # By slot, also where the annotation has a field with an alias: that is the name in the request.
        fields = {item.slot: Annotated[item.type, Field(validation_alias=item.slot)] for item in inputs}
        self.validate = _together(fields).validator.validate_python

    def read(self, scope: Scope) -> dict[str, Any]:
        """Return what the request holds for each slot; what it lacks is left out."""
        raw: dict[str, Any] = {}
        for item in self._path:
            raw[item.slot] = scope["path_params"][item.alias]
        if self._query and (scope["query_string"] or self._collects_query):
            pick(self._query, query_pairs(scope["query_string"]), raw)
        if self._headers:
            names = self._header_names
            asked = [pair for pair in scope["headers"] if not names or pair[0] in names]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in asked]
            pick(self._headers, headers, raw)
        if self._cookies:
            cookies = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
            pick(self._cookies, [pair for cookie in cookies for pair in cookie_pairs(cookie)], raw)
        return raw


def pick(inputs: Iterable[Input], pairs: Iterable[tuple[str, Any]], raw: dict[str, Any]) -> None:
    """Put what one source holds for its inputs into their slots: all values of a key, or the one that counts.

    Args:
        inputs: of that source.
        pairs: names and values, in their order.
        raw: the slots.
    """
    groups: dict[str, list[Any]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    for item in inputs:
        if item.models:
            value = _collected(item, groups)
            if value is not PydanticUndefined:
                raw[item.slot] = value
        elif group := groups.get(item.key):
            raw[item.slot] = group if item.many else group[item.counts]


def _collected(item: Input, groups: dict[str, list[Any]]) -> Any:
    """Return the raw values of the models' fields, and of what it has no field for.

    Returns:
        A dict, or ``PydanticUndefined`` where an optional model finds nothing that is its own.
    """
    values: dict[str, Any] = {}
    used: set[str] = set()
    written = str.lower if item.source == "header" else str
    for field in item.fields:
        found = [key for key in map(written, field.keys) if key in groups][:1]
        used.update(found, map(written, field.unheard))
        for key in found:
            values[field.alias] = groups[key] if field.many else groups[key][item.counts]
    groups = {name: group for name, group in groups.items() if name not in used}
    takes_extra = groups and any(model.model_config.get("extra") in ("allow", "forbid") for model in item.models)
    if item.optional and not values and not takes_extra:
        return PydanticUndefined
    return {name: group[0] if len(group) == 1 else group for name, group in groups.items()} | values


async def read_form(inputs: Sequence[Input], form: FormData, raw: dict[str, Any]) -> None:
    """Put what a form holds into the slots of its inputs.

    A single value that is empty counts as missing, but calls for its model; so does a file that was not chosen. Among
    several, an empty text is a value. Of what is not known, the model decides.
    """
    many = {item.key: item.many for item in inputs if not item.models}
    many.update((key, field.many) for item in inputs for field in item.fields for key in field.keys)
    pairs = [(key, got if many.get(key, True) else form[key]) for key, got in form.multi_items()]
    pick(inputs, [(key, got) for key, got in pairs if key not in many or not _is_empty(got, many[key])], raw)
    for item in inputs:
        if any(key in form for field in item.fields for key in field.keys):
            raw.setdefault(item.slot, {})
        if item.slot in raw and isinstance(item.marker, File) and mentions(item.annotation, bytes):
            value = raw[item.slot]
            raw[item.slot] = [await _content(file) for file in value] if item.many else await _content(value)


def _is_empty(got: str | UploadFile, is_one_of_many: bool) -> bool:
    """Tell whether a field holds nothing; of a file, a browser sends neither name nor byte when none was chosen."""
    return not got and not is_one_of_many if isinstance(got, str) else not (got.filename or got.size)


async def _content(file: str | UploadFile) -> str | bytes:
    if isinstance(file, str):
        return file
    position = file.file.tell()
    content = await file.read()
    await file.seek(position)  # left where it stood, for another parameter may take the same file
    return content


class JSONBody:
    """The inputs that come from a JSON body: one that *is* the body, or several under their own keys.

    Args:
        inputs: those of all steps.
    """

    validate: Callable[[bytes], dict[str, Any]]
    """Returns the value of each slot; raises pydantic's ValidationError where :meth:`parse` has to look closer."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._inputs = inputs
        self._embedded = inputs[0].embedded or len({item.alias for item in inputs}) > 1
        for item in inputs:
            item.embedded = self._embedded
        if self._embedded:
            fields = {item.slot: Annotated[item.type, Field(validation_alias=item.alias)] for item in inputs}
            self.validate = _together(fields).validator.validate_json
        else:
            self._each = [(item.slot, item.adapter.validator.validate_json) for item in inputs]
            self.validate = self._validate_each

    def _validate_each(self, body: bytes) -> dict[str, Any]:
        return {slot: validate(body) for slot, validate in self._each}

    def parse(self, body: bytes, declared_json: bool, raw: dict[str, Any]) -> Any:
        """Return the body as Python data, and put its parts into the slots of the inputs.

        Returns:
            ``PydanticUndefined`` when it is empty, bytes when it is not declared as JSON.

        Raises:
            RequestValidationError: when it is not JSON.
            HTTPException: with status 400 when it cannot even be decoded.
        """
        parsed = _parsed(body) if body and declared_json else body or PydanticUndefined
        for item in self._inputs:
            if not self._embedded:
                raw[item.slot] = parsed
            elif isinstance(parsed, dict):
                raw[item.slot] = parsed.get(item.alias, PydanticUndefined)
            elif parsed is not PydanticUndefined and not isinstance(parsed, bytes):
                raw[item.slot] = NOT_EVEN_A_DEFAULT  # a list, a number or null has no keys
        return parsed


def _parsed(body: bytes) -> Any:
    try:
        parsed = json.loads(body)
        # Python's parser takes what pydantic's refuses and what nobody could be sent back: halves of surrogate
        # pairs, and brackets that are nested hundreds of times.
        from_json(json.dumps(parsed))
    except json.JSONDecodeError as error:
        told = {"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error"}
        raise RequestValidationError([{**told, "input": {}, "ctx": {"error": error.msg}}], body=error.doc) from error
    except Exception as error:  # bytes that are no text, brackets nested too deep, and what else a parser refuses
        raise HTTPException(400, "There was an error parsing the body") from error
    return parsed


def look(item: Input, value: Any) -> tuple[Any, list[Error]]:
    """Validate one value on its own and return it, or what is wrong with it in FastAPI's words."""
    if value is NOT_EVEN_A_DEFAULT or (value is PydanticUndefined and item.required):
        return None, [{"type": "missing", "loc": item.loc, "msg": "Field required", "input": None}]
    try:
        if value is PydanticUndefined:
            default = item.adapter.get_default_value()
            return default.value if default is not None else None, []
        return item.adapter.validate_python(value, from_attributes=True), []
    except ValidationError as error:
        lines: list[Error] = [{**line} for line in error.errors(include_url=False)]
        names = {field.alias: field.keys[0] for field in item.fields if item.source == "header"}
        for line in lines:
            line["loc"] = (*item.loc, *(names.get(part, part) for part in line["loc"][:1]), *line["loc"][1:])
        return None, lines


def _together(fields: Mapping[str, Any]) -> TypeAdapter[dict[str, Any]]:
    """Return one validator over several fields, which is faster than one validator for each."""
    return TypeAdapter(TypedDict("Inputs", fields))  # type: ignore[operator]
