"""Functions that stand in for dependencies, as tests use them; and when a dependency's clean-up runs."""

from typing import Annotated

import pytest

from fwlab import APIRouter, App, DefinitionError, Depends, HTTPException, WebSocket
from fwlab.exceptions import DependencyScopeError
from fwlab.responses import StreamingResponse
from fwlab.routing import APIRoute
from fwlab.security import SecurityScopes


async def user(token: str):
    return f"user of {token}"


def greeting(user: Annotated[str, Depends(user)]):
    return f"hello {user}"


def greeting_app():
    app = App()
    router = APIRouter()

    @router.get("/")
    async def handler(text: Annotated[str, Depends(greeting)]):
        return text

    @router.websocket("/talk")
    async def talk(websocket: WebSocket, text: Annotated[str, Depends(greeting)]):
        await websocket.accept()
        await websocket.send_json(text)

    app.include_router(router)
    return app


def test_an_override_takes_the_place_of_a_dependency_and_of_what_it_asks_for(client_of):
    app = greeting_app()
    client = client_of(app)
    assert client.get("/?token=a").json() == "hello user of a"
    app.dependency_overrides[user] = lambda: "tester"
    assert client.get("/").json() == "hello tester"
    app.dependency_overrides[user] = lambda: "another"
    assert client.get("/").json() == "hello another"
    app.dependency_overrides[greeting] = lambda q="none": q
    assert client.get("/?q=a").json() == "a"
    app.dependency_overrides.clear()
    assert client.get("/").status_code == 422
    assert client.get("/?token=a").json() == "hello user of a"


def test_an_override_holds_for_websockets(client_of):
    app = greeting_app()
    app.dependency_overrides[user] = lambda: "tester"
    with client_of(app).websocket_connect("/talk") as socket:
        assert socket.receive_json() == "hello tester"


def test_an_override_may_yield_and_refuse(client_of):
    app = greeting_app()
    journal = []

    def yields():
        journal.append("begins")
        yield "yielded"
        journal.append("ends")

    def refuses():
        raise HTTPException(403)

    app.dependency_overrides[user] = yields
    assert client_of(app).get("/").json() == "hello yielded"
    assert journal == ["begins", "ends"]
    app.dependency_overrides[user] = refuses
    assert client_of(app).get("/").status_code == 403


def test_the_document_does_not_know_overrides():
    app = greeting_app()
    app.dependency_overrides[user] = lambda: "tester"
    [parameter] = app.openapi()["paths"]["/"]["get"]["parameters"]
    assert parameter["name"] == "token"


# The scope of a clean-up


def noting(journal, name, sub=None):
    def dependency():
        journal.append(f"{name} begins")
        try:
            yield name
        except Exception as error:
            journal.append(f"{name} hears {type(error).__name__}")
            raise
        finally:
            journal.append(f"{name} ends")

    return dependency


def test_a_dependency_of_the_function_ends_before_the_response_one_of_the_request_after_it(client_of):
    app, journal = App(), []
    a, b, c = (noting(journal, name) for name in "abc")

    @app.get("/")
    async def handler(
        a: Annotated[str, Depends(a, scope="request")],
        b: Annotated[str, Depends(b, scope="function")],
        c: Annotated[str, Depends(c)],
    ):
        def chunks():
            journal.append("sends")
            yield b"x"

        return StreamingResponse(chunks())

    assert client_of(app).get("/").text == "x"
    assert journal == ["a begins", "b begins", "c begins", "b ends", "sends", "c ends", "a ends"]


@pytest.mark.parametrize("scope", ["function", "request"])
def test_either_hears_the_exception_of_the_handler(client_of, scope):
    app, journal = App(), []

    @app.get("/", dependencies=[Depends(noting(journal, "it"), scope=scope)])
    async def handler():
        raise HTTPException(409)

    assert client_of(app).get("/").status_code == 409
    assert journal == ["it begins", "it hears HTTPException", "it ends"]


def test_one_function_with_two_scopes_is_two_dependencies(client_of):
    app, journal = App(), []
    both = noting(journal, "it")

    @app.get("/")
    async def handler(
        a: Annotated[str, Depends(both, scope="function")],
        b: Annotated[str, Depends(both, scope="request")],
        c: Annotated[str, Depends(both, scope="function")],
    ): ...

    client_of(app).get("/")
    assert journal == ["it begins", "it begins", "it ends", "it ends"]


def test_what_outlives_the_handler_must_not_need_what_does_not():
    def short():
        yield

    def long(x: Annotated[None, Depends(short, scope="function")]):
        yield

    message = r'^The dependency "long" has a scope of "request", it cannot depend on dependencies with scope "function"'
    for dependency in (Depends(long), Depends(long, scope="request")):
        with pytest.raises(DependencyScopeError, match=message) as raised:
            App().get("/", dependencies=[dependency])(lambda: None)
        assert isinstance(raised.value, DefinitionError)
    App().get("/", dependencies=[Depends(long, scope="function")])(lambda: None)


def test_a_dependency_of_the_function_may_still_answer_otherwise(client_of):
    app = App()

    def translating():
        try:
            yield
        except LookupError as error:
            raise HTTPException(404, "sold out") from error

    @app.get("/", dependencies=[Depends(translating, scope="function")])
    async def handler():
        raise LookupError

    response = client_of(app).get("/")
    assert (response.status_code, response.json()) == (404, {"detail": "sold out"})


def test_a_clean_up_of_the_function_that_fails_is_answered(client_of):
    app = App()

    def fails():
        yield
        raise HTTPException(503)

    @app.get("/", dependencies=[Depends(fails, scope="function")])
    async def handler():
        return "never"

    assert client_of(app).get("/").status_code == 503


def test_a_websocket_s_dependencies_clean_up_when_it_is_closed(client_of):
    app, journal = App(), []

    @app.websocket("/")
    async def talk(websocket: WebSocket, a: Annotated[str, Depends(noting(journal, "a"))], scopes: SecurityScopes):
        await websocket.accept()
        await websocket.send_text(a)
        journal.append("talked")

    with client_of(app).websocket_connect("/") as socket:
        assert socket.receive_text() == "a"
    assert journal == ["a begins", "talked", "a ends"]


def test_a_route_s_own_way_to_respond_holds_while_dependencies_are_overridden(client_of):
    class Stamped(APIRoute):
        def get_route_handler(self):
            original = super().get_route_handler()

            async def stamped(request):
                response = await original(request)
                response.headers["X-Stamp"] = "yes"
                return response

            return stamped

    app = App(route_class=Stamped)

    @app.get("/")
    async def handler(user: Annotated[str, Depends(user)]):
        return user

    app.dependency_overrides[user] = lambda: "nobody"
    response = client_of(app).get("/")
    assert (response.json(), response.headers["X-Stamp"]) == ("nobody", "yes")
