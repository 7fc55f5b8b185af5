"""What all security schemes share: they describe themselves for OpenAPI, and refuse a request without credentials."""

from __future__ import annotations

from typing import TypeVar

from fwlab.exceptions import HTTPException
from fwlab.openapi import models

T = TypeVar("T")


class SecurityBase:
    """A dependency that reads who is asking, and that ``/openapi.json`` lists among the ways to identify oneself.

    Attributes:
        model: its description in OpenAPI's terms.
        scheme_name: its name in the documentation.
        auto_error: whether a request without credentials is answered with status 401; else the dependency is None.
    """

    model: models.SecurityBase
    scheme_name: str
    auto_error: bool = True

    def describe(self, model: models.SecurityBase, scheme_name: str | None, auto_error: bool) -> None:
        """Take what every scheme is made with."""
        self.model = model
        self.scheme_name = scheme_name or type(self).__name__
        self.auto_error = auto_error

    def make_authenticate_headers(self) -> dict[str, str]:
        """Return the header that tells a client how to identify itself."""
        return {"WWW-Authenticate": "Bearer"}

    def make_not_authenticated_error(self) -> HTTPException:
        """Return what is raised when there are no credentials; a subclass may answer otherwise."""
        return HTTPException(401, "Not authenticated", self.make_authenticate_headers())

    def required(self, credentials: T | None) -> T | None:
        """Return the credentials; without any, refuse the request or, if ``auto_error`` is off, return None."""
        if credentials is None and self.auto_error:
            raise self.make_not_authenticated_error()
        return credentials


def authorization(header: str | None) -> tuple[str, str]:
    """Return the scheme and the credentials of an ``Authorization`` header, both empty if there is none.

    Example:
        >>> authorization("Bearer abc"), authorization(None)
        (('Bearer', 'abc'), ('', ''))
    """
    scheme, _, credentials = (header or "").partition(" ")
    return scheme, credentials.strip()
