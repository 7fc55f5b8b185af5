"""The test client reads a response while the app makes it, sends a body while it is made, and never hangs."""

import time

import anyio
import httpx
import pytest

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


def test_a_response_can_be_read_while_the_app_makes_it(client_of):
    made = []

    async def app(scope, receive, send):
        await send(START)
        for number in range(3):
            made.append(number)
            await send(piece(b"%d" % number))
        await send(piece(b"", more=False))

    with client_of(app).stream("GET", "/") as response:
        pieces = response.iter_raw()
        assert next(pieces) == b"0"
        assert made in ([0], [0, 1])  # it works on the next one, and no further
        assert list(pieces) == [b"1", b"2"]
    assert made == [0, 1, 2]


def test_lines_of_an_endless_stream_of_events(client_of):
    closed = []

    async def events():
        number = 0
        try:
            while True:
                yield f"data: {number}\n\n"
                number += 1
        finally:
            closed.append(True)

    async def app(scope, receive, send):
        await StreamingResponse(events(), media_type="text/event-stream")(scope, receive, send)

    with client_of(app).stream("GET", "/") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        assert [next(lines) for _ in range(4)] == ["data: 0", "", "data: 1", ""]
    assert closed == [True]


def test_a_head_request_gets_no_body(client_of):
    response = client_of(sending(START, piece(b"a"), piece(b"b", more=False))).head("/")
    assert (response.status_code, response.content) == (200, b"")


def test_the_client_has_its_answer_when_the_app_goes_on_and_waits_for_its_end(client_of):
    journal = []

    async def app(scope, receive, send):
        await PlainTextResponse("a")(scope, receive, send)
        await anyio.lowlevel.checkpoint()
        journal.append("after")

    client = client_of(app)
    with client.stream("GET", "/") as response:
        assert list(response.iter_text()) == ["a"]
    assert journal == ["after"]
    client.get("/")
    assert journal == ["after", "after"]


def test_an_exception_after_the_response_reaches_the_test(client_of):
    async def app(scope, receive, send):
        await PlainTextResponse("a")(scope, receive, send)
        raise KeyError("late")

    with pytest.raises(KeyError, match="late"):
        client_of(app).get("/")
    assert client_of(app, raise_server_exceptions=False).get("/").text == "a"


def test_an_exception_in_the_middle_reaches_the_test_after_what_came_before(client_of):
    async def app(scope, receive, send):
        await send(START)
        await send(piece(b"a"))
        raise KeyError("burger")

    seen = []
    with pytest.raises(KeyError, match="burger"), client_of(app).stream("GET", "/") as response:
        seen.extend(response.iter_raw())
    assert seen == [b"a"]


def test_an_exception_of_the_test_is_not_hidden_by_the_app_s_end(client_of):
    async def app(scope, receive, send):
        await send(START)
        await send(piece(b"a"))
        await receive()

    with pytest.raises(ZeroDivisionError), client_of(app).stream("GET", "/"):
        raise ZeroDivisionError


# An app that breaks the rules


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([], "GET /x: the app has ended, but not answered"),
        ([START], "but not sent the rest of its response"),
        ([START, piece(b"a")], "but not sent the rest of its response"),
        ([piece(b"a")], "'http.response.body' out of order"),
        ([START, START], "'http.response.start' out of order"),
        ([START, piece(b"a", more=False), piece(b"b")], "'http.response.body' out of order"),
        ([{"type": "http.response.burger"}], "'http.response.burger' out of order"),
        ([START, {"type": "http.response.trailers"}], "'http.response.trailers' out of order"),
    ],
)
def test_an_app_that_breaks_the_rules_is_told_which(client_of, messages, complaint):
    with pytest.raises(FwlabError, match=complaint):
        client_of(sending(*messages)).get("/x")


def test_no_answer_is_a_500_when_asked(client_of):
    assert client_of(sending(), raise_server_exceptions=False).get("/").status_code == 500


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


@pytest.mark.parametrize(
    ("app", "complaint"),
    [
        (forever, "GET /x: the app has not answered for 0.02 s; .* pass another timeout="),
        (half_an_answer, "has not sent the rest of its response"),
        (answer_without_end, "has not ended for 0.02 s"),
    ],
)
def test_an_app_that_never_ends_is_a_clear_error(client_of, app, complaint):
    for client in (client_of(app), client_of(app, raise_server_exceptions=False)):
        with pytest.raises(httpx.ReadTimeout, match=complaint):
            client.get("/x", timeout=0.02)


def test_the_time_limit_is_the_client_s_own_too(client_of):
    with pytest.raises(httpx.ReadTimeout):
        client_of(forever, timeout=0.02).get("/")


def test_the_time_that_the_test_takes_is_not_the_app_s(client_of):
    limit = 1.5  # seconds that the app has, and far more than it needs; the test takes longer, twice

    def body():
        time.sleep(limit + 0.1)
        yield b"a"

    async def app(scope, receive, send):
        body = (await receive())["body"]
        await send(START)
        await send(piece(body))
        await send(piece(b"b", more=False))

    with client_of(app).stream("POST", "/", content=body(), timeout=limit) as response:
        time.sleep(limit + 0.1)
        assert response.read() == b"ab"


# A client that leaves


def test_an_app_that_listens_hears_that_its_client_has_left(client_of):
    heard = []

    async def app(scope, receive, send):
        await receive()
        await send(START)
        await send(piece(b"a"))
        heard.append((await receive())["type"])
        await anyio.sleep(0.2)  # clean-up may take longer than an app has to notice
        heard.append("cleaned up")

    with client_of(app).stream("GET", "/") as response:
        next(response.iter_raw())
    assert heard == ["http.disconnect", "cleaned up"]


@pytest.mark.parametrize("kind", ["sends on", "sleeps"])
def test_an_app_that_does_not_listen_is_cancelled(client_of, kind):
    ends = []

    async def app(scope, receive, send):
        await send(START)
        try:
            await send(piece(b"a"))
            if kind == "sleeps":
                await anyio.sleep_forever()
            while True:
                await send(piece(b"b"))
        except anyio.get_cancelled_exc_class():
            ends.append("cancelled")
            raise

    with client_of(app).stream("GET", "/") as response:
        next(response.iter_raw())
    assert ends == ["cancelled"]


def test_a_response_that_nobody_closes_ends_with_the_client(client_of):
    journal = []

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            journal.append("shutdown")
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await receive()
            await send(START)
            await receive()
            journal.append("request")

    with client_of(app) as client:
        client.send(client.build_request("GET", "/"), stream=True)
    assert journal == ["request", "shutdown"]


# The request's body


def echo(received):
    async def app(scope, receive, send):
        more = True
        while more:
            message = await receive()
            received.append(message)
            more = message.get("more_body", False)
        await PlainTextResponse(b"".join(message.get("body", b"") for message in received))(scope, receive, send)

    return app


def test_a_body_in_memory_comes_in_one_message(client_of):
    received = []
    assert client_of(echo(received)).post("/", content=b"ab").text == "ab"
    assert received == [{"type": "http.request", "body": b"ab", "more_body": False}]


def test_a_body_that_is_made_piece_by_piece_comes_in_as_many_messages(client_of):
    received = []

    def body():
        yield b"a"
        yield b"b"

    assert client_of(echo(received)).post("/", content=body()).text == "ab"
    assert [(message["body"], message["more_body"]) for message in received] == [
        (b"a", True),
        (b"b", True),
        (b"", False),
    ]


def test_uploaded_files_arrive(client_of):
    async def app(scope, receive, send):
        body = await Request(scope, receive).body()
        await PlainTextResponse(body)(scope, receive, send)

    sent = client_of(app).post("/", files={"photo": ("a.png", b"pixels")}).text
    assert 'filename="a.png"' in sent
    assert "pixels" in sent


def test_an_answer_before_the_end_of_an_endless_body(client_of):
    def body():
        while True:
            yield b"a"

    async def app(scope, receive, send):
        await receive()
        await PlainTextResponse("too much", 413)(scope, receive, send)

    assert client_of(app).post("/", content=body()).status_code == 413


def test_a_body_that_the_test_fails_to_make_is_a_disconnect_and_the_test_s_own_error(client_of):
    received = []

    def body():
        yield b"a"
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        client_of(echo(received), raise_server_exceptions=False).post("/", content=body())
    assert [message["type"] for message in received] == ["http.request", "http.disconnect"]


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
