"""OpenID Connect: one address at which a client finds out how to identify itself."""

from __future__ import annotations

from fwlab.openapi import models
from fwlab.requests import HTTPConnection
from fwlab.security.base import SecurityBase


class OpenIdConnect(SecurityBase):
    """Names the address in the documentation and provides the whole ``Authorization`` header, which the app checks.

    Args:
        openIdConnectUrl: the address.
        scheme_name: the name in the documentation; the class's own by default.
        description: for the documentation, in Markdown.
        auto_error: answer with status 401 when there is no such header, instead of providing None.
    """

    def __init__(
        self,
        *,
        openIdConnectUrl: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        model = models.OpenIdConnect(openIdConnectUrl=openIdConnectUrl, description=description)
        self.describe(model, scheme_name, auto_error)

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the header."""
        return self.required(request.headers.get("Authorization") or None)
