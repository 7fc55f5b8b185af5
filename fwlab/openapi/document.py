"""``/openapi.json``: every path operation described in OpenAPI 3.1, word for word as FastAPI describes it.

pydantic writes the schemas of all types at once, so that a model used twice stands once under ``components``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, create_model
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import to_jsonable_python
from pydantic_core.core_schema import BytesSchema

from fwlab.params import SOURCES
from fwlab.responses import has_body
from fwlab.signature import Input
from fwlab.validation import is_embedded

_REF = "#/components/schemas/{model}"
_Mode = Literal["validation", "serialization"]

_VALIDATION_ERROR: Mapping[str, Any] = {
    "ValidationError": {
        "title": "ValidationError",
        "type": "object",
        "properties": {
            "loc": {
                "title": "Location",
                "type": "array",
                "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
            },
            "msg": {"title": "Message", "type": "string"},
            "type": {"title": "Error Type", "type": "string"},
            "input": {"title": "Input"},
            "ctx": {"title": "Context", "type": "object"},
        },
        "required": ["loc", "msg", "type"],
    },
    "HTTPValidationError": {
        "title": "HTTPValidationError",
        "type": "object",
        "properties": {
            "detail": {"title": "Detail", "type": "array", "items": {"$ref": _REF.format(model="ValidationError")}}
        },
    },
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What the document says of one path operation."""

    path: str
    method: str
    name: str
    inputs: Sequence[Input]
    response_model: TypeAdapter[Any] | None
    status_code: int
    tags: Sequence[str]
    summary: str | None
    description: str
    response_description: str
    operation_id: str | None
    deprecated: bool

    @property
    def unique_id(self) -> str:
        """The operation's name in the document: the one it was given, or its handler's with the path and the method."""
        return self.operation_id or re.sub(r"\W", "_", f"{self.name}{self.path}") + "_" + self.method.lower()

    @property
    def parameters(self) -> list[Input]:
        """What it takes from outside the body, each once; one that requires a value stands for one that does not.

        Where a handler and its dependencies take the same one, the last to be read describes it.
        """
        shown = [item for item in self.inputs if item.source != "body" and item.marker.include_in_schema]
        shown.sort(key=lambda item: SOURCES.index(item.source))
        by_name = {(item.source, item.alias): item for item in shown}
        by_name |= {(item.source, item.alias): item for item in shown if item.required}
        return list(by_name.values())

    @property
    def body(self) -> list[Input]:
        """What it takes from the body."""
        return [item for item in self.inputs if item.source == "body"]


def build_document(
    operations: Sequence[Operation], *, title: str, summary: str | None, description: str, version: str
) -> dict[str, Any]:
    """Return the OpenAPI document of an app.

    Args:
        operations: the path operations it lists.
        title: the API's name.
        summary: one line about it.
        description: about it, in Markdown.
        version: the API's own version.
    """
    schemas = _Schemas(operations)
    definitions = schemas.definitions
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, schemas)
        if operation.inputs:
            definitions.update(_VALIDATION_ERROR)
    info = {"title": title, "summary": summary or None, "description": description or None, "version": version}
    components = {"schemas": dict(sorted(definitions.items()))} if definitions else None
    document = {"openapi": "3.1.0", "info": info, "components": components, "paths": paths}
    written: dict[str, Any] = _without_none(to_jsonable_python(document))
    return written


@dataclasses.dataclass(frozen=True, slots=True)
class _RequestBody:
    """What a request's body has to be: the one input that it is, or a model of the several that it holds."""

    adapter: TypeAdapter[Any]
    title: str
    required: bool


def _request_body(operation: Operation) -> _RequestBody | None:
    inputs = operation.body
    if not inputs:
        return None
    if not is_embedded(inputs):
        return _RequestBody(inputs[0].adapter, _title(inputs[0]), inputs[0].required)
    by_name = {item.alias: item for item in inputs}
    # The fields have names of their own, for an alias need not be one that Python allows.
    fields = {f"field_{n}": Annotated[item.type, Field(alias=item.alias)] for n, item in enumerate(by_name.values())}
    model = create_model(f"Body_{operation.unique_id}", **fields)  # type: ignore[call-overload]
    return _RequestBody(TypeAdapter(model), "Body", any(item.required for item in inputs))


def _title(item: Input) -> str:
    return item.marker.constraints.get("title") or item.alias.title().replace("_", " ")


class _SchemaGenerator(GenerateJsonSchema):
    """pydantic's own, but for bytes, which OpenAPI 3.1 describes by their media type."""

    def bytes_schema(self, schema: BytesSchema) -> dict[str, Any]:
        described = super().bytes_schema(schema)
        written = described.pop("format")
        described["contentMediaType"] = "application/octet-stream"
        return described if written == "binary" else {**described, "contentEncoding": "base64"}


class _Schemas:
    """The JSON Schemas of all types in the document, made together so that they can refer to each other."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._bodies = {(operation.path, operation.method): _request_body(operation) for operation in operations}
        wanted: list[tuple[int, _Mode, TypeAdapter[Any]]] = []
        for operation in operations:
            wanted += [(id(item.adapter), "validation", item.adapter) for item in operation.parameters]
            if (body := self.body_of(operation)) is not None:
                wanted.append((id(body.adapter), "validation", body.adapter))
            if operation.response_model is not None:
                wanted.append((id(operation.response_model), "serialization", operation.response_model))
        self._schemas, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF, schema_generator=_SchemaGenerator)
        self.definitions: dict[str, Any] = shared.get("$defs", {})

    def body_of(self, operation: Operation) -> _RequestBody | None:
        """Return what the operation's body has to be, if it takes one."""
        return self._bodies[operation.path, operation.method]

    def of(self, adapter: TypeAdapter[Any], mode: _Mode, title: str) -> dict[str, Any]:
        """Return the schema of a type: a reference, or the schema itself under a title."""
        schema = dict(self._schemas[id(adapter), mode])
        return schema if "$ref" in schema else {**schema, "title": title}


def _describe(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    body = schemas.body_of(operation)
    described: dict[str, Any] = {
        "tags": list(operation.tags) or None,
        "summary": operation.summary or operation.name.replace("_", " ").title(),
        "description": operation.description or None,
        "operationId": operation.unique_id,
        "deprecated": operation.deprecated or None,
        "parameters": [_describe_parameter(item, schemas) for item in operation.parameters] or None,
        "requestBody": None if body is None else _describe_body(body, schemas),
        "responses": {str(operation.status_code): _describe_response(operation, schemas)},
    }
    if operation.inputs:
        refused = {"schema": {"$ref": _REF.format(model="HTTPValidationError")}}
        described["responses"]["422"] = {
            "description": "Validation Error",
            "content": {"application/json": refused},
        }
    return described


def _describe_parameter(item: Input, schemas: _Schemas) -> dict[str, Any]:
    return {
        "name": item.alias,
        "in": item.source,
        "required": item.required,
        "description": item.marker.constraints.get("description"),
        "deprecated": item.marker.constraints.get("deprecated"),
        "schema": schemas.of(item.adapter, "validation", _title(item)),
    }


def _describe_body(body: _RequestBody, schemas: _Schemas) -> dict[str, Any]:
    schema = schemas.of(body.adapter, "validation", body.title)
    return {"required": body.required or None, "content": {"application/json": {"schema": schema}}}


def _describe_response(operation: Operation, schemas: _Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {"description": operation.response_description}
    if has_body(operation.status_code):
        schema: dict[str, Any] = {}
        if operation.response_model is not None:
            title = f"Response_{operation.unique_id}".title().replace("_", " ")
            schema = schemas.of(operation.response_model, "serialization", title)
        described["content"] = {"application/json": {"schema": schema}}
    return described


def _without_none(value: Any) -> Any:
    """Drop what is not said; a default of None, too, goes without saying."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
