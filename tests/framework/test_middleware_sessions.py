"""Sessions: what a visitor's cookie keeps, when it is sent, and that nobody else can write one."""

from __future__ import annotations

import json
import sys
from base64 import b64encode

import pytest

from fwlab.exceptions import FwlabError
from fwlab.middleware.sessions import SessionMiddleware
from fwlab.requests import Request
from fwlab.responses import JSONResponse

from .asgi import exchange, http_scope

itsdangerous = pytest.importorskip("itsdangerous")


async def app(scope, receive, send):
    """Does with the session what the path says, and tells what is in it then."""
    request = Request(scope, receive)
    if scope["path"] != "/untouched":
        {
            "/look": lambda session: session,
            "/add": lambda session: session.setdefault("cart", []).append("burger"),
            "/same": lambda session: session.update(cart=session.get("cart", [])) if "cart" in session else None,
            "/clear": lambda session: session.clear(),
            "/odd": lambda session: session.update(odd=object()),
        }[scope["path"]](request.session)
    await JSONResponse({} if scope["path"] == "/odd" else scope["session"])(scope, receive, send)


@pytest.fixture
def visitor(client_of):
    def visitor(**options):
        return client_of(SessionMiddleware(app, **{"secret_key": "salt", **options}))

    return visitor


def test_a_session_is_kept_from_request_to_request(visitor):
    client = visitor()
    assert client.get("/look").json() == {}
    assert client.get("/add").json() == {"cart": ["burger"]}
    assert client.get("/add").json() == {"cart": ["burger", "burger"]}
    assert client.get("/look").json() == {"cart": ["burger", "burger"]}
    assert client.get("/clear").json() == {}
    assert client.cookies.get("session") is None
    assert client.get("/look").json() == {}


def test_the_cookie_is_sent_when_the_session_has_changed_and_caches_are_told_that_it_counts(visitor):
    client = visitor()
    for path, cookie in [
        ("/untouched", False),
        ("/look", False),
        ("/clear", False),
        ("/add", True),
        ("/untouched", False),
        ("/same", False),
        ("/add", True),  # only a list in it has changed
        ("/clear", True),
    ]:
        headers = client.get(path).headers
        assert ("set-cookie" in headers, headers["vary"]) == (cookie, "Cookie"), path


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "path=/; Max-Age=1209600; httponly; samesite=lax"),
        ({"max_age": None, "path": "/shop", "same_site": "strict"}, "path=/shop; httponly; samesite=strict"),
        (
            {"max_age": 5, "https_only": True, "domain": "a.example"},
            "path=/; Max-Age=5; httponly; samesite=lax; secure; domain=a.example",
        ),
    ],
)
def test_the_cookie_says_where_and_how_long_it_is_valid(visitor, options, expected):
    cookie, _, place = visitor(**options).get("/add").headers["set-cookie"].partition("; ")
    assert cookie.startswith("session=")
    assert set(place.lower().split("; ")) == set(expected.lower().split("; "))


def test_the_cookie_can_have_another_name(visitor):
    assert visitor(session_cookie="shop").get("/add").headers["set-cookie"].startswith("shop=")


def signed(data, key="salt"):
    return itsdangerous.TimestampSigner(key).sign(data).decode()


GOOD = b64encode(json.dumps({"cart": ["burger"]}).encode())


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        (signed(GOOD), {"cart": ["burger"]}),
        (signed(GOOD, "pepper"), {}),
        (signed(GOOD)[:-1], {}),
        (GOOD.decode(), {}),
        ("", {}),
        ("äöü".encode().decode("latin-1"), {}),
        (signed(b"no base64!"), {}),
        (signed(b64encode(b"no json")), {}),
        (signed(b64encode(b"5")), {}),
        (signed(b64encode(b"\xff")), {}),
    ],
    ids=["good", "other key", "cut off", "unsigned", "empty", "no ASCII", "no base64", "no JSON", "no dict", "no text"],
)
@pytest.mark.anyio
async def test_only_what_was_signed_here_counts(cookie, expected):
    sent = await exchange(
        SessionMiddleware(app, "salt"),
        http_scope(path="/look", headers=[(b"cookie", f"session={cookie}".encode("latin-1"))]),
    )
    assert json.loads(sent[1]["body"]) == expected


@pytest.mark.anyio
@pytest.mark.parametrize(("max_age", "expected"), [(-1, {}), (60, {"cart": ["burger"]}), (None, {"cart": ["burger"]})])
async def test_an_old_session_does_not_count(max_age, expected):
    headers = [(b"cookie", b"session=" + signed(GOOD).encode())]
    # -1: whatever its age, it is too old.
    sent = await exchange(SessionMiddleware(app, "salt", max_age=max_age), http_scope(path="/look", headers=headers))
    assert json.loads(sent[1]["body"]) == expected


def test_what_is_no_json_is_the_apps_mistake(visitor):
    with pytest.raises(FwlabError, match=r"only what JSON can: Object of type object"):
        visitor().get("/odd")


@pytest.mark.anyio
async def test_a_websocket_has_the_session_too_and_a_lifespan_has_none():
    seen = []

    async def inner(scope, receive, send):
        seen.append(scope.get("session"))

    middleware = SessionMiddleware(inner, "salt")
    headers = [(b"cookie", b"session=" + signed(GOOD).encode())]
    await middleware({"type": "websocket", "headers": headers}, None, None)
    await middleware({"type": "lifespan"}, None, None)
    assert seen == [{"cart": ["burger"]}, None]


def test_without_the_middleware_there_is_no_session():
    with pytest.raises(FwlabError, match="add SessionMiddleware"):
        _ = Request(http_scope()).session


def test_without_itsdangerous_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "itsdangerous", None)
    with pytest.raises(FwlabError, match="pip install itsdangerous"):
        SessionMiddleware(app, "salt")
