"""Objects of the request under way that a function gets for asking: by their class."""

from typing import Annotated

import pytest

from fwlab import App, BackgroundTasks, DefinitionError, Depends, Query, Request, Response, Security, WebSocket
from fwlab.requests import HTTPConnection
from fwlab.security import SecurityScopes
from fwlab.testclient import TestClient


def test_the_request(client_of):
    app = App()

    @app.post("/{n}")
    async def handler(request: Request, n: int):
        return [request.method, request.url.path, request.path_params, (await request.body()).decode(), n]

    assert client_of(app).post("/5", content="burger").json() == ["POST", "/5", {"n": "5"}, "burger", 5]


def test_the_request_is_one_and_its_body_can_be_read_beside_a_parameter(client_of):
    app = App()

    async def look(request: Request, connection: HTTPConnection):
        return [request, connection]

    @app.post("/")
    async def handler(request: Request, burger: dict, both: Annotated[list, Depends(look)]):
        return [burger, await request.json(), all(each is request for each in both)]

    assert client_of(app).post("/", json={"a": 1}).json() == [{"a": 1}, {"a": 1}, True]


def test_a_class_of_one_s_own_is_no_request_of_another_kind(client_of):
    class Mine(Request):
        pass

    app = App()

    @app.get("/")
    async def handler(request: Mine):
        return request.method

    assert client_of(app).get("/").json() == "GET"


@pytest.mark.parametrize("kind", [Request, WebSocket, HTTPConnection, Response, BackgroundTasks, SecurityScopes])
def test_what_the_request_provides_is_no_parameter(kind):
    async def handler(x): ...

    handler.__annotations__["x"] = Annotated[kind, Query()]
    with pytest.raises(DefinitionError, match=rf"argument 'x' is the {kind.__name__} itself, so it cannot be a Query"):
        App().get("/")(handler)


def test_what_a_response_is_told(client_of):
    app = App()

    async def tells(response: Response):
        response.headers["x-dependency"] = "a"
        response.set_cookie("cart", "1")

    @app.get("/", status_code=201, dependencies=[Depends(tells)])
    async def handler(response: Response, loud: bool = False):
        response.set_cookie("seat", "2")
        if loud:
            response.status_code = 418
        return "made"

    client = client_of(app)
    quiet = client.get("/")
    assert (quiet.status_code, quiet.json(), quiet.headers["x-dependency"]) == (201, "made", "a")
    assert [value.split(";")[0] for value in quiet.headers.get_list("set-cookie")] == ["cart=1", "seat=2"]
    assert client.get("/?loud=1").status_code == 418
    assert client.get("/").status_code == 201  # what one request was told is no other's


def test_a_response_that_is_returned_is_not_told(client_of):
    app = App()

    @app.get("/")
    async def handler(response: Response):
        response.headers["x-a"] = "b"
        return Response("mine", 202)

    response = client_of(app).get("/")
    assert (response.status_code, response.text, "x-a" in response.headers) == (202, "mine", False)


def test_a_dependency_that_waits_for_its_end_may_tell_the_status(client_of):
    app = App()

    def tells(response: Response):
        response.status_code = 206

    @app.get("/", dependencies=[Depends(tells)])
    def handler(): ...

    assert client_of(app).get("/").status_code == 206


def test_background_tasks_run_after_the_response_in_their_order(client_of):
    app = App()
    journal = []

    def note(text):
        journal.append(text)

    async def note_on_the_loop(text, mark=""):
        journal.append(text + mark)

    def first(tasks: BackgroundTasks):
        tasks.add_task(note, "dependency")

    @app.get("/", dependencies=[Depends(first)])
    async def handler(tasks: BackgroundTasks, own: bool = False):
        tasks.add_task(note_on_the_loop, "handler", mark="!")
        journal.append("returns")
        return Response("x") if own else "x"

    for url in ("/", "/?own=1"):
        client_of(app).get(url)
        assert journal == ["returns", "dependency", "handler!"]
        journal.clear()


def test_scopes_are_those_of_all_above(client_of):
    app = App()

    async def user(scopes: SecurityScopes):
        return [scopes.scopes, scopes.scope_str]

    async def admin(user: Annotated[list, Security(user, scopes=["write"])], scopes: SecurityScopes):
        return [user, scopes.scopes]

    @app.get("/", dependencies=[Security(user, scopes=["of the list"])])
    async def handler(
        a: Annotated[list, Security(admin, scopes=["read", "menu"])],
        b: Annotated[list, Depends(user)],
        c: Annotated[list, Security(user, scopes=["read", "read"])],
    ):
        return [a, b, c]

    scopes = [["read", "menu", "write"], "read menu write"]
    assert client_of(app).get("/").json() == [[scopes, ["read", "menu"]], [[], ""], [["read"], "read"]]


def test_the_same_dependency_with_other_scopes_runs_again_unless_scopes_are_nothing_to_it(client_of):
    app = App()
    calls = []

    def knows(scopes: SecurityScopes):
        calls.append(scopes.scopes)

    def does_not_know():
        calls.append("plain")

    def asks_below(x: Annotated[None, Depends(does_not_know)]):
        calls.append("asks")

    @app.get("/")
    async def handler(
        a: Annotated[None, Security(knows, scopes=["a"])],
        b: Annotated[None, Security(knows, scopes=["b"])],
        c: Annotated[None, Security(knows, scopes=["a"])],
        d: Annotated[None, Security(asks_below, scopes=["c"])],
        e: Annotated[None, Security(asks_below, scopes=["d"])],
        f: Annotated[None, Depends(does_not_know)],
    ): ...

    client_of(app).get("/")
    assert calls == [["a"], ["b"], "plain", "asks", "asks"]


def test_a_websocket_and_what_its_request_holds(anyio_backend):
    app = App()

    async def size(size: int = 1):
        return size

    @app.websocket("/{n}")
    async def talk(websocket: WebSocket, n: int, size: Annotated[int, Depends(size)]):
        await websocket.accept()
        await websocket.send_json([n, size])
        await websocket.close()

    with TestClient(app, backend=anyio_backend).websocket_connect("/5?size=2") as socket:
        assert socket.receive_json() == [5, 2]
