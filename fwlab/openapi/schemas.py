"""The JSON Schemas of every type in an OpenAPI document, made in one go so that they can refer to each other.

pydantic writes them; a model that is used twice stands once under ``components``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core.core_schema import BytesSchema, ModelSchema

REF = "#/components/schemas/{model}"
Mode = Literal["validation", "serialization"]
Wanted = tuple[TypeAdapter[Any], Mode]


class _SchemaGenerator(GenerateJsonSchema):
    """pydantic's own, but for bytes, which OpenAPI 3.1 describes by their media type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._configs: list[Mapping[str, Any]] = []  # of the models that we are in

    def model_schema(self, schema: ModelSchema) -> dict[str, Any]:
        self._configs.append(schema.get("config", {}))
        try:
            return super().model_schema(schema)
        finally:
            self._configs.pop()

    def bytes_schema(self, schema: BytesSchema) -> dict[str, Any]:
        described = {**super().bytes_schema(schema), "contentMediaType": "application/octet-stream"}
        described.pop("format", None)
        setting = "ser_json_bytes" if self.mode == "serialization" else "val_json_bytes"
        if self._configs and self._configs[-1].get(setting) == "base64":
            described["contentEncoding"] = "base64"
        return described


class Schemas:
    """Finds the schema of a type again by its adapter.

    Args:
        wanted: every type in the document, with whether it is read or written.
        separate: whether a model has two schemas where input and output differ.

    Attributes:
        definitions: the schemas to which others refer, for ``components``.
    """

    def __init__(self, wanted: Iterable[Wanted], *, separate: bool = True) -> None:
        inputs = [(id(adapter), self._mode(mode, separate), adapter) for adapter, mode in wanted]
        self._separate = separate
        self._schemas, shared = TypeAdapter.json_schemas(inputs, ref_template=REF, schema_generator=_SchemaGenerator)
        self.definitions: dict[str, Any] = shared.get("$defs", {})
        for definition in self.definitions.values():
            if "description" in definition:
                # What comes after a form feed in a docstring is not for the documentation.
                definition["description"] = definition["description"].partition("\f")[0]

    @staticmethod
    def _mode(mode: Mode, separate: bool) -> Mode:
        return mode if separate else "validation"

    def of(self, adapter: TypeAdapter[Any], mode: Mode, title: str) -> dict[str, Any]:
        """Return the schema of a type: a reference, or the schema itself under a title."""
        schema = dict(self._schemas[id(adapter), self._mode(mode, self._separate)])
        return schema if "$ref" in schema else {**schema, "title": title}
