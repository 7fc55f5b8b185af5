"""The test client's WebSockets: what a test sends the app receives, and how either side ends it."""

import anyio
import httpx
import pytest

from fwlab import testclient
from fwlab.exceptions import FwlabError
from fwlab.responses import JSONResponse
from fwlab.testclient import WebSocketDenialResponse, WebSocketTestSession
from fwlab.websockets import WebSocket, WebSocketDisconnect, respond


def handler(function):
    """An ASGI application of one WebSocket handler."""

    async def app(scope, receive, send):
        await function(WebSocket(scope, receive, send))

    return app


@handler
async def echo(websocket):
    await websocket.accept()
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        await websocket.send({**message, "type": "websocket.send"})


@handler
async def waiting(websocket):
    await websocket.accept()
    await websocket.receive_text()


# Messages


def test_each_kind_of_message(client_of):
    with client_of(echo).websocket_connect("/") as session:
        assert isinstance(session, WebSocketTestSession)
        session.send_text("ä")
        assert session.receive_text() == "ä"
        session.send_bytes(b"\xff")
        assert session.receive_bytes() == b"\xff"
        for mode in ("text", "binary"):
            session.send_json({"ä": [1]}, mode=mode)
            assert session.receive_json(mode=mode) == {"ä": [1]}
        session.send_json({"ä": 1})
        assert session.receive() == {"type": "websocket.send", "text": '{"ä":1}'}
        session.send({"type": "websocket.receive", "text": "raw"})
        assert session.receive_text() == "raw"


def test_messages_keep_their_order_and_wait_for_the_test(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()
        for number in range(100):
            await websocket.send_text(str(number))

    with client_of(app).websocket_connect("/") as session:
        assert [session.receive_text() for _ in range(100)] == [str(number) for number in range(100)]


@pytest.mark.parametrize("receive", ["receive_text", "receive_json"])
def test_bytes_where_text_was_expected_are_named(client_of, receive):
    with client_of(echo).websocket_connect("/") as session:
        session.send_bytes(b"a")
        with pytest.raises(FwlabError, match=r"without text: .*b'a'"):
            getattr(session, receive)()


def test_two_tasks_of_the_app_may_use_it_at_once(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()
        async with anyio.create_task_group() as group:
            group.start_soon(websocket.send_text, "while it receives")
            async for _ in websocket.iter_text():
                pass

    with client_of(app).websocket_connect("/") as session:
        assert session.receive_text() == "while it receives"


def test_sessions_of_one_app_side_by_side(client_of):
    guests = []

    @handler
    async def app(websocket):
        await websocket.accept()
        guests.append(websocket)
        try:
            async for text in websocket.iter_text():
                for guest in guests:
                    await guest.send_text(text)
        finally:
            guests.remove(websocket)

    with client_of(passing_lifespan(app)) as client, client.websocket_connect("/") as first:
        with client.websocket_connect("/") as second:
            second.send_text("hello")
            assert first.receive_text() == second.receive_text() == "hello"
        assert len(guests) == 1
        first.send_text("alone")
        assert first.receive_text() == "alone"


def passing_lifespan(app):
    async def alive(scope, receive, send):
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
        else:
            for kind in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{kind}.complete"})

    return alive


# The request that opens it


@pytest.mark.parametrize(
    ("base_url", "url", "scheme", "server"),
    [
        ("http://testserver", "/a%20b?x=1", "ws", ("testserver", 80)),
        ("https://burgers.example", "/a%20b?x=1", "wss", ("burgers.example", 443)),
        ("http://testserver", "ws://burgers.example:8000/a%20b?x=1", "ws", ("burgers.example", 8000)),
        ("http://testserver", "wss://burgers.example/a%20b?x=1", "wss", ("burgers.example", 443)),
    ],
)
def test_where_it_goes(client_of, base_url, url, scheme, server):
    with client_of(waiting_politely, base_url=base_url).websocket_connect(url) as session:
        scope = session.scope
    assert {key: scope[key] for key in ("type", "scheme", "server", "path", "raw_path", "query_string")} == {
        "type": "websocket",
        "scheme": scheme,
        "server": server,
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"x=1",
    }


@handler
async def waiting_politely(websocket):
    await websocket.accept("b" if "b" in websocket.scope["subprotocols"] else None, [(b"x-table", b"7")])
    async for _ in websocket.iter_text():
        pass


def test_what_the_request_says(client_of):
    client = client_of(waiting_politely, headers={"x-a": "1"}, cookies={"table": "7"}, root_path="/proxy")
    with client.websocket_connect("/", params={"q": "2"}, headers={"X-B": "3"}, auth=("ada", "pw")) as session:
        websocket = WebSocket(session.scope, None, None)
    assert (websocket.headers["x-a"], websocket.headers["x-b"], websocket.query_params["q"]) == ("1", "3", "2")
    assert (websocket.cookies, websocket.scope["root_path"]) == ({"table": "7"}, "/proxy")
    assert websocket.headers["authorization"].startswith("Basic ")
    assert websocket.headers["connection"] == "upgrade"


@pytest.mark.parametrize(("offered", "chosen"), [(["a", "b"], "b"), (["a"], None), (None, None)])
def test_the_protocol_that_is_chosen_and_the_headers_of_the_acceptance(client_of, offered, chosen):
    with client_of(waiting_politely).websocket_connect("/", subprotocols=offered) as session:
        assert session.scope["subprotocols"] == (offered or [])
        assert session.accepted_subprotocol == chosen
        assert session.extra_headers == [(b"x-table", b"7")]


# The app ends it


def test_the_app_closes_it(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()
        await websocket.send_text("last words")
        await websocket.close(4001, "enough")

    with client_of(app).websocket_connect("/") as session:
        assert session.receive_text() == "last words"
        for _ in range(2):
            with pytest.raises(WebSocketDisconnect) as closed:
                session.receive_text()
            assert (closed.value.code, closed.value.reason) == (4001, "enough")
        session.send_text("into the void")


def test_an_app_that_returns_closes_it(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()

    with client_of(app).websocket_connect("/") as session, pytest.raises(WebSocketDisconnect) as closed:
        session.receive_text()
    assert closed.value.code == 1000


def test_the_app_refuses_it(client_of):
    @handler
    async def app(websocket):
        await websocket.close(1008, "who are you?")

    with pytest.raises(WebSocketDisconnect) as closed, client_of(app).websocket_connect("/"):
        pytest.fail("it was refused")
    assert (closed.value.code, closed.value.reason) == (1008, "who are you?")
    assert not isinstance(closed.value, WebSocketDenialResponse)


def test_the_app_refuses_it_with_a_response(client_of):
    async def app(scope, receive, send):
        await respond(JSONResponse({"detail": "no"}, 401, {"www-authenticate": "Bearer"}), scope, receive, send)

    with pytest.raises(WebSocketDenialResponse) as denied, client_of(app).websocket_connect("/"):
        pytest.fail("it was refused")
    assert isinstance(denied.value, httpx.Response)
    assert isinstance(denied.value, WebSocketDisconnect)
    assert (denied.value.status_code, denied.value.json()) == (401, {"detail": "no"})
    assert denied.value.headers["www-authenticate"] == "Bearer"


def failing(at):
    @handler
    async def app(websocket):
        if at == "the start":
            raise KeyError("burger")
        await websocket.accept()
        if at == "a message":
            await websocket.receive_text()
        raise KeyError("burger")

    return app


@pytest.mark.parametrize("at", ["the start", "its acceptance", "a message"])
def test_an_exception_of_the_app_reaches_the_test(client_of, at):
    def connect(**options):
        with client_of(failing(at), **options).websocket_connect("/") as session:
            session.send_text("a")
            session.receive_text()

    with pytest.raises(KeyError, match="burger"):
        connect()
    with pytest.raises(WebSocketDisconnect) as closed:
        connect(raise_server_exceptions=False)
    assert closed.value.code == 1011


def test_an_exception_of_the_app_reaches_a_test_that_receives_nothing(client_of):
    session = client_of(failing("its acceptance")).websocket_connect("/")
    with pytest.raises(KeyError, match="burger"), session:
        pass
    with client_of(failing("its acceptance"), raise_server_exceptions=False).websocket_connect("/"):
        pass


def test_an_exception_of_the_app_shows_behind_the_close_that_it_sent(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()
        await websocket.close(1011)
        raise KeyError("burger")

    session = client_of(app).websocket_connect("/")
    with pytest.raises(KeyError, match="burger"), session:
        session.receive_text()


def test_a_failed_assertion_of_the_test_is_not_hidden_by_the_app_s_end(client_of):
    # The app raises the disconnect, as handlers do that do not expect one.
    session = client_of(waiting).websocket_connect("/")
    with pytest.raises(ZeroDivisionError), session:
        raise ZeroDivisionError


# The test ends it


def test_leaving_the_block_closes_it(client_of):
    session = client_of(waiting).websocket_connect("/")
    with pytest.raises(WebSocketDisconnect) as closed, session:
        pass
    assert closed.value.code == 1000


def test_a_code_and_a_reason(client_of):
    codes = []

    @handler
    async def app(websocket):
        await websocket.accept()
        try:
            await websocket.receive_text()
        except WebSocketDisconnect as closed:
            codes.append((closed.code, closed.reason))
            await anyio.sleep(0.2)  # clean-up may take its time
            codes.append("cleaned up")

    with client_of(app).websocket_connect("/") as session:
        session.close(4000, "bye")
    assert codes == [(4000, "bye"), "cleaned up"]


def test_what_the_app_sent_before_it_noticed_can_still_be_received(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()
        await websocket.send_text("a")
        await websocket.receive()

    with client_of(app).websocket_connect("/") as session:
        session.close()
        assert session.receive_text() == "a"


@pytest.mark.parametrize("what", ["sends", "sleeps", "sleeps when it has heard of it"])
def test_an_app_that_goes_on_is_cancelled(client_of, what, monkeypatch):
    monkeypatch.setattr(testclient, "_GRACE", 0.01)
    ends = []

    @handler
    async def app(websocket):
        await websocket.accept()
        if "heard" in what:
            await websocket.receive()
        try:
            while what == "sends":
                await websocket.send_text("tick")
                await anyio.sleep(0.001)
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            ends.append("cancelled")
            raise

    with client_of(app).websocket_connect("/"):
        pass
    assert ends == ["cancelled"]


def test_closing_after_the_client_is_no_mistake(client_of):
    @handler
    async def app(websocket):
        await websocket.accept()
        async for _ in websocket.iter_text():
            pass
        await websocket.close()

    with client_of(app).websocket_connect("/"):
        pass


# What would hang


def test_an_app_that_sends_nothing_is_a_clear_error(client_of):
    session = client_of(echo).websocket_connect("/table", timeout=0.02)
    with pytest.raises(httpx.ReadTimeout, match=r"websocket /table: the app has not sent anything for 0.02 s"), session:
        session.receive_text()


def test_it_is_used_in_a_with_block(client_of):
    session = client_of(echo).websocket_connect("/")
    with pytest.raises(FwlabError, match="within `with client"):
        session.send_text("a")
    with session:
        pass
    with pytest.raises(FwlabError, match="not open"):
        session.send_text("a")


def test_a_session_that_nobody_leaves_ends_with_the_client(client_of):
    with client_of(passing_lifespan(echo)) as client:
        session = client.websocket_connect("/").__enter__()
    with pytest.raises(FwlabError, match="not open"):
        session.send_text("a")
