"""Middleware about where a request goes: to a host that the app knows, and encrypted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fwlab.datastructures import URL, host_of
from fwlab.exceptions import DefinitionError
from fwlab.middleware.httpsredirect import HTTPSRedirectMiddleware
from fwlab.middleware.trustedhost import TrustedHostMiddleware
from fwlab.responses import PlainTextResponse

from .asgi import exchange, http_scope

pytestmark = pytest.mark.anyio
inner = PlainTextResponse("two burgers")


async def ask(app, host, path="/menu", query=b"", **more):
    headers = [] if host is None else [(b"host", host)]
    scope = http_scope(path=path, query=query, headers=headers) | more
    sent = await exchange(app, scope)
    if not sent[0]["type"].endswith("response.start"):
        return sent[0]["type"], None
    return sent[0]["status"], dict(sent[0]["headers"]).get(b"location")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        (b"example.com", 200),
        (b"EXAMPLE.com:8000", 200),
        (b"a.example.org", 200),
        (b"a.b.example.org", 200),
        (b"example.org", 400),
        (b"badexample.org", 400),
        (b"example.com.evil", 400),
        (b"evil.com", 400),
        (b"[::1]:80", 200),
        (b"example.com@evil.com", 400),
        (b"example.com/evil", 400),
        (b"example.com:80:90", 400),
        (b"example.com:99999", 400),
        (b"[::::]", 400),
        (b"", 400),
        (None, 400),
    ],
)
async def test_only_requests_for_known_hosts_reach_the_app(host, status):
    app = TrustedHostMiddleware(inner, allowed_hosts=["Example.com", "*.example.org", "[::1]"])
    assert await ask(app, host) == (status, None)


async def test_a_host_without_www_is_sent_to_the_one_with_it():
    hosts = ["www.example.com"]
    for host, location in [(b"example.com", b"http://www.example.com/menu?a=1"), (b"example.com:81", None)]:
        expected = location or b"http://www.example.com:81/menu?a=1"
        assert await ask(TrustedHostMiddleware(inner, hosts), host, query=b"a=1") == (307, expected)
    assert await ask(TrustedHostMiddleware(inner, hosts, www_redirect=False), b"example.com") == (400, None)


async def test_any_host_is_allowed_where_none_is_named():
    assert await ask(TrustedHostMiddleware(inner), b"anything at all") == (200, None)
    assert await ask(TrustedHostMiddleware(inner, ["a.b", "*"]), None) == (200, None)


@pytest.mark.parametrize("pattern", ["*example.com", "example.*", "a.*.com", "**", "*.*.com"])
def test_patterns_that_cannot_work_are_refused(pattern):
    with pytest.raises(DefinitionError, match=r"like '\*\.example\.com'"):
        TrustedHostMiddleware(inner, [pattern])


async def test_a_websocket_for_another_host_is_refused():
    app = TrustedHostMiddleware(inner, ["example.com"])
    assert await ask(app, b"evil.com", type="websocket", scheme="ws") == ("websocket.close", None)
    answering = {"websocket.http.response": {}}
    assert await ask(app, b"evil.com", type="websocket", scheme="ws", extensions=answering) == (400, None)


@pytest.mark.parametrize(
    ("scheme", "host", "location"),
    [
        ("http", b"example.com", b"https://example.com/menu?a=1"),
        ("http", b"example.com:80", b"https://example.com/menu?a=1"),
        ("http", b"example.com:443", b"https://example.com/menu?a=1"),
        ("http", b"example.com:8000", b"https://example.com:8000/menu?a=1"),
        ("http", b"[::1]:80", b"https://[::1]/menu?a=1"),
        ("ws", b"example.com", b"wss://example.com/menu?a=1"),
        # What is no host is not repeated; the server's own address stands for it.
        ("http", b"evil.com:x", b"https://127.0.0.1:2/menu?a=1"),
        ("http", None, b"https://127.0.0.1:2/menu?a=1"),
    ],
)
async def test_what_comes_without_encryption_is_sent_where_there_is(scheme, host, location):
    assert await ask(HTTPSRedirectMiddleware(inner), host, query=b"a=1", scheme=scheme) == (307, location)


async def test_what_comes_encrypted_passes():
    for scheme in ("https", "wss"):
        assert await ask(HTTPSRedirectMiddleware(inner), b"example.com", scheme=scheme) == (200, None)


async def test_without_any_host_there_is_nowhere_to_send_it():
    assert await ask(HTTPSRedirectMiddleware(inner), None, server=None) == (400, None)


@pytest.mark.parametrize("middleware", [HTTPSRedirectMiddleware, TrustedHostMiddleware])
async def test_a_lifespan_passes(middleware):
    seen = []

    async def app(*call):
        seen.append(call)

    await middleware(app)({"type": "lifespan"}, "receive", "send")
    assert seen == [({"type": "lifespan"}, "receive", "send")]


@given(st.binary(max_size=30), st.text(max_size=10))
async def test_whatever_the_host_header_holds_there_is_an_address_and_an_answer(host, path):
    scope = http_scope(path="/" + path, headers=[(b"host", host)])
    url = URL(scope=scope)
    assert (url.scheme, url.port is None or url.port <= 65535) == ("http", True)
    assert url.hostname == ("127.0.0.1" if host_of(scope) is None else url.hostname)
    assert (await ask(HTTPSRedirectMiddleware(inner), host, "/" + path))[0] == 307
    assert (await ask(TrustedHostMiddleware(inner, ["example.com"]), host, "/" + path))[0] in (200, 400)
