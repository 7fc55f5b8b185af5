"""The client for tests: it needs no server, and shows what one would have got."""

import contextlib
import threading

import anyio
import httpx
import pytest
import trio

from fwlab import App, HTTPException, Response
from fwlab.testclient import TestClient


def app_that_tells():
    """An ASGI application that answers with what it was asked."""

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        app.scope = scope
        app.received = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"set-cookie", b"seat=4; Path=/")]})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    return app


def test_it_is_an_httpx_client(client_of):
    client = client_of(app_that_tells())
    assert isinstance(client, httpx.Client)
    assert client.get("/").text == "ab"


def test_what_the_app_is_asked(client_of):
    app = app_that_tells()
    client = client_of(app, headers={"x-a": "b"}, cookies={"table": "7"}, root_path="/proxy", client=("1.2.3.4", 5))
    client.post("/a%20b/%2F?x=%C3%A4&y=1", content=b"body", headers={"X-C": "D"})
    scope = app.scope
    assert {key: scope[key] for key in ("method", "path", "raw_path", "query_string", "root_path", "scheme")} == {
        "method": "POST",
        "path": "/a b//",
        "raw_path": b"/a%20b/%2F",
        "query_string": b"x=%C3%A4&y=1",
        "root_path": "/proxy",
        "scheme": "http",
    }
    assert (scope["client"], scope["server"]) == (("1.2.3.4", 5), ("testserver", 80))
    headers = dict(scope["headers"])
    assert (headers[b"host"], headers[b"user-agent"]) == (b"testserver", b"testclient")
    assert (headers[b"x-a"], headers[b"x-c"], headers[b"cookie"]) == (b"b", b"D", b"table=7")
    assert app.received == {"type": "http.request", "body": b"body", "more_body": False}


@pytest.mark.parametrize(
    ("base_url", "scheme", "server", "path"),
    [
        ("https://burgers.example", "https", ("burgers.example", 443), "/menu"),
        ("http://burgers.example:8000/v1", "http", ("burgers.example", 8000), "/v1/menu"),
    ],
)
def test_another_base_url(client_of, base_url, scheme, server, path):
    app = app_that_tells()
    client_of(app, base_url=base_url).get("/menu")
    assert (app.scope["scheme"], app.scope["server"], app.scope["path"]) == (scheme, server, path)


def test_cookies_are_kept_from_request_to_request(client_of):
    app = app_that_tells()
    client = client_of(app)
    client.get("/")
    client.get("/")
    assert dict(app.scope["headers"])[b"cookie"] == b"seat=4"


@pytest.mark.parametrize(("options", "statuses"), [({}, [200]), ({"follow_redirects": False}, [307])])
def test_redirects_are_followed_unless_asked_otherwise(client_of, options, statuses):
    app = App()

    @app.get("/menu/")
    async def menu(): ...

    assert client_of(app, **options).get("/menu").status_code == statuses[0]


def test_after_the_body_the_app_hears_of_no_disconnect_before_it_has_answered(client_of):
    heard = []

    async def app(scope, receive, send):
        heard.append((await receive())["type"])
        async with anyio.create_task_group() as group:

            async def listen():
                heard.append((await receive())["type"])

            group.start_soon(listen)
            await anyio.wait_all_tasks_blocked()
            heard.append("answer")
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body"})

    assert client_of(app).get("/").content == b""
    assert heard == ["http.request", "answer", "http.disconnect"]


# Exceptions


def broken():
    app = App()

    @app.get("/boom")
    def boom():
        raise KeyError("burger")

    @app.get("/404")
    def missing():
        raise HTTPException(404)

    return app


def test_an_exception_of_a_handler_reaches_the_test(client_of):
    with pytest.raises(KeyError, match="burger"):
        client_of(broken()).get("/boom")


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_what_would_end_the_process_reaches_the_test_and_leaves_the_app_alive(client_of, error):
    app = App()

    @app.get("/{number}")
    async def handler(number: int):
        if number:
            raise error

    with client_of(app) as client:
        with pytest.raises(error):
            client.get("/1")
        assert client.get("/0").status_code == 200


def test_an_exception_of_a_handler_is_a_500_when_asked(client_of):
    client = client_of(broken(), raise_server_exceptions=False)
    response = client.get("/boom")
    assert (response.status_code, response.text) == (500, "Internal Server Error")
    assert client.get("/404").status_code == 404


def test_an_app_that_fails_before_it_answers_is_a_500_too(client_of):
    async def app(scope, receive, send):
        raise KeyError("burger")

    assert client_of(app, raise_server_exceptions=False).get("/").status_code == 500
    with pytest.raises(KeyError):
        client_of(app).get("/")


# The lifespan


def alive(journal, fail_at=None):
    @contextlib.asynccontextmanager
    async def lifespan(app):
        if fail_at == "startup":
            raise OSError("no gas")
        journal.append("open")
        yield {"oven": "hot", "thread": threading.get_ident()}
        journal.append("closed")
        if fail_at == "shutdown":
            raise OSError("still hot")

    app = App(lifespan=lifespan)

    @app.get("/")
    async def handler():
        journal.append("request")
        return threading.get_ident()

    return app


def test_without_a_context_the_app_is_not_started(client_of):
    journal = []
    client_of(alive(journal)).get("/")
    assert journal == ["request"]


def test_in_a_context_the_app_is_started_and_stopped(client_of):
    journal = []
    client = client_of(alive(journal))
    with client:
        assert client.get("/").json() == client.app_state["thread"] == client.get("/").json()
    assert journal == ["open", "request", "request", "closed"]
    assert client.app_state == {}


def test_each_request_has_the_lifespan_s_state_anew(client_of):
    states = []
    app = alive([])

    async def noting(scope, receive, send):
        if scope["type"] == "http":
            states.append(dict(scope["state"]))
            scope["state"]["oven"] = "cold"
        await app(scope, receive, send)

    with client_of(noting) as client:
        client.get("/")
        client.get("/")
    assert [state["oven"] for state in states] == ["hot", "hot"]


@pytest.mark.parametrize("when", ["startup", "shutdown"])
def test_a_lifespan_that_fails_is_raised(client_of, when):
    journal = []
    client = client_of(alive(journal, fail_at=when))
    with pytest.raises(OSError, match="no gas" if when == "startup" else "still hot"), client:
        client.get("/")
    assert journal == ([] if when == "startup" else ["open", "request", "closed"])


@pytest.mark.parametrize("when", ["startup", "shutdown"])
def test_a_lifespan_that_only_says_that_it_failed_is_raised_too(client_of, when):
    async def app(scope, receive, send):
        await receive()
        if when == "shutdown":
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": f"lifespan.{when}.failed", "message": "no gas"})

    with pytest.raises(RuntimeError, match="no gas"), client_of(app):
        pass


def test_a_lifespan_that_does_not_start_is_a_clear_error(client_of):
    async def app(scope, receive, send):
        await anyio.sleep_forever()

    with pytest.raises(httpx.ReadTimeout, match=r"lifespan: the app has not completed its startup for 0.02 s"):
        client_of(app, timeout=0.02).__enter__()


def test_an_exception_of_the_test_leaves_the_context(client_of):
    journal = []
    with pytest.raises(ZeroDivisionError), client_of(alive(journal)):
        raise ZeroDivisionError
    assert journal == ["open", "closed"]


def test_no_event_loop_is_left_running(client_of):
    def running():
        return {thread.ident for thread in threading.enumerate()}

    with client_of(alive([])) as client:
        loop = client.get("/").json()
        assert loop in running()
    assert loop not in running()
    assert client_of(alive([])).get("/").json() not in running()


def test_an_app_is_not_started_twice_at_a_time(client_of):
    journal = []
    with client_of(alive(journal)) as client, pytest.raises(RuntimeError, match="entered already"), client:
        pass
    assert journal == ["open", "closed"]


def test_a_client_can_be_used_before_in_and_after_its_context_and_enter_another(client_of):
    journal = []
    client = client_of(alive(journal))
    client.get("/")
    for _ in range(2):
        with client:
            client.get("/")
    client.get("/")
    assert journal == ["request", *["open", "request", "closed"] * 2, "request"]


@pytest.mark.anyio
async def test_it_works_where_a_loop_is_already_running():
    # As in a notebook's cell.
    app = App()

    @app.get("/")
    async def handler():
        return Response("here")

    assert TestClient(app).get("/").status_code == 200


def test_trio_in_trio_is_refused_for_trio_does_not_wait_in_its_own_thread():
    async def within():
        with pytest.raises(RuntimeError, match=r'TestClient\(backend="trio"\) cannot be used in a trio loop'):
            TestClient(App(), backend="trio").get("/")
        assert TestClient(App()).get("/").status_code == 404

    trio.run(within)
