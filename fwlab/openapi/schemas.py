"""The JSON Schemas of every type in an OpenAPI document, made in one go so that they can refer to each other.

pydantic writes them; a model that is used twice stands once under ``components``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import BytesSchema, ModelSchema

REF = "#/components/schemas/{model}"
Mode = Literal["validation", "serialization"]


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


class Schemas:
    """Hands out places in a document for the schemas of types, and fills them when all types are known.

    Args:
        separate: whether a model has two schemas where input and output differ.
    """

    def __init__(self, *, separate: bool) -> None:
        self._separate = separate
        self._places: list[tuple[TypeAdapter[Any], Mode, str, dict[str, Any]]] = []

    def of(self, adapter: TypeAdapter[Any], mode: Mode, title: str) -> dict[str, Any]:
        """Return the place for the schema of a type: a reference, or the schema itself under a title."""
        place: dict[str, Any] = {}
        self._places.append((adapter, mode if self._separate else "validation", title, place))
        return place

    def fill(self) -> dict[str, Any]:
        """Write the schemas to their places, around what stands there; return those to which they refer."""
        wanted = [(n, mode, adapter) for n, (adapter, mode, _, _) in enumerate(self._places)]
        written, shared = TypeAdapter.json_schemas(wanted, ref_template=REF, schema_generator=_SchemaGenerator)
        for n, (_, mode, title, place) in enumerate(self._places):
            schema = written[n, mode]
            place |= schema | ({} if "$ref" in schema else {"title": title}) | place
        definitions: dict[str, Any] = shared.get("$defs", {})
        for definition in definitions.values():
            if "description" in definition:
                # What comes after a form feed in a docstring is not for the documentation.
                definition["description"] = definition["description"].partition("\f")[0]
        return definitions
