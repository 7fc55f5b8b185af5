"""The security schemes: what they take, what they refuse, and how they are described."""

from typing import Annotated

from fastapi import Depends, FastAPI, Security
from fastapi.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    HTTPDigest,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    OpenIdConnect,
    SecurityScopes,
)

app = FastAPI()
password = OAuth2PasswordBearer(tokenUrl="token", scopes={"a": "A", "b": "B"})
code = OAuth2AuthorizationCodeBearer(authorizationUrl="a", tokenUrl="t", refreshUrl="r", scopes={"x": "X"})
basic = HTTPBasic(auto_error=False)
realm = HTTPBasic(realm="shop")
digest = HTTPDigest()
bearer = HTTPBearer(bearerFormat="JWT", description="A token.")
query = APIKeyQuery(name="k")
header = APIKeyHeader(name="X-K", scheme_name="the key")
cookie = APIKeyCookie(name="c", auto_error=False)
connect = OpenIdConnect(openIdConnectUrl="/openid")


def current(scopes: SecurityScopes, token: Annotated[str, Depends(password)]):
    return [scopes.scopes, scopes.scope_str, token]


async def innermost(scopes: SecurityScopes):
    return scopes.scopes


async def between(
    scopes: Annotated[list, Security(innermost, scopes=["b", "c"])], token: str = Security(code, scopes=["x"])
):
    return scopes


@app.get("/password")
async def with_password(current: Annotated[list, Security(current, scopes=["a"])]):
    return current


@app.get("/nested", dependencies=[Security(code, scopes=["z"])])
async def nested(scopes: Annotated[list, Security(between, scopes=["a", "b"])]):
    return scopes


@app.get("/basic")
async def with_basic(credentials: Annotated[HTTPBasicCredentials | None, Depends(basic)]):
    return credentials


@app.get("/realm")
async def with_realm(credentials: Annotated[HTTPBasicCredentials, Depends(realm)]):
    return credentials


@app.get("/digest")
async def with_digest(credentials=Depends(digest)):
    return credentials


@app.get("/bearer")
async def with_bearer(credentials=Depends(bearer)):
    return credentials


@app.get("/query")
async def with_query(key: Annotated[str, Depends(query)]):
    return key


@app.get("/header")
async def with_header(key: Annotated[str, Depends(header)], cookie: Annotated[str | None, Security(cookie)]):
    return [key, cookie]


@app.get("/connect")
async def with_connect(token: Annotated[str, Depends(connect)]):
    return token


@app.post("/token")
async def token(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    return [form.username, form.scopes, form.client_id]


@app.post("/token/strict")
async def token_strict(form: Annotated[OAuth2PasswordRequestFormStrict, Depends()]):
    return form.grant_type


FORM = {"content-type": "application/x-www-form-urlencoded"}
AUTHORIZATIONS = [
    "Bearer x",
    "bearer x",
    "Bearer",
    "Basic x",
    "Basic YTpi",
    "Basic zz",
    "Basic YWI=",
    "Digest q",
    "q",
    "",
]
GUARDED = ["/password", "/nested", "/basic", "/realm", "/digest", "/bearer", "/connect"]

REQUESTS = [
    *(("GET", path) for path in GUARDED),
    *(("GET", path, {"authorization": sent}) for path in GUARDED for sent in AUTHORIZATIONS),
    *(("GET", path) for path in ("/query", "/query?k=", "/query?k=1", "/header")),
    ("GET", "/header", {"x-k": "1", "cookie": "c=2"}),
    ("POST", "/token", FORM, "username=a&password=b&scope=x+y"),
    ("POST", "/token", FORM, "grant_type=z&username=a"),
    ("POST", "/token/strict", FORM, "username=a&password=b"),
    ("POST", "/token/strict", FORM, "grant_type=password&username=a&password=b"),
]
