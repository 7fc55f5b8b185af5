"""What is sent to the client: a response is itself an ASGI application."""

import dataclasses

import pytest

from fwlab.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response, has_body

from .asgi import exchange, http_scope


async def sent_by(response):
    start, body = await exchange(response, http_scope())
    assert (start["type"], body["type"]) == ("http.response.start", "http.response.body")
    return start["status"], dict(start["headers"]), body["body"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("response", "content_type", "body"),
    [
        (Response(), None, b""),
        (Response("ä"), None, "ä".encode()),
        (Response(b"\xff", media_type="image/png"), b"image/png", b"\xff"),
        (Response(5, media_type="text/csv"), b"text/csv; charset=utf-8", b"5"),
        (Response("a", media_type="text/plain; charset=latin-1"), b"text/plain; charset=latin-1", b"a"),
        (PlainTextResponse("ä"), b"text/plain; charset=utf-8", "ä".encode()),
        (HTMLResponse("<p>"), b"text/html; charset=utf-8", b"<p>"),
        (JSONResponse({"a": [1, None]}), b"application/json", b'{"a":[1,null]}'),
        (JSONResponse(None), b"application/json", b"null"),
    ],
)
async def test_a_response_of_each_kind(response, content_type, body):
    status, headers, sent = await sent_by(response)
    expected = {b"content-length": b"%d" % len(body)} | ({b"content-type": content_type} if content_type else {})
    assert (status, headers, sent) == (200, expected, body)


@pytest.mark.anyio
async def test_headers_are_added_and_go_before_those_that_follow_from_the_content():
    response = PlainTextResponse("a", 201, {"X-Name": "ü", "Content-Type": "text/css", "Content-Length": "1"})
    status, headers, _ = await sent_by(response)
    assert status == 201
    assert headers == {b"x-name": b"\xfc", b"content-type": b"text/css", b"content-length": b"1"}
    assert len(response.raw_headers) == 3


@pytest.mark.anyio
@pytest.mark.parametrize("status_code", [101, 204, 205, 304])
async def test_a_status_that_allows_no_body_has_neither_body_nor_length(status_code):
    assert not has_body(status_code)
    assert await sent_by(Response("body", status_code)) == (status_code, {}, b"")


@pytest.mark.parametrize("status_code", [200, 201, 302, 404, 500])
def test_other_statuses_have_a_body(status_code):
    assert has_body(status_code)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "location"),
    [
        ("/burgers", b"/burgers"),
        ("https://example.com/a?b=c&d=e#f", b"https://example.com/a?b=c&d=e#f"),
        ("/a b/ä", b"/a%20b/%C3%A4"),
        ("/a%20b", b"/a%20b"),
        ("/a\r\nset-cookie: b", b"/a%0D%0Aset-cookie:%20b"),
    ],
)
async def test_a_redirect_quotes_what_a_header_may_not_hold(url, location):
    status, headers, body = await sent_by(RedirectResponse(url, headers={"x-a": "b"}))
    assert (status, body) == (307, b"")
    assert headers == {b"location": location, b"x-a": b"b", b"content-length": b"0"}


@pytest.mark.anyio
async def test_a_redirect_with_another_status():
    assert (await sent_by(RedirectResponse("/", 303)))[0] == 303


def test_a_response_is_rendered_when_it_is_made():
    @dataclasses.dataclass
    class Burger:
        name: str

    burger = Burger("Plain")
    response = JSONResponse(burger)
    burger.name = "Other"
    assert response.body == b'{"name":"Plain"}'


def test_a_class_of_one_s_own():
    class CSVResponse(Response):
        media_type = "text/csv"

        def render(self, content):
            return "\n".join(",".join(map(str, row)) for row in content).encode()

    response = CSVResponse([[1, 2], [3, 4]])
    assert response.body == b"1,2\n3,4"
    assert (b"content-type", b"text/csv; charset=utf-8") in response.raw_headers


def test_what_a_cookie_is_restricted_to_may_be_said_by_position_as_on_fastapi():
    response = Response()
    response.set_cookie("a", "1", None, None, "/shop", None, True, True, "strict")
    response.delete_cookie("a", "/shop", None, True, True, "strict")
    for _, cookie in response.raw_headers[-2:]:
        said = {part.strip().lower() for part in cookie.decode().split(";")}
        assert said >= {"path=/shop", "secure", "httponly", "samesite=strict"}
