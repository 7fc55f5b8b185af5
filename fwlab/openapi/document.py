"""``/openapi.json``: every path operation described in OpenAPI 3.1, word for word as FastAPI describes it."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, create_model
from pydantic_core import PydanticUndefined

from fwlab.encoders import jsonable_encoder
from fwlab.exceptions import DefinitionError
from fwlab.openapi.schemas import REF, Schemas, Wanted
from fwlab.params import SOURCES, Body
from fwlab.responses import JSONResponse, has_body
from fwlab.routes import APIRoute, BaseRoute
from fwlab.signature import Input, adapter_for
from fwlab.sse import EventSourceResponse

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
            "detail": {"title": "Detail", "type": "array", "items": {"$ref": REF.format(model="ValidationError")}}
        },
    },
}
_EVENT_FIELDS: Mapping[str, Any] = {
    "event": {"type": "string"},
    "id": {"type": "string"},
    "retry": {"type": "integer", "minimum": 0},
}
_RANGES = {
    "1XX": "Information",
    "2XX": "Success",
    "3XX": "Redirection",
    "4XX": "Client Error",
    "5XX": "Server Error",
    "DEFAULT": "Default Response",
}


def get_openapi(
    *,
    title: str,
    version: str,
    routes: Iterable[BaseRoute],
    openapi_version: str = "3.1.0",
    summary: str | None = None,
    description: str | None = None,
    webhooks: Iterable[BaseRoute] | None = None,
    tags: Sequence[Mapping[str, Any]] | None = None,
    servers: Sequence[Mapping[str, Any]] | None = None,
    terms_of_service: str | None = None,
    contact: Mapping[str, Any] | None = None,
    license_info: Mapping[str, Any] | None = None,
    separate_input_output_schemas: bool = True,
    external_docs: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the OpenAPI document of an app.

    Args:
        title: the API's name.
        version: the API's own version.
        routes: the app's routes; path operations are listed unless they are left out.
        openapi_version: of the document's form.
        summary: one line about the API.
        description: about it, in Markdown.
        webhooks: routes that describe requests which the app will send.
        tags: what is said of each tag.
        servers: where the API is served.
        terms_of_service: an address.
        contact: a name, an address, an email.
        license_info: a name, and an identifier or an address.
        separate_input_output_schemas: whether a model has two schemas where input and output differ.
        external_docs: a description and an address.
    """
    operations, hooks = _operations(routes), _operations(webhooks or ())
    everything = list(_with_callbacks([*operations, *hooks]))
    wanted = [type_ for operation in everything for type_ in operation.types]
    schemas = Schemas(wanted, separate=separate_input_output_schemas)
    paths, described_hooks = _described(operations, schemas), _described(hooks, schemas)
    if any(operation.may_be_refused for operation in everything):
        schemas.definitions.update(_VALIDATION_ERROR)
    schemes = {name: scheme for operation in everything for name, scheme in operation.security_schemes.items()}
    components = {"schemas": dict(sorted(schemas.definitions.items())) or None, "securitySchemes": schemes or None}
    document = {
        "openapi": openapi_version,
        "info": {
            "title": title,
            "summary": summary or None,
            "description": description or None,
            "termsOfService": terms_of_service,
            "contact": contact,
            "license": license_info,
            "version": version,
        },
        "servers": servers or None,
        "paths": paths,
        "webhooks": described_hooks or None,
        "components": components if any(components.values()) else None,
        "tags": tags or None,
        "externalDocs": external_docs,
    }
    written: dict[str, Any] = _without_none(jsonable_encoder(document))
    return written


def _operations(routes: Iterable[BaseRoute]) -> list[Operation]:
    return [
        Operation(route, method)
        for route in routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in sorted(route.methods)
    ]


def _with_callbacks(operations: Iterable[Operation]) -> Iterator[Operation]:
    for operation in operations:
        yield operation
        yield from _with_callbacks(operation.callbacks)


def _described(operations: Iterable[Operation], schemas: Schemas) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in operations:
        path = operation.route.path_format
        paths.setdefault(path, {})[operation.method.lower()] = operation.described(schemas)
    return paths


class Operation:
    """What the document says of one method of one path operation.

    Args:
        route: the path operation.
        method: the method.
    """

    def __init__(self, route: APIRoute, method: str) -> None:
        self.route = route
        self.method = method
        self.inputs = route.plan.inputs
        self.callbacks = _operations(route.callbacks)
        self._responses = {
            status: adapter_for(response["model"], f"{route.path}: its response model for {status}")
            for status, response in route.responses.items()
            if response.get("model") is not None
        }

    @cached_property
    def unique_id(self) -> str:
        """The operation's name in the document."""
        return self.route.operation_id or self.route.unique_id

    @property
    def may_be_refused(self) -> bool:
        """Whether it takes anything that could be invalid."""
        described = {str(status) for status in self.route.responses}
        return bool(self.inputs) and described.isdisjoint({"422", "4XX", "default"})

    @cached_property
    def parameters(self) -> list[Parameter]:
        """What it takes from outside the body, each once; one that requires a value stands for one that does not.

        Where a handler and its dependencies take the same one, the last to be read describes it.
        """
        outside = [item for item in self.inputs if item.source not in ("body", "form")]
        outside.sort(key=lambda item: SOURCES.index(item.source))
        shown = [parameter for item in outside if item.marker.include_in_schema for parameter in _parameters(item)]
        by_name = {(parameter.item.source, parameter.name): parameter for parameter in shown}
        by_name |= {(parameter.item.source, parameter.name): parameter for parameter in shown if parameter.required}
        return list(by_name.values())

    @cached_property
    def body(self) -> RequestBody | None:
        """What its body has to be, if it takes one."""
        return _request_body([item for item in self.inputs if item.source in ("body", "form")], self.unique_id)

    @cached_property
    def types(self) -> list[Wanted]:
        """Every type of which the description shows a schema."""
        wanted: list[Wanted] = [(parameter.adapter, "validation") for parameter in self.parameters]
        if self.body is not None:
            wanted += [(adapter, "validation") for adapter in self.body.types]
        if self.route.response_model is not None:
            wanted.append((self.route.response_model, "serialization"))
        return [*wanted, *((adapter, "serialization") for adapter in self._responses.values())]

    @cached_property
    def security_schemes(self) -> dict[str, Any]:
        """The security schemes among its dependencies, by name."""
        schemes: list[Any] = [step.function for step in self.route.plan.steps if hasattr(step.function, "scheme_name")]
        return {
            scheme.scheme_name: jsonable_encoder(scheme.model, by_alias=True, exclude_none=True) for scheme in schemes
        }

    def described(self, schemas: Schemas) -> dict[str, Any]:
        """Return the operation's description."""
        route = self.route
        described: dict[str, Any] = {
            "tags": route.tags or None,
            "summary": route.summary or route.name.replace("_", " ").title(),
            "description": route.description or None,
            "operationId": self.unique_id,
            "deprecated": route.deprecated or None,
            "security": self._security() or None,
            "parameters": [parameter.described(schemas) for parameter in self.parameters] or None,
            "requestBody": None if self.body is None else self.body.described(schemas),
            "responses": self._described_responses(schemas),
            "callbacks": {
                callback.route.name: {
                    callback.route.path_format: {callback.method.lower(): callback.described(schemas)}
                }
                for callback in self.callbacks
            }
            or None,
        }
        return _merged(described, route.openapi_extra or {})

    def _security(self) -> list[dict[str, list[str]]]:
        needed: dict[str, list[str]] = {}
        for step in sorted(self.route.plan.steps, key=lambda step: step.read):
            name = getattr(step.function, "scheme_name", None)
            if name is not None:
                scopes = needed.setdefault(name, [])
                scopes += [scope for scope in step.scopes if scope not in scopes]
        return [{name: scopes} for name, scopes in needed.items()]

    def _described_responses(self, schemas: Schemas) -> dict[str, Any]:
        route = self.route
        status = route.status_code or _default_status(route)
        media_type = self._media_type
        described: dict[str, Any] = {str(status): {"description": route.response_description}}
        if has_body(status) and media_type is not None:
            described[str(status)]["content"] = {media_type: self._described_content(schemas)}
        for key, response in route.responses.items():
            code = "default" if str(key).upper() == "DEFAULT" else str(key).upper()
            told = {name: value for name, value in response.items() if name != "model"}
            if key in self._responses:
                title = f"Response_{key}_{self.unique_id}".title().replace("_", " ")
                schema = schemas.of(self._responses[key], "serialization", title)
                told = _merged({"content": {media_type or "application/json": {"schema": schema}}}, told)
            known = described.get(code, {})
            description = told.get("description") or known.get("description") or _phrase(str(key))
            described[code] = {**_merged(known, told), "description": description}
        if self.may_be_refused and "422" not in described:
            refused = {"schema": {"$ref": REF.format(model="HTTPValidationError")}}
            described["422"] = {"description": "Validation Error", "content": {"application/json": refused}}
        return described

    @property
    def _media_type(self) -> str | None:
        if self.route.streams and self.route.response_class is None:
            return "application/jsonl"
        return (self.route.response_class or JSONResponse).media_type

    def _described_content(self, schemas: Schemas) -> dict[str, Any]:
        """Return what is said of a result's content: its schema, or of a stream that of an item."""
        response_class = self.route.response_class or JSONResponse
        if not self.route.streams:
            is_json = issubclass(response_class, JSONResponse)
            return {"schema": self._result_schema(schemas) if is_json else {"type": "string"}}
        if issubclass(response_class, EventSourceResponse):
            data: dict[str, Any] = {"type": "string"}
            event: dict[str, Any] = {"type": "object", "properties": {"data": data, **_EVENT_FIELDS}}
            if self.route.response_model is not None:
                data |= {"contentMediaType": "application/json", "contentSchema": self._result_schema(schemas)}
                event["required"] = ["data"]
            return {"itemSchema": event}
        if self.route.response_class is None:
            return {"itemSchema": self._result_schema(schemas)}
        return {"schema": {"type": "string"}}

    def _result_schema(self, schemas: Schemas) -> dict[str, Any]:
        if self.route.response_model is None:
            return {}
        title = f"Response_{self.unique_id}".title().replace("_", " ")
        return schemas.of(self.route.response_model, "serialization", title)


@dataclasses.dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter outside the body, as the document shows it: an input, or one field of an input's model."""

    item: Input
    name: str
    title: str
    adapter: TypeAdapter[Any]
    required: bool
    description: str | None
    deprecated: bool

    def described(self, schemas: Schemas) -> dict[str, Any]:
        """Return the parameter's description."""
        marker = self.item.marker
        return {
            "name": self.name,
            "in": self.item.source,
            "required": self.required,
            "description": self.description,
            "deprecated": self.deprecated or None,
            "schema": schemas.of(self.adapter, "validation", self.title),
            "examples": marker.openapi_examples,
            "example": None if marker.example is PydanticUndefined else marker.example,
        }


def _parameters(item: Input) -> Iterator[Parameter]:
    said = item.marker.constraints
    if not item.models:
        yield Parameter(
            item,
            item.alias,
            _title(item),
            item.adapter,
            item.required,
            said.get("description"),
            bool(said.get("deprecated")),
        )
        return
    for field, info in zip(item.fields, item.models[0].model_fields.values(), strict=True):
        yield Parameter(
            item,
            field.keys[0],
            info.title or field.alias.title().replace("_", " "),
            adapter_for(Annotated[info.annotation, info], f"the field {field.alias!r} of {item.models[0].__name__}"),
            info.is_required() and (item.required or not item.optional),
            info.description,
            bool(info.deprecated),
        )


@dataclasses.dataclass(frozen=True, slots=True)
class RequestBody:
    """What a request's body has to be: the one input that it is, or a model of the several that it holds.

    Attributes:
        adapter: of that input, or of that model.
        title: of its schema.
        required: whether a request without it is refused.
        media_type: its content type.
        marker: what was written about the one input.
        groups: of a form, the inputs whose models collect fields; their schemas apply to the whole form.
    """

    adapter: TypeAdapter[Any]
    title: str
    required: bool
    media_type: str
    marker: Body | None = None
    groups: tuple[Input, ...] = ()

    @property
    def types(self) -> list[TypeAdapter[Any]]:
        """Every type of which the description shows a schema."""
        return [self.adapter, *(item.adapter for item in self.groups)]

    def described(self, schemas: Schemas) -> dict[str, Any]:
        """Return the body's description."""
        schema = schemas.of(self.adapter, "validation", self.title)
        if self.groups:
            whole = schemas.definitions[schema["$ref"].rpartition("/")[2]]
            whole["allOf"] = [_group(item, schemas) for item in self.groups]
        content: dict[str, Any] = {"schema": schema}
        if self.marker is not None and self.marker.openapi_examples:
            content["examples"] = self.marker.openapi_examples
        elif self.marker is not None and self.marker.example is not PydanticUndefined:
            content["example"] = self.marker.example
        return {"required": self.required or None, "content": {self.media_type: content}}


def _group(item: Input, schemas: Schemas) -> dict[str, Any]:
    """Return what a form must fulfil for a model that collects some of its fields, or have none of them."""
    schema = dict(schemas.of(item.adapter, "validation", _title(item)))
    schema.pop("default", None)
    if item.optional and "anyOf" in schema:
        schema["anyOf"] = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
    if item.required:
        return schema
    names = sorted({key for field in item.fields for key in field.keys})
    return {"anyOf": [{"not": {"anyOf": [{"required": [name]} for name in names]}}, schema]}


def _request_body(inputs: Sequence[Input], unique_id: str) -> RequestBody | None:
    if not inputs:
        return None
    markers = [item.marker for item in inputs if isinstance(item.marker, Body)]
    media_types = {marker.media_type for marker in markers}
    media_type = "multipart/form-data" if "multipart/form-data" in media_types else markers[0].media_type
    first = inputs[0]
    if len({item.alias for item in inputs}) == 1 and not first.embedded and (first.models or first.source == "body"):
        return RequestBody(first.adapter, _title(first), first.required, media_type, markers[0])
    by_name = {item.alias: item for item in inputs}
    # The fields have names of their own, for an alias need not be one that Python allows.
    fields: dict[str, Any] = {
        f"field_{n}": Annotated[item.type, Field(alias=item.alias)]
        for n, item in enumerate(by_name.values())
        if not item.models
    }
    model = create_model(f"Body_{unique_id}", **fields)
    required = any(item.required for item in inputs)
    groups = tuple(item for item in by_name.values() if item.models)
    return RequestBody(TypeAdapter(model), "Body", required, media_type, groups=groups)


def _title(item: Input) -> str:
    return item.marker.constraints.get("title") or item.alias.title().replace("_", " ")


def _default_status(route: APIRoute) -> int:
    if route.response_class is None:
        return 200
    argument = inspect.signature(route.response_class).parameters.get("status_code")
    return argument.default if argument is not None and isinstance(argument.default, int) else 200


def _phrase(status: str) -> str:
    known = _RANGES.get(status.upper())
    if known is not None:
        return known
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError as error:
        if status.isdigit():
            return "Additional Response"
        raise DefinitionError(
            f"responses= has {status!r}; use a status, a range such as '4XX', or 'default'."
        ) from error


def _merged(into: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description with more in it: mappings are put together, lists joined, other values replaced."""
    result = dict(into)
    for key, value in more.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = _merged(old, value)
        elif isinstance(old, list) and isinstance(value, list):
            result[key] = [*old, *value]
        else:
            result[key] = value
    return result


def _without_none(value: Any) -> Any:
    """Drop what is not said; a default of None, too, goes without saying."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
