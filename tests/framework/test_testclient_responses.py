"""The test client gives the whole of a response, says what is wrong with one, and never hangs."""

import anyio
import httpx
import pytest

from fwlab import testclient
from fwlab.exceptions import FwlabError
from fwlab.requests import Request
from fwlab.responses import PlainTextResponse, StreamingResponse

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}


def piece(body, more=True):
    return {"type": "http.response.body", "body": body, "more_body": more}


def sending(*messages):
    """An app that sends these and returns."""

    async def app(scope, receive, send):
        for message in messages:
            await send(message)

    return app


# The response


def test_a_stream_is_whole_and_can_be_read_line_by_line(client_of):
    async def app(scope, receive, send):
        await StreamingResponse(iter(["a\nb", "\nc\n"]), media_type="text/plain")(scope, receive, send)

    assert client_of(app).get("/").text == "a\nb\nc\n"
    with client_of(app).stream("GET", "/") as response:
        assert list(response.iter_lines()) == ["a", "b", "c"]


def test_a_head_request_gets_no_body(client_of):
    response = client_of(sending(START, piece(b"a"), piece(b"b", more=False))).head("/")
    assert (response.status_code, response.content) == (200, b"")


def test_the_client_waits_for_the_app_s_end(client_of):
    journal = []

    async def app(scope, receive, send):
        await PlainTextResponse("a")(scope, receive, send)
        await anyio.lowlevel.checkpoint()
        journal.append("after")

    client_of(app).get("/")
    assert journal == ["after"]


def test_an_exception_after_the_response_reaches_the_test(client_of):
    async def app(scope, receive, send):
        await PlainTextResponse("a")(scope, receive, send)
        raise KeyError("late")

    with pytest.raises(KeyError, match="late"):
        client_of(app).get("/")
    assert client_of(app, raise_server_exceptions=False).get("/").text == "a"


# An app that breaks the rules


@pytest.mark.parametrize(
    "messages",
    [
        [],
        [START],
        [START, piece(b"a")],
        [piece(b"a")],
        [START, START],
        [{"type": "http.response.burger"}],
        [START, {"type": "http.response.trailers"}],
    ],
)
def test_what_is_no_response_is_named(client_of, messages):
    with pytest.raises(FwlabError, match="GET /x: a response is one start and a body that ends; the app sent"):
        client_of(sending(*messages)).get("/x")
    assert client_of(sending(*messages), raise_server_exceptions=False).get("/").status_code == 500


# An app that never ends


async def forever(scope, receive, send):
    await anyio.sleep_forever()


async def half_an_answer(scope, receive, send):
    await send(START)
    await send(piece(b"a"))
    await anyio.sleep_forever()


async def answer_without_end(scope, receive, send):
    await PlainTextResponse("a")(scope, receive, send)
    await anyio.sleep_forever()


async def endless_answer(scope, receive, send):
    await send(START)
    while True:
        await send(piece(b"a"))


@pytest.mark.parametrize("app", [forever, half_an_answer, answer_without_end, endless_answer])
def test_an_app_that_never_ends_is_a_clear_error(client_of, app, monkeypatch):
    monkeypatch.setattr(testclient, "_GRACE", 0.01)
    for client in (client_of(app), client_of(app, raise_server_exceptions=False)):
        with pytest.raises(httpx.ReadTimeout, match=r"GET /x: .* not ended its answer for 0.02 s; .* timeout="):
            client.get("/x", timeout=0.02)


def test_the_time_limit_is_the_client_s_own_too(client_of, monkeypatch):
    monkeypatch.setattr(testclient, "_GRACE", 0.01)
    with pytest.raises(httpx.ReadTimeout):
        client_of(forever, timeout=0.02).get("/")


# The request's body


def echo(received):
    async def app(scope, receive, send):
        received.append(await receive())
        await PlainTextResponse(received[0]["body"])(scope, receive, send)

    return app


@pytest.mark.parametrize("body", [b"ab", [b"a", b"b"]])
def test_a_body_comes_in_one_message(client_of, body):
    received = []
    assert client_of(echo(received)).post("/", content=body).text == "ab"
    assert received == [{"type": "http.request", "body": b"ab", "more_body": False}]


def test_uploaded_files_arrive(client_of):
    async def app(scope, receive, send):
        body = await Request(scope, receive).body()
        await PlainTextResponse(body)(scope, receive, send)

    sent = client_of(app).post("/", files={"photo": ("a.png", b"pixels")}).text
    assert 'filename="a.png"' in sent
    assert "pixels" in sent


def test_is_disconnected(client_of):
    answers = []

    async def app(scope, receive, send):
        request = Request(scope, receive)
        await request.body()
        answers.append(await request.is_disconnected())
        await PlainTextResponse("a")(scope, receive, send)
        answers.append(await request.is_disconnected())

    client_of(app).get("/")
    assert answers == [False, True]
