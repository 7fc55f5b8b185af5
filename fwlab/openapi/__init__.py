"""The description of an API in OpenAPI's terms."""
