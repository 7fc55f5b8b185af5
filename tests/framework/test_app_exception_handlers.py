"""An app's own exception handlers: by class and by status, for requests and for WebSockets."""

import pytest

from fwlab import APIRouter, App, Depends, HTTPException, Request, Response, WebSocket, WebSocketException
from fwlab.exception_handlers import http_exception_handler, request_validation_exception_handler
from fwlab.exceptions import RequestValidationError, WebSocketRequestValidationError
from fwlab.responses import JSONResponse, PlainTextResponse
from fwlab.websockets import WebSocketDisconnect


class Base(Exception):
    pass


class Derived(Base):
    pass


class SpecialHTTP(HTTPException):
    pass


def raising(error, **options):
    app = App(**options)

    @app.get("/")
    async def handler():
        raise error

    return app


def told(text, status_code=418):
    async def on_the_loop(request: Request, exc):
        return PlainTextResponse(f"{text} {type(exc).__name__} {request.url.path}", status_code)

    def in_a_thread(request: Request, exc):
        return PlainTextResponse(f"{text} {type(exc).__name__} {request.url.path}", status_code)

    return on_the_loop, in_a_thread


@pytest.mark.parametrize("lane", [0, 1], ids=["loop", "thread"])
@pytest.mark.parametrize(
    ("key", "error"),
    [
        (Derived, Derived()),
        (Base, Derived()),
        (HTTPException, HTTPException(404)),
        (HTTPException, SpecialHTTP(404)),
        (404, HTTPException(404)),
        (404, SpecialHTTP(404)),
        (LookupError, KeyError("x")),
        (OSError, FileNotFoundError()),
    ],
)
def test_a_handler_answers_for_its_class_and_those_below_or_its_status(client_of, key, error, lane):
    handler = told("told", 419)[lane]
    by_call, by_argument = raising(error), raising(error, exception_handlers={key: handler})
    by_call.add_exception_handler(key, handler)
    by_decorator = raising(error)
    assert by_decorator.exception_handler(key)(handler) is handler
    for app in (by_call, by_argument, by_decorator):
        response = client_of(app).get("/")
        assert (response.status_code, response.text) == (419, f"told {type(error).__name__} /")


def test_the_nearest_class_answers(client_of):
    handlers = {Base: told("base")[0], Derived: told("derived")[0], HTTPException: told("http")[0], 404: told("404")[0]}
    answers = ((Derived(), "derived"), (Base(), "base"), (HTTPException(404), "404"), (HTTPException(400), "http"))
    for error, who in answers:
        assert client_of(raising(error, exception_handlers=handlers)).get("/").text.startswith(f"{who} ")


@pytest.mark.parametrize("key", [Exception, 500])
def test_a_handler_of_everything_answers_and_the_server_hears_of_it_all_the_same(client_of, key):
    app = raising(KeyError("x"), exception_handlers={key: told("mine", 500)[0]})
    response = client_of(app, raise_server_exceptions=False).get("/")
    assert (response.status_code, response.text) == (500, "mine KeyError /")
    with pytest.raises(KeyError, match="x"):
        client_of(app).get("/")


def test_a_500_that_is_raised_is_an_answer_and_no_mistake(client_of):
    app = raising(HTTPException(500, "closed"), exception_handlers={500: told("mine", 500)[0]})
    response = client_of(app).get("/")
    assert (response.status_code, response.json()) == (500, {"detail": "closed"})


def test_a_status_is_that_of_http_exceptions_only(client_of):
    class Answers(Exception):
        status_code = 404

    app = raising(Answers(), exception_handlers={404: told("404")[0]})
    assert client_of(app, raise_server_exceptions=False).get("/").status_code == 500


def test_an_unknown_path_is_an_http_exception_too(client_of):
    app = App(exception_handlers={404: told("404", 404)[0], HTTPException: told("http", 405)[0]})
    app.post("/here")(lambda: None)
    client = client_of(app)
    assert client.get("/nowhere").text == "404 HTTPException /nowhere"
    assert client.get("/here").text == "http HTTPException /here"


def test_a_refusal_may_be_answered_otherwise_and_with_its_body(client_of):
    app = App()

    @app.exception_handler(RequestValidationError)
    async def handler(request, exc):
        return JSONResponse({"errors": [error["loc"] for error in exc.errors()], "body": exc.body}, 400)

    @app.post("/")
    async def post(n: int, burger: dict[str, int]): ...

    response = client_of(app).post("/?n=x", json={"a": "b"})
    assert (response.status_code, response.json()) == (
        400,
        {"errors": [["query", "n"], ["body", "a"]], "body": {"a": "b"}},
    )


def test_the_usual_handlers_may_be_called(client_of):
    app = App()
    heard = []

    @app.exception_handler(HTTPException)
    async def http(request, exc):
        heard.append(exc.status_code)
        return await http_exception_handler(request, exc)

    @app.exception_handler(RequestValidationError)
    async def refused(request, exc):
        heard.append("refused")
        return await request_validation_exception_handler(request, exc)

    @app.get("/{n}")
    async def handler(n: int):
        raise HTTPException(409, "no")

    client = client_of(app)
    assert (client.get("/1").json(), client.get("/x").status_code) == ({"detail": "no"}, 422)
    assert heard == [409, "refused"]


def test_dependencies_hear_an_exception_before_its_handler(client_of):
    app, journal = App(), []

    def dependency():
        try:
            yield
        finally:
            journal.append("cleaned up")

    @app.exception_handler(Base)
    async def handler(request, exc):
        journal.append("answered")
        return Response()

    @app.get("/", dependencies=[Depends(dependency)])
    async def get():
        raise Derived

    assert client_of(app).get("/").status_code == 200
    assert journal == ["cleaned up", "answered"]


def test_a_handler_that_fails_is_a_mistake_of_the_app(client_of):
    def fails(request, exc):
        raise ValueError("no answer")

    app = raising(Base(), exception_handlers={Base: fails})
    with pytest.raises(ValueError, match="no answer"):
        client_of(app).get("/")


def test_a_handler_answers_for_included_routers(client_of):
    app, router = App(), APIRouter()

    @router.get("/")
    async def get():
        raise Derived

    app.include_router(router, prefix="/in")
    app.add_exception_handler(Base, told("told")[1])
    assert client_of(app).get("/in/").text == "told Derived /in/"


# WebSockets


def socket_app(error):
    app = App()

    @app.websocket("/")
    async def talk(websocket: WebSocket, accept: bool = False):
        if accept:
            await websocket.accept()
        raise error

    return app


def test_a_websocket_exception_closes_it(client_of):
    client = client_of(socket_app(WebSocketException(1008, "Who are you?")))
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/"):
        pass
    assert (closed.value.code, closed.value.reason) == (1008, "Who are you?")
    with client.websocket_connect("/?accept=1") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_text()
    assert closed.value.code == 1008


def test_a_websocket_s_request_that_does_not_fit_is_closed_with_1008(client_of):
    client = client_of(socket_app(Base()))
    with pytest.raises(WebSocketDisconnect) as closed, client.websocket_connect("/?accept=maybe"):
        pass
    assert closed.value.code == 1008


@pytest.mark.parametrize("key", [WebSocketRequestValidationError, WebSocketException, Base])
def test_a_handler_of_one_s_own_for_websockets(client_of, key):
    app = socket_app(Derived() if key is Base else WebSocketException(1008))

    @app.exception_handler(key)
    async def handler(websocket: WebSocket, exc):
        await websocket.close(4000, type(exc).__name__)

    url = "/?accept=maybe" if key is WebSocketRequestValidationError else "/"
    with pytest.raises(WebSocketDisconnect) as closed, client_of(app).websocket_connect(url):
        pass
    assert closed.value.code == 4000


def test_any_other_exception_of_a_websocket_goes_to_the_server(client_of):
    with pytest.raises(Derived), client_of(socket_app(Derived())).websocket_connect("/"):
        pass


def test_a_dependency_may_refuse_a_websocket(client_of):
    app = App()

    def guard():
        raise WebSocketException(1008)

    @app.websocket("/", dependencies=[Depends(guard)])
    async def talk(websocket: WebSocket): ...

    with pytest.raises(WebSocketDisconnect) as closed, client_of(app).websocket_connect("/"):
        pass
    assert closed.value.code == 1008
