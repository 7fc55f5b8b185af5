"""From the parts of a request to valid values: all strings in one go, the body's bytes in another.

Two pydantic validators are built at registration, one over every path, query, header and cookie parameter of the path
operation, one over its JSON body. They are fast because they look at everything at once. When one refuses, the values
are looked at again one by one, in FastAPI's order and words: the refusal may cost more than the acceptance.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticUndefined, from_json
from typing_extensions import TypedDict

from fwlab.datastructures import FormData, UploadFile
from fwlab.exceptions import HTTPException, RequestValidationError
from fwlab.params import File, Source
from fwlab.requests import cookie_pairs, query_pairs
from fwlab.signature import Input
from fwlab.types import Scope

Slotted = tuple[str, Input]
Error = dict[str, Any]


class Strings:
    """The inputs that come as strings: from the path, the query, the headers and the cookies.

    Args:
        inputs: each with the slot under which its value is kept.
    """

    def __init__(self, inputs: Sequence[Slotted]) -> None:
        self._path = tuple((item.alias, slot) for slot, item in inputs if item.source == "path")
        self._query = _Wanted(inputs, "query")
        self._headers = _Wanted(inputs, "header")
        self._cookies = _Wanted(inputs, "cookie")
        self.validate = _together({slot: item.type for slot, item in inputs}).validator.validate_python

    def read(self, scope: Scope) -> dict[str, Any]:
        """Return what the request holds for each slot; what it lacks is left out."""
        path = scope["path_params"]
        raw: dict[str, Any] = {slot: path[name] for name, slot in self._path}
        if self._query.any and (scope["query_string"] or self._query.collects):
            self._query.pick(query_pairs(scope["query_string"]), raw)
        if self._headers.any:
            self._headers.pick_headers(scope["headers"], raw)
        if self._cookies.any:
            headers = [value.decode("latin-1") for name, value in scope["headers"] if name == b"cookie"]
            self._cookies.pick([pair for header in headers for pair in cookie_pairs(header)], raw)
        return raw


class _Wanted:
    """What the inputs want of one source: each key with the slots that take its value."""

    def __init__(self, inputs: Sequence[Slotted], source: Source) -> None:
        here = [(slot, item) for slot, item in inputs if item.source == source]
        self._fold = source == "header"  # names of headers have no case
        self._models = [(slot, item) for slot, item in here if item.models]
        self._keys: dict[str, list[tuple[str, bool]]] = {}
        self._choices: list[tuple[str, list[str]]] = []
        for slot, item in here:
            if item.models:
                continue
            slots = [slot] if len(item.keys) == 1 else [f"{slot} as {key}" for key in item.keys]
            if len(slots) > 1:
                self._choices.append((slot, slots))
            for key, one_slot in zip(item.keys, slots, strict=True):
                self._keys.setdefault(key.lower() if self._fold else key, []).append((one_slot, item.many))
        self._header_names = frozenset(key.encode("latin-1") for key in self._keys)
        self.any = bool(here)
        self.collects = bool(self._models)

    def pick(self, pairs: Sequence[tuple[str, str]], raw: dict[str, Any]) -> None:
        """Put the values of wanted keys into their slots: the last one counts, or all of them."""
        if self._keys:
            for name, value in pairs:
                for slot, many in self._keys.get(name, ()):
                    if many:
                        raw.setdefault(slot, []).append(value)
                    else:
                        raw[slot] = value
        self._pick_rest(pairs, raw)

    def pick_headers(self, headers: Iterable[tuple[bytes, bytes]], raw: dict[str, Any]) -> None:
        """The same for headers, of which the first one counts."""
        if self._models:
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
            self.pick(pairs[::-1], raw)  # backwards, so that the first is the last
            for slots in self._keys.values():
                for slot, many in slots:
                    if many and slot in raw:
                        raw[slot].reverse()
            return
        for name, value in headers:
            if name in self._header_names:
                for slot, many in self._keys[name.decode("latin-1")]:
                    if many:
                        raw.setdefault(slot, []).append(value.decode("latin-1"))
                    else:
                        raw.setdefault(slot, value.decode("latin-1"))
        self._pick_rest((), raw)

    def _pick_rest(self, pairs: Sequence[tuple[str, str]], raw: dict[str, Any]) -> None:
        for slot, slots in self._choices:
            found = [raw.pop(one_slot) for one_slot in slots if one_slot in raw]
            if found:
                raw[slot] = found[0]
        for slot, item in self._models:
            collected = collect(item, pairs[::-1] if self._fold else pairs, fold=self._fold)
            if collected is not PydanticUndefined:
                raw[slot] = collected


def collect(item: Input, pairs: Sequence[tuple[str, Any]], *, fold: bool = False) -> Any:
    """Return the raw values of the models' fields, and of what it has no field for, out of a request's pairs.

    Args:
        item: the input whose models collect.
        pairs: names and values, in their order.
        fold: whether the names are headers', which have no case and of which the first one counts.

    Returns:
        A dict, or ``PydanticUndefined`` where an optional model finds nothing that is its own.
    """
    groups: dict[str, list[Any]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    values: dict[str, Any] = {}
    own = False
    for field in item.fields:
        keys = [key.lower() if fold else key for key in field.keys]
        found = [groups.pop(key) for key in keys if key in groups]
        if fold:
            groups.pop(field.alias.lower(), None)
        own = own or bool(found)
        found = [group for group in found if not (item.source == "form" and group in ([""], []))]
        if found:
            values[field.alias] = found[0] if field.many else found[0][0 if fold else -1]
    values |= {name: group[0] if len(group) == 1 else group for name, group in groups.items()}
    takes_extra = any(model.model_config.get("extra") in ("allow", "forbid") for model in item.models)
    if item.optional and not own and not (takes_extra and values):
        return PydanticUndefined
    return values


class JSONBody:
    """The inputs that come from a JSON body: one that *is* the body, or several under their own keys.

    Args:
        inputs: each with the slot under which its value is kept.
    """

    def __init__(self, inputs: Sequence[Slotted]) -> None:
        self.embedded = is_embedded([item for _, item in inputs])
        if self.embedded:
            fields = {
                slot: Annotated[item.type, Field(validation_alias=AliasChoices(*item.keys))] for slot, item in inputs
            }
            self._validate_all = _together(fields).validator.validate_json
        else:
            self._validate_each = [(slot, item.adapter.validator.validate_json) for slot, item in inputs]

    def validate(self, body: bytes) -> dict[str, Any]:
        """Return the value of each slot.

        Raises:
            ValidationError: where :meth:`look` has to say what is wrong.
        """
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
        except Exception as error:  # bytes that are no text, brackets nested too deep, and what else a parser refuses
            raise HTTPException(400, "There was an error parsing the body") from error
        return parsed

    def look(self, item: Input, parsed: Any) -> tuple[Any, list[Error]]:
        """Validate the part of the parsed body that is ``item``'s; see :func:`look`."""
        if not self.embedded:
            return look(item, parsed, ("body",))
        loc = ("body", item.alias)
        if isinstance(parsed, dict):
            key = next((key for key in item.keys if key in parsed), item.alias)
            return look(item, parsed.get(key, PydanticUndefined), ("body", key))
        if parsed is PydanticUndefined or isinstance(parsed, bytes):
            return look(item, PydanticUndefined, loc)
        return None, [_missing(loc)]  # a list, a number or null has no keys, so that not even a default helps


async def pick_from_form(item: Input, form: FormData) -> tuple[Any, tuple[str, ...]]:
    """Return the raw value of an input in a form, and where it is; an empty field counts as missing."""
    if item.models:
        return collect(item, form.multi_items()), item.loc
    key = next((key for key in item.keys if key in form), item.alias)
    values = [value for value in form.getlist(key) if value != "" and not _is_empty_file(value)]
    if isinstance(item.marker, File) and any(kind in (bytes, bytes | None) for kind in _kinds(item)):
        values = [await _content(value) if isinstance(value, UploadFile) else value for value in values]
    if not values:
        return PydanticUndefined, ("body", key)
    return values if item.many else values[-1], ("body", key)


async def _content(file: UploadFile) -> bytes:
    # Left where it stood, for another parameter may take the same file.
    position = file.file.tell()
    try:
        return await file.read()
    finally:
        await file.seek(position)


def _is_empty_file(value: Any) -> bool:
    # What a browser sends when no file was chosen.
    return isinstance(value, UploadFile) and value.filename == "" and value.size == 0


def _kinds(item: Input) -> tuple[Any, ...]:
    """Return what the annotation is made of: itself, and its type arguments two levels down."""
    args = getattr(item.annotation, "__args__", ())
    return (item.annotation, *args, *(inner for arg in args for inner in getattr(arg, "__args__", ())))


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
        lines: list[Error] = [{**line} for line in error.errors(include_url=False)]
        keys = {field.alias: field.keys[0] for field in item.fields} if item.source == "header" else {}
        for line in lines:
            line["loc"] = (*loc, *(keys.get(part, part) if n == 0 else part for n, part in enumerate(line["loc"])))
        return None, lines


def _missing(loc: tuple[str, ...]) -> Error:
    return {"type": "missing", "loc": loc, "msg": "Field required", "input": None}


def _together(fields: Mapping[str, Any]) -> TypeAdapter[dict[str, Any]]:
    """Return one validator over several fields, which is faster than one validator for each."""
    return TypeAdapter(TypedDict("Inputs", fields))  # type: ignore[operator]
