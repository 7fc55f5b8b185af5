"""``/openapi.json``: every path operation described in OpenAPI 3.1, word for word as FastAPI describes it."""

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Literal, Union

from pydantic import Field, TypeAdapter, WithJsonSchema, create_model
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import PydanticUndefined
from pydantic_core.core_schema import BytesSchema, ModelSchema

from fwlab.encoders import jsonable_encoder
from fwlab.exceptions import DefinitionError
from fwlab.params import SOURCES, Body, Parameter
from fwlab.responses import JSONResponse, Response, has_body
from fwlab.routes import APIRoute, BaseRoute
from fwlab.signature import Input, adapter_for
from fwlab.sse import EventSourceResponse

Mode = Literal["validation", "serialization"]

_OBJECT: Any = Annotated[dict[str, Any], WithJsonSchema({"type": "object"})]
# The models of a refusal, with the titles that FastAPI gives to their fields.
_FIELDS: Any = {"loc": (list[str | int], Field(title="Location")), "msg": (str, Field(title="Message"))}
_FIELDS |= {"type": (str, Field(title="Error Type")), "input": (Any, Field(None, title="Input"))}
_FIELDS["ctx"] = (_OBJECT, Field(default_factory=dict, title="Context"))
_ERROR: Any = create_model("ValidationError", **_FIELDS)
_ERRORS: Any = (list[_ERROR], Field(default_factory=list, title="Detail"))
_REFUSAL: TypeAdapter[Any] = TypeAdapter(create_model("HTTPValidationError", detail=_ERRORS))
_REF = "#/components/schemas/{model}"
_PHRASES = {str(status.value): status.phrase for status in HTTPStatus} | {"default": "Default Response"}
_PHRASES |= {"1XX": "Information", "2XX": "Success", "3XX": "Redirection", "4XX": "Client Error", "5XX": "Server Error"}


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
    operations = _Operations(separate_input_output_schemas)
    info: dict[str, Any] = {"title": title, "summary": summary or None, "description": description or None}
    info |= {"version": version, "termsOfService": terms_of_service, "contact": contact, "license": license_info}
    document: dict[str, Any] = {"openapi": openapi_version, "info": info, "servers": servers or None}
    document |= {"paths": operations.by_path(routes), "webhooks": operations.by_path(webhooks or ()) or None}
    document |= {"components": operations.components() or None, "tags": tags or None, "externalDocs": external_docs}
    written: dict[str, Any] = jsonable_encoder(document, exclude_none=True)
    return written


class _SchemaGenerator(GenerateJsonSchema):
    """pydantic's own, but for bytes, which OpenAPI 3.1 describes by their media type."""

    _config_of_model: Mapping[str, Any] = {}  # of the model that we are in

    def model_schema(self, schema: ModelSchema) -> dict[str, Any]:
        around, self._config_of_model = self._config_of_model, schema.get("config", {})
        described = super().model_schema(schema)
        self._config_of_model = around
        return described

    def bytes_schema(self, schema: BytesSchema) -> dict[str, Any]:
        described = {**super().bytes_schema(schema), "contentMediaType": "application/octet-stream"}
        del described["format"]
        setting = "ser_json_bytes" if self.mode == "serialization" else "val_json_bytes"
        if self._config_of_model.get(setting) == "base64":
            described["contentEncoding"] = "base64"
        return described


class _Operations:
    """Describes path operations, and keeps what their descriptions refer to. What is None there is left unsaid.

    pydantic writes the schemas of all types in one go, so that a model that is used twice stands once under
    ``components``; until then a description has an empty place for each.

    Args:
        separate: whether a model has two schemas where input and output differ.
    """

    def __init__(self, separate: bool) -> None:
        self._separate = separate
        self._places: list[tuple[TypeAdapter[Any], Mode, str, dict[str, Any]]] = []
        self._grouped: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
        self._security_schemes: dict[str, Any] = {}

    def by_path(self, routes: Iterable[BaseRoute]) -> dict[str, dict[str, Any]]:
        """Return the descriptions of the path operations among routes: by path, and then by method."""
        paths: dict[str, dict[str, Any]] = {}
        for route in routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                described = self._described(route)
                paths.setdefault(route.path_format, {}).update((m.lower(), described) for m in sorted(route.methods))
        return paths

    def components(self) -> dict[str, Any]:
        """Return what the descriptions refer to, and complete these."""
        wanted = [(n, mode, adapter) for n, (adapter, mode, _, _) in enumerate(self._places)]
        written, shared = TypeAdapter.json_schemas(wanted, ref_template=_REF, schema_generator=_SchemaGenerator)
        for n, (_, mode, title, place) in enumerate(self._places):
            schema = written[n, mode]
            place |= schema | ({} if "$ref" in schema else {"title": title}) | place
        schemas: dict[str, Any] = shared.get("$defs", {})
        for body, groups in self._grouped:
            schemas[body["$ref"].rpartition("/")[2]]["allOf"] = groups
        for schema in schemas.values():
            # What comes after a form feed in a docstring is not for the documentation.
            schema["description"] = schema.get("description", "").partition("\f")[0] or None
        found = {"schemas": dict(sorted(schemas.items())), "securitySchemes": self._security_schemes}
        return {name: component for name, component in found.items() if component}

    def _schema(self, adapter: TypeAdapter[Any], title: str, mode: Mode = "validation") -> dict[str, Any]:
        """Return the place for the schema of a type: a reference, or the schema itself under a title."""
        place: dict[str, Any] = {}
        self._places.append((adapter, mode if self._separate else "validation", title, place))
        return place

    def _described(self, route: APIRoute) -> dict[str, Any]:
        unique_id = route.operation_id or route.generate_unique_id(route)
        callbacks = {callback.name: self.by_path([callback]) for callback in route.options["callbacks"] or ()}
        in_body = [item for item in route.plan.inputs if isinstance(item.marker, Body)]
        described: dict[str, Any] = {
            "tags": route.tags or None,
            "summary": route.options.get("summary") or _titled(route.name),
            "description": route.description or None,
            "operationId": unique_id,
            "deprecated": route.options["deprecated"] or None,
            "security": self._security(route) or None,
            "parameters": self._parameters(route.plan.inputs) or None,
            "requestBody": self._body(in_body, unique_id) if in_body else None,
            "responses": self._responses(route, unique_id),
            "callbacks": callbacks or None,
        }
        _merge(described, route.options.get("openapi_extra") or {})
        return described

    def _security(self, route: APIRoute) -> list[dict[str, list[str]]]:
        needed: dict[str, list[str]] = {}
        for step in sorted(route.plan.steps, key=lambda step: step.read):
            scheme: Any = step.function
            if hasattr(scheme, "scheme_name"):
                self._security_schemes[scheme.scheme_name] = scheme.model
                scopes = needed.setdefault(scheme.scheme_name, [])
                scopes += [scope for scope in step.scopes if scope not in scopes]
        return [{name: scopes} for name, scopes in needed.items()]

    def _parameters(self, inputs: Sequence[Input]) -> list[dict[str, Any]]:
        """Return what is taken from outside the body, each once; what requires a value stands for what does not.

        Where a handler and its dependencies take the same one, the last to be read describes it.
        """
        found: dict[tuple[str, str], dict[str, Any]] = {}
        outside = [item for item in inputs if not isinstance(item.marker, Body) and item.marker.include_in_schema]
        for item in sorted(outside, key=lambda item: SOURCES.index(item.source)):
            for name, title, said, adapter, required in _values(item):
                if required or not found.get((item.source, name), {}).get("required"):
                    found[item.source, name] = {
                        "name": name,
                        "in": item.source,
                        "required": required,
                        "description": said.description,
                        "deprecated": bool(said.deprecated or item.marker.constraints.get("deprecated")) or None,
                        "schema": self._schema(adapter, said.title or _titled(title)),
                        **_examples(item.marker),
                    }
        return list(found.values())

    def _body(self, inputs: Sequence[Input], unique_id: str) -> dict[str, Any]:
        """Return what a request's body has to be: the one input that it is, or a model of the several that it holds."""
        first, names = inputs[0], {item.alias for item in inputs}
        media_types = [item.marker.media_type for item in inputs if isinstance(item.marker, Body)]
        media_type = "multipart/form-data" if "multipart/form-data" in media_types else media_types[0]
        if len(names) == 1 and not first.embedded and ((first.models and first.required) or first.source == "body"):
            content = {"schema": self._schema(first.adapter, _title(first)), **_examples(first.marker)}
        else:
            by_name = {item.alias: item for item in inputs}
            plain = [item for item in by_name.values() if not item.models]
            # The fields have names of their own, for an alias need not be one that Python allows.
            fields: Any = {f"field_{n}": Annotated[item.type, Field(alias=item.alias)] for n, item in enumerate(plain)}
            content = {"schema": self._schema(TypeAdapter(create_model(f"Body_{unique_id}", **fields)), "Body")}
            if groups := [self._group(item) for item in by_name.values() if item.models]:
                self._grouped.append((content["schema"], groups))
        return {"required": any(item.required for item in inputs) or None, "content": {media_type: content}}

    def _group(self, item: Input) -> dict[str, Any]:
        """Return what a form must fulfil for models that collect some of its fields, or have none of them."""
        models: Any = Annotated[Union[item.models], item.marker.field(PydanticUndefined)]  # noqa: UP007
        schema = self._schema(TypeAdapter(models), _title(item))
        names = sorted({key for field in item.fields for key in field.keys})
        absent = {"not": {"anyOf": [{"required": [name]} for name in names]}}
        return schema if item.required else {"anyOf": [absent, schema]}

    def _responses(self, route: APIRoute, unique_id: str) -> dict[str, Any]:
        status = route.status_code or _default_status(route)
        jsonl = route.streams and route.response_class is None
        media_type = "application/jsonl" if jsonl else (route.response_class or JSONResponse).media_type
        description = route.options.get("response_description", "Successful Response")
        described: dict[str, Any] = {str(status): {"description": description}}
        if has_body(status) and media_type is not None:
            described[str(status)]["content"] = {media_type: self._content(route, unique_id)}
        for key, response in (route.options["responses"] or {}).items():
            code = str(key).upper().replace("DEFAULT", "default")
            if code not in _PHRASES and not code.isdigit():
                raise DefinitionError(f"responses= has {key!r}; use a status, a range such as '4XX', or 'default'.")
            known = described.setdefault(code, {"description": _PHRASES.get(code, "Additional Response")})
            if response.get("model") is not None:
                adapter = adapter_for(response["model"], f"{route.path}: its response model for {key}")
                schema = self._schema(adapter, _titled(f"Response_{key}_{unique_id}"), "serialization")
                known.setdefault("content", {}).setdefault(media_type or "application/json", {})["schema"] = schema
            _merge(known, {name: told for name, told in response.items() if name != "model"})
        if route.plan.inputs and described.keys().isdisjoint({"422", "4XX", "default"}):
            refused = {"schema": self._schema(_REFUSAL, "")}
            described["422"] = {"description": "Validation Error", "content": {"application/json": refused}}
        return described

    def _content(self, route: APIRoute, unique_id: str) -> dict[str, Any]:
        """Return what is said of a result's content: its schema, or of a stream that of an item."""
        model, response_class = route.response_model, route.response_class or JSONResponse
        title = _titled(f"{'StreamItem' if route.streams else 'Response'}_{unique_id}")
        schema = {} if model is None else self._schema(model, title, "serialization")
        if route.streams and route.response_class is None:
            return {"itemSchema": schema}
        if not route.streams or not issubclass(response_class, EventSourceResponse):
            is_json = issubclass(response_class, JSONResponse) and not route.streams
            return {"schema": schema if is_json else {"type": "string"}}
        fields: dict[str, Any] = {name: {"type": "string"} for name in ("data", "event", "id")}
        fields["retry"] = {"type": "integer", "minimum": 0}
        if model is not None:
            fields["data"] |= {"contentMediaType": "application/json", "contentSchema": schema}
        required = None if model is None else ["data"]
        return {"itemSchema": {"type": "object", "properties": fields, "required": required}}


def _values(item: Input) -> Iterator[tuple[str, str, FieldInfo, TypeAdapter[Any], bool]]:
    """Yield the name of what an input takes and its alias, what is said of it, its type and whether it is required."""
    if not item.models:
        yield item.alias, item.alias, FieldInfo.from_annotation(item.type), item.adapter, item.required
    infos = [info for model in item.models for info in model.model_fields.values()]
    for field, info in zip(item.fields, infos, strict=True):
        required = info.is_required() and (item.required or not item.optional)
        yield field.keys[0], field.alias, info, adapter_for(Annotated[info.annotation, info], field.alias), required


def _title(item: Input) -> str:
    return item.marker.constraints.get("title") or _titled(item.alias)


def _titled(name: str) -> str:
    return name.replace("_", " ").title()


def _examples(marker: Parameter) -> dict[str, Any]:
    if marker.openapi_examples or marker.example is PydanticUndefined:
        return {"examples": marker.openapi_examples}
    return {"example": marker.example}


def _default_status(route: APIRoute) -> int:
    argument = inspect.signature(route.response_class or Response).parameters.get("status_code")
    return argument.default if argument is not None and isinstance(argument.default, int) else 200


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Put more into a description: mappings are put together, lists joined, other values replaced."""
    for key, value in more.items():
        old = into.get(key)
        if isinstance(value, Mapping):
            into[key] = old if isinstance(old, dict) else {}
            _merge(into[key], value)
        elif isinstance(old, list) and isinstance(value, list):
            into[key] = [*old, *value]
        else:
            into[key] = value
