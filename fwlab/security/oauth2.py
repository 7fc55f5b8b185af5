"""OAuth 2.0: a client fetches a token at one address and sends it to the others as ``Authorization: Bearer …``.

The schemes here name the addresses in the documentation and read the token; the two forms read what a client sends for
one. Whether a token is good is for the app to find out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fwlab.openapi import models
from fwlab.params import Form
from fwlab.requests import HTTPConnection
from fwlab.security.base import SecurityBase, authorization


class OAuth2PasswordRequestForm:
    """The form that asks for a token with a name and a password: a class to depend on.

    Attributes:
        grant_type: ``"password"``, or None where a client leaves it out against the standard.
        username: who asks.
        password: its password.
        scopes: what the token shall allow, as a list of words.
        client_id: of the client program, where it has one.
        client_secret: likewise.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.post("/token")
        ... async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
        ...     return {"access_token": form.username, "token_type": "bearer"}
    """

    def __init__(
        self,
        *,
        grant_type: Annotated[str | None, Form(pattern="^password$")] = None,
        username: Annotated[str, Form()],
        password: Annotated[str, Form(json_schema_extra={"format": "password"})],
        scope: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form()] = None,
        client_secret: Annotated[str | None, Form(json_schema_extra={"format": "password"})] = None,
    ) -> None:
        self.grant_type = grant_type
        self.username = username
        self.password = password
        self.scopes = scope.split()
        self.client_id = client_id
        self.client_secret = client_secret


class OAuth2PasswordRequestFormStrict(OAuth2PasswordRequestForm):
    """The same, held to the standard: the form must say ``grant_type=password``."""

    def __init__(
        self,
        grant_type: Annotated[str, Form(pattern="^password$")],
        username: Annotated[str, Form()],
        password: Annotated[str, Form()],
        scope: Annotated[str, Form()] = "",
        client_id: Annotated[str | None, Form()] = None,
        client_secret: Annotated[str | None, Form()] = None,
    ) -> None:
        super().__init__(
            grant_type=grant_type,
            username=username,
            password=password,
            scope=scope,
            client_id=client_id,
            client_secret=client_secret,
        )


class OAuth2(SecurityBase):
    """Any way to a token; provides the whole ``Authorization`` header.

    Args:
        flows: the ways, as OpenAPI writes them.
        scheme_name: the name in the documentation; the class's own by default.
        description: for the documentation, in Markdown.
        auto_error: answer with status 401 when there is no token, instead of providing None.
    """

    model: models.OAuth2

    def __init__(
        self,
        *,
        flows: models.OAuthFlows | Mapping[str, Mapping[str, Any]] | None = None,
        scheme_name: str | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        model = models.OAuth2.model_validate({"flows": flows or {}, "description": description})
        self.describe(model, scheme_name, auto_error)

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the header."""
        return self.required(request.headers.get("Authorization") or None)


class _Bearer(OAuth2):
    """A way to a token that is sent as ``Authorization: Bearer …``; provides the token."""

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the token."""
        scheme, token = authorization(request.headers.get("Authorization"))
        return self.required(token if scheme.lower() == "bearer" else None)


class OAuth2PasswordBearer(_Bearer):
    """A token for a name and a password; provides the token.

    Args:
        tokenUrl: where the client gets it; relative to the documentation's own address.
        scheme_name: as in :class:`OAuth2`.
        scopes: what a token may allow, each with its description.
        description: as in :class:`OAuth2`.
        auto_error: as in :class:`OAuth2`.
        refreshUrl: where the client gets the next one.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/me")
        ... async def me(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]):
        ...     return {"token": token}
    """

    def __init__(
        self,
        tokenUrl: str,
        scheme_name: str | None = None,
        scopes: Mapping[str, str] | None = None,
        description: str | None = None,
        auto_error: bool = True,
        refreshUrl: str | None = None,
    ) -> None:
        flow = {"tokenUrl": tokenUrl, "refreshUrl": refreshUrl, "scopes": scopes or {}}
        super().__init__(
            flows={"password": flow}, scheme_name=scheme_name, description=description, auto_error=auto_error
        )


class OAuth2AuthorizationCodeBearer(_Bearer):
    """A token for a code that the user's browser brings back from where he logged in; provides the token.

    Args:
        authorizationUrl: where the user logs in.
        tokenUrl: where the client gets the token for the code.
        refreshUrl: where it gets the next one.
        scheme_name: as in :class:`OAuth2`.
        scopes: what a token may allow, each with its description.
        description: as in :class:`OAuth2`.
        auto_error: as in :class:`OAuth2`.
    """

    def __init__(
        self,
        authorizationUrl: str,
        tokenUrl: str,
        refreshUrl: str | None = None,
        scheme_name: str | None = None,
        scopes: Mapping[str, str] | None = None,
        description: str | None = None,
        auto_error: bool = True,
    ) -> None:
        flow = {
            "authorizationUrl": authorizationUrl,
            "tokenUrl": tokenUrl,
            "refreshUrl": refreshUrl,
            "scopes": scopes or {},
        }
        super().__init__(
            flows={"authorizationCode": flow}, scheme_name=scheme_name, description=description, auto_error=auto_error
        )
