"""CORS: what browsers of other sites are told, before they ask and with the answer."""

from __future__ import annotations

import pytest

from fwlab.middleware.cors import CORSMiddleware
from fwlab.responses import PlainTextResponse

from .asgi import exchange, http_scope

SITE = "https://shop.example"


def preflight(client, origin=SITE, method="POST", headers=None, **more):
    asked = {"Origin": origin, "Access-Control-Request-Method": method, **more}
    if headers is not None:
        asked["Access-Control-Request-Headers"] = headers
    return client.options("/", headers=asked)


def cors_headers(response):
    return {name: value for name, value in response.headers.items() if name.startswith("access-control-")}


@pytest.fixture
def shop(client_of):
    def shop(**options):
        return client_of(CORSMiddleware(PlainTextResponse("two burgers", headers={"vary": "Accept"}), **options))

    return shop


def test_by_default_nothing_is_allowed(shop):
    client = shop()
    assert cors_headers(client.get("/", headers={"Origin": SITE})) == {}
    answer = preflight(client)
    assert (answer.status_code, answer.text) == (400, "Disallowed CORS origin, method")
    assert "access-control-allow-origin" not in answer.headers


def test_any_origin_may_read_an_answer_where_all_are_allowed(shop):
    answer = shop(allow_origins=["*"], expose_headers=["X-A", "X-B"]).get("/", headers={"Origin": SITE})
    assert answer.text == "two burgers"
    assert cors_headers(answer) == {"access-control-allow-origin": "*", "access-control-expose-headers": "X-A, X-B"}
    assert answer.headers["vary"] == "Accept, Origin"


def test_with_credentials_the_origin_is_named(shop):
    client = shop(allow_origins=["*"], allow_credentials=True)
    expected = {"access-control-allow-origin": SITE, "access-control-allow-credentials": "true"}
    assert cors_headers(client.get("/", headers={"Origin": SITE})) == expected
    assert cors_headers(preflight(client, method="GET")).items() > expected.items()


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (SITE, True),
        ("https://a.shop.example", True),
        ("https://a.shop.example.evil", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_only_these_origins_may_read_an_answer(shop, origin, allowed):
    client = shop(allow_origins=[SITE], allow_origin_regex=r"https://.*\.shop\.example", allow_methods=["*"])
    answer = client.get("/", headers={"Origin": origin})
    assert answer.status_code == 200
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert answer.headers["vary"] == "Accept, Origin"
    answer = preflight(client, origin)
    assert (answer.status_code, answer.text) == ((200, "OK") if allowed else (400, "Disallowed CORS origin"))
    assert answer.headers.get("access-control-allow-origin") == (origin if allowed else None)


def test_a_preflight_is_told_what_is_allowed(shop):
    client = shop(allow_origins=[SITE], allow_methods=["GET", "POST"], allow_headers=["X-Token"], max_age=60)
    answer = preflight(client, headers="x-token, Content-Type")
    assert answer.status_code == 200
    assert cors_headers(answer) == {
        "access-control-allow-origin": SITE,
        "access-control-allow-methods": "GET, POST",
        "access-control-allow-headers": "Accept, Accept-Language, Content-Language, Content-Type, X-Token",
        "access-control-max-age": "60",
    }
    assert answer.headers["vary"].startswith("Origin, Access-Control-Request-Method")
    answer = preflight(client, method="DELETE", headers="X-Other")
    assert (answer.status_code, answer.text) == (400, "Disallowed CORS method, headers")


def test_where_all_headers_and_methods_are_allowed_those_asked_for_are(shop):
    client = shop(allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    answer = preflight(client, method="DELETE", headers="X-Any, X-Thing")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-headers"] == "X-Any, X-Thing"
    assert "DELETE" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_requests_that_are_no_preflight_reach_the_app(shop):
    client = shop(allow_origins=["*"])
    assert client.options("/", headers={"Origin": SITE}).text == "two burgers"
    assert client.options("/", headers={"Access-Control-Request-Method": "GET"}).text == "two burgers"
    plain = client.get("/")
    assert cors_headers(plain) == {}
    assert plain.headers["vary"] == "Accept, Origin"


@pytest.mark.anyio
async def test_the_apps_own_headers_are_not_touched():
    response = PlainTextResponse("two")
    before = list(response.raw_headers)
    app = CORSMiddleware(response, allow_origins=["*"])
    for _ in range(2):
        await exchange(app, http_scope(headers=[(b"origin", SITE.encode())]))
    assert response.raw_headers == before


@pytest.mark.anyio
async def test_what_is_not_http_passes():
    seen = []

    async def app(*call):
        seen.append(call)

    await CORSMiddleware(app)({"type": "lifespan"}, "receive", "send")
    assert seen == [({"type": "lifespan"}, "receive", "send")]
