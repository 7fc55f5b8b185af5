"""The objects of an OpenAPI document that an app names itself: how its clients prove who they are.

Their attributes are OpenAPI's own words (``tokenUrl``, ``bearerFormat``); other keys, such as ``x-…``, are kept.
"""

from enum import Enum
from typing import Literal

from pydantic import BaseModel, Field

SecuritySchemeType = Enum(
    "SecuritySchemeType", {"apiKey": "apiKey", "http": "http", "oauth2": "oauth2", "openIdConnect": "openIdConnect"}
)
"""The kinds of security scheme."""

APIKeyIn = Enum("APIKeyIn", {"query": "query", "header": "header", "cookie": "cookie"})
"""Where an API key may stand."""


class _Object(BaseModel, extra="allow", defer_build=True):
    """What all have in common: they are built when first used, for an import should cost little."""


class SecurityBase(_Object):
    """What every security scheme says of itself."""

    type_: SecuritySchemeType = Field(alias="type")
    description: str | None = None


class APIKey(SecurityBase):
    """A key that clients send along."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.apiKey, alias="type")
    in_: APIKeyIn = Field(alias="in")
    name: str


class HTTPBase(SecurityBase):
    """One of the schemes of the ``Authorization`` header."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.http, alias="type")
    scheme: str


class HTTPBearer(HTTPBase):
    """A token in the ``Authorization`` header."""

    scheme: Literal["bearer"] = "bearer"
    bearerFormat: str | None = None


class OAuthFlow(_Object):
    """What every way to a token has."""

    refreshUrl: str | None = None
    scopes: dict[str, str] = {}


class OAuthFlowImplicit(OAuthFlow):
    """The token comes with the redirect."""

    authorizationUrl: str


class OAuthFlowPassword(OAuthFlow):
    """The token for a name and a password."""

    tokenUrl: str


class OAuthFlowClientCredentials(OAuthFlowPassword):
    """The token for the client's own secret."""


class OAuthFlowAuthorizationCode(OAuthFlowImplicit, OAuthFlowPassword):
    """The token for a code that comes with the redirect."""


class OAuthFlows(_Object):
    """The ways to a token that an app offers."""

    implicit: OAuthFlowImplicit | None = None
    password: OAuthFlowPassword | None = None
    clientCredentials: OAuthFlowClientCredentials | None = None
    authorizationCode: OAuthFlowAuthorizationCode | None = None


class OAuth2(SecurityBase):
    """OAuth 2.0."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.oauth2, alias="type")
    flows: OAuthFlows


class OpenIdConnect(SecurityBase):
    """OpenID Connect, whose address tells the rest."""

    type_: SecuritySchemeType = Field(default=SecuritySchemeType.openIdConnect, alias="type")
    openIdConnectUrl: str
