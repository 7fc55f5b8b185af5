"""Security schemes: what they read of a request, what a request without credentials gets, what OpenAPI says of them."""

import base64
from typing import Annotated

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fwlab import App, Depends, HTTPException, Request, Security, WebSocket, status
from fwlab.openapi.models import OAuthFlows
from fwlab.requests import HTTPConnection
from fwlab.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    HTTPDigest,
    OAuth2,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    OpenIdConnect,
    SecurityScopes,
)
from fwlab.security.base import SecurityBase
from fwlab.security.http import HTTPBase
from fwlab.testclient import WebSocketDenialResponse


def basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


def header(value):
    return {"headers": {"Authorization": value}}


# How to make each scheme, what to send for it, what it then provides, and how it asks for credentials.
SCHEMES = {
    "basic": (HTTPBasic, header(basic("ada:pass:word")), {"username": "ada", "password": "pass:word"}, "Basic"),
    "basic with a realm": (
        lambda **options: HTTPBasic(realm="kitchen", **options),
        header(basic("ada:")),
        {"username": "ada", "password": ""},
        'Basic realm="kitchen"',
    ),
    "bearer": (HTTPBearer, header("bearer  abc"), {"scheme": "bearer", "credentials": "abc"}, "Bearer"),
    "digest": (HTTPDigest, header("Digest a=1, b=2"), {"scheme": "Digest", "credentials": "a=1, b=2"}, "Digest"),
    "any": (
        lambda **options: HTTPBase(scheme="other", **options),
        header("Other abc"),
        {"scheme": "Other", "credentials": "abc"},
        "Other",
    ),
    "query": (lambda **options: APIKeyQuery(name="key", **options), {"params": {"key": "abc"}}, "abc", "APIKey"),
    "header": (lambda **options: APIKeyHeader(name="X-Key", **options), {"headers": {"x-key": "abc"}}, "abc", "APIKey"),
    "cookie": (
        lambda **options: APIKeyCookie(name="key", **options),
        {"headers": {"cookie": "key=abc"}},
        "abc",
        "APIKey",
    ),
    "password": (lambda **o: OAuth2PasswordBearer("token", **o), header("Bearer abc"), "abc", "Bearer"),
    "code": (lambda **o: OAuth2AuthorizationCodeBearer("login", "token", **o), header("bearer abc"), "abc", "Bearer"),
    "oauth2": (OAuth2, header("Other abc"), "Other abc", "Bearer"),
    "openid": (lambda **o: OpenIdConnect(openIdConnectUrl="/openid", **o), header("Other abc"), "Other abc", "Bearer"),
}


def guarded(scheme):
    """An app whose path operation and WebSocket tell what the scheme provides."""
    app = App()

    @app.get("/")
    async def handler(credentials: Annotated[object, Depends(scheme)]):
        return credentials

    @app.websocket("/")
    async def connect(websocket: WebSocket, credentials: Annotated[object, Depends(scheme)]):
        await websocket.accept()
        await websocket.send_json(credentials)

    return app


@pytest.fixture(params=SCHEMES)
def scheme(request):
    return SCHEMES[request.param]


def test_credentials_are_provided(client_of, scheme):
    make, sent, provided, _ = scheme
    client = client_of(guarded(make()))
    response = client.get("/", **sent)
    assert (response.status_code, response.json()) == (200, provided)
    with client.websocket_connect("/", **sent) as session:
        assert session.receive_json() == provided


def test_without_credentials_a_request_is_answered_with_401(client_of, scheme):
    make, _, _, challenge = scheme
    client = client_of(guarded(make()))
    response = client.get("/")
    assert (response.status_code, response.json()) == (401, {"detail": "Not authenticated"})
    assert response.headers["www-authenticate"] == challenge
    with pytest.raises(WebSocketDenialResponse) as denied, client.websocket_connect("/"):
        pytest.fail("it was refused")
    assert (denied.value.status_code, denied.value.headers["www-authenticate"]) == (401, challenge)


def test_without_credentials_there_are_none_where_that_is_allowed(client_of, scheme):
    make, sent, provided, _ = scheme
    client = client_of(guarded(make(auto_error=False)))
    assert client.get("/").json() is None
    assert client.get("/", **sent).json() == provided


@pytest.mark.parametrize("name", ["bearer", "digest", "basic", "password", "code"])
def test_another_scheme_s_credentials_are_none(client_of, name):
    make = SCHEMES[name][0]
    assert client_of(guarded(make())).get("/", **header("Other abc")).status_code == 401
    assert client_of(guarded(make(auto_error=False))).get("/", **header("Other abc")).json() is None


@pytest.mark.parametrize("name", ["bearer", "digest", "any"])
def test_a_scheme_without_credentials_is_none(client_of, name):
    make, sent, _, _ = SCHEMES[name]
    word = sent["headers"]["Authorization"].split()[0]
    assert client_of(guarded(make())).get("/", **header(word)).status_code == 401


@pytest.mark.parametrize(
    "value",
    ["Basic", "Basic ???", "Basic YQ", basic("no colon"), "Basic " + base64.b64encode(b"\xff:\xff").decode()],
)
def test_what_is_no_name_and_password_is_refused_in_any_case(client_of, value):
    for auto_error in (True, False):
        response = client_of(guarded(HTTPBasic(auto_error=auto_error))).get("/", **header(value))
        assert (response.status_code, response.json()) == (401, {"detail": "Not authenticated"})


@settings(deadline=None)
@given(st.sampled_from(sorted(SCHEMES)), st.sampled_from(["", "Basic ", "Bearer ", "Digest "]), st.binary())
def test_whatever_stands_in_the_header_is_read_or_refused(name, prefix, rest):
    make, _, _, _ = SCHEMES[name]
    headers = [(b"authorization", prefix.encode() + rest), (b"x-key", rest), (b"cookie", rest)]
    connection = HTTPConnection({"type": "http", "headers": headers, "query_string": b"key=" + rest, "path": "/"})

    async def ask():
        try:
            await make()(connection)
        except HTTPException as refused:
            return refused.status_code
        return 200

    assert anyio.run(ask) in (200, 401)


@settings(deadline=None)
@given(st.text("abcABC123", min_size=1), st.text("abc:123"))
def test_a_name_and_a_password_arrive_as_they_were_sent(username, password):
    scope = {"type": "http", "headers": [(b"authorization", basic(f"{username}:{password}").encode())]}
    assert anyio.run(HTTPBasic(), HTTPConnection(scope)) == HTTPBasicCredentials(username=username, password=password)


# Schemes of one's own


def test_the_answer_to_a_request_without_credentials_can_be_another(client_of):
    class Bearer403(HTTPBearer):
        def make_not_authenticated_error(self):
            return HTTPException(403, "Members only")

    response = client_of(guarded(Bearer403())).get("/")
    assert (response.status_code, response.json()) == (403, {"detail": "Members only"})


def test_a_scheme_of_one_s_own_reads_the_token_where_it_likes(client_of):
    class InACookie(OAuth2):
        async def __call__(self, request: Request):
            return request.cookies.get("token")

    scheme = InACookie(flows=OAuthFlows(password={"tokenUrl": "token"}))
    response = client_of(guarded_path(scheme)).get("/", headers={"cookie": "token=abc"})
    assert response.json() == "abc"
    assert described(scheme)["flows"] == {"password": {"tokenUrl": "token", "scopes": {}}}


def guarded_path(scheme):
    app = App()

    @app.get("/")
    async def handler(token: Annotated[str, Depends(scheme)]):
        return token

    return app


# OpenAPI


def described(scheme):
    assert isinstance(scheme, SecurityBase)
    return scheme.model.model_dump(mode="json", by_alias=True, exclude_none=True)


@pytest.mark.parametrize(
    ("scheme", "name", "description"),
    [
        (HTTPBasic(), "HTTPBasic", {"type": "http", "scheme": "basic"}),
        (
            HTTPDigest(scheme_name="D", description="text"),
            "D",
            {"type": "http", "scheme": "digest", "description": "text"},
        ),
        (HTTPBearer(), "HTTPBearer", {"type": "http", "scheme": "bearer"}),
        (
            HTTPBearer(bearerFormat="JWT", scheme_name="T", description="text"),
            "T",
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "text"},
        ),
        (APIKeyQuery(name="key"), "APIKeyQuery", {"type": "apiKey", "in": "query", "name": "key"}),
        (APIKeyHeader(name="X-Key"), "APIKeyHeader", {"type": "apiKey", "in": "header", "name": "X-Key"}),
        (
            APIKeyCookie(name="key", scheme_name="K", description="text"),
            "K",
            {"type": "apiKey", "in": "cookie", "name": "key", "description": "text"},
        ),
        (
            OpenIdConnect(openIdConnectUrl="/openid"),
            "OpenIdConnect",
            {"type": "openIdConnect", "openIdConnectUrl": "/openid"},
        ),
        (OAuth2(), "OAuth2", {"type": "oauth2", "flows": {}}),
        (
            OAuth2(flows={"implicit": {"authorizationUrl": "login", "x-more": 1}}),
            "OAuth2",
            {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "login", "scopes": {}, "x-more": 1}}},
        ),
        (
            OAuth2PasswordBearer("token", scopes={"read": "Read"}, refreshUrl="again"),
            "OAuth2PasswordBearer",
            {
                "type": "oauth2",
                "flows": {"password": {"tokenUrl": "token", "refreshUrl": "again", "scopes": {"read": "Read"}}},
            },
        ),
        (
            OAuth2AuthorizationCodeBearer("login", "token"),
            "OAuth2AuthorizationCodeBearer",
            {
                "type": "oauth2",
                "flows": {"authorizationCode": {"authorizationUrl": "login", "tokenUrl": "token", "scopes": {}}},
            },
        ),
    ],
)
def test_each_scheme_describes_itself(scheme, name, description):
    assert (scheme.scheme_name, described(scheme)) == (name, description)


def test_flows_that_openapi_does_not_know_are_found_when_they_are_declared():
    with pytest.raises(ValueError, match="tokenUrl"):
        OAuth2(flows={"password": {"scopes": {}}})


def test_the_document_lists_the_schemes_and_what_each_path_operation_needs():
    token = OAuth2PasswordBearer("token", scopes={"read": "Read", "write": "Write"})
    app = App()

    async def user(token: Annotated[str, Depends(token)]): ...

    @app.get("/read")
    async def read(user: Annotated[None, Security(user, scopes=["read"])]): ...

    @app.get("/any", dependencies=[Depends(HTTPBasic()), Depends(APIKeyHeader(name="X-Key"))])
    async def any_of_them(): ...

    @app.get("/open")
    async def nothing(): ...

    document = app.openapi()
    paths = document["paths"]
    assert paths["/read"]["get"]["security"] == [{"OAuth2PasswordBearer": ["read"]}]
    assert paths["/any"]["get"]["security"] == [{"HTTPBasic": []}, {"APIKeyHeader": []}]
    assert "security" not in paths["/open"]["get"]
    assert document["components"]["securitySchemes"] == {
        "OAuth2PasswordBearer": described(token),
        "HTTPBasic": {"type": "http", "scheme": "basic"},
        "APIKeyHeader": {"type": "apiKey", "in": "header", "name": "X-Key"},
    }


# Scopes


def test_a_dependency_is_told_which_scopes_its_dependants_need(client_of):
    token = OAuth2PasswordBearer("token")

    async def user(scopes: SecurityScopes, token: Annotated[str, Depends(token)]):
        return [scopes.scopes, scopes.scope_str, token]

    async def chef(user: Annotated[list, Security(user, scopes=["cook"])]):
        return user

    app = App()

    @app.get("/")
    async def handler(chef: Annotated[list, Security(chef, scopes=["read", "write"])]):
        return chef

    @app.get("/plain")
    async def plain(user: Annotated[list, Depends(user)]):
        return user

    client = client_of(app)
    scopes = ["read", "write", "cook"]
    assert client.get("/", **header("Bearer abc")).json() == [scopes, "read write cook", "abc"]
    assert client.get("/plain", **header("Bearer abc")).json() == [[], "", "abc"]


# The forms that ask for a token


def login(form_class):
    app = App()

    @app.post("/token")
    async def token(form: Annotated[form_class, Depends()]):
        return vars(form)

    return app


WHOLE = {
    "grant_type": "password",
    "username": "ada",
    "password": "pw",
    "scope": "read  write:all",
    "client_id": "c",
    "client_secret": "s",
}


@pytest.mark.parametrize("form_class", [OAuth2PasswordRequestForm, OAuth2PasswordRequestFormStrict])
def test_a_form_with_everything(client_of, form_class):
    pytest.importorskip("python_multipart")
    answer = client_of(login(form_class)).post("/token", data=WHOLE).json()
    assert answer.pop("scopes") == ["read", "write:all"]
    assert answer == {name: value for name, value in WHOLE.items() if name != "scope"}


@pytest.mark.parametrize(
    ("form_class", "data", "missing"),
    [
        (OAuth2PasswordRequestForm, {"username": "ada", "password": "pw"}, []),
        (OAuth2PasswordRequestForm, {}, ["username", "password"]),
        (OAuth2PasswordRequestForm, {"username": "ada", "password": "pw", "grant_type": "code"}, ["grant_type"]),
        (OAuth2PasswordRequestFormStrict, {"username": "ada", "password": "pw"}, ["grant_type"]),
        (
            OAuth2PasswordRequestFormStrict,
            {"username": "ada", "password": "pw", "grant_type": "passwords"},
            ["grant_type"],
        ),
    ],
)
def test_a_form_that_lacks_something(client_of, form_class, data, missing):
    pytest.importorskip("python_multipart")
    response = client_of(login(form_class)).post("/token", data=data)
    if missing:
        assert response.status_code == 422
        assert [error["loc"] for error in response.json()["detail"]] == [["body", name] for name in missing]
    else:
        assert (response.status_code, response.json()["scopes"], response.json()["grant_type"]) == (200, [], None)


# Names for numbers


def test_status_codes_have_names():
    assert (status.HTTP_200_OK, status.HTTP_404_NOT_FOUND, status.WS_1008_POLICY_VIOLATION) == (200, 404, 1008)
    for name in vars(status):
        if name.startswith(("HTTP_", "WS_")):
            assert getattr(status, name) == int(name.split("_")[1])


def test_credentials_are_models():
    assert HTTPAuthorizationCredentials(scheme="a", credentials="b").model_dump() == {"scheme": "a", "credentials": "b"}
