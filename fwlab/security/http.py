"""The schemes of HTTP's ``Authorization`` header: a name and a password, a token, a digest."""

from __future__ import annotations

from base64 import b64decode

from pydantic import BaseModel, ConfigDict

from fwlab.openapi import models
from fwlab.requests import HTTPConnection
from fwlab.security.base import SecurityBase, authorization


class HTTPBasicCredentials(BaseModel):
    """A name and a password; compare them with :func:`secrets.compare_digest`, which takes the same time for any."""

    model_config = ConfigDict(defer_build=True)

    username: str
    password: str


class HTTPAuthorizationCredentials(BaseModel):
    """What stands in the header: for ``Bearer abc`` the scheme is ``Bearer``, the credentials are ``abc``."""

    model_config = ConfigDict(defer_build=True)

    scheme: str
    credentials: str


class HTTPBase(SecurityBase):
    """Any scheme of the ``Authorization`` header.

    Args:
        scheme: its name in the documentation and in the answer's ``WWW-Authenticate``.
        scheme_name: the name of the whole in the documentation; the class's own by default.
        description: for the documentation, in Markdown.
        auto_error: answer with status 401 when there are no credentials, instead of providing None.
    """

    model: models.HTTPBase
    expected: str | None = None  # the only scheme to accept, in lower case

    def __init__(
        self,
        *,
        scheme: str,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        self.describe(models.HTTPBase(scheme=scheme, description=description), scheme_name, auto_error)

    def make_authenticate_headers(self) -> dict[str, str]:
        """Return the header that names the scheme."""
        return {"WWW-Authenticate": self.model.scheme.title()}

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        """Return the header's credentials."""
        scheme, credentials = authorization(request.headers.get("Authorization"))
        if not (scheme and credentials) or self.expected not in (None, scheme.lower()):
            return self.required(None)
        return HTTPAuthorizationCredentials(scheme=scheme, credentials=credentials)


class HTTPBearer(HTTPBase):
    """A token: ``Authorization: Bearer abc``. Whether it is a good one is for the app to find out.

    Args:
        bearerFormat: what the token looks like, for the documentation.
        scheme_name: as in :class:`HTTPBase`, as are the others.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/me")
        ... async def me(token: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]):
        ...     return {"token": token.credentials}
    """

    expected = "bearer"

    def __init__(
        self,
        *,
        bearerFormat: str | None = None,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        model = models.HTTPBearer(bearerFormat=bearerFormat, description=description)
        self.describe(model, scheme_name, auto_error)


class HTTPDigest(HTTPBase):
    """A digest (RFC 7616). It reads the header; the computation is for the app to do."""

    expected = "digest"

    def __init__(
        self, *, scheme_name: str | None = None, description: str | None = None, auto_error: bool = True
    ) -> None:
        super().__init__(scheme="digest", scheme_name=scheme_name, description=description, auto_error=auto_error)


class HTTPBasic(HTTPBase):
    """A name and a password with each request (RFC 7617); browsers ask for them.

    Args:
        scheme_name: as in :class:`HTTPBase`, as are the others.
        realm: what the credentials are for, shown by browsers.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/me")
        ... async def me(guest: Annotated[HTTPBasicCredentials, Depends(HTTPBasic(realm="kitchen"))]):
        ...     return {"name": guest.username}
    """

    def __init__(
        self,
        *,
        scheme_name: str | None = None,
        realm: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        super().__init__(scheme="basic", scheme_name=scheme_name, description=description, auto_error=auto_error)
        self.realm = realm

    def make_authenticate_headers(self) -> dict[str, str]:
        """Return the header that asks for a name and a password."""
        return {"WWW-Authenticate": f'Basic realm="{self.realm}"' if self.realm else "Basic"}

    async def __call__(self, request: HTTPConnection) -> HTTPBasicCredentials | None:  # type: ignore[override]
        """Return the name and the password; what is not base64 of ``name:password`` is refused in any case."""
        scheme, encoded = authorization(request.headers.get("Authorization"))
        if scheme.lower() != "basic":
            return self.required(None)
        try:
            username, password = b64decode(encoded).decode("ascii").split(":", 1)
        except ValueError:
            raise self.make_not_authenticated_error() from None
        return HTTPBasicCredentials(username=username, password=password)
