"""Who is asking? Dependencies that read a client's credentials and tell the documentation how to give them.

None of them checks the credentials: that is the app's business. They are a key in a place of its own (``APIKey…``),
what HTTP's ``Authorization`` header says (``HTTP…``), and this header with a token that was fetched before
(``OAuth2…``, ``OpenIdConnect``). The modules beside this one are FastAPI's addresses of the same names.
"""

import dataclasses
from base64 import b64decode
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypedDict, TypeVar, Unpack, cast

from pydantic import BaseModel

from fwlab.exceptions import HTTPException
from fwlab.openapi import models
from fwlab.params import Form
from fwlab.params import SecurityScopes as SecurityScopes
from fwlab.requests import HTTPConnection

T = TypeVar("T")
Text = Annotated[str, Form()]
OptionalText = Annotated[str | None, Form()]


class Options(TypedDict, total=False):
    """What every scheme takes.

    Attributes:
        scheme_name: the name in the documentation; the class's own by default.
        description: for the documentation, in Markdown.
        auto_error: answer with status 401 when there are no credentials, instead of providing None.
    """

    scheme_name: str | None
    description: str | None
    auto_error: bool


class SecurityBase:
    """A dependency that reads who is asking, and that ``/openapi.json`` lists among the ways to identify oneself.

    As it stands it provides the whole ``Authorization`` header.

    Attributes:
        model: its description in OpenAPI's terms.
        challenge: what the header ``WWW-Authenticate`` tells a client of how to identify itself.
        scheme_name: its name in the documentation.
        auto_error: whether a request without credentials is answered with status 401; else the dependency is None.
    """

    model: Any
    challenge: str = "Bearer"
    scheme_name: str
    auto_error: bool = True

    def describe(
        self, model: Any, scheme_name: str | None = None, description: str | None = None, auto_error: bool = True
    ) -> None:
        """Take what every scheme is made with: its model, and :class:`Options`."""
        self.model, self.model.description = model, description
        self.scheme_name, self.auto_error = scheme_name or type(self).__name__, auto_error

    def make_not_authenticated_error(self) -> HTTPException:
        """Return what is raised when there are no credentials; a subclass may answer otherwise."""
        return HTTPException(401, "Not authenticated", {"WWW-Authenticate": self.challenge})

    def required(self, credentials: T | None) -> T | None:
        """Return the credentials; without any, refuse the request or, if ``auto_error`` is off, return None."""
        if credentials is None and self.auto_error:
            raise self.make_not_authenticated_error()
        return credentials

    async def __call__(self, request: HTTPConnection) -> Any:
        """Return the header."""
        return self.required(request.headers.get("Authorization") or None)


def authorization(request: HTTPConnection) -> tuple[str, str]:
    """Return the scheme and the credentials of the ``Authorization`` header, both empty if there is none.

    Example:
        >>> authorization(HTTPConnection({"headers": [(b"authorization", b"Bearer abc")]}))
        ('Bearer', 'abc')
    """
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    return scheme, credentials.strip()


class APIKeyBase(SecurityBase):
    """A key that clients send with each request: the common part of the three.

    Args:
        name: of the query parameter, header or cookie.
        **options: those of :class:`Options`.
    """

    place: ClassVar[tuple[str, str]]  # OpenAPI's word for it, and the request's
    challenge = "APIKey"  # although HTTP has no name for this scheme

    def __init__(self, *, name: str, **options: Unpack[Options]) -> None:
        self.describe(models.APIKey.model_validate({"in": self.place[0], "name": name}), **options)

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the key; an empty one is none."""
        values: Mapping[str, str] = getattr(request, self.place[1])
        return self.required(values.get(self.model.name) or None)


class APIKeyQuery(APIKeyBase):
    """A key in the query: ``/items?key=abc``. It will stand in logs: prefer a header.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/items")
        ... async def items(key: Annotated[str, Depends(APIKeyQuery(name="key"))]): ...
    """

    place = ("query", "query_params")


class APIKeyHeader(APIKeyBase):
    """A key in a header of its own; see :class:`APIKeyQuery`."""

    place = ("header", "headers")


class APIKeyCookie(APIKeyBase):
    """A key in a cookie; see :class:`APIKeyQuery`."""

    place = ("cookie", "cookies")


class HTTPBasicCredentials(BaseModel, defer_build=True):
    """A name and a password; compare them with :func:`secrets.compare_digest`, which takes the same time for any."""

    username: str
    password: str


class HTTPAuthorizationCredentials(BaseModel, defer_build=True):
    """What stands in the header: for ``Bearer abc`` the scheme is ``Bearer``, the credentials are ``abc``."""

    scheme: str
    credentials: str


class HTTPBase(SecurityBase):
    """Any scheme of the ``Authorization`` header.

    Args:
        scheme: its name in the documentation and in the answer's ``WWW-Authenticate``.
        **options: those of :class:`Options`.
    """

    expected: ClassVar[str | None] = None  # the only scheme to accept, in lower case

    def __init__(self, *, scheme: str, **options: Unpack[Options]) -> None:
        self.describe(models.HTTPBase(scheme=scheme), **options)
        self.challenge = scheme.title()

    async def __call__(self, request: HTTPConnection) -> Any:
        """Return the header's :class:`HTTPAuthorizationCredentials`."""
        scheme, credentials = authorization(request)
        if not (scheme and credentials) or self.expected not in (None, scheme.lower()):
            return self.required(None)
        return HTTPAuthorizationCredentials(scheme=scheme, credentials=credentials)


class HTTPBearer(HTTPBase):
    """A token: ``Authorization: Bearer abc``. Whether it is a good one is for the app to find out.

    Args:
        bearerFormat: what the token looks like, for the documentation.
        **options: those of :class:`Options`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/me")
        ... async def me(token: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]):
        ...     return {"token": token.credentials}
    """

    expected = "bearer"

    def __init__(self, *, bearerFormat: str | None = None, **options: Unpack[Options]) -> None:
        self.describe(models.HTTPBearer(bearerFormat=bearerFormat), **options)


class HTTPDigest(HTTPBase):
    """A digest (RFC 7616). It reads the header; the computation is for the app to do."""

    expected = "digest"

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(scheme="digest", **options)


class HTTPBasic(HTTPBase):
    """A name and a password with each request (RFC 7617); browsers ask for them.

    Args:
        realm: what the credentials are for, shown by browsers.
        **options: those of :class:`Options`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/me")
        ... async def me(guest: Annotated[HTTPBasicCredentials, Depends(HTTPBasic(realm="kitchen"))]):
        ...     return {"name": guest.username}
    """

    def __init__(self, *, realm: str | None = None, **options: Unpack[Options]) -> None:
        super().__init__(scheme="basic", **options)
        self.challenge = f'Basic realm="{realm}"' if realm else "Basic"

    async def __call__(self, request: HTTPConnection) -> HTTPBasicCredentials | None:
        """Return the name and the password; what is not base64 of ``name:password`` is refused in any case."""
        scheme, encoded = authorization(request)
        if scheme.lower() != "basic":
            return self.required(None)
        try:
            username, password = b64decode(encoded).decode("ascii").split(":", 1)
        except ValueError:
            raise self.make_not_authenticated_error() from None
        return HTTPBasicCredentials(username=username, password=password)


@dataclasses.dataclass(kw_only=True, eq=False, repr=False)
class OAuth2PasswordRequestForm:
    """The form that asks for a token with a name and a password: a class to depend on.

    Attributes:
        grant_type: ``"password"``, or None where a client leaves it out against the standard.
        username: who asks.
        password: its password.
        scopes: what the token shall allow, as a list of words; they come as one text, ``scope``.
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

    grant_type: Annotated[str | None, Form(pattern="^password$")] = None
    username: Text
    password: Annotated[str, Form(json_schema_extra={"format": "password"})]
    scope: Text = ""
    client_id: OptionalText = None
    client_secret: Annotated[str | None, Form(json_schema_extra={"format": "password"})] = None
    scopes: list[str] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.scopes = vars(self).pop("scope").split()


@dataclasses.dataclass(kw_only=True, eq=False, repr=False)
class OAuth2PasswordRequestFormStrict(OAuth2PasswordRequestForm):
    """The same, held to the standard: the form must say ``grant_type=password``."""

    grant_type: Annotated[str, Form(pattern="^password$")] = dataclasses.field()
    password: Text
    client_secret: OptionalText = None


class OAuth2(SecurityBase):
    """Any way to a token; provides the whole ``Authorization`` header.

    A client fetches the token at one address, which the documentation names, and sends it to the others.

    Args:
        flows: the ways, as OpenAPI writes them.
        **options: those of :class:`Options`.
    """

    def __init__(
        self, *, flows: models.OAuthFlows | Mapping[str, Any] | None = None, **options: Unpack[Options]
    ) -> None:
        self.describe(models.OAuth2.model_validate({"flows": flows or {}}), **options)


class FlowOptions(Options, total=False):
    """What a scheme with one way to a token takes.

    Attributes:
        scopes: what a token may allow, each with its description.
        refreshUrl: where the client gets the next one.
    """

    scopes: Mapping[str, str] | None
    refreshUrl: str | None


class _Bearer(OAuth2):
    """A token that is sent as ``Authorization: Bearer …``; provides the token."""

    def __init__(self, flow: str, addresses: dict[str, str], options: FlowOptions) -> None:
        more = {"scopes": options.pop("scopes", None) or {}, "refreshUrl": options.pop("refreshUrl", None)}
        super().__init__(flows={flow: addresses | more}, **cast(Options, options))

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the token."""
        scheme, token = authorization(request)
        return self.required(token if scheme.lower() == "bearer" else None)


class OAuth2PasswordBearer(_Bearer):
    """A token for a name and a password; provides the token.

    Args:
        tokenUrl: where the client gets it; relative to the documentation's own address.
        **options: those of :class:`FlowOptions` and :class:`Options`.

    Example:
        >>> from typing import Annotated
        >>> from fwlab import App, Depends
        >>> app = App()
        >>> @app.get("/me")
        ... async def me(token: Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="token"))]):
        ...     return {"token": token}
    """

    def __init__(self, tokenUrl: str, **options: Unpack[FlowOptions]) -> None:
        super().__init__("password", {"tokenUrl": tokenUrl}, options)


class OAuth2AuthorizationCodeBearer(_Bearer):
    """A token for a code that the user's browser brings back from where he logged in; provides the token.

    Args:
        authorizationUrl: where the user logs in.
        tokenUrl: where the client gets the token for the code.
        **options: those of :class:`FlowOptions` and :class:`Options`.
    """

    def __init__(self, authorizationUrl: str, tokenUrl: str, **options: Unpack[FlowOptions]) -> None:
        super().__init__("authorizationCode", {"authorizationUrl": authorizationUrl, "tokenUrl": tokenUrl}, options)


class OpenIdConnect(SecurityBase):
    """Names the address at which a client finds out how to identify itself; provides the ``Authorization`` header.

    Args:
        openIdConnectUrl: the address.
        **options: those of :class:`Options`.
    """

    def __init__(self, *, openIdConnectUrl: str, **options: Unpack[Options]) -> None:
        self.describe(models.OpenIdConnect(openIdConnectUrl=openIdConnectUrl), **options)
