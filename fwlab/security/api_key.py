"""A key that clients send with each request: in the query, in a header, or in a cookie."""

from __future__ import annotations

from typing import ClassVar

from fwlab.openapi import models
from fwlab.requests import HTTPConnection
from fwlab.security.base import SecurityBase


class APIKeyBase(SecurityBase):
    """The common part of the three.

    Args:
        name: of the query parameter, header or cookie.
        scheme_name: the name in the documentation; the class's own by default.
        description: for the documentation, in Markdown.
        auto_error: answer with status 401 when there is no key, instead of providing None.
    """

    model: models.APIKey
    location: ClassVar[models.APIKeyIn]

    def __init__(
        self,
        *,
        name: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        model = models.APIKey.model_validate({"in": self.location, "name": name, "description": description})
        self.describe(model, scheme_name, auto_error)

    def make_authenticate_headers(self) -> dict[str, str]:
        """Return a header of HTTP's form, although HTTP has no name for this scheme."""
        return {"WWW-Authenticate": "APIKey"}

    def check_api_key(self, api_key: str | None) -> str | None:
        """Return the key; an empty one is none."""
        return self.required(api_key or None)


class APIKeyQuery(APIKeyBase):
    """A key in the query: ``/items?key=abc``. It will stand in logs: prefer a header.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/items")
        ... async def items(key: Annotated[str, Depends(APIKeyQuery(name="key"))]): ...
    """

    location = models.APIKeyIn.query

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the key."""
        return self.check_api_key(request.query_params.get(self.model.name))


class APIKeyHeader(APIKeyBase):
    """A key in a header of its own; see :class:`APIKeyQuery`."""

    location = models.APIKeyIn.header

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the key."""
        return self.check_api_key(request.headers.get(self.model.name))


class APIKeyCookie(APIKeyBase):
    """A key in a cookie; see :class:`APIKeyQuery`."""

    location = models.APIKeyIn.cookie

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the key."""
        return self.check_api_key(request.cookies.get(self.model.name))
